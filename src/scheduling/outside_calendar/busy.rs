//! The busy times of doctors, for the rule of free times and for the calendar.

use std::collections::HashMap;

use diesel::sql_types::BigInt;
use diesel::{QueryResult, RunQueryDsl};

use crate::db::Connection;
use crate::db::sql::Sql;
use crate::ical::busy::LONGEST;
use crate::scheduling::slots::span::Span;

/// Those of these doctors that touch the range, read with one statement.
pub fn load(c: &mut Connection, doctors: &[i64], range: Span) -> QueryResult<HashMap<i64, Vec<Span>>> {
    let statement =
        Sql::new("SELECT o.doctor_id, b.starts, b.ends FROM outside_calendars AS o JOIN busy_times AS b ON b.calendar_id = o.id WHERE ")
            .is_one_of("o.doctor_id", doctors)
            .text(" AND b.starts > ")
            .number(range.from - LONGEST)
            .text(" AND b.starts < ")
            .number(range.to)
            .text(" AND b.ends > ")
            .number(range.from);
    let rows: Vec<(i64, i64, i64)> = statement.returning::<(BigInt, BigInt, BigInt)>().load(c)?;
    let mut busy: HashMap<i64, Vec<Span>> = HashMap::new();
    for (doctor_id, from, to) in rows {
        busy.entry(doctor_id).or_default().push(Span::new(from, to));
    }
    Ok(busy)
}
