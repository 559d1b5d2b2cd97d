-- Authenticator apps, one for each account. The secrets are encrypted; a new one is active after its first right code.
CREATE TABLE authenticators (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    secret TEXT NOT NULL DEFAULT '' CHECK (length(secret) <= 255),
    pending TEXT NOT NULL DEFAULT '' CHECK (length(pending) <= 255),
    -- The last time step whose code was used; no code is accepted twice.
    last_step BIGINT NOT NULL DEFAULT 0,
    confirmed_at TIMESTAMP,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((secret = '') = (confirmed_at IS NULL))
);
CREATE UNIQUE INDEX authenticators_user_id_key ON authenticators (user_id);

-- Recovery codes; only a keyed digest of each is stored.
CREATE TABLE recovery_codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL CHECK (length(code_hash) = 64),
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX recovery_codes_key ON recovery_codes (user_id, code_hash);

CREATE TABLE passkeys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    credential_id TEXT NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1400),
    credential TEXT NOT NULL,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX passkeys_credential_id_key ON passkeys (credential_id);
CREATE INDEX passkeys_user_id ON passkeys (user_id, id);

-- Spent passkey challenges, because each answer is accepted once.
CREATE TABLE spent_challenges (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    challenge_hash TEXT NOT NULL CHECK (length(challenge_hash) = 64),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX spent_challenges_challenge_hash_key ON spent_challenges (challenge_hash);
CREATE INDEX spent_challenges_expires_at ON spent_challenges (expires_at);

-- Sign-ins between their two steps. The cookie holds a random key; this table only its SHA-256.
CREATE TABLE half_sign_ins (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    -- A digest of the password hash; the sign-in ends when the password changes.
    credential TEXT NOT NULL CHECK (length(credential) = 64),
    remembered BOOLEAN NOT NULL DEFAULT FALSE CHECK (remembered IN (0, 1)),
    next TEXT NOT NULL DEFAULT '' CHECK (length(next) <= 2000),
    kept_path TEXT NOT NULL DEFAULT '' CHECK (length(kept_path) <= 2000),
    kept_form TEXT NOT NULL DEFAULT '' CHECK (length(kept_form) <= 65536),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX half_sign_ins_key_hash_key ON half_sign_ins (key_hash);
CREATE INDEX half_sign_ins_user_id ON half_sign_ins (user_id);
CREATE INDEX half_sign_ins_expires_at ON half_sign_ins (expires_at);

-- The step that was attempted: the whole sign-in, the password before a second step, or that step.
ALTER TABLE sign_ins ADD COLUMN step TEXT NOT NULL DEFAULT 'whole' CHECK (step IN ('whole', 'first', 'second'));

-- Whether members of the group need a second factor.
ALTER TABLE groups ADD COLUMN requires_second_factor BOOLEAN NOT NULL DEFAULT FALSE CHECK (requires_second_factor IN (0, 1));
