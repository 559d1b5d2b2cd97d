//! Edit conflicts: the record as the user opened it, as somebody else saved it, and who that was.

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::declare::declaration::Declaration;
use crate::resource::log::entry::LogEntry;
use crate::resource::value::{Row, Value, Values};

/// Somebody else changed the record first.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The record in the version that the change is based on; `None` if the log does not have it.
    pub base: Option<Values>,
    /// The record as it is now.
    pub theirs: Row,
    /// The log entries since that version, newest first.
    pub since: Vec<LogEntry>,
}

impl Conflict {
    pub fn find(c: &mut Connection, declaration: &Declaration, theirs: Row, version: i64) -> QueryResult<Self> {
        let since = LogEntry::list_since(c, declaration.name, theirs.id, version, 500, 0)?;
        let base = (version < theirs.version).then(|| undone(declaration, &theirs, &since)).filter(|_| !since.is_empty());
        Ok(Self { base, theirs, since })
    }

    /// The latest entry that changed this field.
    pub fn by(&self, field: &str) -> Option<&LogEntry> {
        self.since.iter().find(|entry| entry.changes().iter().any(|change| change.field == field))
    }

    /// Who changed the record, in a sentence for places that cannot show the versions side by side.
    pub fn message(&self) -> String {
        match self.since.first() {
            Some(last) => format!("{} changed this record while you were editing it", last.actor),
            None => "This record was changed while you were editing it".into(),
        }
    }
}

/// The record as it was in an earlier version.
pub fn state_at(c: &mut Connection, declaration: &Declaration, row: &Row, version: i64) -> QueryResult<Values> {
    if version >= row.version {
        return Ok(row.values.clone());
    }
    let since = LogEntry::list_since(c, declaration.name, row.id, version, 500, 0)?;
    Ok(undone(declaration, row, &since))
}

/// Undoes the changes, newest first, so that the oldest value remains.
fn undone(declaration: &Declaration, row: &Row, since: &[LogEntry]) -> Values {
    let mut values = row.values.clone();
    for change in since.iter().flat_map(LogEntry::changes) {
        let Some(field) = declaration.field(&change.field) else { continue };
        if let Some(before) = Value::from_json(field.kind, &change.before) {
            values.set(field.name, before);
        }
    }
    values
}
