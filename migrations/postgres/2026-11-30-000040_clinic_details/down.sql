DROP TABLE clinic_details;
