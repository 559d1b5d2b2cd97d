//! Counts of lists: exact, and cached briefly if counting means a long scan of a large table. Writes of this process invalidate
//! the cache at once; those of another show after `KEPT`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use diesel::QueryResult;

use crate::app::App;
use crate::db::{Connection, UtcDateTime};
use crate::resource::{Actor, ListQuery, Resource};

/// Smaller counts are not cached, because counting is cheap.
const FEW: i64 = 10_000;
const KEPT: time::Duration = time::Duration::seconds(5);
/// The most cached counts; beyond it they expire early.
const REMEMBERED: usize = 1_000;

/// A count, when it was made, and the number of writes until then.
type Count = (i64, UtcDateTime, u64);

#[derive(Default)]
pub struct Counts(Mutex<HashMap<String, Count>>);

impl Counts {
    pub fn count(&self, c: &mut Connection, app: &App, resource: &Resource, query: &ListQuery, actor: &Actor) -> QueryResult<i64> {
        let (now, writes) = (app.now(), app.db.writes());
        let who = if resource.sees_all(actor) { 0 } else { actor.id };
        let key = format!("{} {who} {:?} {:?}", resource.declaration().name, query.terms, query.conditions);
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
        match cached {
            Some((count, at, then)) if then == writes && now < at.plus(KEPT) => return Ok(count),
            Some(_) => {}
            None => {
                let few = resource.count_up_to(c, query, FEW + 1, Some(actor))?;
                if few <= FEW {
                    return Ok(few);
                }
            }
        }
        let count = resource.count(c, query, Some(actor))?;
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED {
            counts.clear();
        }
        counts.insert(key, (count, now, writes));
        Ok(count)
    }
}
