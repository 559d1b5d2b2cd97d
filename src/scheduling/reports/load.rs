//! Counts appointments, with one statement by doctor, type and state and one by time.

use std::collections::BTreeMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use time::Date;

use super::filter::Filter;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::scheduling::appointment::state::State;
use crate::scheduling::slots::load::zones;
use crate::scheduling::slots::rota::Zones;

/// A report counts no more appointments than this.
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

/// What was counted.
pub struct Counts {
    pub parts: Vec<Part>,
    /// By weekday, from Monday, and by hour, on the wall of the site.
    pub weekdays: [i64; 7],
    pub hours: BTreeMap<i64, i64>,
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
    let matching = matching(&zones, filter);
    let bounded =
        Sql::new("SELECT count(*) FROM (SELECT 1 ").append(matching.clone()).text(" LIMIT ").number(MOST + 1).text(") AS counted");
    if bounded.load_ids(c)?.first().is_some_and(|count| *count > MOST) {
        return Ok(None);
    }
    let parts = parts(c, matching.clone())?;
    let (weekdays, hours) = times(c, matching, &zones)?;
    Ok(Some(Counts { parts, weekdays, hours, zones }))
}

/// Everything that is counted: what was entered in error was never meant to be.
fn matching(zones: &Zones, filter: &Filter) -> Sql {
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

fn parts(c: &mut Connection, matching: Sql) -> QueryResult<Vec<Part>> {
    let waiting = match c {
        Connection::Sqlite(_) => "unixepoch(in_room_at) - unixepoch(arrived_at)",
        Connection::Postgres(_) => "EXTRACT(EPOCH FROM in_room_at - arrived_at)::BIGINT",
    };
    // The sign keeps SQLite from walking the index of every doctor, which lacks the other columns.
    let grouped = Sql::new(format!(
        "SELECT +doctor_id, type_id, state, count(*), CAST(sum(CASE WHEN is_overbooked THEN 0 ELSE minutes * 60 / places END) AS BIGINT), \
         count({waiting}), CAST(COALESCE(sum({waiting}), 0) AS BIGINT) "
    ));
    let grouped = grouped.append(matching).text(" GROUP BY +doctor_id, type_id, state");
    type Types = (BigInt, BigInt, Text, BigInt, BigInt, BigInt, BigInt);
    let rows: Vec<(i64, i64, State, i64, i64, i64, i64)> = grouped.returning::<Types>().load(c)?;
    let part =
        |(doctor_id, type_id, state, count, seconds, waited, waiting)| Part { doctor_id, type_id, state, count, seconds, waited, waiting };
    Ok(rows.into_iter().map(part).collect())
}

type Times = ([i64; 7], BTreeMap<i64, i64>);

/// Cancelled appointments are no longer at any time of day.
fn times(c: &mut Connection, matching: Sql, zones: &Zones) -> QueryResult<Times> {
    let grouped =
        Sql::new("SELECT starts_at, site_id, count(*) ").append(matching).text(" AND state <> 'cancelled' GROUP BY starts_at, site_id");
    let rows: Vec<(UtcDateTime, Option<i64>, i64)> = grouped.returning::<(Timestamp, Nullable<BigInt>, BigInt)>().load(c)?;
    let (mut weekdays, mut hours) = ([0; 7], BTreeMap::new());
    for (at, site_id, count) in rows {
        let (day, minutes) = zones.of(site_id).on_wall(at.unix_minutes());
        if let Some(weekday) = weekdays.get_mut(usize::from(day.weekday().number_days_from_monday())) {
            *weekday += count;
        }
        *hours.entry(minutes / 60).or_default() += count;
    }
    Ok((weekdays, hours))
}
