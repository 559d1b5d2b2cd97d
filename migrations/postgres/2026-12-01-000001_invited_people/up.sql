-- Who is invited, and the record that the new account belongs to.
ALTER TABLE registration_links ADD COLUMN first_name TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(first_name) <= 150);
ALTER TABLE registration_links ADD COLUMN last_name TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(last_name) <= 150);
ALTER TABLE registration_links ADD COLUMN doctor_id BIGINT REFERENCES doctors (id) ON DELETE SET NULL;
ALTER TABLE registration_links ADD COLUMN patient_id BIGINT REFERENCES patients (id) ON DELETE SET NULL
    CHECK (doctor_id IS NULL OR patient_id IS NULL);
CREATE INDEX registration_links_doctor_id ON registration_links (doctor_id);
CREATE INDEX registration_links_patient_id ON registration_links (patient_id);
