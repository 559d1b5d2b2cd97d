mod second_factor;
