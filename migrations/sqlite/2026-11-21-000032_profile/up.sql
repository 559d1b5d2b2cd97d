-- The user's time zone and date format; blank for the clinic's.
ALTER TABLE users ADD COLUMN time_zone TEXT NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64);
ALTER TABLE users ADD COLUMN locale TEXT NOT NULL DEFAULT 'en-GB' CHECK (locale IN ('en-GB', 'en-US', 'de', 'fr', 'iso'));
