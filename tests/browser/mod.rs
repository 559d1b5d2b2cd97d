mod barriers;
mod comfort;
mod first_day;
mod palette;
mod script;
mod select;
