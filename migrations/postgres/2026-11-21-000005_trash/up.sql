-- Deleted clinical records are put into the trash. Unique and list indexes are partial and leave out the trash; indexes
-- of references are not, because the database checks foreign keys of records in the trash as well.
ALTER TABLE doctors ADD COLUMN deleted_at TIMESTAMP;
ALTER TABLE patients ADD COLUMN deleted_at TIMESTAMP;
ALTER TABLE patient_doctor_mappings ADD COLUMN deleted_at TIMESTAMP;

DROP INDEX doctors_user_id_key;
DROP INDEX doctors_name_order;
DROP INDEX doctors_specialization_order;
CREATE UNIQUE INDEX doctors_user_id_key ON doctors (user_id) WHERE deleted_at IS NULL;
CREATE INDEX doctors_user_id ON doctors (user_id);
CREATE INDEX doctors_name_order ON doctors (substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX doctors_specialization_order ON doctors (specialization, id) WHERE deleted_at IS NULL;
CREATE INDEX doctors_created_at_order ON doctors (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX doctors_deleted_at ON doctors (deleted_at) WHERE deleted_at IS NOT NULL;

DROP INDEX patients_user_id_key;
DROP INDEX patients_name_order;
DROP INDEX patients_date_of_birth_order;
DROP INDEX patients_age_order;
DROP INDEX patients_gender_order;
DROP INDEX patients_created_at_order;
CREATE UNIQUE INDEX patients_user_id_key ON patients (user_id) WHERE deleted_at IS NULL;
CREATE INDEX patients_user_id ON patients (user_id);
CREATE INDEX patients_name_order ON patients (substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_date_of_birth_order ON patients (date_of_birth NULLS FIRST, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_age_order ON patients (age, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_gender_order ON patients (gender, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_gender_name_order ON patients (gender, substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_gender_age_order ON patients (gender, age, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_created_at_order ON patients (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patients_deleted_at ON patients (deleted_at) WHERE deleted_at IS NOT NULL;

DROP INDEX patient_doctor_mappings_key;
DROP INDEX patient_doctor_mappings_created_at_order;
CREATE UNIQUE INDEX patient_doctor_mappings_key ON patient_doctor_mappings (patient_id, doctor_id) WHERE deleted_at IS NULL;
CREATE INDEX patient_doctor_mappings_patient_id ON patient_doctor_mappings (patient_id, doctor_id);
CREATE INDEX patient_doctor_mappings_created_at_order ON patient_doctor_mappings (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patient_doctor_mappings_deleted_at ON patient_doctor_mappings (deleted_at) WHERE deleted_at IS NOT NULL;
