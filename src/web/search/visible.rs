//! Which records in log entries the user may open.

use std::collections::{BTreeMap, BTreeSet};

use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::LogEntry;
use crate::resource::{Actor, ListQuery, Test, Value};

/// The records that exist and that the user may view. One query for each resource.
pub fn visible<'a>(c: &mut Connection, app: &App, actor: &Actor, entries: &'a [LogEntry]) -> QueryResult<BTreeSet<(&'a str, i64)>> {
    let mut asked: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.object_id > 0) {
        asked.entry(&entry.resource).or_default().push(Value::Integer(entry.object_id));
    }
    let mut visible = BTreeSet::new();
    for (name, ids) in asked {
        let Some(resource) = app.registry.get(name).filter(|known| known.declaration().allows(actor, Action::View)) else { continue };
        let most = ids.len() as i64;
        let found = resource.list(c, &ListQuery::only("id", Test::In(ids), most), Some(actor))?;
        visible.extend(found.into_iter().map(|row| (name, row.id)));
    }
    Ok(visible)
}
