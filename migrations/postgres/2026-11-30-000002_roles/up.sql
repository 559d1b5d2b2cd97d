-- What the clinic decided at its set-up. There is no row before that; clinics that are already in use keep to invitations.
CREATE TABLE clinic_settings (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    registration TEXT COLLATE "C" NOT NULL CHECK (registration IN ('open', 'invitation', 'closed')),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
INSERT INTO clinic_settings (id, registration, created_at, updated_at)
SELECT 1, 'invitation', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP WHERE EXISTS (SELECT 1 FROM users WHERE is_superuser);

-- The role that an invited person gets; without it the invitation ends.
ALTER TABLE registration_links ADD COLUMN group_id BIGINT REFERENCES groups (id) ON DELETE CASCADE;
CREATE INDEX registration_links_group_id ON registration_links (group_id);

-- The roles of a clinic. A new clinic gets them with their permissions at its first start; here those that are already in use get
-- the three that are new.
INSERT INTO groups (name, search_text, created_at, updated_at)
SELECT name, lower(name), CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
FROM (SELECT 'Receptionist' AS name UNION ALL SELECT 'Nurse' UNION ALL SELECT 'Billing') AS roles
WHERE EXISTS (SELECT 1 FROM permissions) AND lower(name) NOT IN (SELECT lower(name) FROM groups);
INSERT INTO group_permissions (group_id, permission_id, created_at, updated_at)
SELECT groups.id, permissions.id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
FROM groups JOIN permissions ON permissions.codename IN ('clinic.view_all_patients', 'patient.view', 'doctor.view', 'mapping.view')
    OR (groups.name IN ('Receptionist', 'Nurse') AND permissions.codename IN ('patient.add', 'patient.change', 'mapping.add', 'mapping.change', 'mapping.delete'))
    OR (groups.name = 'Receptionist' AND permissions.codename = 'patient.delete')
WHERE groups.name IN ('Receptionist', 'Nurse', 'Billing')
    -- A group that had one of these names before keeps what it had.
    AND NOT EXISTS (SELECT 1 FROM group_permissions AS granted WHERE granted.group_id = groups.id)
    AND NOT EXISTS (SELECT 1 FROM user_groups WHERE user_groups.group_id = groups.id);
