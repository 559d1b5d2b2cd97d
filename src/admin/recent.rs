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

/// The user's own, and everybody's for users who may view the log.
pub fn load(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<(Vec<Recent>, Option<Vec<Recent>>)> {
    let mut entries = without_reads(LogEntry::list_for_actor(c, actor, READ)?);
    let own = entries.len();
    let sees_all = actor.can("log_entry.view");
    if sees_all {
        entries.extend(without_reads(LogEntry::list_newest(c, READ)?));
    }
    let visible = visible(c, app, actor, &entries)?;
    let line = |entry: &LogEntry| line(app, actor, entry, visible.contains(&(entry.resource.as_str(), entry.object_id)));
    let (mine, everybody) = entries.split_at(own);
    Ok((mine.iter().map(line).collect(), sees_all.then(|| everybody.iter().map(line).collect())))
}

/// Views and searches are left out, because they would outnumber the changes.
fn without_reads(entries: Vec<LogEntry>) -> Vec<LogEntry> {
    entries.into_iter().filter(|entry| !matches!(entry.action, LogAction::View | LogAction::Search)).take(SHOWN).collect()
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
