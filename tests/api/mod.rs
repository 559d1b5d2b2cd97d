//! Stories of programs that call the API.

pub mod client;
mod forged;
mod measures;
mod refresh;
mod scripts;
mod sign_in;
mod void;
