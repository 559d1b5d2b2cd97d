mod actions;
