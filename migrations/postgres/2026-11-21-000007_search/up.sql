-- Trigram indexes of the folded texts, for searches of three letters or more. The extension is part of PostgreSQL, and
-- the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX users_search ON users USING gin (search_text gin_trgm_ops);
CREATE INDEX doctors_search ON doctors USING gin (search_text gin_trgm_ops);
CREATE INDEX patients_search ON patients USING gin (search_text gin_trgm_ops);
CREATE INDEX log_entries_search ON log_entries USING gin (search_text gin_trgm_ops);
