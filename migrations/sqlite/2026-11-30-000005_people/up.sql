-- People as clinics know them: the parts of the name, how to reach them, and what everybody who opens the record must know. The
-- program fills in `given_name`, `family_name` and `sort_name` of those who are there already, and their searched text.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (length(address) <= 500)', 'CHECK (length(address) <= 5000)')
WHERE type = 'table' AND name = 'patients';
PRAGMA writable_schema = RESET;

ALTER TABLE patients ADD COLUMN given_name TEXT NOT NULL DEFAULT '' CHECK (length(given_name) <= 120);
ALTER TABLE patients ADD COLUMN family_name TEXT NOT NULL DEFAULT '' CHECK (length(family_name) <= 120);
ALTER TABLE patients ADD COLUMN sort_name TEXT NOT NULL DEFAULT '' CHECK (length(sort_name) <= 242);
ALTER TABLE patients ADD COLUMN phone TEXT NOT NULL DEFAULT '' CHECK (length(phone) <= 40);
ALTER TABLE patients ADD COLUMN email TEXT NOT NULL DEFAULT '' CHECK (length(email) <= 254);
ALTER TABLE patients ADD COLUMN may_contact BOOLEAN NOT NULL DEFAULT FALSE CHECK (may_contact IN (0, 1));
ALTER TABLE patients ADD COLUMN language TEXT CHECK (length(language) BETWEEN 2 AND 8);
ALTER TABLE patients ADD COLUMN emergency_contact TEXT NOT NULL DEFAULT '' CHECK (length(emergency_contact) <= 120);
ALTER TABLE patients ADD COLUMN emergency_phone TEXT NOT NULL DEFAULT '' CHECK (length(emergency_phone) <= 40);
ALTER TABLE patients ADD COLUMN alert TEXT NOT NULL DEFAULT '' CHECK (length(alert) <= 200);
ALTER TABLE patients ADD COLUMN deceased_on DATE CHECK (deceased_on IS NULL OR date_of_birth IS NULL OR deceased_on >= date_of_birth);
ALTER TABLE patients ADD COLUMN has_moved_away BOOLEAN NOT NULL DEFAULT FALSE CHECK (has_moved_away IN (0, 1));

-- `Dr`, beside the name, so that a list of doctors is not sorted by it.
ALTER TABLE doctors ADD COLUMN title TEXT NOT NULL DEFAULT '' CHECK (length(title) <= 40);

-- The second line of the searched text is the name, by which an import finds who is known.
CREATE INDEX patients_name_line ON patients (substr(search_text, instr(search_text, '
') + 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX patients_email ON patients (email) WHERE email <> '';

-- What others call the patient by: an insurance number, a passport. `lookup` is the value without blanks and marks.
CREATE TABLE patient_identifiers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('insurance', 'national', 'nhs', 'ssn', 'passport', 'driving', 'record', 'other')),
    issuer TEXT NOT NULL DEFAULT '' CHECK (length(issuer) <= 120),
    value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 60),
    lookup TEXT NOT NULL CHECK (length(lookup) BETWEEN 1 AND 60),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE INDEX patient_identifiers_patient_id ON patient_identifiers (patient_id, id);
CREATE INDEX patient_identifiers_lookup ON patient_identifiers (lookup);
CREATE INDEX patient_identifiers_created_at_order ON patient_identifiers (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX patient_identifiers_deleted_at ON patient_identifiers (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE UNIQUE INDEX patient_identifiers_key ON patient_identifiers (patient_id, kind, lookup) WHERE deleted_at IS NULL;

-- The version of the rules by which searched texts are made, for each model. The program makes older ones anew when it starts.
CREATE TABLE search_versions (
    resource TEXT NOT NULL PRIMARY KEY CHECK (length(resource) BETWEEN 1 AND 60),
    version INTEGER NOT NULL CHECK (version > 0)
) WITHOUT ROWID;
