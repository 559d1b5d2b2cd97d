//! Middleware around every page: security headers, compression and error pages. The order of all middleware is in `src/server.rs`.

pub mod compression;
pub mod error_pages;
pub mod outermost;
