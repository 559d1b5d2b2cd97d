//! Middleware around every page: security headers and error pages.

pub mod error_pages;
pub mod outermost;
