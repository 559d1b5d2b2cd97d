-- What patients do themselves: they ask for times, confirm, move and cancel, are offered other times, and wait for a time to become free.

-- When the patient said that they will come.
ALTER TABLE appointments ADD COLUMN confirmed_at TIMESTAMP;

-- What the clinic allows patients, in one row.
CREATE TABLE booking_rules (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    open_requests INTEGER NOT NULL CHECK (open_requests BETWEEN 1 AND 50),
    hold_hours INTEGER NOT NULL CHECK (hold_hours BETWEEN 1 AND 336),
    fills_waiting_list BOOLEAN NOT NULL CHECK (fills_waiting_list IN (0, 1)),
    offers_at_once INTEGER NOT NULL CHECK (offers_at_once BETWEEN 1 AND 20),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
INSERT INTO booking_rules (id, open_requests, hold_hours, fills_waiting_list, offers_at_once, created_at, updated_at)
VALUES (1, 3, 48, TRUE, 3, strftime('%Y-%m-%d %H:%M:%S', 'now'), strftime('%Y-%m-%d %H:%M:%S', 'now'));

-- Patients who wait for an earlier time. `from_time` and `to_time` are minutes since midnight on the wall of the site.
CREATE TABLE waiting_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    type_id BIGINT NOT NULL REFERENCES appointment_types (id) ON DELETE RESTRICT,
    doctor_id BIGINT REFERENCES doctors (id) ON DELETE CASCADE,
    from_day DATE,
    to_day DATE,
    from_time BIGINT CHECK (from_time BETWEEN 0 AND 1439),
    to_time BIGINT CHECK (to_time BETWEEN 0 AND 1439),
    is_urgent BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_urgent IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'paused', 'booked', 'ended')),
    note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP,
    CHECK (from_day IS NULL OR to_day IS NULL OR to_day >= from_day),
    CHECK (from_time IS NULL OR to_time IS NULL OR to_time = 0 OR to_time > from_time)
);
CREATE INDEX waiting_entries_patient_id ON waiting_entries (patient_id, id);
CREATE INDEX waiting_entries_type_id ON waiting_entries (type_id);
CREATE INDEX waiting_entries_doctor_id ON waiting_entries (doctor_id) WHERE doctor_id IS NOT NULL;
CREATE INDEX waiting_entries_turn ON waiting_entries (is_urgent DESC, created_at, id) WHERE state = 'waiting' AND deleted_at IS NULL;
CREATE INDEX waiting_entries_created_at_order ON waiting_entries (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX waiting_entries_deleted_at ON waiting_entries (deleted_at) WHERE deleted_at IS NOT NULL;

-- Times that the clinic offered to a patient: instead of an appointment, instead of the time that they asked for, or because
-- somebody else cancelled. At most one offer for an appointment is open.
CREATE TABLE appointment_offers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    type_id BIGINT NOT NULL REFERENCES appointment_types (id) ON DELETE RESTRICT,
    appointment_id BIGINT REFERENCES appointments (id) ON DELETE CASCADE,
    waiting_entry_id BIGINT REFERENCES waiting_entries (id) ON DELETE CASCADE,
    schedule_exception_id BIGINT REFERENCES schedule_exceptions (id) ON DELETE SET NULL,
    cause TEXT NOT NULL CHECK (cause IN ('request', 'absence', 'waiting_list')),
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')),
    expires_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((state = 'open') = (answered_at IS NULL)),
    CHECK ((cause = 'waiting_list') = (waiting_entry_id IS NOT NULL))
);
CREATE UNIQUE INDEX appointment_offers_open ON appointment_offers (appointment_id) WHERE state = 'open' AND cause <> 'waiting_list';
CREATE INDEX appointment_offers_appointment_id ON appointment_offers (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX appointment_offers_patient_id ON appointment_offers (patient_id, id);
CREATE INDEX appointment_offers_type_id ON appointment_offers (type_id);
CREATE INDEX appointment_offers_waiting_entry_id ON appointment_offers (waiting_entry_id) WHERE waiting_entry_id IS NOT NULL;
CREATE INDEX appointment_offers_schedule_exception_id ON appointment_offers (schedule_exception_id) WHERE schedule_exception_id IS NOT NULL;
CREATE INDEX appointment_offers_expires_at ON appointment_offers (expires_at) WHERE state = 'open';
CREATE INDEX appointment_offers_created_at_order ON appointment_offers (created_at, id);

CREATE TABLE offered_times (
    offer_id BIGINT NOT NULL REFERENCES appointment_offers (id) ON DELETE CASCADE,
    starts_at TIMESTAMP NOT NULL,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE CASCADE,
    PRIMARY KEY (offer_id, starts_at, doctor_id)
) WITHOUT ROWID;
CREATE INDEX offered_times_doctor_id ON offered_times (doctor_id);

-- Links in emails to patients, each to one appointment or one offer. The secret itself is only in the email.
CREATE TABLE appointment_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL CHECK (length(token_hash) = 64),
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    appointment_id BIGINT REFERENCES appointments (id) ON DELETE CASCADE,
    offer_id BIGINT REFERENCES appointment_offers (id) ON DELETE CASCADE,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((appointment_id IS NULL) <> (offer_id IS NULL))
);
CREATE UNIQUE INDEX appointment_links_token_hash_key ON appointment_links (token_hash);
CREATE INDEX appointment_links_patient_id ON appointment_links (patient_id);
CREATE INDEX appointment_links_appointment_id ON appointment_links (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX appointment_links_offer_id ON appointment_links (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX appointment_links_expires_at ON appointment_links (expires_at);

-- Requests that nobody answered in time.
CREATE INDEX appointments_hold_until ON appointments (hold_until) WHERE hold_until IS NOT NULL AND state = 'requested' AND deleted_at IS NULL;
