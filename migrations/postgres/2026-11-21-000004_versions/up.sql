-- Every change increases the version of a record, so that concurrent edits are detected.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE groups ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE doctors ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE patients ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE patient_doctor_mappings ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
