-- The care team: the doctors of a patient, one of whom may be the primary doctor. `patients.primary_doctor_id` names that doctor
-- and `is_primary` marks the assignment. Triggers keep both equal, so whoever becomes the primary doctor is assigned, and
-- whoever is no longer assigned is not the primary doctor either. An assignment in the trash keeps its mark, for being restored.
-- A deleted patient's assignments are deleted too, to the trash as well.
ALTER TABLE patient_doctor_mappings DROP CONSTRAINT patient_doctor_mappings_patient_id_fkey;
ALTER TABLE patient_doctor_mappings ADD CONSTRAINT patient_doctor_mappings_patient_id_fkey
    FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE;

ALTER TABLE patient_doctor_mappings ADD COLUMN is_primary BOOLEAN NOT NULL DEFAULT FALSE;

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
CREATE FUNCTION patient_access_patient_trash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM patient_access_remove(NEW.id);
    PERFORM patient_access_add(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_patient_trash AFTER UPDATE OF deleted_at ON patients
FOR EACH ROW WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
EXECUTE FUNCTION patient_access_patient_trash();

CREATE FUNCTION care_team_patient_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO patient_doctor_mappings (patient_id, doctor_id, is_primary, created_at, updated_at)
    VALUES (NEW.id, NEW.primary_doctor_id, TRUE, NEW.created_at, NEW.created_at);
    RETURN NULL;
END $$;
CREATE TRIGGER care_team_patient_add AFTER INSERT ON patients
FOR EACH ROW WHEN (NEW.primary_doctor_id IS NOT NULL)
EXECUTE FUNCTION care_team_patient_add();

CREATE FUNCTION care_team_patient_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patient_doctor_mappings SET is_primary = FALSE
    WHERE patient_id = NEW.id AND is_primary AND deleted_at IS NULL AND doctor_id IS DISTINCT FROM NEW.primary_doctor_id;
    UPDATE patient_doctor_mappings SET is_primary = TRUE
    WHERE patient_id = NEW.id AND NOT is_primary AND deleted_at IS NULL AND doctor_id = NEW.primary_doctor_id;
    INSERT INTO patient_doctor_mappings (patient_id, doctor_id, is_primary, created_at, updated_at)
    SELECT NEW.id, NEW.primary_doctor_id, TRUE, NEW.updated_at, NEW.updated_at
    WHERE NEW.primary_doctor_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM patient_doctor_mappings
        WHERE patient_id = NEW.id AND doctor_id = NEW.primary_doctor_id AND deleted_at IS NULL
    )
    -- Somebody else may assign the same doctor at this moment.
    ON CONFLICT (patient_id, doctor_id) WHERE deleted_at IS NULL DO UPDATE SET is_primary = TRUE;
    RETURN NULL;
END $$;
CREATE TRIGGER care_team_patient_change AFTER UPDATE OF primary_doctor_id ON patients
FOR EACH ROW WHEN (OLD.primary_doctor_id IS DISTINCT FROM NEW.primary_doctor_id)
EXECUTE FUNCTION care_team_patient_change();

CREATE FUNCTION care_team_member_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patients SET primary_doctor_id = NEW.doctor_id, version = version + 1
    WHERE id = NEW.patient_id AND primary_doctor_id IS DISTINCT FROM NEW.doctor_id;
    RETURN NULL;
END $$;
CREATE TRIGGER care_team_member_add AFTER INSERT ON patient_doctor_mappings
FOR EACH ROW WHEN (NEW.is_primary AND NEW.deleted_at IS NULL)
EXECUTE FUNCTION care_team_member_add();

CREATE FUNCTION care_team_member_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
        AND doctor_id IS DISTINCT FROM (SELECT primary_doctor_id FROM patients WHERE patients.id = NEW.patient_id);
    RETURN NULL;
END $$;
CREATE TRIGGER care_team_member_change AFTER UPDATE OF patient_id, doctor_id, is_primary, deleted_at ON patient_doctor_mappings
FOR EACH ROW WHEN ((OLD.is_primary OR NEW.is_primary)
    AND (OLD.patient_id <> NEW.patient_id OR OLD.doctor_id <> NEW.doctor_id
        OR OLD.is_primary <> NEW.is_primary OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at))
EXECUTE FUNCTION care_team_member_change();

CREATE FUNCTION care_team_member_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patients SET primary_doctor_id = NULL, version = version + 1
    WHERE id = OLD.patient_id AND primary_doctor_id = OLD.doctor_id;
    RETURN NULL;
END $$;
CREATE TRIGGER care_team_member_delete AFTER DELETE ON patient_doctor_mappings
FOR EACH ROW WHEN (OLD.is_primary AND OLD.deleted_at IS NULL)
EXECUTE FUNCTION care_team_member_delete();
