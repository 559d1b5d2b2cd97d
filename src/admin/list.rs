//! The list of any resource.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::{Declaration, FormData};
use crate::web::list::changelist::{ChangeList, Wanted};
use crate::web::list::page::{ListPage, to_short_address};
use crate::web::list::params::Listing;
use crate::web::list::return_link::Back;
use crate::web::list::selection::Bar;
use crate::web::page::preferences;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

pub async fn index(visit: Visit, user: CurrentUser, slug: Path<String>) -> AppResult<HttpResponse> {
    if let Some(short) = to_short_address(&visit) {
        return Ok(short);
    }
    let declaration = super::declared(&visit.app, &slug)?;
    let (app, actor, name) = (visit.app.clone(), user.to_actor(), declaration.name);
    let (query, rows) = (visit.request.query_string().to_string(), preferences::rows(&visit.request, &visit.app));
    let (list, back) = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let own = resource.declaration();
            let path = super::home(own);
            let back = Back::to(&app, &path, &Listing::read(&query, own, own.list_filter));
            let href = |id| back.from(&format!("{path}/{id}"));
            let (columns, filters) = (own.list_display, own.list_filter);
            let wanted = Wanted { resource, query: &query, rows, path: &path, href: &href, columns, filters, by_date: true };
            let mut list = ChangeList::load(c, &app, &actor, wanted)?;
            list.selection = bar(&app, &actor, own, &list, &back);
            Ok::<_, AppError>((list, back))
        })
        .await?;
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    record::read::searched(&visit.app, &user, declaration, &typed).await?;
    let page = ListPage {
        shell: visit.shell(declaration.plural).under(&[super::ROOT]),
        subtitle: list.counted(&declaration.singular_lower(), &declaration.plural_lower()),
        singular: declaration.singular_lower(),
        add: declaration
            .allows(&user, Action::Add)
            .then(|| (format!("New {}", declaration.singular_lower()), back.from(&format!("{}/new", super::home(declaration))))),
        more: links(declaration, &user, &list.query),
        trash: (declaration.trash && declaration.allows(&user, Action::Delete)).then(|| format!("{}/trash", super::home(declaration))),
        list,
    };
    html(StatusCode::OK, &page)
}

/// The action bar for selected rows, if this user can do anything with them.
fn bar(app: &App, actor: &Actor, own: &Declaration, list: &ChangeList, back: &Back) -> Option<Bar> {
    let acts = crate::admin::bulk::action::offered(app, actor, own);
    if acts.is_empty() || list.rows.is_empty() {
        return None;
    }
    Some(Bar {
        action: format!("{}/actions", super::home(own)),
        query: back.query().into(),
        acts,
        links: vec![("Export", "export", format!("{}/export", super::home(own)))],
        all: (!list.pages.is_empty()).then(|| list.total_text()),
    })
}

/// The buttons to export what the list shows, and to import.
fn links(declaration: &Declaration, user: &CurrentUser, query: &str) -> Vec<(&'static str, &'static str, String)> {
    let home = super::home(declaration);
    let mut links = Vec::new();
    if declaration.allows(user, Action::Add) && declaration.allows(user, Action::Change) {
        links.push(("Import", "import", format!("{home}/import")));
    }
    // Not for whoever views Praxis as somebody else: an export is sent as a form.
    if user.impersonated_by.is_none() {
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        links.push(("Export", "export", format!("{home}/export{query}")));
    }
    links
}
