-- What the clinic is called and looks like, where no setting decides it. There is no row before somebody decides.
CREATE TABLE clinic_details (
    id BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    name TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(name) <= 80),
    time_zone TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64),
    logo BYTEA CHECK (length(logo) <= 262144),
    logo_type TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK ((logo_type = '') = (logo IS NULL)),
    logo_hash TEXT COLLATE "C" NOT NULL DEFAULT '' CHECK ((logo_hash = '') = (logo IS NULL)),
    -- When the list of set-up steps was put away.
    steps_done_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
