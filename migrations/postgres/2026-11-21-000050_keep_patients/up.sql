-- An account cannot be deleted while patients that it registered exist.
ALTER TABLE patients
    DROP CONSTRAINT patients_owner_id_fkey,
    ADD CONSTRAINT patients_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT;
