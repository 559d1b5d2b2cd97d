-- How somebody reads times: in their own zone (blank: the clinic's), and dates in the order they know.
ALTER TABLE users ADD COLUMN time_zone TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64);
ALTER TABLE users ADD COLUMN locale TEXT COLLATE "C" NOT NULL DEFAULT 'en-GB' CHECK (locale IN ('en-GB', 'en-US', 'de', 'fr', 'iso'));
