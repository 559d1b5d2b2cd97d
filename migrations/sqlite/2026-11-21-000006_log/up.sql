-- The log gets more actions, the origin of an entry, a note, and a hash that chains each entry to the one before. Entries
-- from before the chain have a blank hash. SQLite cannot change a CHECK, so the table is created again.
DROP TRIGGER log_entries_no_update;
DROP TRIGGER log_entries_no_delete;
DROP INDEX log_entries_object;
DROP INDEX log_entries_actor_id;
DROP INDEX log_entries_at_order;
DROP INDEX log_entries_label_order;
ALTER TABLE log_entries RENAME TO log_entries_old;
CREATE TABLE log_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_id BIGINT,
    actor TEXT NOT NULL CHECK (length(actor) <= 320),
    action TEXT NOT NULL CHECK (action IN ('add', 'change', 'delete', 'trash', 'restore', 'purge', 'view', 'search', 'export', 'import', 'action', 'sign_in', 'view_as')),
    resource TEXT NOT NULL CHECK (length(resource) BETWEEN 1 AND 60),
    object_id BIGINT NOT NULL,
    object_label TEXT NOT NULL CHECK (length(object_label) <= 320),
    changes TEXT NOT NULL,
    search_text TEXT NOT NULL DEFAULT '',
    ip TEXT NOT NULL DEFAULT '' CHECK (length(ip) <= 64),
    note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
    version BIGINT NOT NULL DEFAULT 0,
    hash TEXT NOT NULL DEFAULT '' CHECK (length(hash) IN (0, 64))
);
INSERT INTO log_entries (id, at, actor_id, actor, action, resource, object_id, object_label, changes, search_text)
SELECT id, at, actor_id, actor, action, resource, object_id, object_label, changes, search_text FROM log_entries_old ORDER BY id;
DROP TABLE log_entries_old;
CREATE INDEX log_entries_object ON log_entries (resource, object_id, id);
CREATE INDEX log_entries_actor_id ON log_entries (actor_id, id);
CREATE INDEX log_entries_action ON log_entries (action, id);
CREATE INDEX log_entries_at_order ON log_entries (at, id);
CREATE INDEX log_entries_label_order ON log_entries (substr(search_text, 1, 120), id);

-- The head of the chain: the id and the hash of the newest entry. Ids have no gaps.
CREATE TABLE log_heads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (id = 1),
    entry_id BIGINT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) IN (0, 64)),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
INSERT INTO log_heads (id, entry_id, hash, created_at, updated_at)
SELECT 1, COALESCE(MAX(id), 0), '', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM log_entries;

CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never changed'); END;
CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN SELECT RAISE(ABORT, 'log entries are never deleted'); END;
CREATE TRIGGER log_heads_forward BEFORE UPDATE ON log_heads WHEN NEW.entry_id <= OLD.entry_id
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER log_heads_no_delete BEFORE DELETE ON log_heads
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
