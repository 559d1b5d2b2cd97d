-- Responses of the API, for a day: a request that is repeated with the same key gets the first response and takes effect
-- once. Keys and requests are stored as SHA-256.
CREATE TABLE api_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
    request_hash TEXT NOT NULL CHECK (length(request_hash) = 64),
    status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
    etag TEXT NOT NULL DEFAULT '' CHECK (length(etag) <= 100),
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX api_replies_key ON api_replies (user_id, key_hash);
CREATE INDEX api_replies_created_at ON api_replies (created_at);
