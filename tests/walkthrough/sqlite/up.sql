CREATE TABLE wards (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    floor INTEGER NOT NULL CHECK (floor BETWEEN 0 AND 99),
    doctor_id BIGINT REFERENCES doctors (id) ON DELETE SET NULL,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX wards_name_key ON wards (lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX wards_name_order ON wards (substr(search_text, 1, 120), id) WHERE deleted_at IS NULL;
CREATE INDEX wards_floor_order ON wards (floor, id) WHERE deleted_at IS NULL;
CREATE INDEX wards_created_at_order ON wards (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX wards_doctor_id ON wards (doctor_id);
CREATE INDEX wards_deleted_at ON wards (deleted_at) WHERE deleted_at IS NOT NULL;
