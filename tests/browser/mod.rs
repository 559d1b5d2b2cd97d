mod barriers;
mod first_day;
mod palette;
mod script;
