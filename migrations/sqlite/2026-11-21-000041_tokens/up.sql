-- Sign-ins by programs: a family of successive refresh tokens. Only the newest is valid; the one before is stored to tell
-- a repeated request from a stolen token.
CREATE TABLE token_families (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    family TEXT NOT NULL CHECK (length(family) BETWEEN 16 AND 64),
    credential TEXT NOT NULL CHECK (length(credential) = 64),
    current_jti TEXT NOT NULL CHECK (length(current_jti) BETWEEN 16 AND 64),
    previous_jti TEXT NOT NULL DEFAULT '' CHECK (length(previous_jti) <= 64),
    rotated_at TIMESTAMP NOT NULL,
    ip TEXT NOT NULL DEFAULT '' CHECK (length(ip) <= 64),
    user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 255),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX token_families_family_key ON token_families (family);
CREATE INDEX token_families_user_id ON token_families (user_id, id);
CREATE INDEX token_families_expires_at ON token_families (expires_at);

-- Access tokens for scripts. The token is shown once; this table holds its digest, and its last characters to recognise
-- it by. The permissions are codenames separated by spaces, if the scope is chosen.
CREATE TABLE api_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    hint TEXT NOT NULL CHECK (length(hint) = 4),
    scope TEXT NOT NULL CHECK (scope IN ('all', 'read', 'chosen')),
    permissions TEXT NOT NULL DEFAULT '' CHECK (length(permissions) <= 8000),
    expires_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX api_tokens_token_hash_key ON api_tokens (token_hash);
CREATE UNIQUE INDEX api_tokens_name_key ON api_tokens (user_id, lower(name));
CREATE INDEX api_tokens_user_id ON api_tokens (user_id, id);
CREATE INDEX api_tokens_created_at_order ON api_tokens (created_at, id);
CREATE INDEX api_tokens_expires_at ON api_tokens (expires_at);
