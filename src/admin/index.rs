//! The administration's first page: what there is, how much of it, and what I did last.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::error::{AppError, AppResult};
use crate::resource::ListQuery;
use crate::resource::actor::Action;
use crate::resource::history::{LogAction, LogEntry};
use crate::web::changelist::thousands;
use crate::web::current::CurrentUser;
use crate::web::page::{Shell, Visit, html};

#[derive(Template)]
#[template(path = "admin/index.html")]
struct IndexPage {
    shell: Shell,
    areas: Vec<Area>,
    recent: Vec<Recent>,
}

struct Area {
    title: &'static str,
    entries: Vec<Entry>,
}

struct Entry {
    label: &'static str,
    icon: &'static str,
    href: String,
    count: String,
    add: Option<String>,
}

struct Recent {
    what: &'static str,
    tone: &'static str,
    label: String,
    kind: String,
    href: Option<String>,
    when: String,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let (areas, recent) = visit
        .app
        .db
        .read(move |c| {
            let mut areas = Vec::new();
            for (title, members) in app.registry.areas() {
                let mut entries = Vec::new();
                for resource in members.into_iter().filter(|resource| resource.declaration().allows(&actor, Action::View)) {
                    let own = resource.declaration();
                    let href = super::home(own);
                    let count = resource.count(c, &ListQuery::default(), Some(&actor))?;
                    let add = own.allows(&actor, Action::Add).then(|| format!("{href}/add"));
                    entries.push(Entry { label: own.plural, icon: own.icon, count: thousands(count), add, href });
                }
                if !entries.is_empty() {
                    areas.push(Area { title, entries });
                }
            }
            let recent = LogEntry::list_for_actor(c, &actor, 10)?;
            let recent = recent.iter().map(|entry| line(&app, entry)).collect();
            Ok::<_, AppError>((areas, recent))
        })
        .await?;
    html(StatusCode::OK, &IndexPage { shell: visit.shell("Administration"), areas, recent })
}

fn line(app: &crate::app::App, entry: &LogEntry) -> Recent {
    let own = app.registry.get(&entry.resource).map(|resource| resource.declaration());
    let gone = entry.action == LogAction::Delete;
    Recent {
        what: entry.action.label(),
        tone: tone(entry.action),
        label: entry.object_label.clone(),
        kind: own.map_or_else(|| entry.resource.clone(), |own| own.singular.to_string()),
        href: own.filter(|_| !gone).map(|own| format!("{}/{}", super::home(own), entry.object_id)),
        when: app.settings.time_zone.show(entry.at),
    }
}

/// The colour that goes with the word.
pub fn tone(action: LogAction) -> &'static str {
    match action {
        LogAction::Add | LogAction::Restore | LogAction::Import => "ok",
        LogAction::Delete | LogAction::Trash | LogAction::Purge => "danger",
        LogAction::Change | LogAction::Act => "info",
        _ => "",
    }
}
