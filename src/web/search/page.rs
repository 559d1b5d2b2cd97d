//! The global search over every resource that the user may view, and the autocomplete choices of references.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::targets::{self, Group};
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::list::choices::Joined;
use crate::resource::list::query::{SEARCH_LIMIT, terms};
use crate::resource::list::search::mark::mark;
use crate::resource::{Actor, Declaration, FormData, ListQuery, Row};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

/// Results shown of each kind.
const SHOWN: usize = 10;
/// Choices offered at once.
const OFFERED: usize = 20;

#[derive(Template)]
#[template(path = "web/search/search_page.html")]
struct SearchPage {
    shell: Shell,
    query: String,
    found: Vec<Group>,
    /// What is said, before the search text, to somebody who sees part of the records and finds none of them.
    nothing: String,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor, query) = (visit.app.clone(), user.to_actor(), asked(&visit));
    let wanted = query.clone();
    let mut found = visit.app.db.read(move |c| Ok::<_, AppError>(targets::records(c, &app, &actor, &wanted, SHOWN)?)).await?;
    let pages = targets::pages(&visit.app, &visit.site, &user, &query);
    if !query.is_empty() && !pages.items.is_empty() {
        found.insert(0, pages);
    }
    let nothing = nothing(&visit.app, &user, &found);
    if let Some(own) = looked_at(&visit.app, &user) {
        visit.app.read_log.searched(&user, visit.app.now(), own, &query).await?;
    }
    let mut shell = visit.shell("Search");
    shell.search.clone_from(&query);
    html(StatusCode::OK, &SearchPage { shell, query, found, nothing })
}

/// The resource under which a global search is logged: the first whose reads are logged, so that it is one entry.
pub fn looked_at<'a>(app: &'a App, actor: &Actor) -> Option<&'a Declaration> {
    let declared = app.registry.iter().map(|resource| resource.declaration());
    declared.into_iter().find(|own| own.logs_reads && own.is_searched() && own.list_url(actor).is_some())
}

/// What is said to somebody who sees part of the records when none of them is found, whatever else is; blank otherwise.
pub fn nothing(app: &App, actor: &Actor, found: &[Group]) -> String {
    let own =
        looked_at(app, actor).filter(|_| !app.registry.is_guest(actor)).filter(|own| !found.iter().any(|group| group.title == own.plural));
    let resource = own.and_then(|own| app.registry.get(own.name)).filter(|resource| !resource.sees_all(actor));
    resource.map_or_else(String::new, |resource| resource.nothing_found(actor))
}

/// The search text, up to its limit.
pub fn asked(visit: &Visit) -> String {
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    typed.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect()
}

/// Records whose label matches: `{"results": [{"id": 1, "label": "…", "hint": "…"}], "more": false, "nothing": "No results"}`.
/// `joined` names rows whose records are left out.
pub async fn options(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let name = app.registry.at(&slug).map(|resource| resource.declaration().name).ok_or(AppError::NotFound)?;
    if !user.may(Action::View, name) {
        return Err(AppError::Forbidden("You do not have permission to view this list."));
    }
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    // One more than is shown, to know whether there are more.
    let query = ListQuery { terms: terms(typed.text("q")), limit: OFFERED as i64 + 1, ..ListQuery::default() };
    let joined = Joined::read(&app.registry, typed.text("joined"));
    let rows = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let own = resource.declaration();
            let taken = match joined {
                Some(joined) => joined.others(c, &app.registry, own, &actor)?,
                None => Vec::new(),
            };
            let query = query.searched(c, resource, &actor, app.words())?;
            let mut rows = resource.list(c, &ListQuery { limit: query.limit + taken.len() as i64, ..query.clone() }, Some(&actor))?;
            rows.retain(|row| !taken.contains(&row.id));
            let note = |row: &Row| {
                let note = (own.staff.summary)(row, &app.zone(&actor), app.today_of(&actor));
                [Some(note).filter(|note| !note.is_empty()), mark(own, &query.terms, row)]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" · ")
            };
            Ok::<_, AppError>(rows.iter().map(|row| (row.id, row.label.clone(), note(row))).collect::<Vec<_>>())
        })
        .await?;
    let mut nothing = String::new();
    if let Some(resource) = visit.app.registry.get(name) {
        nothing = resource.nothing_found(&user);
        visit.app.read_log.typed(&user, visit.app.now(), resource.declaration(), &terms(typed.text("q")).join(" ")).await?;
    }
    let results: Vec<_> =
        rows.iter().take(OFFERED).map(|(id, label, note)| serde_json::json!({ "id": id, "label": label, "hint": note })).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "results": results, "more": rows.len() > OFFERED, "nothing": nothing })))
}
