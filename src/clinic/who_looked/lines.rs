//! Entries of the log as lines: who, what, when, and from where.

use diesel::QueryResult;

use crate::accounts::user::directory::group_names;
use crate::app::App;
use crate::db::Connection;
use crate::resource::Actor;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::resource::log::people::People;
use crate::web::search::visible::visible;

pub struct Line {
    pub who: String,
    /// Their groups now.
    pub role: String,
    pub act: &'static str,
    /// The words of a search, or what was exported.
    pub note: String,
    /// The record, and its address if it may be opened.
    pub label: String,
    pub kind: String,
    pub href: Option<String>,
    pub when: String,
    pub from: String,
}

/// An act in words.
pub fn act(action: LogAction) -> &'static str {
    match action {
        LogAction::View => "Opened",
        other => other.label(),
    }
}

/// Runs one statement each for names, groups and the records that the reader may open.
pub fn lines(c: &mut Connection, app: &App, reader: &Actor, entries: &[LogEntry]) -> QueryResult<Vec<Line>> {
    let people = People::load(c, &app.registry, entries.iter().map(|entry| entry.actor_id))?;
    let mut ids: Vec<i64> = entries.iter().filter_map(|entry| entry.actor_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let groups = group_names(c, &ids)?;
    let opens = visible(c, app, reader, entries)?;
    let zone = app.zone(reader);
    let line = |entry: &LogEntry| {
        let own = app.registry.get(&entry.resource).map(|resource| resource.declaration());
        let place = own.and_then(|own| own.list_url(reader)).filter(|_| opens.contains(&(entry.resource.as_str(), entry.object_id)));
        Line {
            who: people.name(entry.actor_id, &entry.actor),
            role: entry.actor_id.and_then(|id| groups.get(&id)).map(|names| names.join(", ")).unwrap_or_default(),
            act: act(entry.action),
            note: entry.note.clone(),
            label: entry.object_label.clone(),
            kind: own.map_or_else(|| entry.resource.clone(), |own| own.plural.to_string()),
            href: place.map(|place| format!("{place}/{}", entry.object_id)),
            when: zone.show(entry.at),
            from: entry.ip.clone(),
        }
    };
    Ok(entries.iter().map(line).collect())
}
