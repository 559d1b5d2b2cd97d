//! Two people changed one record: what it was when the second opened it, what the first made of it, and who that was.

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::declare::declaration::Declaration;
use crate::resource::log::entry::LogEntry;
use crate::resource::value::{Row, Value, Values};

/// Somebody was faster.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The record as it was in the version that the change was meant for; `None` where the log does not tell.
    pub base: Option<Values>,
    /// The record as it is now.
    pub theirs: Row,
    /// What was done to it in between, newest first.
    pub since: Vec<LogEntry>,
}

impl Conflict {
    pub fn find(c: &mut Connection, declaration: &Declaration, theirs: Row, version: i64) -> QueryResult<Self> {
        let since = LogEntry::list_since(c, declaration.name, theirs.id, version, 500, 0)?;
        let base = (version < theirs.version).then(|| undone(declaration, &theirs, &since)).filter(|_| !since.is_empty());
        Ok(Self { base, theirs, since })
    }

    /// Who set this field last.
    pub fn by(&self, field: &str) -> Option<&LogEntry> {
        self.since.iter().find(|entry| entry.changes().iter().any(|change| change.field == field))
    }

    /// What others changed and when, in a sentence for places that cannot show it side by side.
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

/// Takes entries back, newest first, so that the oldest has the last word.
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
