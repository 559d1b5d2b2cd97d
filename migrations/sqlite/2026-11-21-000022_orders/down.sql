DROP INDEX patients_doctor_age_order;
DROP INDEX patients_age_name_order;
