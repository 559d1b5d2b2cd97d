//! The JSON API: what other programs see of the same declarations. No cookies and no forms of ours here: who calls is said by
//! the `Authorization` header alone, and everything is answered in JSON, errors as well.
//!
//! A request: [`routes`] (how to answer, who may pass, what was sent) → a handler, which is handed a [`Call`] → the database →
//! JSON. A resource has its routes here because its declaration says `api` ([`crate::resource::declare::api`]); no handler knows
//! any by name. What is taken and answered of each is a [`schema::Shape`].

pub mod auth;
pub mod docs;
pub mod http;
pub mod openapi;
pub mod records;
pub mod routes;
pub mod schema;
pub mod state;

pub use crate::api::http::caller::Caller;
pub use crate::api::http::error::ApiError;
pub use crate::api::http::request::Call;
pub use crate::api::http::routes::Answer;
