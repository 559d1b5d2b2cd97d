-- Calendars of other programs, in which doctors are busy. The address is a secret, and stored encrypted.
CREATE TABLE outside_calendars (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    address TEXT NOT NULL,
    address_hash TEXT NOT NULL CHECK (length(address_hash) = 64),
    host TEXT NOT NULL,
    hint TEXT NOT NULL CHECK (length(hint) <= 4),
    -- What the other server calls the version that was read last.
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    due_at TIMESTAMP NOT NULL,
    fetched_at TIMESTAMP,
    -- When the busy times were last made from the file.
    read_at TIMESTAMP,
    problem TEXT NOT NULL DEFAULT '',
    busy_count BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX outside_calendars_address_key ON outside_calendars (doctor_id, address_hash);
CREATE INDEX outside_calendars_due_at ON outside_calendars (due_at);
CREATE INDEX outside_calendars_created_at_order ON outside_calendars (created_at, id);
-- In minutes since the beginning of 1970, like claims. A longer time is several of them, so that a range can be searched.
CREATE TABLE busy_times (
    calendar_id BIGINT NOT NULL REFERENCES outside_calendars (id) ON DELETE CASCADE,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL CHECK (ends > starts AND ends - starts <= 1440),
    PRIMARY KEY (calendar_id, starts)
);
