DELETE FROM group_permissions
WHERE group_id IN (SELECT id FROM groups WHERE name = 'Patient')
    AND permission_id IN (SELECT id FROM permissions WHERE codename IN ('patient.view', 'doctor.view', 'mapping.view'));
