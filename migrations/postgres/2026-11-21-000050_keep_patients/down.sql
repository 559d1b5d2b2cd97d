-- Deleting an account deletes the patients that it registered again.
ALTER TABLE patients
    DROP CONSTRAINT patients_owner_id_fkey,
    ADD CONSTRAINT patients_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;
