//! The routes of the staff pages of one model.

use crate::resource::access::actor::Action;
use crate::resource::{Model, Resource};
use crate::web::routing::access::Access::{Permission, Records};
use crate::web::routing::route::{Route, get, post, record};

use super::{pages, related_form};
use crate::clinic::who_looked;

/// Every staff page of a model, and of the rows of its inlines that have an address.
pub fn routes<M: Model>() -> Vec<Route> {
    let model = M::resource();
    let own = model.declaration();
    let at = |rest: &str| format!("{}{rest}", own.staff.path);
    let may = |action| Records(own.name, action);
    let (view, add, change, delete) = (may(Action::View), may(Action::Add), may(Action::Change), may(Action::Delete));
    let mut routes = vec![
        get(at(""), view, move |v, u| pages::index(model, v, u)),
        get(at("/new"), add, move |v, u| pages::new(model, v, u)),
        record(at("/new"), add, move |v, u, f| pages::create(model, v, u, f)),
        get(at("/{id}"), view, move |v, u, p| pages::show(model, v, u, p)),
        get(at("/{id}/edit"), change, move |v, u, p| pages::edit(model, v, u, p)),
        record(at("/{id}/edit"), change, move |v, u, p, f| pages::update(model, v, u, p, f)),
        post(at("/{id}/undo/{version}"), change, move |v, u, p| pages::undo(model, v, u, p)),
        get(at("/{id}/files/{field}"), view, move |v, u, p| pages::file(model, v, u, p)),
        get(at("/{id}/delete"), delete, move |v, u, p| pages::confirm(model, v, u, p)),
        post(at("/{id}/delete"), delete, move |v, u, p, f| pages::destroy(model, v, u, p, f)),
    ];
    if own.trash {
        // Before `/{id}`, which would match as well.
        routes.insert(0, get(at("/trash"), delete, move |v, u| pages::trash(model, v, u)));
        routes.push(post(at("/trash/{id}/restore"), delete, move |v, u, p| pages::restore(model, v, u, p)));
    }
    if own.logs_reads {
        let access = Permission(who_looked::PERMISSION);
        routes.push(get(at("/{id}/access"), access, move |v, u, p| who_looked::record_page::show(model, v, u, p)));
    }
    routes.extend(related(model));
    routes
}

fn related(model: &'static Resource) -> Vec<Route> {
    let own = model.declaration();
    let mut routes = Vec::new();
    for inline in own.inlines.iter().filter(|inline| !inline.path.is_empty()) {
        let at = |rest: &str| format!("{}/{{id}}/{}{rest}", own.staff.path, inline.path);
        let may = |action| Records(inline.resource, action);
        routes.extend([
            get(at("/new"), may(Action::Add), move |v, u, p| related_form::new(model, inline, v, u, p)),
            record(at("/new"), may(Action::Add), move |v, u, p, f| related_form::create(model, inline, v, u, p, f)),
            post(at("/{row}/delete"), may(Action::Delete), move |v, u, p| related_form::destroy(model, inline, v, u, p)),
            post(at("/{row}/restore"), may(Action::Delete), move |v, u, p| related_form::restore(model, inline, v, u, p)),
        ]);
        if !inline.marked.0.is_empty() {
            let change = Records(own.name, Action::Change);
            let word = inline.marked.1;
            routes.push(post(at(&format!("/{{row}}/{word}")), change, move |v, u, p| related_form::mark(model, inline, v, u, p)));
        }
    }
    routes
}
