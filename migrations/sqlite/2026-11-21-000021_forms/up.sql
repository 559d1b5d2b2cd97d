-- Form drafts, of forms that were left for a related record, for a day. The address holds a random token, this table only
-- its SHA-256.
CREATE TABLE form_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    place TEXT NOT NULL CHECK (place LIKE '/%' AND length(place) <= 2000),
    field TEXT NOT NULL CHECK (length(field) BETWEEN 1 AND 60),
    body TEXT NOT NULL CHECK (length(body) <= 400000),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX form_drafts_token_hash_key ON form_drafts (token_hash);
CREATE INDEX form_drafts_user_id ON form_drafts (user_id, id);
CREATE INDEX form_drafts_expires_at ON form_drafts (expires_at);
