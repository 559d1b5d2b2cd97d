DROP TRIGGER patient_access_appointment_delete ON appointments;
DROP TRIGGER patient_access_appointment_change ON appointments;
DROP TRIGGER patient_access_appointment_add ON appointments;
DROP FUNCTION patient_access_appointment_delete();
DROP FUNCTION patient_access_appointment_change();
DROP FUNCTION patient_access_appointment_add();
CREATE OR REPLACE FUNCTION patient_access_doctor_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM patients WHERE id IN (SELECT patient_id FROM patient_doctor_mappings WHERE doctor_id = NEW.id) ORDER BY id FOR SHARE;
    DELETE FROM patient_access
    WHERE user_id = OLD.user_id AND patient_id NOT IN (SELECT patient_id FROM patient_access_rule WHERE user_id = OLD.user_id);
    INSERT INTO patient_access (user_id, patient_id, sort_key, created_at, deleted_at)
    SELECT user_id, patient_id, sort_key, created_at, deleted_at FROM patient_access_rule WHERE user_id = NEW.user_id
    ON CONFLICT (user_id, patient_id) DO NOTHING;
    RETURN NULL;
END $$;
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
DELETE FROM patient_access WHERE NOT EXISTS (
    SELECT 1 FROM patient_access_rule AS rule WHERE rule.user_id = patient_access.user_id AND rule.patient_id = patient_access.patient_id
);
DROP VIEW claim_rule;
DROP TABLE claims;
DROP TABLE appointments;
DROP FUNCTION appointments_claim_change();
DROP FUNCTION appointments_claim_add();
DROP FUNCTION claims_lock(TEXT[]);
DROP FUNCTION claims_are_replaced();
DROP TABLE holidays;
DROP TABLE schedule_exceptions;
DROP TABLE working_hours;
DROP TABLE appointment_types;
DROP TABLE rooms;
DROP TABLE sites;
DROP EXTENSION IF EXISTS btree_gist;
