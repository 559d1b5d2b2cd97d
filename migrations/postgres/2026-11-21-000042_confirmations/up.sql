-- The attempt was a re-authentication of a signed-in user, and not a sign-in.
ALTER TABLE sign_ins ADD COLUMN confirms BOOLEAN NOT NULL DEFAULT FALSE;
