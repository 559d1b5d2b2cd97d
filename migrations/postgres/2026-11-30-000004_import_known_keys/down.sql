DROP INDEX import_rows_known_key;
ALTER TABLE import_rows DROP COLUMN known_key;
