mod cookies;
mod edit;
mod export;
mod help;
mod time_zone;
