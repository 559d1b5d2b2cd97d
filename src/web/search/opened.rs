//! The records that a user opened last.

use diesel::QueryResult;

use crate::db::Connection;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::LogEntry;
use crate::resource::{Actor, ListQuery, Resource, Row, Test, Value};

/// Those that the user may still view, the latest first; none of a model whose views are not logged.
pub fn opened(c: &mut Connection, model: &Resource, actor: &Actor, most: i64) -> QueryResult<Vec<Row>> {
    let own = model.declaration();
    if !own.logs_reads || !own.allows(actor, Action::View) {
        return Ok(Vec::new());
    }
    let ids = LogEntry::list_opened(c, own.name, actor.id, usize::try_from(most).unwrap_or(0))?;
    in_order(c, model, actor, &ids)
}

/// The records with these ids, in the same order.
pub fn in_order(c: &mut Connection, model: &Resource, actor: &Actor, ids: &[i64]) -> QueryResult<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = Test::In(ids.iter().map(|id| Value::Integer(*id)).collect());
    let mut rows = model.list(c, &ListQuery::only("id", wanted, ids.len() as i64), Some(actor))?;
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}
