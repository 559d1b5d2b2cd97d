-- Partial indexes without views and searches, for the changes of a record and the activity of a user.
CREATE INDEX log_entries_changes ON log_entries (resource, object_id, id) WHERE action <> 'view';
CREATE INDEX log_entries_deeds ON log_entries (actor_id, id) WHERE action NOT IN ('view', 'search');

-- INSERT OR REPLACE deletes a row without firing the triggers on DELETE.
CREATE TRIGGER log_entries_no_replace BEFORE INSERT ON log_entries WHEN EXISTS (SELECT 1 FROM log_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'log entries are never changed'); END;
CREATE TRIGGER log_heads_no_replace BEFORE INSERT ON log_heads WHEN EXISTS (SELECT 1 FROM log_heads)
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
