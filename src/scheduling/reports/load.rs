//! Counts appointments: whole months by their sums, other days with one statement by doctor, type and state and one by time.

use std::collections::BTreeMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};

use super::filter::Filter;
use super::parts::{Figures, GROUPED, Part, Times, hours_of, matching, waiting};
use super::{months, sums};
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::scheduling::slots::load::zones;
use crate::scheduling::slots::rota::Zones;

/// A report counts no more appointments one by one than this.
pub const MOST: i64 = 60_000;

/// What was counted.
pub struct Counts {
    pub parts: Vec<Part>,
    pub times: Times,
    pub zones: Zones,
}

/// `None` if there are too many.
pub fn counts(c: &mut Connection, clinic: &Zone, filter: &Filter) -> QueryResult<Option<Counts>> {
    let zones = zones(c, clinic)?;
    let ready = sums::ready(c, &zones, filter)?;
    let rest: Vec<Sql> =
        months::rest(filter.from, filter.to, &ready).into_iter().map(|(from, to)| matching(&zones, &filter.during(from, to))).collect();
    let mut left = MOST;
    for matching in &rest {
        let bounded = Sql::new("SELECT count(*) FROM (SELECT 1 ").append(matching.clone()).text(" LIMIT ").number(left + 1);
        left -= bounded.text(") AS counted").load_ids(c)?.first().copied().unwrap_or_default();
        if left < 0 {
            return Ok(None);
        }
    }
    let (mut all, mut hours) = (Vec::new(), Times::default());
    for matching in rest {
        all.extend(parts(c, matching.clone())?);
        times(c, matching, &zones, &mut hours)?;
    }
    if !ready.is_empty() {
        let ready: Vec<i64> = ready.into_iter().collect();
        all.extend(sums::parts(c, filter, &ready)?);
        sums::times(c, filter, &ready, &mut hours)?;
    }
    Ok(Some(Counts { parts: joined(all), times: hours, zones }))
}

/// One part for each doctor, type and state.
fn joined(parts: Vec<Part>) -> Vec<Part> {
    let mut joined: BTreeMap<(i64, i64, &str), Part> = BTreeMap::new();
    for part in parts {
        let key = (part.doctor_id, part.type_id, part.state.as_str());
        let sum = joined.entry(key).or_insert(Part { count: 0, seconds: 0, waited: 0, waiting: 0, ..part });
        sum.count += part.count;
        sum.seconds += part.seconds;
        sum.waited += part.waited;
        sum.waiting += part.waiting;
    }
    joined.into_values().collect()
}

fn parts(c: &mut Connection, matching: Sql) -> QueryResult<Vec<Part>> {
    let waiting = waiting(c);
    // The sign keeps SQLite from walking the index of every doctor, which lacks the other columns.
    let grouped =
        Sql::new(format!("SELECT +doctor_id, type_id, state, {GROUPED}, count({waiting}), CAST(COALESCE(sum({waiting}), 0) AS BIGINT) "));
    let grouped = grouped.append(matching).text(" GROUP BY +doctor_id, type_id, state");
    type Types = (BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt);
    let rows: Vec<Figures> = grouped.returning::<Types>().load(c)?;
    Ok(rows.into_iter().map(Part::of).collect())
}

/// Cancelled appointments are no longer at any time of day.
fn times(c: &mut Connection, matching: Sql, zones: &Zones, times: &mut Times) -> QueryResult<()> {
    let grouped =
        Sql::new("SELECT starts_at, site_id, count(*) ").append(matching).text(" AND state <> 'cancelled' GROUP BY starts_at, site_id");
    let rows: Vec<(UtcDateTime, Option<i64>, i64)> = grouped.returning::<(Timestamp, Nullable<BigInt>, BigInt)>().load(c)?;
    for (at, site_id, count) in rows {
        let (weekday, hour) = hours_of(zones, site_id, at);
        times.add(weekday, hour, count);
    }
    Ok(())
}
