-- Patients outlive the account of whoever registered them: it is given up only when nobody is left in it.
ALTER TABLE patients
    DROP CONSTRAINT patients_owner_id_fkey,
    ADD CONSTRAINT patients_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT;
