-- The user's time zone and date format; blank for the clinic's.
ALTER TABLE users ADD COLUMN time_zone TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64);
ALTER TABLE users ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT 'en-GB' CHECK (locale IN ('en-GB', 'en-US', 'de', 'fr', 'iso'));
