//! Writing the log: entries are collected during a transaction and appended together at its end. Each is chained to the
//! previous one by a keyed hash, so that a changed or missing entry is detected.

use diesel::prelude::*;

use super::entry::{Change, LogAction};
use crate::crypto::keys::Keys;
use crate::db::connection::exclusive;
use crate::db::schema::{log_entries, log_heads};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::actor::Actor;
use crate::resource::list::query::fold;

/// Rows of one INSERT; SQLite takes up to 32,766 values.
const BATCH: usize = 500;

/// An entry that is not written yet.
#[derive(Clone, Debug)]
pub struct Entry {
    pub action: LogAction,
    pub resource: &'static str,
    /// 0 if the entry is not about a single record.
    pub id: i64,
    pub label: String,
    /// The record's version after the action; 0 without a record.
    pub version: i64,
    pub changes: Vec<Change>,
    pub note: String,
}

impl Entry {
    /// An entry about many records or none, described by a sentence.
    pub fn noted(action: LogAction, resource: &'static str, note: impl Into<String>) -> Self {
        Self { action, resource, id: 0, label: String::new(), version: 0, changes: Vec::new(), note: note.into() }
    }
}

/// A row of the log table.
#[derive(Clone, Debug, Insertable, Queryable)]
#[diesel(table_name = log_entries)]
pub struct Written {
    pub id: i64,
    pub at: UtcDateTime,
    pub actor_id: Option<i64>,
    pub actor: String,
    pub action: String,
    pub resource: String,
    pub object_id: i64,
    pub object_label: String,
    pub changes: String,
    pub search_text: String,
    pub ip: String,
    pub note: String,
    pub version: i64,
    pub hash: String,
}

/// Appends the entries of one actor. Call it last in the transaction, because it locks the log until the commit.
pub fn append(c: &mut Connection, keys: &Keys, actor: &Actor, at: UtcDateTime, entries: &[Entry]) -> QueryResult<()> {
    append_all(c, keys, entries.iter().map(|entry| (actor, at, entry)))
}

/// Appends the entries of several actors, with the same lock.
pub fn append_all<'a>(
    c: &mut Connection,
    keys: &Keys,
    mut acts: impl Iterator<Item = (&'a Actor, UtcDateTime, &'a Entry)>,
) -> QueryResult<()> {
    let Some(first) = acts.next() else { return Ok(()) };
    let mut updated_at = first.1;
    exclusive(c, "log", 0)?;
    let (mut id, mut hash) = log_heads::table.select((log_heads::entry_id, log_heads::hash)).first::<(i64, String)>(c)?;
    let mut rows = Vec::new();
    for (actor, at, entry) in std::iter::once(first).chain(acts) {
        (id, updated_at) = (id + 1, at);
        let mut row = written(id, actor, at, entry)?;
        row.hash = row.chained(keys, &hash);
        hash.clone_from(&row.hash);
        rows.push(row);
        if rows.len() == BATCH {
            insert(c, &std::mem::take(&mut rows))?;
        }
    }
    if !rows.is_empty() {
        insert(c, &rows)?;
    }
    diesel::update(log_heads::table)
        .set((log_heads::entry_id.eq(id), log_heads::hash.eq(hash), log_heads::updated_at.eq(updated_at)))
        .execute(c)
        .map(|_| ())
}

/// A multi-row insert. Diesel supports it per backend, but not on the connection enum.
fn insert(c: &mut Connection, rows: &[Written]) -> QueryResult<usize> {
    match c {
        Connection::Postgres(c) => diesel::insert_into(log_entries::table).values(rows).execute(c),
        Connection::Sqlite(c) => diesel::insert_into(log_entries::table).values(rows).execute(c),
    }
}

fn written(id: i64, actor: &Actor, at: UtcDateTime, entry: &Entry) -> QueryResult<Written> {
    // PostgreSQL cannot store NUL, and an entry must never be refused.
    let cut = |text: &str, most: usize| text.chars().filter(|letter| *letter != '\0').take(most).collect::<String>();
    let (who, label) = (cut(&actor.signature(), 320), cut(&entry.label, 320));
    let changes = serde_json::to_string(&entry.changes).map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    Ok(Written {
        id,
        at,
        actor_id: Some(actor.real().id).filter(|id| *id > 0),
        search_text: fold(&format!("{label} {who} {}", entry.resource)),
        actor: who,
        action: entry.action.as_str().into(),
        resource: entry.resource.into(),
        object_id: entry.id,
        object_label: label,
        changes,
        ip: cut(&actor.ip, 64),
        note: cut(&entry.note, 1000),
        version: entry.version,
        hash: String::new(),
    })
}
