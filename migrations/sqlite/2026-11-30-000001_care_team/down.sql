DROP TRIGGER patient_access_patient_trash;
DROP VIEW patient_access_rule;
CREATE VIEW patient_access_rule AS
SELECT DISTINCT user_id, patient_id, sort_key, created_at, deleted_at FROM (
    SELECT owner_id AS user_id, id AS patient_id, substr(search_text, 1, 120) AS sort_key, created_at, deleted_at
    FROM patients
    UNION ALL
    SELECT user_id, id, substr(search_text, 1, 120), created_at, deleted_at
    FROM patients WHERE +user_id IS NOT NULL
    UNION ALL
    SELECT doctors.user_id, patients.id, substr(patients.search_text, 1, 120), patients.created_at, patients.deleted_at
    FROM patient_doctor_mappings AS mappings
    JOIN doctors ON doctors.id = mappings.doctor_id
    JOIN patients ON patients.id = mappings.patient_id
    WHERE mappings.deleted_at IS NULL AND doctors.deleted_at IS NULL AND +doctors.user_id IS NOT NULL
) AS reasons;
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
