-- Drops entries with actions that the older log does not have.
DROP TRIGGER log_heads_no_delete;
DROP TRIGGER log_heads_forward;
DROP TRIGGER log_entries_no_delete;
DROP TRIGGER log_entries_no_update;
DROP TABLE log_heads;
DROP INDEX log_entries_label_order;
DROP INDEX log_entries_at_order;
DROP INDEX log_entries_action;
DROP INDEX log_entries_actor_id;
DROP INDEX log_entries_object;
ALTER TABLE log_entries RENAME TO log_entries_new;
CREATE TABLE log_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id BIGINT,
    actor TEXT NOT NULL CHECK (length(actor) <= 320),
    action TEXT NOT NULL CHECK (action IN ('add', 'change', 'delete')),
    resource TEXT NOT NULL CHECK (length(resource) BETWEEN 1 AND 60),
    object_id BIGINT NOT NULL,
    object_label TEXT NOT NULL CHECK (length(object_label) <= 320),
    changes TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT ''
);
INSERT INTO log_entries
SELECT id, at, actor_id, actor, action, resource, object_id, object_label, changes, search_text FROM log_entries_new
WHERE action IN ('add', 'change', 'delete') ORDER BY id;
DROP TABLE log_entries_new;
CREATE INDEX log_entries_object ON log_entries (resource, object_id, id);
CREATE INDEX log_entries_actor_id ON log_entries (actor_id, id);
CREATE INDEX log_entries_at_order ON log_entries (at, id);
CREATE INDEX log_entries_label_order ON log_entries (substr(search_text, 1, 120), id);
CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never changed'); END;
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never deleted'); END;
