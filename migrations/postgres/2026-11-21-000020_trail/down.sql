DROP INDEX log_entries_deeds;
DROP INDEX log_entries_changes;
