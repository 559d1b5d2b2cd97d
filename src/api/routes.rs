//! Every route of the API: those of resources follow from their declarations.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{Scope, guard, web};

use super::http::routes::{Route, delete, get, patch, post};
use super::records::{self, list, record};
use super::schema::Shape;
use super::state::State;
use super::{appointments, auth, http, openapi};
use crate::resource::Operation;
use crate::resource::access::actor::Action;
use crate::web::middleware::error_pages;
use crate::web::routing::access::Access::{Description, Records, SignedIn};

/// Everything under `/api`.
pub fn scope(app: &Data<State>) -> Scope {
    let routes = routes(app);
    // The page about the API is an ordinary page, with a session.
    let is_for_programs = guard::fn_guard(|context| error_pages::is_for_programs(context.head().uri.path()));
    web::scope("/api")
        .guard(is_for_programs)
        .configure(|config| http::routes::mount(config, routes))
        .default_service(web::to(http::routes::nowhere))
}

/// Every route of the API. Those that belong to no resource come first.
pub fn routes(app: &State) -> Vec<Route> {
    let schema = get("/schema", Description, openapi::page::show).also("yaml", openapi::description::YAML);
    let own = std::iter::once(get("", SignedIn, records::options::root)).chain([schema]).chain(auth::routes());
    own.chain(app.api.iter().flat_map(of_resource)).chain(appointments::routes()).collect()
}

/// The routes of a resource, according to its declaration.
pub fn of_resource(shape: &Shape) -> Vec<Route> {
    let (name, place) = (shape.resource, format!("/{}", shape.slug));
    let one = format!("{place}/{{id}}");
    let may = |action| Records(name, action);
    let mut routes = Vec::new();
    if shape.does(Operation::List) {
        routes.push(get(&place, may(Action::View), move |call| list::index(name, call)));
    }
    if shape.does(Operation::Create) {
        routes.push(post(&place, may(Action::Add), move |call| records::create::create(name, call)));
    }
    routes.push(Route::new(Method::OPTIONS, &place, SignedIn, move |call| records::options::of_list(name, call)));
    if let Some(field) = shape.listed_by {
        routes.push(get(&one, may(Action::View), move |call| list::listed(name, field, call)));
    } else if shape.does(Operation::Retrieve) {
        routes.push(get(&one, may(Action::View), move |call| record::show(name, call)));
    }
    for member in shape.files() {
        let member = member.name;
        routes.push(get(format!("{one}/{member}"), may(Action::View), move |call| records::file::show(name, member, call)).file());
    }
    if shape.does(Operation::Change) {
        routes.push(Route::new(Method::PUT, &one, may(Action::Change), move |call| record::update(name, call)));
        routes.push(patch(&one, may(Action::Change), move |call| record::update(name, call)));
    }
    if shape.does(Operation::Delete) {
        routes.push(delete(&one, may(Action::Delete), move |call| record::destroy(name, call)));
    }
    routes.push(Route::new(Method::OPTIONS, &one, SignedIn, move |call| records::options::of_record(name, call)));
    routes
}
