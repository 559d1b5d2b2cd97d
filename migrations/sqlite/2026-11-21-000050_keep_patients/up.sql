-- An account cannot be deleted while patients that it registered exist. SQLite cannot change a constraint in place, and
-- creating the table again with foreign keys on would delete the assignments; so the stored statement is edited, as
-- https://www.sqlite.org/lang_altertable.html describes. The rows do not change. The view increases the schema version,
-- by which other connections notice the change.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE', 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT')
WHERE type = 'table' AND name = 'patients';
PRAGMA writable_schema = RESET;
CREATE VIEW patients_are_kept AS SELECT 1;
DROP VIEW patients_are_kept;
