//! Forms: parsing what was typed, errors, and binding fields to widgets.

pub mod bind;
pub mod bound;
pub mod clean;
pub mod data;
pub mod errors;
pub mod file_input;
pub mod inline_bind;
pub mod parse;
pub mod read_only;
pub mod reference_input;
pub mod time_input;
