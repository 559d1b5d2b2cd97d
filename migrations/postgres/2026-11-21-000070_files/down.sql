DROP TABLE file_contents;
DROP TABLE files;
DROP FUNCTION file_contents_size;
DROP FUNCTION file_contents_stay;
DROP FUNCTION files_no_change;
DROP FUNCTION files_no_move;
