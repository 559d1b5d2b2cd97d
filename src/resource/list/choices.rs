//! The records that a select offers, if they are few enough for one, without those that are chosen already.

use std::sync::atomic::Ordering;

use diesel::QueryResult;

use super::query::{ListQuery, Test};
use crate::db::Connection;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::declaration::Declaration;
use crate::resource::registry::Registry;
use crate::resource::value::{Row, Value};
use crate::resource::{Field, Resource};

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

/// The rows that join a record to others, such as the assignments of one patient. The others are not offered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The resource of the rows, and their field that refers to the record.
    pub resource: &'static str,
    pub field: &'static str,
    /// The record.
    pub id: i64,
}

/// At most so many rows are read.
const MOST: i64 = 500;

impl Joined {
    /// As an address carries it: `mapping.patient_id.5`.
    pub fn text(self) -> String {
        format!("{}.{}.{}", self.resource, self.field, self.id)
    }

    /// Reads such a text; `None` if it names nothing that is declared.
    pub fn read(registry: &Registry, text: &str) -> Option<Self> {
        let (resource, rest) = text.split_once('.')?;
        let (field, id) = rest.split_once('.')?;
        let own = registry.get(resource)?.declaration();
        Some(Self { resource: own.name, field: own.field(field).filter(|field| field.is_reference())?.name, id: id.parse().ok()? })
    }

    /// The ids of the records of `target` at the other end, as far as the actor may view the rows.
    pub fn others(self, c: &mut Connection, registry: &Registry, target: &Declaration, actor: &Actor) -> QueryResult<Vec<i64>> {
        let Some(rows) = registry.get(self.resource).filter(|rows| rows.declaration().allows(actor, Action::View)) else {
            return Ok(Vec::new());
        };
        let own = rows.declaration();
        let is_target = |field: &&Field| field.reference.is_some_and(|reference| reference.resource == target.name);
        // Only where two records are joined once.
        let other = own.other_end(self.field).filter(|_| !own.unique_together.is_empty()).filter(is_target);
        let Some(other) = other else { return Ok(Vec::new()) };
        let found = rows.list(c, &ListQuery::only(self.field, Test::In(vec![Value::Integer(self.id)]), MOST), Some(actor))?;
        Ok(found.iter().filter_map(|row| row.values.at(other.name).as_id()).collect())
    }
}
