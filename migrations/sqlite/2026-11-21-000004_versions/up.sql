-- Every change of a record counts up, so that two who edit at once notice each other.
ALTER TABLE users ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE groups ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE doctors ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE patients ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE patient_doctor_mappings ADD COLUMN version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0);
