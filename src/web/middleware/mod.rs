//! Middleware around every page: headers, and the pages for errors.

pub mod error_pages;
pub mod outermost;
