-- Drops entries with actions that the older log does not have.
DROP TABLE log_heads;
DROP FUNCTION log_heads_forward();
DROP INDEX log_entries_action;
ALTER TABLE log_entries DISABLE TRIGGER USER;
DELETE FROM log_entries WHERE action NOT IN ('add', 'change', 'delete');
ALTER TABLE log_entries ENABLE TRIGGER USER;
ALTER TABLE log_entries DROP COLUMN hash;
ALTER TABLE log_entries DROP COLUMN version;
ALTER TABLE log_entries DROP COLUMN note;
ALTER TABLE log_entries DROP COLUMN ip;
ALTER TABLE log_entries DROP CONSTRAINT log_entries_action_check;
ALTER TABLE log_entries ADD CONSTRAINT log_entries_action_check CHECK (action IN ('add', 'change', 'delete'));
