-- What appointments that were booked together have in common: every n weeks, n times.
ALTER TABLE appointments ADD COLUMN series TEXT COLLATE "C" CHECK (length(series) BETWEEN 8 AND 60);
CREATE INDEX appointments_series ON appointments (series, starts_at, id) WHERE series IS NOT NULL;
