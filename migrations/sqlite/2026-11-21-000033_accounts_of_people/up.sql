-- Patients who have an account see their own record and who looks after them; which records those are is the scope's to say.
-- Where the permissions are not there yet, they are granted as they are made. A group that was given rights keeps those.
INSERT INTO group_permissions (group_id, permission_id, created_at, updated_at)
SELECT groups.id, permissions.id, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP
FROM groups CROSS JOIN permissions
WHERE groups.name = 'Patient'
    AND permissions.codename IN ('patient.view', 'doctor.view', 'mapping.view')
    AND NOT EXISTS (SELECT 1 FROM group_permissions held WHERE held.group_id = groups.id);
