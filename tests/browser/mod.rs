mod barriers;
mod comfort;
mod desk;
mod first_day;
mod forms;
mod palette;
mod script;
mod select;
