DROP INDEX log_entries_search;
DROP INDEX patients_search;
DROP INDEX doctors_search;
DROP INDEX users_search;
DROP EXTENSION IF EXISTS pg_trgm;
