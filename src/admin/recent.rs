//! Recent activity, the user's own and everybody's, with links to the records that the user may view.

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::Actor;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::web::search::visible::visible;

/// Lines shown; below, log entries that are searched for changes.
const SHOWN: usize = 10;
const READ: i64 = 100;

/// One activity.
pub struct Recent {
    pub what: &'static str,
    pub tone: &'static str,
    pub label: String,
    pub kind: String,
    pub href: Option<String>,
    pub who: String,
    pub when: String,
}

/// The user's own.
pub fn mine(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Recent>> {
    let entries = LogEntry::list_for_actor(c, actor, READ)?;
    lines(c, app, actor, entries)
}

/// Everybody's, for users who may view the log.
pub fn of_all(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Recent>> {
    let entries = LogEntry::list_newest(c, READ)?;
    lines(c, app, actor, entries)
}

fn lines(c: &mut Connection, app: &App, actor: &Actor, entries: Vec<LogEntry>) -> QueryResult<Vec<Recent>> {
    // Views and searches are left out, because they would outnumber the changes.
    let entries: Vec<LogEntry> =
        entries.into_iter().filter(|entry| !matches!(entry.action, LogAction::View | LogAction::Search)).take(SHOWN).collect();
    let visible = visible(c, app, actor, &entries)?;
    Ok(entries.iter().map(|entry| line(app, actor, entry, visible.contains(&(entry.resource.as_str(), entry.object_id)))).collect())
}

fn line(app: &App, actor: &Actor, entry: &LogEntry, is_visible: bool) -> Recent {
    let own = app.registry.get(&entry.resource).map(|resource| resource.declaration());
    // An activity on many records, or on none, is described by its note.
    let label = if entry.object_label.is_empty() { &entry.note } else { &entry.object_label };
    Recent {
        what: entry.action.label(),
        tone: tone(entry.action),
        label: label.clone(),
        kind: own.map_or_else(|| entry.resource.clone(), |own| own.singular.to_string()),
        href: own.filter(|_| is_visible).map(|own| format!("{}/{}", super::home(own), entry.object_id)),
        who: entry.actor.clone(),
        when: app.zone(actor).show(entry.at),
    }
}

/// The colour of an action.
pub fn tone(action: LogAction) -> &'static str {
    match action {
        LogAction::Add | LogAction::Restore | LogAction::Import => "ok",
        LogAction::Delete | LogAction::Trash | LogAction::Purge => "danger",
        LogAction::Change | LogAction::Act => "info",
        _ => "",
    }
}
