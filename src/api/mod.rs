//! The JSON API: what other programs see of the same declarations. No cookies and no forms of ours here: who calls is said by
//! the `Authorization` header alone, and everything is answered in JSON, errors as well.
//!
//! A request: [`doors`] (how to answer, who may pass, what was sent) → a handler, which is handed a [`Call`] → the database →
//! JSON. A resource has its doors here because its declaration says `api` ([`crate::resource::declare::api`]); no handler knows
//! any by name. What is taken and answered of each is a [`schema::Shape`].

pub mod auth;
pub mod docs;
pub mod http;
pub mod openapi;
pub mod records;
pub mod schema;
pub mod state;

pub use crate::api::http::caller::Caller;
pub use crate::api::http::error::ApiError;
pub use crate::api::http::request::Call;
pub use crate::api::http::routes::Answer;

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{Scope, guard, web};

use crate::api::http::routes::Access::{Description, Resource, SignedIn};
use crate::api::http::routes::{Door, delete, get, patch, post};
use crate::api::records::{list, record};
use crate::api::schema::Shape;
use crate::api::state::State;
use crate::resource::Deed;
use crate::resource::access::actor::Action;
use crate::web::middleware::error_pages;

/// Everything under `/api`.
pub fn scope(app: &Data<State>) -> Scope {
    let doors = doors(app);
    // The page about the API is a page like others: it has a session.
    let is_for_programs = guard::fn_guard(|context| error_pages::is_for_programs(context.head().uri.path()));
    web::scope("/api")
        .guard(is_for_programs)
        .configure(|config| http::routes::hang(config, doors))
        .default_service(web::to(http::routes::nowhere))
}

/// Every door of the API. What belongs to no resource comes first.
pub fn doors(app: &State) -> Vec<Door> {
    let schema = get("/schema", Description, openapi::show).also("yaml", openapi::YAML);
    let own = std::iter::once(get("", SignedIn, records::options::root)).chain([schema]).chain(auth::doors());
    own.chain(app.api.iter().flat_map(of_resource)).collect()
}

/// The doors of a resource, as far as its declaration opens them.
fn of_resource(shape: &Shape) -> Vec<Door> {
    let (name, place) = (shape.resource, format!("/{}", shape.slug));
    let one = format!("{place}/{{id}}");
    let may = |action| Resource(name, action);
    let mut doors = Vec::new();
    if shape.does(Deed::List) {
        doors.push(get(&place, may(Action::View), move |call| list::index(name, call)));
    }
    if shape.does(Deed::Create) {
        doors.push(post(&place, may(Action::Add), move |call| records::create::create(name, call)));
    }
    doors.push(Door::new(Method::OPTIONS, &place, SignedIn, move |call| records::options::of_list(name, call)));
    if let Some(field) = shape.listed_by {
        doors.push(get(&one, may(Action::View), move |call| list::listed(name, field, call)));
    } else if shape.does(Deed::Retrieve) {
        doors.push(get(&one, may(Action::View), move |call| record::show(name, call)));
    }
    if shape.does(Deed::Change) {
        doors.push(Door::new(Method::PUT, &one, may(Action::Change), move |call| record::update(name, call)));
        doors.push(patch(&one, may(Action::Change), move |call| record::update(name, call)));
    }
    if shape.does(Deed::Delete) {
        doors.push(delete(&one, may(Action::Delete), move |call| record::destroy(name, call)));
    }
    doors.push(Door::new(Method::OPTIONS, &one, SignedIn, move |call| records::options::of_record(name, call)));
    doors
}
