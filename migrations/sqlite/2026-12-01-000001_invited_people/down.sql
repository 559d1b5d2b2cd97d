DROP INDEX registration_links_patient_id;
DROP INDEX registration_links_doctor_id;
ALTER TABLE registration_links DROP COLUMN patient_id;
ALTER TABLE registration_links DROP COLUMN doctor_id;
ALTER TABLE registration_links DROP COLUMN last_name;
ALTER TABLE registration_links DROP COLUMN first_name;
