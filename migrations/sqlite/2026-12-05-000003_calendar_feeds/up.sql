-- Secret addresses of calendars. The user has the secret, this table its SHA-256.
CREATE TABLE calendar_feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    subject TEXT NOT NULL CHECK (subject IN ('person', 'doctor', 'room')),
    doctor_id BIGINT REFERENCES doctors (id) ON DELETE CASCADE,
    room_id BIGINT REFERENCES rooms (id) ON DELETE CASCADE,
    content TEXT NOT NULL CHECK (content IN ('busy', 'type', 'initials')),
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    hint TEXT NOT NULL CHECK (length(hint) = 4),
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((subject = 'doctor') = (doctor_id IS NOT NULL)),
    CHECK ((subject = 'room') = (room_id IS NOT NULL))
);
CREATE UNIQUE INDEX calendar_feeds_token_hash_key ON calendar_feeds (token_hash);
CREATE INDEX calendar_feeds_user_id ON calendar_feeds (user_id, id);
CREATE INDEX calendar_feeds_doctor_id ON calendar_feeds (doctor_id);
CREATE INDEX calendar_feeds_room_id ON calendar_feeds (room_id);
CREATE INDEX calendar_feeds_created_at_order ON calendar_feeds (created_at, id);
