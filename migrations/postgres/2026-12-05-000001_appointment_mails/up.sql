-- The outbox holds text messages as well, and mails may have an event for calendars with them (RFC 6047).
ALTER TABLE mails ADD COLUMN channel TEXT COLLATE "C" NOT NULL DEFAULT 'mail' CHECK (channel IN ('mail', 'sms'));
ALTER TABLE mails ADD COLUMN calendar_method TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (calendar_method IN ('', 'REQUEST', 'CANCEL'));
ALTER TABLE mails ADD COLUMN calendar TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX mails_due;
CREATE INDEX mails_due ON mails (status, channel, next_attempt_at, id);
DROP INDEX mails_claimed;
CREATE INDEX mails_claimed ON mails (status, channel, claimed_until, id);

-- Calendars must know when an appointment goes to the trash and when it comes back, whoever moves it.
CREATE FUNCTION appointments_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sequence := NEW.sequence + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER appointments_sequence BEFORE UPDATE OF deleted_at ON appointments
FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at) EXECUTE FUNCTION appointments_sequence();
