-- How patients want to be reminded, of the ways that the rules use.
ALTER TABLE patients ADD COLUMN reminders_by TEXT NOT NULL DEFAULT 'both' CHECK (reminders_by IN ('both', 'mail', 'sms', 'none'));

-- Users who have notifications of appointments sent to them by email as well.
ALTER TABLE users ADD COLUMN notifies_by_email BOOLEAN NOT NULL DEFAULT FALSE CHECK (notifies_by_email IN (0, 1));
