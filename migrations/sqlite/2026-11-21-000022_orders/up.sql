-- Otherwise ordering patients of the same age by name, or a doctor's patients by age, would read all of them.
CREATE INDEX patients_age_name_order ON patients (age, substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_doctor_age_order ON patients (primary_doctor_id, age, id) WHERE deleted_at IS NULL;
