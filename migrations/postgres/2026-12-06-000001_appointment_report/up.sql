-- Every column that the report of appointments counts, in the order of time, so that it is counted from the index alone.
CREATE INDEX appointments_report ON appointments
    (starts_at, site_id, doctor_id, type_id, state, minutes, places, is_overbooked, arrived_at, in_room_at, deleted_at) WHERE deleted_at IS NULL;
