//! The history of a record of any resource: who, when, and each field before and after.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::resource::history::{Change, LogEntry};
use crate::web::current::CurrentUser;
use crate::web::page::{Shell, Visit, html};
use crate::web::record;

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    shell: Shell,
    label: String,
    entries: Vec<Entry>,
    newer: Option<String>,
    older: Option<String>,
}

struct Entry {
    what: &'static str,
    tone: &'static str,
    who: String,
    when: String,
    changes: Vec<Change>,
}

pub async fn index(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let id = path.1;
    let row = record::find(&visit.app, user.to_actor(), declaration.name, id).await.map(Some).or_else(|error| match error {
        AppError::NotFound => Ok(None),
        other => Err(other),
    })?;
    let page = page_of(visit.request.query_string());
    let log = record::history(&visit.app, declaration.name, id, PAGE + 1, (page - 1) * PAGE).await?;
    let label = known_label(row.map(|row| row.label), &log, user.can("log_entry.view"))?;
    let list = super::home(declaration);
    let here = format!("{list}/{id}/history");
    let shell = visit
        .shell(format!("History of {label}"))
        .under(&[super::ROOT, (declaration.plural, &list)])
        .renamed("History")
        .after(&label, &format!("{list}/{id}"));
    let page = HistoryPage {
        newer: (page > 1).then(|| format!("{here}?page={}", page - 1)),
        older: (log.len() as i64 > PAGE).then(|| format!("{here}?page={}", page + 1)),
        entries: log.iter().take(PAGE as usize).map(|entry| drawn(&visit, entry)).collect(),
        shell,
        label,
    };
    html(StatusCode::OK, &page)
}

/// A record that is gone keeps its history for those who may read the log; for others it is not there.
fn known_label(label: Option<String>, log: &[LogEntry], reads_log: bool) -> AppResult<String> {
    match (label, log.first()) {
        (Some(label), _) => Ok(label),
        (None, Some(last)) if reads_log => Ok(last.object_label.clone()),
        _ => Err(AppError::NotFound),
    }
}

fn page_of(query: &str) -> i64 {
    let typed = crate::resource::FormData::parse(query.as_bytes()).unwrap_or_default();
    typed.text("page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1)
}

fn drawn(visit: &Visit, entry: &LogEntry) -> Entry {
    Entry {
        what: entry.action.label(),
        tone: super::recent::tone(entry.action),
        who: entry.actor.clone(),
        when: visit.app.settings.time_zone.show(entry.at),
        changes: entry.changes(),
    }
}
