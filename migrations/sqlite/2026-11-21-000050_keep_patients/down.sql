-- Deleting an account deletes the patients that it registered again.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT', 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE')
WHERE type = 'table' AND name = 'patients';
PRAGMA writable_schema = RESET;
CREATE VIEW patients_are_kept AS SELECT 1;
DROP VIEW patients_are_kept;
