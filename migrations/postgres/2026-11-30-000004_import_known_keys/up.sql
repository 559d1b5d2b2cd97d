-- What the record of a line is probably known by, so that a later line with less about the same record is asked about.
ALTER TABLE import_rows ADD COLUMN known_key TEXT NOT NULL DEFAULT '';
CREATE INDEX import_rows_known_key ON import_rows (import_id, known_key);
