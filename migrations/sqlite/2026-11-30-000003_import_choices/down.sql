ALTER TABLE import_rows DROP COLUMN known_line;
ALTER TABLE import_rows DROP COLUMN known_id;
ALTER TABLE imports DROP COLUMN known;
ALTER TABLE imports DROP COLUMN renamed_rows;
ALTER TABLE imports DROP COLUMN known_rows;
ALTER TABLE imports DROP COLUMN clears_blanks;
ALTER TABLE imports DROP COLUMN sheet;
ALTER TABLE imports DROP COLUMN encoding;
