-- Patients outlive the account of whoever registered them: it is given up only when nobody is left in it.
-- SQLite changes no constraint of a table in place, and making the table anew with foreign keys on would take the
-- assignments along; so its text is changed, as https://www.sqlite.org/lang_altertable.html describes. The rows stay as
-- they are. The view raises the number by which other connections notice that they have to read the schema again.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE', 'owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT')
WHERE type = 'table' AND name = 'patients';
PRAGMA writable_schema = RESET;
CREATE VIEW patients_are_kept AS SELECT 1;
DROP VIEW patients_are_kept;
