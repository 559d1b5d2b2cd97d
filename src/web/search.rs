//! The one search of the product, over every resource that this person may see, and the choices for references that the
//! script completes while one types.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::current::CurrentUser;
use super::page::{Shell, Visit, html, percent};
use crate::error::{AppError, AppResult};
use crate::resource::actor::Action;
use crate::resource::query::{SEARCH_LIMIT, terms};
use crate::resource::{FormData, ListQuery};

/// So many of each kind are shown.
const SHOWN: usize = 10;
/// So many choices are offered at once.
const OFFERED: usize = 20;

#[derive(Template)]
#[template(path = "components/search_page.html")]
struct SearchPage {
    shell: Shell,
    query: String,
    found: Vec<Found>,
}

/// What was found of one kind, and the way to all of it.
struct Found {
    title: &'static str,
    icon: &'static str,
    /// Label and address.
    lines: Vec<(String, String)>,
    more: Option<String>,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let query: String = typed.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
    let (words, address) = (terms(&query), percent(&query));
    let found = visit
        .app
        .db
        .read(move |c| {
            let mut found = Vec::new();
            for resource in app.registry.iter().filter(|_| !words.is_empty()) {
                let own = resource.declaration();
                // What the program keeps by itself, above all the log, would bury what people look for.
                if !own.is_searched() || own.read_only {
                    continue;
                }
                let Some(place) = own.place(&actor) else { continue };
                let mut rows = resource.list(c, &asked(&words, SHOWN), Some(&actor))?;
                let more = (rows.len() > SHOWN).then(|| format!("{place}?q={address}"));
                rows.truncate(SHOWN);
                let lines: Vec<_> = rows.into_iter().map(|row| (row.label, format!("{place}/{}", row.id))).collect();
                if !lines.is_empty() {
                    found.push(Found { title: own.plural, icon: own.icon, lines, more });
                }
            }
            Ok::<_, AppError>(found)
        })
        .await?;
    // One search is one row, under the first kind of record that asks for it.
    let looked_at = visit.app.registry.iter().map(|resource| resource.declaration());
    if let Some(own) = looked_at.into_iter().find(|own| own.reads_logged && own.is_searched() && own.place(&user).is_some()) {
        visit.app.journal.searched(&user, visit.app.now(), own, &query).await?;
    }
    let mut shell = visit.shell("Search");
    shell.search.clone_from(&query);
    html(StatusCode::OK, &SearchPage { shell, query, found })
}

/// Records whose label fits what is typed: `{"results": [{"id": 1, "label": "…"}], "more": false}`.
pub async fn options(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let name = app.registry.at(&slug).map(|resource| resource.declaration().name).ok_or(AppError::NotFound)?;
    if !user.may(Action::View, name) {
        return Err(AppError::Forbidden("Your account does not have the permission for this list."));
    }
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let query = asked(&terms(typed.text("q")), OFFERED);
    let rows = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            resource.list(c, &query, Some(&actor)).map_err(AppError::from)
        })
        .await?;
    if let Some(resource) = visit.app.registry.get(name) {
        visit.app.journal.typed(&user, visit.app.now(), resource.declaration(), &terms(typed.text("q")).join(" "))?;
    }
    let results: Vec<_> = rows.iter().take(OFFERED).map(|row| serde_json::json!({ "id": row.id, "label": row.label })).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "results": results, "more": rows.len() > OFFERED })))
}

/// One more than is shown, to know whether there is more.
fn asked(terms: &[String], shown: usize) -> ListQuery {
    ListQuery { terms: terms.to_vec(), limit: shown as i64 + 1, ..ListQuery::default() }
}
