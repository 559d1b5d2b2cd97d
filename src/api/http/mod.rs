//! The HTTP side of the API: routes, authentication, bodies, conditional requests, errors.

pub mod accept;
pub mod authentication;
pub mod body;
pub mod caller;
pub mod conditional;
pub mod cors;
pub mod error;
pub mod idempotency;
pub mod multipart;
pub mod request;
pub mod routes;
