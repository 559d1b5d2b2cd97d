-- The care team: the doctors of a patient, one of whom may be the primary doctor. `patients.primary_doctor_id` names that doctor
-- and `is_primary` marks the assignment. Triggers keep both equal, so whoever becomes the primary doctor is assigned, and
-- whoever is no longer assigned is not the primary doctor either. An assignment in the trash keeps its mark, for being restored.
-- A deleted patient's assignments are deleted too, to the trash as well. See keep_patients about this way of changing a constraint.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT', 'patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE')
WHERE type = 'table' AND name = 'patient_doctor_mappings';
PRAGMA writable_schema = RESET;

ALTER TABLE patient_doctor_mappings ADD COLUMN is_primary BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_primary IN (0, 1));

INSERT INTO patient_doctor_mappings (patient_id, doctor_id, created_at, updated_at)
SELECT id, primary_doctor_id, updated_at, updated_at FROM patients
WHERE primary_doctor_id IS NOT NULL AND deleted_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM patient_doctor_mappings AS mappings
    WHERE mappings.patient_id = patients.id AND mappings.doctor_id = patients.primary_doctor_id AND mappings.deleted_at IS NULL
);
UPDATE patients SET primary_doctor_id = NULL WHERE primary_doctor_id IS NOT NULL AND deleted_at IS NOT NULL;
UPDATE patient_doctor_mappings SET is_primary = TRUE
WHERE deleted_at IS NULL AND doctor_id = (SELECT primary_doctor_id FROM patients WHERE patients.id = patient_id);

-- Who sees a patient by being assigned also sees the patient in the trash, to where the assignment went along.
DROP VIEW patient_access_rule;
CREATE VIEW patient_access_rule AS
SELECT DISTINCT user_id, patient_id, sort_key, created_at, deleted_at FROM (
    SELECT owner_id AS user_id, id AS patient_id, substr(search_text, 1, 120) AS sort_key, created_at, deleted_at
    FROM patients
    UNION ALL
    SELECT user_id, id, substr(search_text, 1, 120), created_at, deleted_at
    FROM patients WHERE +user_id IS NOT NULL
    UNION ALL
    SELECT doctors.user_id, patients.id, substr(patients.search_text, 1, 120), patients.created_at, patients.deleted_at
    FROM patient_doctor_mappings AS mappings
    JOIN doctors ON doctors.id = mappings.doctor_id
    JOIN patients ON patients.id = mappings.patient_id
    WHERE (mappings.deleted_at IS NULL OR mappings.deleted_at = patients.deleted_at)
        AND doctors.deleted_at IS NULL AND +doctors.user_id IS NOT NULL
) AS reasons;
CREATE TRIGGER patient_access_patient_trash AFTER UPDATE OF deleted_at ON patients WHEN OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = NEW.id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = NEW.id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.id);
END;

-- A new patient's care team may be there before this trigger runs.
DROP TRIGGER patient_access_patient_add;
CREATE TRIGGER patient_access_patient_add AFTER INSERT ON patients
BEGIN
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.id);
END;

CREATE TRIGGER care_team_patient_add AFTER INSERT ON patients WHEN NEW.primary_doctor_id IS NOT NULL
BEGIN
    INSERT INTO patient_doctor_mappings (patient_id, doctor_id, is_primary, created_at, updated_at)
    VALUES (NEW.id, NEW.primary_doctor_id, TRUE, NEW.created_at, NEW.created_at);
END;
CREATE TRIGGER care_team_patient_change AFTER UPDATE OF primary_doctor_id ON patients
WHEN OLD.primary_doctor_id IS NOT NEW.primary_doctor_id
BEGIN
    UPDATE patient_doctor_mappings SET is_primary = FALSE
    WHERE patient_id = NEW.id AND is_primary AND deleted_at IS NULL AND doctor_id IS NOT NEW.primary_doctor_id;
    UPDATE patient_doctor_mappings SET is_primary = TRUE
    WHERE patient_id = NEW.id AND NOT is_primary AND deleted_at IS NULL AND doctor_id = NEW.primary_doctor_id;
    INSERT INTO patient_doctor_mappings (patient_id, doctor_id, is_primary, created_at, updated_at)
    SELECT NEW.id, NEW.primary_doctor_id, TRUE, NEW.updated_at, NEW.updated_at
    WHERE NEW.primary_doctor_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM patient_doctor_mappings
        WHERE patient_id = NEW.id AND doctor_id = NEW.primary_doctor_id AND deleted_at IS NULL
    );
END;

CREATE TRIGGER care_team_member_add AFTER INSERT ON patient_doctor_mappings WHEN NEW.is_primary AND NEW.deleted_at IS NULL
BEGIN
    UPDATE patients SET primary_doctor_id = NEW.doctor_id, version = version + 1
    WHERE id = NEW.patient_id AND primary_doctor_id IS NOT NEW.doctor_id;
END;
CREATE TRIGGER care_team_member_change AFTER UPDATE OF patient_id, doctor_id, is_primary, deleted_at ON patient_doctor_mappings
WHEN (OLD.is_primary OR NEW.is_primary)
    AND (OLD.patient_id <> NEW.patient_id OR OLD.doctor_id <> NEW.doctor_id
        OR OLD.is_primary <> NEW.is_primary OR OLD.deleted_at IS NOT NEW.deleted_at)
BEGIN
    -- What was the primary assignment no longer is, or is now another doctor's.
    UPDATE patients
    SET primary_doctor_id = CASE WHEN NEW.is_primary AND NEW.deleted_at IS NULL AND NEW.patient_id = OLD.patient_id THEN NEW.doctor_id END,
        version = version + 1
    WHERE id = OLD.patient_id AND OLD.is_primary AND OLD.deleted_at IS NULL AND primary_doctor_id = OLD.doctor_id;
    -- What was not becomes it if it was marked just now, or if nobody else is.
    UPDATE patients SET primary_doctor_id = NEW.doctor_id, version = version + 1
    WHERE id = NEW.patient_id AND NEW.is_primary AND NEW.deleted_at IS NULL
        AND (primary_doctor_id IS NULL OR (NOT OLD.is_primary AND primary_doctor_id <> NEW.doctor_id));
    UPDATE patient_doctor_mappings SET is_primary = FALSE
    WHERE id = NEW.id AND is_primary AND deleted_at IS NULL
        AND doctor_id IS NOT (SELECT primary_doctor_id FROM patients WHERE patients.id = NEW.patient_id);
END;
CREATE TRIGGER care_team_member_delete AFTER DELETE ON patient_doctor_mappings WHEN OLD.is_primary AND OLD.deleted_at IS NULL
BEGIN
    UPDATE patients SET primary_doctor_id = NULL, version = version + 1
    WHERE id = OLD.patient_id AND primary_doctor_id = OLD.doctor_id;
END;
