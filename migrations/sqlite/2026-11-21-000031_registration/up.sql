-- When the address of an account was proved by a code or a link that went there; another address has to be proved anew.
ALTER TABLE users ADD COLUMN email_confirmed_at TIMESTAMP;
-- Whoever has an account by now was let in under the rules of then.
UPDATE users SET email_confirmed_at = created_at;

-- Links with which people who have no account make one, sent to their address by an administrator. The mail holds the
-- token, this table its SHA-256.
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
