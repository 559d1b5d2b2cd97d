mod lockout;
mod open_sessions;
mod passwords;
mod registration;
mod rights;
mod sessions;
mod setup;
mod sign_in;
