DROP INDEX appointments_report;
