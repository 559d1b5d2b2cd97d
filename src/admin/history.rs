//! The history of a record of any resource: what changed, field by field, and who viewed it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::{Change, LogAction, LogEntry};
use crate::resource::log::people::People;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

const PAGE: i64 = 50;

#[derive(Template)]
#[template(path = "admin/history.html")]
struct HistoryPage {
    shell: Shell,
    label: String,
    here: String,
    /// Whether views are shown: they are logged, this user may view the log, and the page was asked to show them.
    has_looks: bool,
    looks: bool,
    can_change: bool,
    entries: Vec<Entry>,
    newer: Option<String>,
    older: Option<String>,
}

struct Entry {
    what: &'static str,
    tone: &'static str,
    who: String,
    when: String,
    /// Blank for users who may not view the log.
    from: String,
    note: String,
    version: i64,
    compare: Option<String>,
    changes: Vec<Change>,
}

pub async fn index(visit: Visit, user: CurrentUser, path: Path<(String, i64)>) -> AppResult<HttpResponse> {
    let declaration = super::declared(&visit.app, &path.0)?;
    let (id, reads_log) = (path.1, user.can("log_entry.view"));
    let row = record::find::find(&visit.app, user.to_actor(), declaration.name, id).await.map(Some).or_else(|error| match error {
        AppError::NotFound | AppError::InTrash(_) => Ok(None),
        other => Err(other),
    })?;
    let typed = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let page: i64 = typed.text("page").parse().ok().filter(|page| (1..=1_000_000).contains(page)).unwrap_or(1);
    let has_looks = declaration.logs_reads && reads_log;
    let looks = has_looks && typed.text("part") == "looks";
    let (name, offset) = (declaration.name, (page - 1) * PAGE);
    let app = visit.app.clone();
    let (log, newest, people) = visit
        .app
        .db
        .read(move |c| {
            let read = if looks { LogEntry::list_views } else { LogEntry::list_for_object };
            let log = read(c, name, id, PAGE + 1, offset)?;
            let people = People::load(c, &app.registry, log.iter().map(|entry| entry.actor_id))?;
            Ok::<_, AppError>((log, LogEntry::list_for_object(c, name, id, 1, 0)?.pop(), people))
        })
        .await?;
    let label = known_label(row.as_ref().map(|row| &row.label), newest.as_ref(), reads_log)?;
    let current = row.as_ref().map(|row| row.version);
    if current.is_none() {
        record::read::opened(&visit.app, &user, declaration.name, id, &label).await?;
    }
    let back = super::back(&visit, declaration);
    let (record, list) = (format!("{}/{id}", super::home(declaration)), back.list());
    let here = format!("{record}/history");
    let mut shell =
        visit.shell(format!("History of {}", isolated(&label))).under(&[super::ROOT, (declaration.plural, &list)]).renamed("History");
    if let Some(row) = &row {
        shell = shell.of_record(&visit, declaration, row, &back.from(&record));
    }
    let part = if looks { "part=looks&" } else { "" };
    let page = HistoryPage {
        newer: (page > 1).then(|| back.from(&format!("{here}?{part}page={}", page - 1))),
        older: (log.len() as i64 > PAGE).then(|| back.from(&format!("{here}?{part}page={}", page + 1))),
        entries: log
            .iter()
            .take(PAGE as usize)
            .map(|entry| rendered(&visit, entry, &people, reads_log, current.map(|version| (version, format!("{record}/versions")))))
            .collect(),
        can_change: declaration.allows(&user, Action::Change),
        shell: shell.after(&label, &back.from(&record)),
        label,
        here,
        has_looks,
        looks,
    };
    html(StatusCode::OK, &page)
}

/// A deleted record keeps its history for users who may view the log; for others it does not exist.
fn known_label(label: Option<&String>, newest: Option<&LogEntry>, reads_log: bool) -> AppResult<String> {
    match (label, newest) {
        (Some(label), _) => Ok(label.clone()),
        (None, Some(last)) if reads_log => Ok(last.object_label.clone()),
        _ => Err(AppError::NotFound),
    }
}

/// `now` is the current version of the record, and the address where versions are compared.
fn rendered(visit: &Visit, entry: &LogEntry, people: &People, reads_log: bool, now: Option<(i64, String)>) -> Entry {
    let makes_version = matches!(entry.action, LogAction::Add | LogAction::Change | LogAction::Import | LogAction::Restore);
    Entry {
        what: entry.action.label(),
        tone: super::recent::tone(entry.action),
        who: people.name(entry.actor_id, &entry.actor),
        when: visit.zone().show(entry.at),
        from: if reads_log { entry.ip.clone() } else { String::new() },
        note: entry.note.clone(),
        version: entry.version,
        compare: now
            .filter(|(version, _)| makes_version && entry.version > 0 && entry.version < *version)
            .map(|(_, versions)| format!("{versions}/{}", entry.version)),
        changes: entry.changes(),
    }
}
