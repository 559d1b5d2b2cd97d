CREATE TABLE doctors (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    specialization TEXT NOT NULL CHECK (length(specialization) BETWEEN 1 AND 120),
    user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX doctors_user_id_key ON doctors (user_id);
CREATE INDEX doctors_name_order ON doctors (substr(search_text, 1, 120), id);
CREATE INDEX doctors_specialization_order ON doctors (specialization, id);

CREATE TABLE patients (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    owner_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    date_of_birth DATE,
    age INTEGER NOT NULL CHECK (age BETWEEN 0 AND 150),
    gender TEXT NOT NULL CHECK (gender IN ('male', 'female', 'other')),
    address TEXT NOT NULL DEFAULT '' CHECK (length(address) <= 500),
    primary_doctor_id BIGINT REFERENCES doctors (id) ON DELETE SET NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE SET NULL,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX patients_user_id_key ON patients (user_id);
CREATE INDEX patients_owner_id ON patients (owner_id, substr(search_text, 1, 120), id);
CREATE INDEX patients_primary_doctor_id ON patients (primary_doctor_id, substr(search_text, 1, 120), id);
CREATE INDEX patients_name_order ON patients (substr(search_text, 1, 120), id);
CREATE INDEX patients_date_of_birth_order ON patients (date_of_birth, id);
CREATE INDEX patients_age_order ON patients (age, id);
CREATE INDEX patients_gender_order ON patients (gender, id);
CREATE INDEX patients_created_at_order ON patients (created_at, id);

CREATE TABLE patient_doctor_mappings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT,
    doctor_id BIGINT NOT NULL REFERENCES doctors (id) ON DELETE RESTRICT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX patient_doctor_mappings_key ON patient_doctor_mappings (patient_id, doctor_id);
CREATE INDEX patient_doctor_mappings_doctor_id ON patient_doctor_mappings (doctor_id, patient_id);
CREATE INDEX patient_doctor_mappings_created_at_order ON patient_doctor_mappings (created_at, id);
