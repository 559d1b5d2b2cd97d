//! Recent changes on the page of a record: its own, and those of the rows that are added on its page, such as assigned doctors.

use diesel::QueryResult;

use crate::app::App;
use crate::db::{Connection, Zone};
use crate::english::{capital, isolated};
use crate::resource::declare::inline::Inline;
use crate::resource::form::data::lower;
use crate::resource::log::entry::{LogAction, LogEntry};
use crate::resource::{Actor, Declaration, Resource};

/// The most entries that are shown.
const SHOWN: i64 = 8;

pub struct Event {
    pub when: String,
    pub what: String,
    pub who: String,
}

/// The newest first, as far as the actor may view the rows.
pub fn load(c: &mut Connection, app: &App, actor: &Actor, own: &'static Declaration, id: i64) -> QueryResult<Vec<Event>> {
    let inlines = own.inlines.iter().filter(|inline| !inline.path.is_empty());
    let rows: Vec<(&Inline, &Declaration)> =
        inlines.filter_map(|inline| Some((inline, inline.child(&app.registry, actor).map(Resource::declaration)?))).collect();
    let places: Vec<_> = rows.iter().map(|(inline, child)| (child.name, child.table, inline.field)).collect();
    let entries = LogEntry::list_for_object_and_rows(c, own.name, id, &places, SHOWN)?;
    let zone = app.zone(actor);
    let event = |entry: &LogEntry| {
        let row = rows.iter().find(|(_, child)| child.name == entry.resource && entry.resource != own.name);
        event(entry, row.map_or_else(|| of_record(entry), |(inline, child)| of_row(entry, inline, child)), &zone)
    };
    Ok(entries.iter().map(event).collect())
}

fn event(entry: &LogEntry, what: String, zone: &Zone) -> Event {
    Event { when: zone.show(entry.at), what, who: entry.actor.clone() }
}

fn of_record(entry: &LogEntry) -> String {
    match entry.action {
        LogAction::Change => format!("Changed {}", fields(entry)),
        other => other.label().to_string(),
    }
}

/// `Assigned Dr Grace Hopper`
fn of_row(entry: &LogEntry, inline: &Inline, child: &Declaration) -> String {
    let done = capital(inline.verb.1.split_whitespace().next().unwrap_or_default());
    let name = isolated(named(entry, inline, child));
    match entry.action {
        LogAction::Add | LogAction::Import => format!("{done} {name}"),
        LogAction::Trash | LogAction::Delete | LogAction::Purge => format!("Removed {name}"),
        LogAction::Restore => format!("{done} {name} again"),
        _ => format!("Changed {} of {name}", fields(entry)),
    }
}

/// The name at the other end of a row that joins two records, which is part of its label; else the label.
fn named<'a>(entry: &'a LogEntry, inline: &Inline, child: &Declaration) -> &'a str {
    let label = entry.object_label.as_str();
    let Some(other) = child.other_end(inline.field) else { return label };
    let parts = if child.label_from.first() == Some(&other.name) { label.split_once(" – ") } else { label.rsplit_once(" – ") };
    parts.map_or(label, |(first, last)| if child.label_from.first() == Some(&other.name) { first } else { last })
}

fn fields(entry: &LogEntry) -> String {
    entry.changes().iter().map(|change| lower(&change.label)).collect::<Vec<_>>().join(", ")
}
