//! The JSON API over the same declarations, for other programs. It uses no cookies and no forms: the `Authorization` header alone
//! identifies the caller, and every response is JSON, errors included.
//!
//! A request: [`routes`] (format, authentication, permission, body) → a handler, which receives a [`Call`] → the database → JSON.
//! A resource has routes here because its declaration says `api` ([`crate::resource::declare::api`]); no handler knows any by
//! name. A [`schema::Shape`] says what is accepted and returned for each.

pub mod appointments;
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

/// The description of the API, from its routes. The error is a fault in it.
pub fn describe(state: &state::State) -> Result<openapi::description::Description, String> {
    openapi::build(state, &routes::routes(state))
}
