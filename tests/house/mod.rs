//! Rules for the source itself.

mod rooms;
mod templates;
mod words;
