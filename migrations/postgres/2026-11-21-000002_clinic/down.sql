DROP TABLE patient_doctor_mappings;
DROP TABLE patients;
DROP TABLE doctors;
