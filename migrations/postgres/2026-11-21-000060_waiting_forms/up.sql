-- A form that waits for its sender to sign in is one sealed text, wherever it waits. Those that wait now are let go: they would
-- have had ten minutes.
UPDATE half_sign_ins SET kept_form = '';
ALTER TABLE half_sign_ins DROP COLUMN kept_path;
ALTER TABLE half_sign_ins RENAME COLUMN kept_form TO waiting_form;
UPDATE oidc_requests SET kept_form = '';
ALTER TABLE oidc_requests DROP COLUMN kept_path;
ALTER TABLE oidc_requests RENAME COLUMN kept_form TO waiting_form;
