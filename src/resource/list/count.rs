//! Counts of lists, shared by everybody who asks the same question.

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use time::Duration;

use super::query::ListQuery;
use crate::db::Connection;
use crate::db::recent::{Moment, Recent};
use crate::db::sql::Sql;
use crate::resource::Resource;
use crate::resource::access::actor::Actor;

/// How late a count may show what another process wrote.
const LASTS: Duration = Duration::seconds(5);
/// A smaller count is made anew, because it costs little and may be wrong for a moment otherwise.
const FEW: i64 = 500;

pub struct Counts(Recent<i64>);

impl Default for Counts {
    fn default() -> Self {
        Self(Recent::new(LASTS))
    }
}

impl Counts {
    /// The number of records.
    pub fn exact(&self, c: &mut Connection, now: Moment, resource: &Resource, query: &ListQuery, actor: &Actor) -> QueryResult<i64> {
        self.known_or(now, key(resource, query, actor, None), || resource.count(c, query, Some(actor)))
    }

    /// The number of records, counted up to `most`.
    pub fn up_to(
        &self,
        c: &mut Connection,
        now: Moment,
        resource: &Resource,
        query: &ListQuery,
        most: i64,
        actor: &Actor,
    ) -> QueryResult<i64> {
        self.known_or(now, key(resource, query, actor, Some(most)), || resource.count_up_to(c, query, most, Some(actor)))
    }

    /// The same for several lists, in one statement for all that are not known.
    pub fn all_up_to(
        &self,
        c: &mut Connection,
        now: Moment,
        lists: &[(&Resource, ListQuery)],
        most: i64,
        actor: &Actor,
    ) -> QueryResult<Vec<i64>> {
        let keys: Vec<String> = lists.iter().map(|(resource, query)| key(resource, query, actor, Some(most))).collect();
        let mut counts: Vec<Option<i64>> = keys.iter().map(|key| self.0.get(key, now)).collect();
        let mut unknown = Vec::new();
        for (place, (resource, query)) in lists.iter().enumerate().filter(|(place, _)| counts.get(*place) == Some(&None)) {
            let counted = resource.counted_up_to(c, query, most, Some(actor))?;
            unknown.push(Sql::new("SELECT ").number(place as i64).text(" AS place, ").append(counted));
        }
        if !unknown.is_empty() {
            let found = Sql::join(unknown, " UNION ALL ").returning::<(BigInt, BigInt)>().load::<(i64, i64)>(c)?;
            for (place, count) in found {
                let place = usize::try_from(place).unwrap_or(usize::MAX);
                if let (Some(known), Some(key)) = (counts.get_mut(place), keys.get(place)) {
                    *known = Some(count);
                    self.remember(now, key.clone(), count);
                }
            }
        }
        Ok(counts.into_iter().map(Option::unwrap_or_default).collect())
    }

    fn known_or(&self, now: Moment, key: String, count: impl FnOnce() -> QueryResult<i64>) -> QueryResult<i64> {
        if let Some(count) = self.0.get(&key, now) {
            return Ok(count);
        }
        let count = count()?;
        self.remember(now, key, count);
        Ok(count)
    }

    fn remember(&self, now: Moment, key: String, count: i64) {
        if count > FEW {
            self.0.put(key, now, count);
        }
    }
}

/// The question as text: whose list it is, and what it is narrowed by.
fn key(resource: &Resource, query: &ListQuery, actor: &Actor, most: Option<i64>) -> String {
    let who = (!resource.sees_all(actor)).then_some(actor.id);
    let (name, trashed) = (resource.declaration().name, query.trashed);
    format!("{name} {who:?} {trashed} {most:?} {:?} {:?}", query.terms, query.conditions)
}
