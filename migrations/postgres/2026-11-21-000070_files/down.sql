DROP TABLE files;
DROP FUNCTION files_no_change;
DROP FUNCTION files_no_move;
