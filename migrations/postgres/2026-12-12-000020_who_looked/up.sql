-- Entries about reading that the log may not have yet. On SQLite they wait in a file next to the database, one for each process,
-- and a row is the number of one that the log already has. On PostgreSQL the row is the entry itself.
CREATE TABLE waiting_reads (
    spool TEXT COLLATE "C" NOT NULL CHECK (length(spool) BETWEEN 1 AND 60),
    entry BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (spool, entry)
);

-- What a user looked at, newest first, by act.
CREATE INDEX log_entries_looks ON log_entries (actor_id, action, at, id) WHERE action IN ('view', 'search', 'export');
