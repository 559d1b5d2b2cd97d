//! The trash of any resource: the deleted records, who deleted them, and restoring them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::delete::RecordUrls;
use super::retention::kept_until;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::list::query::{SEARCH_LIMIT, terms};
use crate::resource::log::entry::LogEntry;
use crate::resource::log::people::People;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, ListQuery};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "web/record/trash_page.html")]
struct TrashPage {
    shell: Shell,
    plural: String,
    list: String,
    /// The address of the forms and the search.
    here: String,
    lines: Vec<Line>,
    can_purge: bool,
    is_searched: bool,
    search: String,
    days: i64,
    newer: Option<String>,
    older: Option<String>,
}

struct Line {
    id: i64,
    label: String,
    /// What distinguishes it from others of the same name.
    summary: String,
    who: String,
    when: String,
    until: Option<String>,
}

pub async fn index(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    let own = visit.app.registry.get(place.resource).map(|resource| resource.declaration()).filter(|own| own.trash);
    let own = own.ok_or(AppError::NotFound)?;
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let search: String = typed.text("q").replace('\0', "").trim().chars().take(SEARCH_LIMIT).collect();
    let page: i64 = typed.text("page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1);
    let (app, actor, name) = (visit.app.clone(), user.to_actor(), own.name);
    let query = ListQuery { terms: terms(&search), trashed: true, limit: PAGE + 1, offset: (page - 1) * PAGE, ..ListQuery::default() };
    let (rows, acts, people) = visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.get(name).ok_or(AppError::NotFound)?;
            let mut rows = resource.list(c, &query, Some(&actor))?;
            app.registry.name(c, resource.declaration(), &mut rows)?;
            let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
            let acts = LogEntry::list_trashed(c, name, &ids)?;
            let people = People::load(c, &app.registry, acts.values().map(|act| act.actor_id))?;
            Ok::<_, AppError>((rows, acts, people))
        })
        .await?;
    visit.app.read_log.searched(&user, visit.app.now(), own, &search).await?;
    let zone = &visit.zone();
    let (here, today) = (format!("{}/trash", place.list()), visit.app.today_of(&user));
    let lines = rows.iter().take(PAGE as usize).map(|row| {
        let act = acts.get(&row.id);
        Line {
            id: row.id,
            label: row.label.clone(),
            summary: (own.staff.summary)(row, zone, today),
            who: act.map_or_else(String::new, |act| people.name(act.actor_id, &act.actor)),
            when: act.map_or_else(String::new, |act| zone.show(act.at)),
            until: act.and_then(|act| kept_until(&visit.app, zone, act.at)),
        }
    });
    let turn = |page: i64| {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("q", &search).append_pair("page", &page.to_string()).finish();
        format!("{here}?{query}")
    };
    let steps: Vec<(&str, &str)> = place.steps.iter().map(|(label, href)| (*label, href.as_str())).collect();
    let page = TrashPage {
        shell: visit.shell(format!("Trash: {}", own.plural_lower())).under(&steps).renamed("Trash"),
        lines: lines.collect(),
        newer: (page > 1).then(|| turn(page - 1)),
        older: (rows.len() as i64 > PAGE).then(|| turn(page + 1)),
        can_purge: user.is_staff && user.can(&own.purge_right()),
        is_searched: own.is_searched(),
        plural: own.plural_lower(),
        list: place.list(),
        days: visit.app.settings.trash_days,
        search,
        here,
    };
    html(StatusCode::OK, &page)
}

pub async fn restore(visit: Visit, user: CurrentUser, place: RecordUrls) -> AppResult<HttpResponse> {
    let restored = put_back(&visit, &user, place.resource, place.id).await?;
    match restored {
        Ok(label) => {
            leave(&visit.request, &visit.app, Tone::Ok, format!("The {} “{}” was restored.", place.noun, isolated(&label)));
            Ok(see_other(place.record("")))
        }
        Err(sentence) => {
            leave(&visit.request, &visit.app, Tone::Warn, sentence);
            Ok(see_other(format!("{}/trash", place.list())))
        }
    }
}

/// Restores a record. Returns its label, or a sentence that says what prevents it.
pub async fn put_back(visit: &Visit, user: &CurrentUser, name: &'static str, id: i64) -> AppResult<Result<String, String>> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let done = visit
        .app
        .db
        .write(move |c| {
            let resource = app.registry.get(name).ok_or(WriteError::NotFound)?;
            let row = app.act(c, &actor, |c, writer| writer.restore(c, resource, id))?;
            // Its label may depend on records that were restored with it.
            Ok(app.registry.find(c, resource, row.id, None)?.unwrap_or(row))
        })
        .await;
    match done {
        Ok(row) => Ok(Ok(row.label)),
        Err(WriteError::Refused(sentence)) => Ok(Err(sentence)),
        Err(WriteError::Invalid(errors)) => Ok(Err(format!("It cannot be restored. {}.", errors.first_text()))),
        Err(error) => Err(error.into()),
    }
}
