-- Who is in already may have to prove once more that it is them: the same tries, but no sign-in.
ALTER TABLE sign_ins ADD COLUMN confirms BOOLEAN NOT NULL DEFAULT FALSE CHECK (confirms IN (0, 1));
