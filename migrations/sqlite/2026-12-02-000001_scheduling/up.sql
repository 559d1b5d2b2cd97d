-- Appointments and what they need. The hours of doctors are times on the wall of a site; appointments are instants. Which times
-- are free is computed, never stored; that two appointments do not overlap is a rule of the database.
CREATE TABLE sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    time_zone TEXT NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64),
    address TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 500),
    search_text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX sites_name_key ON sites (lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX sites_deleted_at ON sites (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE rooms (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    kind TEXT NOT NULL DEFAULT '' CHECK (length(kind) <= 60),
    site_id BIGINT REFERENCES sites (id) ON DELETE RESTRICT,
    search_text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX rooms_name_key ON rooms (lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX rooms_site_id ON rooms (site_id);
CREATE INDEX rooms_deleted_at ON rooms (deleted_at) WHERE deleted_at IS NOT NULL;

-- `room_kind` is the kind of room that it needs. `buffer_before` and `buffer_after` are minutes.
CREATE TABLE appointment_types (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    colour TEXT NOT NULL CHECK (colour IN ('teal', 'blue', 'violet', 'rose', 'amber', 'grey')),
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 720),
    buffer_before BIGINT NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 240),
    buffer_after BIGINT NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 240),
    booked_by TEXT NOT NULL CHECK (booked_by IN ('staff', 'request', 'patient')),
    shortest_notice BIGINT NOT NULL DEFAULT 0 CHECK (shortest_notice BETWEEN 0 AND 43200),
    days_ahead INTEGER NOT NULL DEFAULT 180 CHECK (days_ahead BETWEEN 1 AND 730),
    places INTEGER NOT NULL DEFAULT 1 CHECK (places BETWEEN 1 AND 200),
    room_kind TEXT NOT NULL DEFAULT '' CHECK (length(room_kind) <= 60),
    fee_code TEXT NOT NULL DEFAULT '' CHECK (length(fee_code) <= 40),
    is_active BOOLEAN NOT NULL DEFAULT TRUE CHECK (is_active IN (0, 1)),
    search_text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX appointment_types_name_key ON appointment_types (lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX appointment_types_deleted_at ON appointment_types (deleted_at) WHERE deleted_at IS NOT NULL;

-- The usual week of a doctor, in minutes since midnight on the wall of the site; `to_time` 0 is the end of the day. A break is
-- taken out of the hours.
CREATE TABLE working_hours (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE CASCADE,
    weekday TEXT NOT NULL CHECK (weekday IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')),
    kind TEXT NOT NULL CHECK (kind IN ('hours', 'break')),
    from_time BIGINT NOT NULL CHECK (from_time BETWEEN 0 AND 1439),
    to_time BIGINT NOT NULL CHECK (to_time BETWEEN 0 AND 1439),
    site_id BIGINT REFERENCES sites (id) ON DELETE RESTRICT,
    valid_from DATE,
    valid_to DATE,
    note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 120),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP,
    CHECK (to_time = 0 OR to_time > from_time),
    CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_to >= valid_from)
);
CREATE INDEX working_hours_doctor_id ON working_hours (doctor_id, id);
CREATE INDEX working_hours_site_id ON working_hours (site_id);
CREATE INDEX working_hours_deleted_at ON working_hours (deleted_at) WHERE deleted_at IS NOT NULL;

-- Days on which a doctor works at other hours (`extra`) or not at all (`off`). Times are those of each of the days; without them,
-- the whole days are meant.
CREATE TABLE schedule_exceptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('off', 'extra')),
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    from_time BIGINT CHECK (from_time BETWEEN 0 AND 1439),
    to_time BIGINT CHECK (to_time BETWEEN 0 AND 1439),
    site_id BIGINT REFERENCES sites (id) ON DELETE RESTRICT,
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 120),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP,
    CHECK (last_day >= first_day),
    CHECK ((from_time IS NULL) = (to_time IS NULL)),
    CHECK (from_time IS NULL OR to_time = 0 OR to_time > from_time),
    CHECK (kind = 'off' OR from_time IS NOT NULL)
);
CREATE INDEX schedule_exceptions_doctor_id ON schedule_exceptions (doctor_id, last_day);
CREATE INDEX schedule_exceptions_site_id ON schedule_exceptions (site_id);
CREATE INDEX schedule_exceptions_first_day_order ON schedule_exceptions (first_day, id) WHERE deleted_at IS NULL;
CREATE INDEX schedule_exceptions_deleted_at ON schedule_exceptions (deleted_at) WHERE deleted_at IS NOT NULL;

-- Days on which the clinic, or one of its sites, is closed.
CREATE TABLE holidays (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    day DATE NOT NULL,
    site_id BIGINT REFERENCES sites (id) ON DELETE RESTRICT,
    search_text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE INDEX holidays_day ON holidays (day, id);
CREATE INDEX holidays_site_id ON holidays (site_id);
CREATE INDEX holidays_deleted_at ON holidays (deleted_at) WHERE deleted_at IS NOT NULL;

-- The buffers and the number of places are those of the type when it was booked. Several people may have the same time if the type
-- has places for them; `place` counts from 0.
CREATE TABLE appointments (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE RESTRICT,
    type_id BIGINT NOT NULL REFERENCES appointment_types (id) ON DELETE RESTRICT,
    room_id BIGINT REFERENCES rooms (id) ON DELETE RESTRICT,
    site_id BIGINT REFERENCES sites (id) ON DELETE RESTRICT,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    minutes BIGINT NOT NULL CHECK (minutes BETWEEN 5 AND 720),
    state TEXT NOT NULL
        CHECK (state IN ('requested', 'booked', 'arrived', 'in_room', 'done', 'cancelled', 'no_show', 'entered_in_error')),
    note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    buffer_before BIGINT NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 240),
    buffer_after BIGINT NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 240),
    places INTEGER NOT NULL DEFAULT 1 CHECK (places BETWEEN 1 AND 200),
    place INTEGER NOT NULL DEFAULT 0,
    is_overbooked BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_overbooked IN (0, 1)),
    overbooking_reason TEXT NOT NULL DEFAULT '' CHECK (length(overbooking_reason) <= 200),
    cancelled_by TEXT CHECK (cancelled_by IN ('clinic', 'patient')),
    cancel_reason TEXT NOT NULL DEFAULT '' CHECK (length(cancel_reason) <= 200),
    hold_until TIMESTAMP,
    uid TEXT NOT NULL CHECK (length(uid) BETWEEN 8 AND 60),
    sequence INTEGER NOT NULL DEFAULT 0 CHECK (sequence >= 0),
    arrived_at TIMESTAMP,
    in_room_at TIMESTAMP,
    done_at TIMESTAMP,
    cancelled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP,
    CHECK (place >= 0 AND place < places),
    CHECK (unixepoch(ends_at) - unixepoch(starts_at) = minutes * 60),
    CHECK (unixepoch(starts_at) % 60 = 0),
    CHECK (NOT is_overbooked OR length(overbooking_reason) > 0)
);
CREATE UNIQUE INDEX appointments_uid_key ON appointments (uid);
CREATE INDEX appointments_starts_at_order ON appointments (starts_at, id) WHERE deleted_at IS NULL;
CREATE INDEX appointments_doctor_id ON appointments (doctor_id, starts_at, id);
CREATE INDEX appointments_patient_id ON appointments (patient_id, starts_at, id);
CREATE INDEX appointments_type_id ON appointments (type_id, starts_at, id);
CREATE INDEX appointments_room_id ON appointments (room_id, starts_at, id) WHERE room_id IS NOT NULL;
CREATE INDEX appointments_site_id ON appointments (site_id, starts_at, id) WHERE site_id IS NOT NULL;
CREATE INDEX appointments_state ON appointments (state, starts_at, id) WHERE deleted_at IS NULL;
CREATE INDEX appointments_created_at_order ON appointments (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX appointments_deleted_at ON appointments (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX appointments_place_key ON appointments (doctor_id, type_id, starts_at, place)
    WHERE places > 1 AND deleted_at IS NULL AND state IN ('requested', 'booked', 'arrived', 'in_room', 'done');

-- The time that an appointment takes of its doctor, its room and its patient, in minutes since 1970 in UTC. Triggers keep it equal
-- to the view. Of doctors and rooms there are two rows: the visit itself, and the visit with its buffers (`is_padded`). Two
-- appointments collide if the visit of one overlaps the other with its buffers, so that of two buffers that touch the larger one
-- counts. Appointments with the same `share` are places of the same time. Overbooked ones collide with each other only.
CREATE TABLE claims (
    appointment_id BIGINT NOT NULL REFERENCES appointments (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('doctor', 'room', 'patient')),
    resource_id BIGINT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    is_padded BOOLEAN NOT NULL CHECK (is_padded IN (0, 1)),
    is_overbooked BOOLEAN NOT NULL CHECK (is_overbooked IN (0, 1)),
    share BIGINT NOT NULL,
    CHECK (ends > starts AND ends - starts <= 1440),
    PRIMARY KEY (kind, resource_id, starts, appointment_id, is_padded)
) WITHOUT ROWID;
CREATE INDEX claims_appointment_id ON claims (appointment_id);

CREATE VIEW claim_rule AS
SELECT id AS appointment_id, kind,
    CASE kind WHEN 'doctor' THEN doctor_id WHEN 'room' THEN room_id ELSE patient_id END AS resource_id,
    unixepoch(starts_at) / 60 - CASE WHEN is_padded THEN buffer_before ELSE 0 END AS starts,
    unixepoch(ends_at) / 60 + CASE WHEN is_padded THEN buffer_after ELSE 0 END AS ends,
    is_padded, is_overbooked,
    CASE WHEN places > 1 AND kind <> 'patient' THEN -(type_id * 2147483648 + unixepoch(starts_at) / 60) ELSE id END AS share
FROM appointments CROSS JOIN (
    SELECT 'doctor' AS kind, 0 AS is_padded UNION ALL SELECT 'doctor', 1
    UNION ALL SELECT 'room', 0 UNION ALL SELECT 'room', 1 UNION ALL SELECT 'patient', 0
) AS parts
WHERE deleted_at IS NULL AND state IN ('requested', 'booked', 'arrived', 'in_room', 'done') AND (kind <> 'room' OR room_id IS NOT NULL);

CREATE TRIGGER claims_doctor_overlap BEFORE INSERT ON claims WHEN NEW.kind = 'doctor'
BEGIN
    SELECT RAISE(ABORT, 'claims_doctor_overlap') FROM claims
    WHERE kind = 'doctor' AND resource_id = NEW.resource_id AND starts > NEW.starts - 1440 AND starts < NEW.ends
        AND ends > NEW.starts AND is_padded <> NEW.is_padded AND is_overbooked = NEW.is_overbooked AND share <> NEW.share
    LIMIT 1;
END;
CREATE TRIGGER claims_room_overlap BEFORE INSERT ON claims WHEN NEW.kind = 'room'
BEGIN
    SELECT RAISE(ABORT, 'claims_room_overlap') FROM claims
    WHERE kind = 'room' AND resource_id = NEW.resource_id AND starts > NEW.starts - 1440 AND starts < NEW.ends
        AND ends > NEW.starts AND is_padded <> NEW.is_padded AND is_overbooked = NEW.is_overbooked AND share <> NEW.share
    LIMIT 1;
END;
CREATE TRIGGER claims_patient_overlap BEFORE INSERT ON claims WHEN NEW.kind = 'patient'
BEGIN
    SELECT RAISE(ABORT, 'claims_patient_overlap') FROM claims
    WHERE kind = 'patient' AND resource_id = NEW.resource_id AND starts > NEW.starts - 1440 AND starts < NEW.ends
        AND ends > NEW.starts AND appointment_id <> NEW.appointment_id
    LIMIT 1;
END;
CREATE TRIGGER claims_are_replaced BEFORE UPDATE ON claims
BEGIN SELECT RAISE(ABORT, 'claims follow from appointments'); END;

CREATE TRIGGER appointments_claim_add AFTER INSERT ON appointments
BEGIN
    INSERT INTO claims (appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share)
    SELECT appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share FROM claim_rule WHERE appointment_id = NEW.id;
END;
CREATE TRIGGER appointments_claim_change AFTER UPDATE OF patient_id, doctor_id, type_id, room_id, starts_at, ends_at, buffer_before, buffer_after, places, is_overbooked, state, deleted_at
ON appointments
BEGIN
    DELETE FROM claims WHERE appointment_id = NEW.id;
    INSERT INTO claims (appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share)
    SELECT appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share FROM claim_rule WHERE appointment_id = NEW.id;
END;

-- A doctor sees the patients who have an appointment with them.
DROP VIEW patient_access_rule;
CREATE VIEW patient_access_rule AS
SELECT DISTINCT user_id, patient_id, sort_key, created_at, deleted_at FROM (
    SELECT owner_id AS user_id, id AS patient_id, substr(search_text, 1, 120) AS sort_key, created_at, deleted_at
    FROM patients
    UNION ALL
    SELECT user_id, id, substr(search_text, 1, 120), created_at, deleted_at
    FROM patients WHERE +user_id IS NOT NULL
    UNION ALL
    SELECT doctors.user_id, patients.id, substr(patients.search_text, 1, 120), patients.created_at, patients.deleted_at
    FROM patient_doctor_mappings AS mappings
    JOIN doctors ON doctors.id = mappings.doctor_id
    JOIN patients ON patients.id = mappings.patient_id
    WHERE (mappings.deleted_at IS NULL OR mappings.deleted_at = patients.deleted_at)
        AND doctors.deleted_at IS NULL AND +doctors.user_id IS NOT NULL
    UNION ALL
    SELECT doctors.user_id, patients.id, substr(patients.search_text, 1, 120), patients.created_at, patients.deleted_at
    FROM appointments
    JOIN doctors ON doctors.id = appointments.doctor_id
    JOIN patients ON patients.id = appointments.patient_id
    WHERE (appointments.deleted_at IS NULL OR appointments.deleted_at = patients.deleted_at)
        AND appointments.state <> 'entered_in_error' AND doctors.deleted_at IS NULL AND +doctors.user_id IS NOT NULL
) AS reasons;
CREATE TRIGGER patient_access_appointment_add AFTER INSERT ON appointments
WHEN EXISTS (
    SELECT 1 FROM doctors WHERE id = NEW.doctor_id AND user_id IS NOT NULL
        AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.patient_id)
)
BEGIN
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.patient_id);
END;
CREATE TRIGGER patient_access_appointment_change AFTER UPDATE OF patient_id, doctor_id, state, deleted_at ON appointments
WHEN OLD.patient_id <> NEW.patient_id OR OLD.doctor_id <> NEW.doctor_id OR OLD.deleted_at IS NOT NEW.deleted_at
    OR (OLD.state = 'entered_in_error') <> (NEW.state = 'entered_in_error')
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = OLD.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = OLD.patient_id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.patient_id);
END;
CREATE TRIGGER patient_access_appointment_delete AFTER DELETE ON appointments
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = OLD.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = OLD.patient_id);
END;
