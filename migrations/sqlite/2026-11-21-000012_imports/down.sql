DROP INDEX doctors_natural_key;
DROP INDEX patients_natural_key;
DROP TABLE import_rows;
DROP TABLE import_pieces;
DROP TABLE imports;
