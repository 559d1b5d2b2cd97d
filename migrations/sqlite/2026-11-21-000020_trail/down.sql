DROP TRIGGER log_heads_no_replace;
DROP TRIGGER log_entries_no_replace;
DROP INDEX log_entries_deeds;
DROP INDEX log_entries_changes;
