mod one_time;
