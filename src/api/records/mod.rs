//! Records through the API: lists, one record, creation, input and output.

pub mod asked;
pub mod create;
pub mod file;
pub mod input;
pub mod list;
pub mod options;
pub mod output;
pub mod pagination;
pub mod params;
pub mod record;
