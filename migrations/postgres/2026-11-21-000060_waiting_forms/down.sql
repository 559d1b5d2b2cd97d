-- What waits sealed cannot be read by a program that expects it in the clear.
UPDATE half_sign_ins SET waiting_form = '';
ALTER TABLE half_sign_ins RENAME COLUMN waiting_form TO kept_form;
ALTER TABLE half_sign_ins ADD COLUMN kept_path TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(kept_path) <= 2000);
UPDATE oidc_requests SET waiting_form = '';
ALTER TABLE oidc_requests RENAME COLUMN waiting_form TO kept_form;
ALTER TABLE oidc_requests ADD COLUMN kept_path TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(kept_path) <= 2000);
