DROP TABLE busy_times;
DROP TABLE outside_calendars;
