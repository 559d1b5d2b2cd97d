mod cookies;
mod edit;
mod export;
mod time_zone;
