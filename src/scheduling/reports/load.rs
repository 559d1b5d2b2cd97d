//! Counts appointments: whole months by their sums, other days with one statement by doctor, type and state and one by time.

use std::collections::BTreeMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use time::Date;

use super::filter::Filter;
use super::{months, sums};
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::scheduling::appointment::state::State;
use crate::scheduling::slots::load::zones;
use crate::scheduling::slots::rota::Zones;

/// A report counts no more appointments one by one than this.
pub const MOST: i64 = 60_000;

/// Appointments of one doctor, type and state.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub doctor_id: i64,
    pub type_id: i64,
    pub state: State,
    pub count: i64,
    /// The time of the doctor, in seconds. Of a group each place has its part; what was overbooked took no more time.
    pub seconds: i64,
    /// How many waited, and for how many seconds together.
    pub waited: i64,
    pub waiting: i64,
}

/// The columns of a part that are counted.
type Figures = (i64, i64, State, i64, i64, i64, i64);

impl Part {
    pub fn of((doctor_id, type_id, state, count, seconds, waited, waiting): Figures) -> Self {
        Self { doctor_id, type_id, state, count, seconds, waited, waiting }
    }
}

/// How many there are by weekday, from Monday, and by hour, on the wall of the site.
#[derive(Debug, Default)]
pub struct Times {
    pub weekdays: [i64; 7],
    pub hours: BTreeMap<i64, i64>,
}

impl Times {
    pub fn add(&mut self, weekday: i64, hour: i64, count: i64) {
        if let Some(sum) = usize::try_from(weekday).ok().and_then(|weekday| self.weekdays.get_mut(weekday)) {
            *sum += count;
        }
        *self.hours.entry(hour).or_default() += count;
    }
}

/// What was counted.
pub struct Counts {
    pub parts: Vec<Part>,
    pub times: Times,
    pub zones: Zones,
}

/// The instants of the days: those of the site, if the report is about one.
pub fn range(zones: &Zones, filter: &Filter) -> (UtcDateTime, UtcDateTime) {
    let zone = zones.of(filter.site_id);
    (zone.start_of(filter.from), zone.start_of(filter.to.next_day().unwrap_or(Date::MAX)))
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

/// Everything that is counted: what was entered in error was never meant to be.
pub fn matching(zones: &Zones, filter: &Filter) -> Sql {
    let (from, until) = range(zones, filter);
    let mut sql = Sql::new("FROM appointments WHERE deleted_at IS NULL AND state <> 'entered_in_error' AND starts_at >= ")
        .bind(Bind::Timestamp(Some(from)))
        .text(" AND starts_at < ")
        .bind(Bind::Timestamp(Some(until)));
    for (condition, id) in
        [(" AND doctor_id = ", filter.doctor_id), (" AND type_id = ", filter.type_id), (" AND site_id = ", filter.site_id)]
    {
        if let Some(id) = id {
            sql = sql.text(condition).number(id);
        }
    }
    sql
}

/// How many there are, and their time in seconds.
pub const GROUPED: &str = "count(*), CAST(sum(CASE WHEN is_overbooked THEN 0 ELSE minutes * 60 / places END) AS BIGINT)";

/// The seconds from the arrival to the room.
pub fn waiting(c: &Connection) -> &'static str {
    match c {
        Connection::Sqlite(_) => "unixepoch(in_room_at) - unixepoch(arrived_at)",
        Connection::Postgres(_) => "EXTRACT(EPOCH FROM in_room_at - arrived_at)::BIGINT",
    }
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

/// The weekday, from Monday, and the hour on the wall of the site.
pub fn hours_of(zones: &Zones, site_id: Option<i64>, at: UtcDateTime) -> (i64, i64) {
    let (day, minutes) = zones.of(site_id).on_wall(at.unix_minutes());
    (day.weekday().number_days_from_monday().into(), minutes / 60)
}
