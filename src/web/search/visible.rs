//! Which records in log entries the user may open.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::app::App;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::LogEntry;
use crate::resource::{Actor, Value};

/// The records that exist and that the user may view, in one query.
pub fn visible<'a>(c: &mut Connection, app: &App, actor: &Actor, entries: &'a [LogEntry]) -> QueryResult<BTreeSet<(&'a str, i64)>> {
    visible_of(c, app, actor, entries.iter().map(|entry| (entry.resource.as_str(), entry.object_id)))
}

/// The same of these resources and ids.
pub fn visible_of<'a>(
    c: &mut Connection,
    app: &App,
    actor: &Actor,
    records: impl Iterator<Item = (&'a str, i64)>,
) -> QueryResult<BTreeSet<(&'a str, i64)>> {
    let mut asked: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (name, id) in records.filter(|(_, id)| *id > 0) {
        asked.entry(name).or_default().push(Value::Integer(id));
    }
    let (mut names, mut parts) = (Vec::new(), Vec::new());
    for (name, ids) in asked {
        let Some(resource) = app.registry.get(name).filter(|known| known.declaration().allows(actor, Action::View)) else { continue };
        let seen = resource.seen_of(c, ids, actor)?;
        parts.push(Sql::new("SELECT ").number(names.len() as i64).text(" AS place, ").append(seen));
        names.push(name);
    }
    if parts.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found = Sql::join(parts, " UNION ALL ").returning::<(BigInt, BigInt)>().load::<(i64, i64)>(c)?;
    Ok(found.into_iter().filter_map(|(place, id)| Some((*names.get(usize::try_from(place).ok()?)?, id))).collect())
}
