ALTER TABLE users DROP COLUMN notifies_by_email;
ALTER TABLE patients DROP COLUMN reminders_by;
