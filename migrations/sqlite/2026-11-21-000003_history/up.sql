-- The log: who did what, in order. No foreign keys, because an entry outlives its user and its record.
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
CREATE INDEX log_entries_object ON log_entries (resource, object_id, id);
CREATE INDEX log_entries_actor_id ON log_entries (actor_id, id);
CREATE INDEX log_entries_at_order ON log_entries (at, id);
CREATE INDEX log_entries_label_order ON log_entries (substr(search_text, 1, 120), id);

CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never changed'); END;
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never deleted'); END;
