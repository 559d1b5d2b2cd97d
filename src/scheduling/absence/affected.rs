//! Whose appointments are affected by an absence.

use diesel::QueryResult;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp};
use time::{Date, Duration};

use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::scheduling::appointment::state::State;

/// An appointment that cannot take place.
#[derive(Clone, Debug)]
pub struct Affected {
    pub id: i64,
    pub patient_id: i64,
    pub type_id: i64,
    pub is_request: bool,
}

/// Whole days, the last one included.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    pub first: Date,
    pub last: Date,
}

/// What is booked or asked for with this doctor on these days, as the wall of each place has them, and is still ahead.
pub fn affected(c: &mut Connection, clinic: &Zone, doctor_id: i64, days: Days, now: UtcDateTime) -> QueryResult<Vec<Affected>> {
    let at = |at| Bind::Timestamp(Some(at));
    let from = UtcDateTime::midnight(days.first.saturating_sub(Duration::days(2))).max(now);
    let to = UtcDateTime::midnight(days.last.saturating_add(Duration::days(2)));
    let statement = Sql::new("SELECT a.id, a.patient_id, a.type_id, a.state, a.starts_at, s.time_zone FROM appointments AS a ")
        .text(
            "LEFT JOIN sites AS s ON s.id = a.site_id WHERE a.deleted_at IS NULL AND a.state IN ('requested', 'booked') AND a.doctor_id = ",
        )
        .number(doctor_id)
        .text(" AND a.starts_at > ")
        .bind(at(from))
        .text(" AND a.starts_at < ")
        .bind(at(to))
        .text(" ORDER BY a.starts_at, a.id");
    let rows: Vec<Row> = statement.returning::<Columns>().load(c)?;
    let is_there = |(.., starts_at, zone): &Row| {
        let day = clinic.read_by(zone.as_deref().unwrap_or_default(), "").date(*starts_at);
        days.first <= day && day <= days.last
    };
    let found = rows.into_iter().filter(is_there);
    let one = |(id, patient_id, type_id, state, ..): Row| Affected { id, patient_id, type_id, is_request: state == State::Requested };
    Ok(found.map(one).collect())
}

type Columns = (BigInt, BigInt, BigInt, Text, Timestamp, Nullable<Text>);
type Row = (i64, i64, i64, State, UtcDateTime, Option<String>);
