//! The records that a select offers, if they are few enough for one.

use std::sync::atomic::Ordering;

use diesel::QueryResult;

use super::query::ListQuery;
use crate::db::Connection;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;
use crate::resource::value::Row;

impl Resource {
    /// All records that the actor sees, in the default order; `None` if there are more than `most`.
    pub fn choices(&self, c: &mut Connection, most: i64, actor: &Actor) -> QueryResult<Option<Vec<Row>>> {
        let wanted = ListQuery { limit: most + 1, ..ListQuery::default() };
        // A table that was long the last time is counted first, which is cheaper than reading rows that nobody will see. Only those
        // who see all of it can tell, so that the lists of others do not.
        let sees_all = self.sees_all(actor);
        if sees_all && self.is_long.load(Ordering::Relaxed) && self.count_up_to(c, &wanted, most + 1, Some(actor))? > most {
            return Ok(None);
        }
        let rows = self.list(c, &wanted, Some(actor))?;
        let is_long = rows.len() as i64 > most;
        if sees_all {
            self.is_long.store(is_long, Ordering::Relaxed);
        }
        Ok((!is_long).then_some(rows))
    }
}
