-- Stop Praxis before: entries that wait are not in the log yet.
DROP INDEX log_entries_looks;
DROP TABLE waiting_reads;
