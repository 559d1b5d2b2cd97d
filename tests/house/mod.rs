//! What holds of the source itself.

mod templates;
mod words;
