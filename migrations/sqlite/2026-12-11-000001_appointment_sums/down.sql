DROP TRIGGER appointments_count_add;
DROP TRIGGER appointments_count_change;
DROP TRIGGER appointments_count_delete;
DROP TRIGGER sites_count_change;
DROP TABLE appointment_changes;
DROP TABLE appointment_months;
DROP TABLE appointment_hour_sums;
DROP TABLE appointment_sums;
