-- Patients go with the account of whoever registered them again.
ALTER TABLE patients
    DROP CONSTRAINT patients_owner_id_fkey,
    ADD CONSTRAINT patients_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE;
