-- One-time codes sent by email. The email holds the code, this table a digest under a key that is not in the database. A
-- request for an unknown account is a row as well, without a user: it is counted the same, and no code matches it. Codes
-- with the same budget are counted together; a typed name is stored as a keyed digest.
CREATE TABLE codes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 30),
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    budget TEXT NOT NULL CHECK (length(budget) BETWEEN 1 AND 120),
    target TEXT NOT NULL DEFAULT '' CHECK (length(target) <= 254),
    code_hash TEXT NOT NULL CHECK (length(code_hash) = 64),
    browser TEXT NOT NULL CHECK (length(browser) = 64),
    network TEXT NOT NULL CHECK (length(network) <= 64),
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 5),
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (used_at IS NULL OR user_id IS NOT NULL)
);
CREATE INDEX codes_browser ON codes (purpose, browser, id);
CREATE INDEX codes_budget ON codes (purpose, budget, created_at);
CREATE INDEX codes_network ON codes (network, created_at);
CREATE INDEX codes_user_id ON codes (user_id);
CREATE INDEX codes_created_at ON codes (created_at);
