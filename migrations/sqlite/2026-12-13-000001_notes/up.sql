-- What happened when a patient was seen. Drafts belong to whoever writes them and have a table of their own; a note is signed when it
-- is stored, and nothing can change or delete it, nor what was added to it, nor its visit, from then on.
CREATE TABLE visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT,
    appointment_id BIGINT REFERENCES appointments (id) ON DELETE RESTRICT,
    doctor_id BIGINT REFERENCES doctors (id) ON DELETE RESTRICT,
    kind TEXT NOT NULL CHECK (kind IN ('clinic', 'phone', 'video', 'home', 'without_patient')),
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
    started_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX visits_appointment_id_key ON visits (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX visits_patient_id ON visits (patient_id, started_at, id);
CREATE INDEX visits_doctor_id ON visits (doctor_id, started_at, id);
CREATE INDEX visits_started_at_order ON visits (started_at, id);

-- `last_field` is where the writer was last, `tab` the page that it was stored from. `cosigner_id` is the doctor who is asked to sign as well.
CREATE TABLE note_drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id BIGINT NOT NULL REFERENCES visits (id) ON DELETE CASCADE,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT,
    author_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    cosigner_id BIGINT REFERENCES doctors (id) ON DELETE SET NULL,
    template TEXT NOT NULL DEFAULT '' CHECK (length(template) <= 60),
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 8000),
    history TEXT NOT NULL DEFAULT '' CHECK (length(history) <= 8000),
    examination TEXT NOT NULL DEFAULT '' CHECK (length(examination) <= 8000),
    assessment TEXT NOT NULL DEFAULT '' CHECK (length(assessment) <= 8000),
    plan TEXT NOT NULL DEFAULT '' CHECK (length(plan) <= 8000),
    colleagues TEXT NOT NULL DEFAULT '' CHECK (length(colleagues) <= 8000),
    last_field TEXT NOT NULL DEFAULT '' CHECK (length(last_field) <= 20),
    tab TEXT NOT NULL DEFAULT '' CHECK (length(tab) <= 40),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0)
);
CREATE UNIQUE INDEX note_drafts_visit_author_key ON note_drafts (visit_id, author_id);
CREATE INDEX note_drafts_author_id ON note_drafts (author_id, updated_at);
CREATE INDEX note_drafts_patient_id ON note_drafts (patient_id);
CREATE INDEX note_drafts_cosigner_id ON note_drafts (cosigner_id) WHERE cosigner_id IS NOT NULL;

-- `signed_by` is the name at the time; `draft_id` is the draft that it was.
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    visit_id BIGINT NOT NULL REFERENCES visits (id) ON DELETE RESTRICT,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT,
    author_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    signed_by TEXT NOT NULL CHECK (length(signed_by) BETWEEN 1 AND 400),
    cosigner_id BIGINT REFERENCES doctors (id) ON DELETE RESTRICT,
    template TEXT NOT NULL DEFAULT '' CHECK (length(template) <= 60),
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 8000),
    history TEXT NOT NULL DEFAULT '' CHECK (length(history) <= 8000),
    examination TEXT NOT NULL DEFAULT '' CHECK (length(examination) <= 8000),
    assessment TEXT NOT NULL DEFAULT '' CHECK (length(assessment) <= 8000),
    plan TEXT NOT NULL DEFAULT '' CHECK (length(plan) <= 8000),
    colleagues TEXT NOT NULL DEFAULT '' CHECK (length(colleagues) <= 8000),
    signed_at TIMESTAMP NOT NULL,
    draft_id BIGINT,
    created_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX notes_draft_id_key ON notes (draft_id) WHERE draft_id IS NOT NULL;
CREATE INDEX notes_visit_id ON notes (visit_id, id);
CREATE INDEX notes_patient_id ON notes (patient_id, signed_at, id);
CREATE INDEX notes_author_id ON notes (author_id, signed_at, id);
CREATE INDEX notes_cosigner_id ON notes (cosigner_id, id) WHERE cosigner_id IS NOT NULL;
CREATE INDEX notes_signed_at_order ON notes (signed_at, id);

-- What was added to a note after it was signed: a text, or a second signature.
CREATE TABLE addenda (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    note_id BIGINT NOT NULL REFERENCES notes (id) ON DELETE RESTRICT,
    patient_id BIGINT NOT NULL REFERENCES patients (id) ON DELETE RESTRICT,
    author_id BIGINT NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    signed_by TEXT NOT NULL CHECK (length(signed_by) BETWEEN 1 AND 400),
    kind TEXT NOT NULL CHECK (kind IN ('addendum', 'co_signature')),
    text TEXT NOT NULL DEFAULT '' CHECK (length(text) <= 8000),
    created_at TIMESTAMP NOT NULL,
    CHECK (kind = 'co_signature' OR length(text) > 0)
);
CREATE UNIQUE INDEX addenda_co_signature_key ON addenda (note_id) WHERE kind = 'co_signature';
CREATE INDEX addenda_note_id ON addenda (note_id, id);
CREATE INDEX addenda_patient_id ON addenda (patient_id, id);
CREATE INDEX addenda_author_id ON addenda (author_id, id);
CREATE INDEX addenda_created_at_order ON addenda (created_at, id);

-- The notes that their patients can read. It is not a part of the note, and can be taken back.
CREATE TABLE note_releases (
    note_id BIGINT PRIMARY KEY NOT NULL REFERENCES notes (id) ON DELETE RESTRICT,
    released_at TIMESTAMP NOT NULL
);

CREATE TABLE note_templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 4000),
    history TEXT NOT NULL DEFAULT '' CHECK (length(history) <= 4000),
    examination TEXT NOT NULL DEFAULT '' CHECK (length(examination) <= 4000),
    assessment TEXT NOT NULL DEFAULT '' CHECK (length(assessment) <= 4000),
    plan TEXT NOT NULL DEFAULT '' CHECK (length(plan) <= 4000),
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX note_templates_name_key ON note_templates (lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX note_templates_deleted_at ON note_templates (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE phrases (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    word TEXT NOT NULL CHECK (length(word) BETWEEN 1 AND 20),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    is_shared BOOLEAN NOT NULL DEFAULT FALSE CHECK (is_shared IN (0, 1)),
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    search_text TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT NOT NULL DEFAULT 1 CHECK (version > 0),
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX phrases_word_key ON phrases (COALESCE(user_id, 0), word) WHERE deleted_at IS NULL;
CREATE INDEX phrases_user_id ON phrases (user_id);
CREATE INDEX phrases_deleted_at ON phrases (deleted_at) WHERE deleted_at IS NOT NULL;

-- The patient of a note, of a draft and of what was added is that of the visit.
CREATE TRIGGER note_drafts_of_visit BEFORE INSERT ON note_drafts
WHEN NOT EXISTS (SELECT 1 FROM visits WHERE id = NEW.visit_id AND patient_id = NEW.patient_id)
BEGIN SELECT RAISE(ABORT, 'a draft is about the patient of its visit'); END;
CREATE TRIGGER note_drafts_stay BEFORE UPDATE OF visit_id, patient_id, author_id ON note_drafts
BEGIN SELECT RAISE(ABORT, 'a draft stays with its visit and its author'); END;
CREATE TRIGGER notes_of_visit BEFORE INSERT ON notes
WHEN NOT EXISTS (SELECT 1 FROM visits WHERE id = NEW.visit_id AND patient_id = NEW.patient_id)
BEGIN SELECT RAISE(ABORT, 'a note is about the patient of its visit'); END;
CREATE TRIGGER addenda_of_note BEFORE INSERT ON addenda
WHEN NOT EXISTS (SELECT 1 FROM notes WHERE id = NEW.note_id AND patient_id = NEW.patient_id)
BEGIN SELECT RAISE(ABORT, 'an addendum is about the patient of its note'); END;

CREATE TRIGGER notes_no_update BEFORE UPDATE ON notes
BEGIN SELECT RAISE(ABORT, 'a signed note is never changed'); END;
CREATE TRIGGER notes_no_delete BEFORE DELETE ON notes
BEGIN SELECT RAISE(ABORT, 'a signed note is never deleted'); END;
CREATE TRIGGER addenda_no_update BEFORE UPDATE ON addenda
BEGIN SELECT RAISE(ABORT, 'an addendum is never changed'); END;
CREATE TRIGGER addenda_no_delete BEFORE DELETE ON addenda
BEGIN SELECT RAISE(ABORT, 'an addendum is never deleted'); END;
CREATE TRIGGER visits_signed_update BEFORE UPDATE ON visits
WHEN EXISTS (
    SELECT 1 FROM notes JOIN visits AS known ON known.id = notes.visit_id
    WHERE known.id IN (OLD.id, NEW.id) OR known.appointment_id = NEW.appointment_id
)
BEGIN SELECT RAISE(ABORT, 'the visit of a signed note is never changed'); END;
CREATE TRIGGER visits_signed_delete BEFORE DELETE ON visits WHEN EXISTS (SELECT 1 FROM notes WHERE visit_id = OLD.id)
BEGIN SELECT RAISE(ABORT, 'the visit of a signed note is never deleted'); END;

-- INSERT OR REPLACE deletes a row without firing the triggers on DELETE.
CREATE TRIGGER notes_no_replace BEFORE INSERT ON notes
WHEN EXISTS (SELECT 1 FROM notes WHERE id = NEW.id OR draft_id = NEW.draft_id)
BEGIN SELECT RAISE(ABORT, 'notes_draft_id_key: a signed note is never replaced'); END;
CREATE TRIGGER addenda_no_replace BEFORE INSERT ON addenda
WHEN EXISTS (
    SELECT 1 FROM addenda
    WHERE id = NEW.id OR (NEW.kind = 'co_signature' AND kind = 'co_signature' AND note_id = NEW.note_id)
)
BEGIN SELECT RAISE(ABORT, 'addenda_co_signature_key: an addendum is never replaced'); END;
CREATE TRIGGER visits_no_replace BEFORE INSERT ON visits
WHEN EXISTS (
    SELECT 1 FROM notes JOIN visits AS known ON known.id = notes.visit_id
    WHERE known.id = NEW.id OR known.appointment_id = NEW.appointment_id
)
BEGIN SELECT RAISE(ABORT, 'visits_appointment_id_key: the visit of a signed note is never replaced'); END;
