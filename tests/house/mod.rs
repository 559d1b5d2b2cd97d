//! What holds of the source itself.

mod rooms;
mod templates;
mod words;
