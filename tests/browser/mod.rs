mod barriers;
mod comfort;
mod first_day;
mod forms;
mod palette;
mod script;
mod select;
