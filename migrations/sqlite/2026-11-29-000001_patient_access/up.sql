-- Who sees which patient. The view states the rule: whoever registered the patient, the patient themselves, and the doctors
-- to whom the patient is assigned. The table holds the rows of the view, so that the list of a user's patients is read from
-- an index in its order; triggers keep both equal. Patients in the trash stay in it, marked, for the list of the trash.
-- A plus before a column keeps the planner from reading everybody with an account when one patient is asked for.
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
    WHERE mappings.deleted_at IS NULL AND doctors.deleted_at IS NULL AND +doctors.user_id IS NOT NULL
) AS reasons;

CREATE TABLE patient_access (
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE CASCADE,
    sort_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    PRIMARY KEY (user_id, patient_id)
) WITHOUT ROWID;
INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule;
CREATE INDEX patient_access_name_order ON patient_access (user_id, sort_key, patient_id) WHERE deleted_at IS NULL;
CREATE INDEX patient_access_created_at_order ON patient_access (user_id, created_at, patient_id) WHERE deleted_at IS NULL;
CREATE INDEX patient_access_patient_id ON patient_access (patient_id);
CREATE INDEX patient_access_deleted_at ON patient_access (user_id, deleted_at, patient_id) WHERE deleted_at IS NOT NULL;

-- The triggers make the rows of one patient or one user equal to the view, so that the rule is in the view only.
CREATE TRIGGER patient_access_patient_add AFTER INSERT ON patients
BEGIN
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule WHERE patient_id = NEW.id;
END;
CREATE TRIGGER patient_access_patient_accounts AFTER UPDATE OF owner_id, user_id ON patients
WHEN OLD.owner_id <> NEW.owner_id OR OLD.user_id IS NOT NEW.user_id
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = NEW.id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = NEW.id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.id);
END;
CREATE TRIGGER patient_access_patient_order AFTER UPDATE OF search_text, created_at, deleted_at ON patients
WHEN substr(OLD.search_text, 1, 120) <> substr(NEW.search_text, 1, 120)
    OR OLD.created_at <> NEW.created_at OR OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    UPDATE patient_access
    SET sort_key = substr(NEW.search_text, 1, 120), created_at = NEW.created_at, deleted_at = NEW.deleted_at
    WHERE patient_id = NEW.id;
END;

CREATE TRIGGER patient_access_mapping_add AFTER INSERT ON patient_doctor_mappings
WHEN EXISTS (SELECT 1 FROM doctors WHERE id = NEW.doctor_id AND user_id IS NOT NULL)
BEGIN
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.patient_id);
END;
CREATE TRIGGER patient_access_mapping_change AFTER UPDATE OF patient_id, doctor_id, deleted_at ON patient_doctor_mappings
WHEN OLD.patient_id <> NEW.patient_id OR OLD.doctor_id <> NEW.doctor_id OR OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = OLD.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = OLD.patient_id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE patient_id = NEW.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access WHERE patient_id = NEW.patient_id);
END;
CREATE TRIGGER patient_access_mapping_delete AFTER DELETE ON patient_doctor_mappings
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = OLD.patient_id AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = OLD.patient_id);
END;

CREATE TRIGGER patient_access_doctor_change AFTER UPDATE OF user_id, deleted_at ON doctors
WHEN OLD.user_id IS NOT NEW.user_id OR OLD.deleted_at IS NOT NEW.deleted_at
BEGIN
    DELETE FROM patient_access
    WHERE user_id = OLD.user_id AND patient_id NOT IN (SELECT patient_id FROM patient_access_rule WHERE user_id = OLD.user_id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule
    WHERE user_id = NEW.user_id AND patient_id NOT IN (SELECT patient_id FROM patient_access WHERE user_id = NEW.user_id);
END;
