DROP TRIGGER care_team_patient_add;
DROP TRIGGER care_team_patient_change;
DROP TRIGGER care_team_member_add;
DROP TRIGGER care_team_member_change;
DROP TRIGGER care_team_member_delete;
ALTER TABLE patient_doctor_mappings DROP COLUMN is_primary;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE', 'patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT')
WHERE type = 'table' AND name = 'patient_doctor_mappings';
PRAGMA writable_schema = RESET;
CREATE VIEW patients_are_kept AS SELECT 1;
DROP VIEW patients_are_kept;
