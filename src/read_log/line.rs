//! An entry as text, as it waits in a spool.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::writer::Read;
use crate::db::UtcDateTime;
use crate::resource::Actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;

#[derive(Serialize, Deserialize)]
struct Line {
    actor: Actor,
    at: String,
    action: String,
    resource: String,
    id: i64,
    label: String,
    note: String,
    /// A search in an autocomplete field, which a longer one may follow.
    typed: bool,
}

/// One line of JSON.
pub fn write(read: &Read, typed: bool) -> Option<String> {
    // What the actor may do is not logged.
    let actor = Actor { permissions: BTreeSet::new(), groups: Vec::new(), ..read.actor.clone() };
    let entry = &read.entry;
    let line = Line {
        actor,
        at: read.at.rfc3339_micros(),
        action: entry.action.as_str().into(),
        resource: entry.resource.into(),
        id: entry.id,
        label: entry.label.clone(),
        note: entry.note.clone(),
        typed,
    };
    serde_json::to_string(&line).ok()
}

/// The entry, and whether it was typed. `None` for a line that its process did not finish, for which no page was answered.
pub fn parse(text: &str) -> Option<(Read, bool)> {
    let line: Line = serde_json::from_str(text).ok()?;
    // Entries name their resource by the text of its declaration. Few are read back, at the start only.
    let resource: &'static str = line.resource.leak();
    let noted = Entry::noted(LogAction::parse(&line.action)?, resource, line.note);
    let entry = Entry { id: line.id, label: line.label, ..noted };
    Some((Read { actor: line.actor, at: UtcDateTime::parse(&line.at)?, entry, numbers: Vec::new() }, line.typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_back_unless_it_is_cut() {
        let at = UtcDateTime::parse("2026-12-01T10:00:00.123456Z").unwrap();
        let entry = Entry { id: 7, label: "Zola\nÉmile".into(), ..Entry::noted(LogAction::View, "patient", "") };
        let text = write(&Read { actor: Actor::system(), at, entry, numbers: vec![1] }, false).unwrap();
        assert!(!text.contains('\n'), "{text}");
        let (read, typed) = parse(&text).unwrap();
        assert_eq!((read.at, read.entry.id, read.entry.label.as_str(), typed), (at, 7, "Zola\nÉmile", false));
        assert_eq!((read.entry.action, read.entry.resource, read.actor.id), (LogAction::View, "patient", 0));
        let mut end = text.len() - 1;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        assert!(parse(text.get(..end).unwrap()).is_none());
    }
}
