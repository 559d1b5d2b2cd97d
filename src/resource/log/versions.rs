//! Earlier versions of a record: its current values with every later change undone.

use diesel::QueryResult;

use super::entry::{LogEntry, words};
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::{Field, Mode};
use crate::resource::form::bind::Binder;
use crate::resource::value::{Kind, Row, Value, Values};

/// Entries loaded at a time.
const CHUNK: i64 = 200;

/// An earlier version: the entry that made it, and the values after it.
pub struct Earlier {
    pub entry: LogEntry,
    pub values: Values,
}

/// A field that differs between the current and the earlier version, as text.
pub struct Difference {
    pub label: &'static str,
    pub now: String,
    pub then: String,
    /// Why the earlier value cannot be restored; blank if it can.
    pub obstacle: &'static str,
}

/// `None` if the log has no such version, or it is the current one.
pub fn earlier(c: &mut Connection, own: &Declaration, row: &Row, version: i64) -> QueryResult<Option<Earlier>> {
    if version >= row.version {
        return Ok(None);
    }
    let Some(entry) = LogEntry::find_version(c, own.name, row.id, version)? else { return Ok(None) };
    let (mut values, mut offset) = (row.values.clone(), 0);
    loop {
        let since = LogEntry::list_since(c, own.name, row.id, version, CHUNK, offset)?;
        for change in since.iter().flat_map(LogEntry::changes) {
            let field = own.field(&change.field).filter(|field| is_kept(field));
            if let Some((field, value)) = field.and_then(|field| Some((field, Value::from_json(field.kind, &change.before)?))) {
                values.set(field.name, value);
            }
        }
        offset += CHUNK;
        if (since.len() as i64) < CHUNK {
            return Ok(Some(Earlier { entry, values }));
        }
    }
}

/// Automatic values and secrets have no earlier version.
fn is_kept(field: &Field) -> bool {
    matches!(field.mode, Mode::Editable | Mode::ReadOnly) && !field.is_derived
}

/// The fields that restoring the earlier version would change.
pub fn differences(c: &mut Connection, binder: &Binder, resource: &Resource, row: &Row, earlier: &Earlier) -> QueryResult<Vec<Difference>> {
    let mut found = Vec::new();
    for field in resource.declaration().fields.iter().filter(|field| is_kept(field)) {
        let (now, then) = (row.values.at(field.name), earlier.values.at(field.name));
        if now == then || (now.is_blank() && then.is_blank()) {
            continue;
        }
        let is_gone = field.kind == Kind::File || is_gone(c, binder, field, then)?;
        found.push(Difference {
            label: field.label,
            now: message(c, binder, field, now)?,
            then: message(c, binder, field, then)?,
            obstacle: match () {
                () if !binder.can_choose(field) => "will not change, because you do not have permission",
                () if is_gone => "can no longer be chosen",
                () => "",
            },
        });
    }
    Ok(found)
}

fn message(c: &mut Connection, binder: &Binder, field: &Field, value: &Value) -> QueryResult<String> {
    match (field.reference, value) {
        (Some(reference), Value::Integer(id)) => binder.registry.visible_label(c, binder.actor, reference.resource, *id),
        _ => words(c, binder.registry, &binder.zone, field, value),
    }
}

/// Whether the value refers to a record that is deleted or in the trash.
fn is_gone(c: &mut Connection, binder: &Binder, field: &Field, value: &Value) -> QueryResult<bool> {
    let Some(target) = field.reference.and_then(|reference| binder.registry.get(reference.resource)) else { return Ok(false) };
    Ok(match value {
        Value::Integer(id) => target.find(c, *id, None)?.is_none(),
        Value::Many(ids) => target.labels(c, ids)?.len() < ids.len(),
        _ => false,
    })
}
