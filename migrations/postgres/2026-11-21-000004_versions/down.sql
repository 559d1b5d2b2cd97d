ALTER TABLE patient_doctor_mappings DROP COLUMN version;
ALTER TABLE patients DROP COLUMN version;
ALTER TABLE doctors DROP COLUMN version;
ALTER TABLE groups DROP COLUMN version;
ALTER TABLE users DROP COLUMN version;
