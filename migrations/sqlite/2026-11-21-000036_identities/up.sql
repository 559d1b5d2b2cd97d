-- Accounts at OpenID Connect providers that users sign in with. They are identified by the provider's permanent subject,
-- never by the address, which may be reassigned.
CREATE TABLE identities (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL CHECK (length(issuer) BETWEEN 1 AND 255),
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email TEXT NOT NULL DEFAULT '' CHECK (length(email) <= 254),
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX identities_key ON identities (issuer, subject);
CREATE UNIQUE INDEX identities_user_id_issuer_key ON identities (user_id, issuer);
CREATE INDEX identities_created_at_order ON identities (created_at, id);

-- Sign-ins in progress at a provider: the state to compare, and what the user wanted to do. Each row is used once.
CREATE TABLE oidc_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    state_hash TEXT NOT NULL CHECK (length(state_hash) = 64),
    browser_hash TEXT NOT NULL CHECK (length(browser_hash) = 64),
    provider TEXT NOT NULL CHECK (length(provider) BETWEEN 1 AND 30),
    nonce TEXT NOT NULL CHECK (length(nonce) BETWEEN 20 AND 128),
    verifier TEXT NOT NULL CHECK (length(verifier) BETWEEN 43 AND 128),
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    remembered BOOLEAN NOT NULL DEFAULT FALSE CHECK (remembered IN (0, 1)),
    next TEXT NOT NULL DEFAULT '' CHECK (length(next) <= 2000),
    kept_path TEXT NOT NULL DEFAULT '' CHECK (length(kept_path) <= 2000),
    kept_form TEXT NOT NULL DEFAULT '' CHECK (length(kept_form) <= 65536),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX oidc_requests_state_hash_key ON oidc_requests (state_hash);
CREATE INDEX oidc_requests_user_id ON oidc_requests (user_id);
CREATE INDEX oidc_requests_expires_at ON oidc_requests (expires_at);
