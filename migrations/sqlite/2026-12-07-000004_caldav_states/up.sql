-- What a calendar held when a program last asked, so that it can be told what has changed since.
CREATE TABLE caldav_states (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    calendar TEXT NOT NULL CHECK (length(calendar) BETWEEN 1 AND 40),
    token TEXT NOT NULL CHECK (length(token) = 64),
    objects TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX caldav_states_token_key ON caldav_states (user_id, calendar, token);
CREATE INDEX caldav_states_created_at ON caldav_states (created_at);
