mod barriers;
mod first_day;
mod forms;
mod script;
