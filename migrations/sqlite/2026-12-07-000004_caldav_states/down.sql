DROP TABLE caldav_states;
