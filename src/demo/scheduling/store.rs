//! Writes appointments, many in one statement.

use diesel::QueryResult;
use rand::RngExt;
use rand::rngs::StdRng;

use super::course::Course;
use super::visits::Booked;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};
use crate::demo::invented::row;
use crate::scheduling::appointment::model::Party;
use crate::scheduling::appointment::state::State;

const INTO: &str = "INSERT INTO appointments (patient_id, doctor_id, type_id, room_id, site_id, starts_at, ends_at, minutes, state, note, \
                    buffer_before, buffer_after, places, place, is_overbooked, overbooking_reason, cancelled_by, cancel_reason, \
                    hold_until, uid, sequence, arrived_at, in_room_at, done_at, cancelled_at, created_at, updated_at) VALUES ";

/// Rows that wait until there are enough for a statement.
#[derive(Default)]
pub struct Waiting(Vec<Sql>);

const BATCH: usize = 100;

impl Waiting {
    pub fn add(&mut self, c: &mut Connection, rng: &mut StdRng, booked: &Booked, now: UtcDateTime) -> QueryResult<()> {
        let course = Course::of(rng, booked, now);
        self.0.push(appointment(rng, booked, course));
        if self.0.len() < BATCH { Ok(()) } else { self.store(c) }
    }

    pub fn store(&mut self, c: &mut Connection) -> QueryResult<()> {
        let rows = std::mem::take(&mut self.0);
        if rows.is_empty() {
            return Ok(());
        }
        Sql::new(INTO).append(Sql::join(rows, ", ")).execute(c).map(|_| ())
    }
}

fn appointment(rng: &mut StdRng, booked: &Booked, course: Course) -> Sql {
    let own = booked.kind.own;
    let (number, text) = (|number: i64| Bind::BigInt(Some(number)), |text: String| Bind::Text(Some(text)));
    let at = |minute| Bind::Timestamp(Some(UtcDateTime::from_unix_minutes(minute)));
    row([
        number(booked.patient_id),
        number(booked.doctor_id),
        number(booked.kind.id),
        Bind::BigInt(booked.room_id),
        Bind::BigInt(booked.site_id),
        at(booked.starts),
        at(booked.starts + own.minutes),
        number(own.minutes),
        text(course.state.as_str().into()),
        text(course.note),
        number(own.buffers.0),
        number(own.buffers.1),
        Bind::Integer(Some(own.places)),
        Bind::Integer(Some(booked.place)),
        Bind::Bool(Some(booked.is_overbooked)),
        text(course.overbooking_reason),
        Bind::Text(course.cancelled_by.map(|party| Party::as_str(party).into())),
        text(course.cancel_reason),
        Bind::Timestamp(course.hold_until),
        text(format!("{:032x}", rng.random::<u128>())),
        Bind::Integer(Some(i32::from(course.state == State::Cancelled))),
        Bind::Timestamp(course.arrived_at),
        Bind::Timestamp(course.in_room_at),
        Bind::Timestamp(course.done_at),
        Bind::Timestamp(course.cancelled_at),
        Bind::Timestamp(Some(course.created_at)),
        Bind::Timestamp(Some(course.updated_at)),
    ])
}
