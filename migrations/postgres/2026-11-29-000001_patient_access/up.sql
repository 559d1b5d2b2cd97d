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
    sort_key TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    PRIMARY KEY (user_id, patient_id) INCLUDE (deleted_at)
);
INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule;
CREATE INDEX patient_access_name_order ON patient_access (user_id, sort_key, patient_id) WHERE deleted_at IS NULL;
CREATE INDEX patient_access_created_at_order ON patient_access (user_id, created_at, patient_id) WHERE deleted_at IS NULL;
CREATE INDEX patient_access_deleted_at ON patient_access (user_id, deleted_at, patient_id) WHERE deleted_at IS NOT NULL;
-- A hash has no order: for a list by number, the planner would otherwise read everybody's rows in this index.
CREATE INDEX patient_access_patient_id ON patient_access USING hash (patient_id);

-- The triggers make the rows of one patient or one user equal to the view, so that the rule is in the view only. Whoever changes
-- a patient, a doctor or an assignment holds locks on the doctor and the patient while comparing. So if two transactions change
-- two reasons for the same row, the second sees what the first has committed. The triggers lock in one order, but a transaction
-- that changed a patient before may meet another in a deadlock, which ends one of them. They run for each row,
-- because the program writes row by row, where triggers for each statement take three times as long.
CREATE FUNCTION patient_access_add(patient BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule WHERE patient_id = patient
    ON CONFLICT (user_id, patient_id) DO NOTHING;
END $$;
CREATE FUNCTION patient_access_remove(patient BIGINT) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM patient_access
    WHERE patient_id = patient AND user_id NOT IN (SELECT user_id FROM patient_access_rule WHERE patient_id = patient);
END $$;

CREATE FUNCTION patient_access_patient_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM patient_access_add(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_patient_add AFTER INSERT ON patients
FOR EACH ROW EXECUTE FUNCTION patient_access_patient_add();

CREATE FUNCTION patient_access_patient_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM patient_access_remove(NEW.id);
    PERFORM patient_access_add(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_patient_accounts AFTER UPDATE OF owner_id, user_id ON patients
FOR EACH ROW WHEN (OLD.owner_id <> NEW.owner_id OR OLD.user_id IS DISTINCT FROM NEW.user_id)
EXECUTE FUNCTION patient_access_patient_accounts();

CREATE FUNCTION patient_access_patient_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patient_access
    SET sort_key = substr(NEW.search_text, 1, 120), created_at = NEW.created_at, deleted_at = NEW.deleted_at
    WHERE patient_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_patient_order AFTER UPDATE OF search_text, created_at, deleted_at ON patients
FOR EACH ROW WHEN (substr(OLD.search_text, 1, 120) <> substr(NEW.search_text, 1, 120)
    OR OLD.created_at <> NEW.created_at OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
EXECUTE FUNCTION patient_access_patient_order();

CREATE FUNCTION patient_access_mapping_add() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    account BIGINT;
BEGIN
    SELECT user_id INTO account FROM doctors WHERE id = NEW.doctor_id FOR SHARE;
    IF account IS NOT NULL THEN
        PERFORM 1 FROM patients WHERE id = NEW.patient_id FOR SHARE;
        PERFORM patient_access_add(NEW.patient_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_mapping_add AFTER INSERT ON patient_doctor_mappings
FOR EACH ROW EXECUTE FUNCTION patient_access_mapping_add();

CREATE FUNCTION patient_access_mapping_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM doctors WHERE id IN (OLD.doctor_id, NEW.doctor_id) ORDER BY id FOR SHARE;
    PERFORM 1 FROM patients WHERE id IN (OLD.patient_id, NEW.patient_id) ORDER BY id FOR SHARE;
    PERFORM patient_access_remove(OLD.patient_id);
    PERFORM patient_access_add(NEW.patient_id);
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_mapping_change AFTER UPDATE OF patient_id, doctor_id, deleted_at ON patient_doctor_mappings
FOR EACH ROW WHEN (OLD.patient_id <> NEW.patient_id OR OLD.doctor_id <> NEW.doctor_id OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
EXECUTE FUNCTION patient_access_mapping_change();

CREATE FUNCTION patient_access_mapping_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM doctors WHERE id = OLD.doctor_id FOR SHARE;
    PERFORM 1 FROM patients WHERE id = OLD.patient_id FOR SHARE;
    PERFORM patient_access_remove(OLD.patient_id);
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_mapping_delete AFTER DELETE ON patient_doctor_mappings
FOR EACH ROW EXECUTE FUNCTION patient_access_mapping_delete();

CREATE FUNCTION patient_access_doctor_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM patients WHERE id IN (SELECT patient_id FROM patient_doctor_mappings WHERE doctor_id = NEW.id) ORDER BY id FOR SHARE;
    DELETE FROM patient_access
    WHERE user_id = OLD.user_id AND patient_id NOT IN (SELECT patient_id FROM patient_access_rule WHERE user_id = OLD.user_id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule WHERE user_id = NEW.user_id
    ON CONFLICT (user_id, patient_id) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER patient_access_doctor_change AFTER UPDATE OF user_id, deleted_at ON doctors
FOR EACH ROW WHEN (OLD.user_id IS DISTINCT FROM NEW.user_id OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at)
EXECUTE FUNCTION patient_access_doctor_change();
