-- Sums of whole months, so that a report of years does not count every appointment. A worker counts a month anew after a change.
CREATE TABLE appointment_sums (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    month BIGINT NOT NULL,
    doctor_id BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    site_id BIGINT,
    state TEXT NOT NULL,
    counted BIGINT NOT NULL,
    seconds BIGINT NOT NULL,
    waited BIGINT NOT NULL,
    waiting BIGINT NOT NULL
);
CREATE INDEX appointment_sums_month ON appointment_sums (month);

-- The same by weekday and hour on the wall of the site, without what was cancelled.
CREATE TABLE appointment_hour_sums (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    month BIGINT NOT NULL,
    type_id BIGINT NOT NULL,
    site_id BIGINT,
    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    hour BIGINT NOT NULL CHECK (hour BETWEEN 0 AND 23),
    counted BIGINT NOT NULL
);
CREATE INDEX appointment_hour_sums_month ON appointment_hour_sums (month);

-- The months that are counted, and the time zone of the clinic in which they were. A month is a number: the year times 12.
CREATE TABLE appointment_months (
    month BIGINT PRIMARY KEY NOT NULL,
    time_zone TEXT NOT NULL
);

-- What has changed since: only rows are added, so that bookings do not wait for each other.
CREATE TABLE appointment_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    starts_at TIMESTAMP NOT NULL
);

CREATE TRIGGER appointments_count_add AFTER INSERT ON appointments
BEGIN
    INSERT INTO appointment_changes (starts_at) VALUES (NEW.starts_at);
END;
CREATE TRIGGER appointments_count_change AFTER UPDATE OF starts_at, doctor_id, type_id, site_id, state, minutes, places, is_overbooked, arrived_at, in_room_at, deleted_at
ON appointments
BEGIN
    INSERT INTO appointment_changes (starts_at) VALUES (NEW.starts_at);
    INSERT INTO appointment_changes (starts_at) SELECT OLD.starts_at WHERE OLD.starts_at <> NEW.starts_at;
END;
CREATE TRIGGER appointments_count_delete AFTER DELETE ON appointments
BEGIN
    INSERT INTO appointment_changes (starts_at) VALUES (OLD.starts_at);
END;
-- Hours are those of the wall of a site.
CREATE TRIGGER sites_count_change AFTER UPDATE OF time_zone ON sites WHEN OLD.time_zone <> NEW.time_zone
BEGIN
    DELETE FROM appointment_months;
END;
