-- The files of records. A file is uploaded first and attached when its record is saved; one that no record takes is removed
-- after two days. A model has a column that refers to the file, so a file cannot be deleted while its record has it.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    content_type TEXT NOT NULL CHECK (length(content_type) BETWEEN 1 AND 120),
    size BIGINT NOT NULL CHECK (size > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    content BLOB NOT NULL,
    resource TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    record_id BIGINT,
    uploaded_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (length(content) = size),
    CHECK ((resource = '' AND field = '' AND record_id IS NULL) OR (resource <> '' AND field <> '' AND record_id IS NOT NULL))
);
CREATE UNIQUE INDEX files_place_key ON files (resource, record_id, field) WHERE resource <> '';
CREATE INDEX files_unattached ON files (created_at) WHERE resource = '';
CREATE INDEX files_uploaded_by ON files (uploaded_by);
CREATE TRIGGER files_no_change BEFORE UPDATE OF name, content_type, size, sha256, content ON files
BEGIN SELECT RAISE(ABORT, 'a file is replaced, never changed'); END;
CREATE TRIGGER files_no_move BEFORE UPDATE OF resource, field, record_id ON files WHEN OLD.resource <> ''
BEGIN SELECT RAISE(ABORT, 'a file stays with its record'); END;
