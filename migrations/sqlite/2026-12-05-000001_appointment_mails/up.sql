-- The outbox holds text messages as well, and mails may have an event for calendars with them (RFC 6047).
ALTER TABLE mails ADD COLUMN channel TEXT NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'sms'));
ALTER TABLE mails ADD COLUMN calendar_method TEXT NOT NULL DEFAULT '' CHECK (calendar_method IN ('', 'REQUEST', 'CANCEL'));
ALTER TABLE mails ADD COLUMN calendar TEXT NOT NULL DEFAULT '';
DROP INDEX mails_due;
CREATE INDEX mails_due ON mails (status, channel, next_attempt_at, id);
DROP INDEX mails_claimed;
CREATE INDEX mails_claimed ON mails (status, channel, claimed_until, id);

-- Calendars must know when an appointment goes to the trash and when it comes back, whoever moves it.
CREATE TRIGGER appointments_sequence AFTER UPDATE OF deleted_at ON appointments WHEN OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    UPDATE appointments SET sequence = sequence + 1 WHERE id = NEW.id;
END;
