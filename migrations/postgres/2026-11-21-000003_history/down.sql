DROP TABLE log_entries;
DROP FUNCTION log_entries_append_only;
