DROP TABLE ended_sessions;
ALTER TABLE users DROP COLUMN session_epoch;
ALTER TABLE sessions DROP COLUMN remembered;
