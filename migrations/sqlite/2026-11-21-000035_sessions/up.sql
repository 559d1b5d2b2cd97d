-- A remembered session has no idle limit.
ALTER TABLE sessions ADD COLUMN remembered BOOLEAN NOT NULL DEFAULT FALSE CHECK (remembered IN (0, 1));

-- How often all sessions of a user were ended; a session in a cookie holds the count from its beginning.
ALTER TABLE users ADD COLUMN session_epoch BIGINT NOT NULL DEFAULT 0;

-- Sessions in cookies that were ended early, each until its expiry.
CREATE TABLE ended_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key_hash TEXT NOT NULL CHECK (length(key_hash) = 64),
    expires_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX ended_sessions_key_hash_key ON ended_sessions (key_hash);
CREATE INDEX ended_sessions_expires_at ON ended_sessions (expires_at);
