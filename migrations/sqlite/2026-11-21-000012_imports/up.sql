-- Imports: the file, the meaning of its columns, the result of the trial run, and the state.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    resource TEXT NOT NULL CHECK (length(resource) BETWEEN 1 AND 60),
    file_name TEXT NOT NULL CHECK (length(file_name) BETWEEN 1 AND 120),
    manner TEXT NOT NULL CHECK (length(manner) <= 255),
    headings TEXT NOT NULL,
    targets TEXT NOT NULL DEFAULT '[]',
    month_first BOOLEAN NOT NULL DEFAULT FALSE CHECK (month_first IN (0, 1)),
    state TEXT NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'mapped', 'checked', 'running', 'done', 'failed')),
    skips_errors BOOLEAN NOT NULL DEFAULT FALSE CHECK (skips_errors IN (0, 1)),
    total_rows BIGINT NOT NULL CHECK (total_rows >= 0),
    checked_rows BIGINT NOT NULL DEFAULT 0 CHECK (checked_rows BETWEEN 0 AND total_rows),
    new_rows BIGINT NOT NULL DEFAULT 0 CHECK (new_rows >= 0),
    changed_rows BIGINT NOT NULL DEFAULT 0 CHECK (changed_rows >= 0),
    same_rows BIGINT NOT NULL DEFAULT 0 CHECK (same_rows >= 0),
    error_rows BIGINT NOT NULL DEFAULT 0 CHECK (error_rows >= 0),
    note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
    finished_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CHECK (new_rows + changed_rows + same_rows + error_rows = checked_rows)
);
CREATE INDEX imports_user_id ON imports (user_id, resource, id);
CREATE INDEX imports_state ON imports (state, updated_at);

-- The uploaded file in chunks; deleted when the import is done.
CREATE TABLE import_pieces (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    position BIGINT NOT NULL CHECK (position >= 0),
    bytes BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX import_pieces_key ON import_pieces (import_id, position);

-- The result of the trial run for each line.
CREATE TABLE import_rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    import_id BIGINT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    line BIGINT NOT NULL CHECK (line > 0),
    cells TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('new', 'change', 'same', 'error')),
    reason TEXT NOT NULL DEFAULT '' CHECK ((outcome = 'error') = (reason <> '')),
    changes TEXT NOT NULL DEFAULT '[]',
    label TEXT NOT NULL DEFAULT '',
    -- Identifies the record that the line belongs to, whether it exists or not.
    row_key TEXT NOT NULL DEFAULT '',
    target_id BIGINT,
    target_version BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX import_rows_key ON import_rows (import_id, line);
CREATE INDEX import_rows_outcome ON import_rows (import_id, outcome, line);
CREATE INDEX import_rows_row_key ON import_rows (import_id, row_key);

-- The natural keys by which rows of a file are matched to records.
CREATE INDEX patients_natural_key ON patients (name, date_of_birth) WHERE deleted_at IS NULL;
CREATE INDEX doctors_natural_key ON doctors (name, specialization) WHERE deleted_at IS NULL;
