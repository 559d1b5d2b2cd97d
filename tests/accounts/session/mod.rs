mod keys;
mod open;
mod stores;
mod view_as;
