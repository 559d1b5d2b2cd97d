-- The files of records. A file is uploaded first and attached when its record is saved; one that no record takes is removed
-- after two days. A model has a column that refers to the file, so a file cannot be deleted while its record has it.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    content_type TEXT NOT NULL CHECK (length(content_type) BETWEEN 1 AND 120),
    size BIGINT NOT NULL CHECK (size > 0),
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    resource TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    record_id BIGINT,
    uploaded_by BIGINT REFERENCES users (id) ON DELETE SET NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK ((resource = '' AND field = '' AND record_id IS NULL) OR (resource <> '' AND field <> '' AND record_id IS NOT NULL))
);
CREATE UNIQUE INDEX files_place_key ON files (resource, record_id, field) WHERE resource <> '';
CREATE INDEX files_unattached ON files (created_at) WHERE resource = '';
CREATE INDEX files_waiting ON files (uploaded_by, id) WHERE resource = '';
CREATE INDEX files_uploaded_by ON files (uploaded_by);
CREATE TRIGGER files_no_change BEFORE UPDATE OF name, content_type, size, sha256 ON files
BEGIN SELECT RAISE(ABORT, 'a file is replaced, never changed'); END;
CREATE TRIGGER files_no_move BEFORE UPDATE OF resource, field, record_id ON files WHEN OLD.resource <> ''
BEGIN SELECT RAISE(ABORT, 'a file stays with its record'); END;
-- The contents stand alone, so that reading or attaching a file does not move its bytes.
CREATE TABLE file_contents (
    file_id BIGINT PRIMARY KEY NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    content BLOB NOT NULL
);
CREATE TRIGGER file_contents_size BEFORE INSERT ON file_contents
WHEN length(NEW.content) <> (SELECT size FROM files WHERE id = NEW.file_id)
BEGIN SELECT RAISE(ABORT, 'the content is of another size than its file'); END;
CREATE TRIGGER file_contents_no_change BEFORE UPDATE ON file_contents
BEGIN SELECT RAISE(ABORT, 'a file is replaced, never changed'); END;
CREATE TRIGGER file_contents_stay BEFORE DELETE ON file_contents WHEN EXISTS (SELECT 1 FROM files WHERE id = OLD.file_id)
BEGIN SELECT RAISE(ABORT, 'the content goes with its file'); END;
