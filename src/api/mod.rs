//! The JSON API: what other programs see of the same declarations. No cookies and no forms of ours here: who calls is said by
//! the `Authorization` header alone, and everything is answered in JSON, errors as well.
//!
//! A request: [`doors`] (how to answer, who may pass, what was sent) → a handler, which is handed a [`Call`] → the database →
//! JSON. Handlers of resources know none of them by name.

pub mod auth;
pub mod bearer;
pub mod body;
pub mod call;
pub mod caller;
mod cors;
pub mod doors;
pub mod error;
pub mod known;
pub mod negotiate;
pub mod rate;

pub use call::Call;
pub use caller::Caller;
pub use doors::Answer;
pub use error::ApiError;

use actix_web::Scope;
use actix_web::web::{self, Data};

use crate::app::App;
use doors::Door;

/// Everything under `/api`.
pub fn scope(app: &Data<App>) -> Scope {
    let doors = doors(app);
    web::scope("/api").configure(|config| doors::hang(config, doors)).default_service(web::to(doors::nowhere))
}

/// Every door of the API.
pub fn doors(_app: &App) -> Vec<Door> {
    auth::doors()
}
