//! Stories about programs that use the API.

mod assignments;
mod bodies;
mod bulk;
pub mod client;
mod description;
mod docs_page;
mod forged;
mod generated;
mod lists;
mod measures;
mod once;
mod pages;
mod records;
mod refresh;
mod routes;
mod schemathesis;
mod scripts;
mod sign_in;
mod sites;
mod versions;
mod void;
mod wire;
