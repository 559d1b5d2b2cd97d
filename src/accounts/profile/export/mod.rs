//! A copy of everything that refers to a user, as a ZIP of files.

pub mod page;
pub mod rows;
pub mod tables;
