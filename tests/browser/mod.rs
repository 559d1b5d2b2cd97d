mod barriers;
mod desk;
mod first_day;
mod script;
