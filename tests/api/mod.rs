//! Stories of programs that call the API.

mod forged;
mod measures;
mod refresh;
mod scripts;
mod sign_in;
mod void;
