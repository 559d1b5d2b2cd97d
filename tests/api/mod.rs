//! Stories of programs that call the API.

mod forged;
mod refresh;
mod sign_in;
mod void;
