-- When the address was confirmed by a code or a link that was sent there; a new address has to be confirmed again.
ALTER TABLE users ADD COLUMN email_confirmed_at TIMESTAMP;
-- Existing accounts count as confirmed.
UPDATE users SET email_confirmed_at = created_at;

-- Links to create an account, which an administrator sends to an address. The email holds the token, this table its
-- SHA-256.
CREATE TABLE registration_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    invited_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX registration_links_token_hash_key ON registration_links (token_hash);
CREATE UNIQUE INDEX registration_links_open_key ON registration_links (lower(email)) WHERE used_at IS NULL;
CREATE INDEX registration_links_invited_by ON registration_links (invited_by);
CREATE INDEX registration_links_expires_at ON registration_links (expires_at);
