//! What is counted of appointments, and how.

use std::collections::BTreeMap;

use time::Date;

use super::filter::Filter;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};
use crate::scheduling::appointment::state::State;
use crate::scheduling::slots::rota::Zones;

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
pub type Figures = (i64, i64, State, i64, i64, i64, i64);

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

/// The instants of the days: those of the site, if the report is about one.
pub fn range(zones: &Zones, filter: &Filter) -> (UtcDateTime, UtcDateTime) {
    let zone = zones.of(filter.site_id);
    (zone.start_of(filter.from), zone.start_of(filter.to.next_day().unwrap_or(Date::MAX)))
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

/// The weekday, from Monday, and the hour on the wall of the site.
pub fn hours_of(zones: &Zones, site_id: Option<i64>, at: UtcDateTime) -> (i64, i64) {
    let (day, minutes) = zones.of(site_id).on_wall(at.unix_minutes());
    (day.weekday().number_days_from_monday().into(), minutes / 60)
}
