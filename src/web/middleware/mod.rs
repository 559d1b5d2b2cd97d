//! Middleware around every page: security headers and error pages. The order of all middleware is in `src/server.rs`.

pub mod error_pages;
pub mod outermost;
