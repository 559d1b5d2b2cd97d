mod two_steps;
