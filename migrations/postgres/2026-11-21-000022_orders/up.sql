-- Where many share an age, ordering them by name, and a doctor's patients by age, would otherwise read them all.
CREATE INDEX patients_age_name_order ON patients (age, substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_doctor_age_order ON patients (primary_doctor_id, age, id) WHERE deleted_at IS NULL;
