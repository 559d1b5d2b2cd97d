-- Patients with an account may view their own record and their doctors; the scope of the models restricts which records.
-- If the permissions do not exist yet, `praxis migrate` grants them when it adds them. A group that already has
-- permissions is not changed.
INSERT INTO group_permissions (group_id, permission_id, created_at, updated_at)
SELECT groups.id, permissions.id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
FROM groups CROSS JOIN permissions
WHERE groups.name = 'Patient'
    AND permissions.codename IN ('patient.view', 'doctor.view', 'mapping.view')
    AND NOT EXISTS (SELECT 1 FROM group_permissions held WHERE held.group_id = groups.id);
