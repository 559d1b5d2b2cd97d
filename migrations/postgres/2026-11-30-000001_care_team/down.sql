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
