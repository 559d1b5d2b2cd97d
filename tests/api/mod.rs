//! Stories about programs that use the API.

mod auth;
pub mod client;
mod docs;
mod generated;
mod http;
mod records;
mod schemathesis;
