DROP TRIGGER appointments_sequence ON appointments;
DROP FUNCTION appointments_sequence;
DROP INDEX mails_claimed;
CREATE INDEX mails_claimed ON mails (status, claimed_until, id);
DROP INDEX mails_due;
CREATE INDEX mails_due ON mails (status, next_attempt_at, id);
ALTER TABLE mails DROP COLUMN calendar;
ALTER TABLE mails DROP COLUMN calendar_method;
ALTER TABLE mails DROP COLUMN channel;
