CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    username TEXT NOT NULL CHECK (length(username) BETWEEN 1 AND 150),
    email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    first_name TEXT NOT NULL DEFAULT '' CHECK (length(first_name) <= 150),
    last_name TEXT NOT NULL DEFAULT '' CHECK (length(last_name) <= 150),
    phone TEXT NOT NULL DEFAULT '' CHECK (length(phone) <= 40),
    password_hash TEXT NOT NULL DEFAULT '' CHECK (length(password_hash) <= 255),
    is_active BOOLEAN NOT NULL DEFAULT TRUE CHECK (is_active IN (0, 1)),
    is_staff BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_staff IN (0, 1)),
    is_superuser BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_superuser IN (0, 1)),
    date_joined TIMESTAMP NOT NULL,
    last_login TIMESTAMP,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX users_username_key ON users (lower(username));
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
CREATE INDEX users_username_order ON users (substr(search_text, 1, 120), id);
CREATE INDEX users_date_joined_order ON users (date_joined, id);

CREATE TABLE groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 150),
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX groups_name_key ON groups (lower(name));

-- Filled by `praxis migrate` from the declarations; never edited by hand.
CREATE TABLE permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    codename TEXT NOT NULL CHECK (length(codename) BETWEEN 3 AND 150),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX permissions_codename_key ON permissions (codename);

CREATE TABLE user_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX user_groups_key ON user_groups (user_id, group_id);
CREATE INDEX user_groups_group_id ON user_groups (group_id);

CREATE TABLE group_permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    group_id BIGINT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    permission_id BIGINT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX group_permissions_key ON group_permissions (group_id, permission_id);
CREATE INDEX group_permissions_permission_id ON group_permissions (permission_id);

CREATE TABLE user_permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    permission_id BIGINT NOT NULL REFERENCES permissions (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX user_permissions_key ON user_permissions (user_id, permission_id);
CREATE INDEX user_permissions_permission_id ON user_permissions (permission_id);

-- The cookie holds a random key; this table only its SHA-256.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    ip TEXT NOT NULL DEFAULT '' CHECK (length(ip) <= 64),
    user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 255),
    last_seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX sessions_key_hash_key ON sessions (key_hash);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- One-time links to create the first administrator. The link holds the token, this table its SHA-256.
CREATE TABLE setup_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX setup_links_token_hash_key ON setup_links (token_hash);
