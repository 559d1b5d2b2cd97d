-- Trigram indexes of the folded texts, for searches of three letters or more. The texts stay in their tables (external
-- content).
CREATE VIRTUAL TABLE users_search USING fts5(search_text, content='users', content_rowid='id', tokenize='trigram', columnsize=0);
INSERT INTO users_search (users_search) VALUES ('rebuild');
CREATE TRIGGER users_search_add AFTER INSERT ON users
BEGIN INSERT INTO users_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END;
CREATE TRIGGER users_search_change AFTER UPDATE OF search_text ON users WHEN OLD.search_text <> NEW.search_text
BEGIN
    INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);
    INSERT INTO users_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);
END;
CREATE TRIGGER users_search_delete AFTER DELETE ON users
BEGIN INSERT INTO users_search (users_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); END;
CREATE VIRTUAL TABLE doctors_search USING fts5(search_text, content='doctors', content_rowid='id', tokenize='trigram', columnsize=0);
INSERT INTO doctors_search (doctors_search) VALUES ('rebuild');
CREATE TRIGGER doctors_search_add AFTER INSERT ON doctors
BEGIN INSERT INTO doctors_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END;
CREATE TRIGGER doctors_search_change AFTER UPDATE OF search_text ON doctors WHEN OLD.search_text <> NEW.search_text
BEGIN
    INSERT INTO doctors_search (doctors_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);
    INSERT INTO doctors_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);
END;
CREATE TRIGGER doctors_search_delete AFTER DELETE ON doctors
BEGIN INSERT INTO doctors_search (doctors_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); END;
CREATE VIRTUAL TABLE patients_search USING fts5(search_text, content='patients', content_rowid='id', tokenize='trigram', columnsize=0);
INSERT INTO patients_search (patients_search) VALUES ('rebuild');
CREATE TRIGGER patients_search_add AFTER INSERT ON patients
BEGIN INSERT INTO patients_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END;
CREATE TRIGGER patients_search_change AFTER UPDATE OF search_text ON patients WHEN OLD.search_text <> NEW.search_text
BEGIN
    INSERT INTO patients_search (patients_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text);
    INSERT INTO patients_search (rowid, search_text) VALUES (NEW.id, NEW.search_text);
END;
CREATE TRIGGER patients_search_delete AFTER DELETE ON patients
BEGIN INSERT INTO patients_search (patients_search, rowid, search_text) VALUES ('delete', OLD.id, OLD.search_text); END;
CREATE VIRTUAL TABLE log_entries_search USING fts5(search_text, content='log_entries', content_rowid='id', tokenize='trigram', columnsize=0);
INSERT INTO log_entries_search (log_entries_search) VALUES ('rebuild');
CREATE TRIGGER log_entries_search_add AFTER INSERT ON log_entries
BEGIN INSERT INTO log_entries_search (rowid, search_text) VALUES (NEW.id, NEW.search_text); END;
