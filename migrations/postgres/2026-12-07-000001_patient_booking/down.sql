DROP INDEX appointments_hold_until;
DROP TABLE appointment_links;
DROP TABLE offered_times;
DROP TABLE appointment_offers;
DROP TABLE waiting_entries;
DROP TABLE booking_rules;
ALTER TABLE appointments DROP COLUMN confirmed_at;
