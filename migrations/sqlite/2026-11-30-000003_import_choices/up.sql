-- What the user chose about the file, and how many lines of the trial run are doubtful. A line that probably belongs to a known
-- record names it, or the earlier line that is the same.
ALTER TABLE imports ADD COLUMN encoding TEXT NOT NULL DEFAULT '' CHECK (length(encoding) <= 60);
ALTER TABLE imports ADD COLUMN sheet TEXT NOT NULL DEFAULT '' CHECK (length(sheet) <= 255);
ALTER TABLE imports ADD COLUMN clears_blanks BOOLEAN NOT NULL DEFAULT FALSE CHECK (clears_blanks IN (0, 1));
ALTER TABLE imports ADD COLUMN known_rows BIGINT NOT NULL DEFAULT 0 CHECK (known_rows >= 0);
ALTER TABLE imports ADD COLUMN renamed_rows BIGINT NOT NULL DEFAULT 0 CHECK (renamed_rows >= 0);
ALTER TABLE imports ADD COLUMN known TEXT NOT NULL DEFAULT 'ask' CHECK (known IN ('ask', 'add', 'match', 'leave'));
ALTER TABLE import_rows ADD COLUMN known_id BIGINT;
ALTER TABLE import_rows ADD COLUMN known_line BIGINT;
