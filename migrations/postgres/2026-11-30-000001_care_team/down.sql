DROP TRIGGER patient_access_patient_trash ON patients;
DROP FUNCTION patient_access_patient_trash;
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
DROP TRIGGER care_team_patient_add ON patients;
DROP TRIGGER care_team_patient_change ON patients;
DROP TRIGGER care_team_member_add ON patient_doctor_mappings;
DROP TRIGGER care_team_member_change ON patient_doctor_mappings;
DROP TRIGGER care_team_member_delete ON patient_doctor_mappings;
DROP FUNCTION care_team_patient_add;
DROP FUNCTION care_team_patient_change;
DROP FUNCTION care_team_member_add;
DROP FUNCTION care_team_member_change;
DROP FUNCTION care_team_member_delete;
ALTER TABLE patient_doctor_mappings DROP COLUMN is_primary;
ALTER TABLE patient_doctor_mappings DROP CONSTRAINT patient_doctor_mappings_patient_id_fkey;
ALTER TABLE patient_doctor_mappings ADD CONSTRAINT patient_doctor_mappings_patient_id_fkey
    FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT;
