mod barriers;
mod first_day;
mod script;
mod select;
