ALTER TABLE groups DROP COLUMN requires_second_factor;
ALTER TABLE sign_ins DROP COLUMN step;
DROP TABLE half_sign_ins;
DROP TABLE spent_challenges;
DROP TABLE passkeys;
DROP TABLE recovery_codes;
DROP TABLE authenticators;
