//! Exporting a list as CSV, XLSX or JSON.

pub mod file;
pub mod page;
