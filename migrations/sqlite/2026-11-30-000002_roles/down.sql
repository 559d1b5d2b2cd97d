DROP INDEX registration_links_group_id;
ALTER TABLE registration_links DROP COLUMN group_id;
DROP TABLE clinic_settings;
