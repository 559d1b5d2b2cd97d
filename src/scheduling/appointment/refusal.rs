//! Why an appointment cannot be at a time, in a sentence, with the next times that are free.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::model::Appointment;
use crate::db::sql::Sql;
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::declare::candidate::Candidate;
use crate::resource::{Model, Value, Values};
use crate::scheduling::slots::find::{Slot, next_free};
use crate::scheduling::slots::load::{Diary, Request};
use crate::scheduling::slots::rota::windows;
use crate::scheduling::slots::span::Span;

/// How far ahead other times are looked for, in minutes.
pub const AHEAD: i64 = 60 * 1_440;

/// Why not, and what can be had instead.
pub struct Refusal {
    /// The field with the error.
    pub field: &'static str,
    pub sentence: String,
    /// Doctor and start of the next free times.
    pub offers: Vec<Values>,
}

pub fn explain(c: &mut Connection, candidate: &Candidate, diary: &Diary, request: &Request, slot: Slot) -> QueryResult<Refusal> {
    let own = Appointment::FIELDS;
    let zone = candidate.actor.zone(candidate.zone);
    let visit = Span::new(slot.starts, slot.starts + request.visit.minutes);
    let is_taken = |taken: &[_]| request.visit.collisions(taken).iter().any(|span| span.has(slot.starts));
    let name = doctor_name(c, slot.doctor_id)?;
    let works = diary.rotas.get(&slot.doctor_id).is_some_and(|rota| {
        let around = Span::new(visit.from, visit.from + 1);
        windows(rota, &diary.closed, &diary.zones, around).iter().any(|window| window.span.from <= visit.from && visit.to <= window.span.to)
    });
    let (field, why) = match () {
        () if is_taken(&diary.elsewhere) => (own.starts_at, "The patient has another appointment at this time".to_string()),
        () if !works => (own.starts_at, format!("{name} does not work then")),
        () if diary.taken.get(&slot.doctor_id).is_some_and(|taken| is_taken(taken)) => {
            (own.starts_at, booked(c, &name, &zone, request, slot)?)
        }
        () if request.room_id.is_some() => (own.room_id, "The room is taken at this time".into()),
        () if diary.rooms.is_some() => (own.starts_at, format!("No room of the kind “{}” is free then", request.room_kind)),
        () => (own.starts_at, format!("{name} is at another site then")),
    };
    let from = slot.starts.max(candidate.now.unix_minutes());
    let next = next_free(c, candidate.zone, &[slot.doctor_id], request, Span::new(from, from + AHEAD), 3)?;
    let times: Vec<String> = next.iter().map(|slot| when(&zone, slot.starts, visit.from)).collect();
    let hint = if times.is_empty() { "No free time within 60 days".into() } else { format!("Next free: {}", times.join(", ")) };
    Ok(Refusal { field, sentence: format!("{why}. {hint}"), offers: next.iter().map(|slot| offer(*slot)).collect() })
}

/// The values that book this time.
pub fn offer(slot: Slot) -> Values {
    let own = Appointment::FIELDS;
    let starts = Value::DateTime(UtcDateTime::from_unix_minutes(slot.starts));
    [(own.doctor_id, Value::Integer(slot.doctor_id)), (own.starts_at, starts)].into_iter().collect()
}

/// `Dr Adams is booked 10:00–10:20`, buffers included if it is they that collide.
fn booked(c: &mut Connection, name: &str, zone: &Zone, request: &Request, slot: Slot) -> QueryResult<String> {
    let visit = request.visit;
    let around = Span::new(slot.starts, slot.starts + visit.minutes).widened(visit.before, visit.after);
    let statement = Sql::new("SELECT starts, ends FROM claims WHERE kind = 'doctor' AND resource_id = ")
        .number(slot.doctor_id)
        .text(" AND starts > ")
        .number(around.from - 1_440)
        .text(" AND starts < ")
        .number(around.to)
        .text(" AND ends > ")
        .number(around.from)
        .text(" AND appointment_id <> ")
        .number(request.moved.unwrap_or(0))
        .text(" ORDER BY is_padded DESC, starts LIMIT 1");
    let found: Option<(Minute, Minute)> = statement.returning::<(BigInt, BigInt)>().load(c)?.into_iter().next();
    let Some((from, to)) = found else { return Ok(format!("{name} is booked at this time")) };
    Ok(format!("{name} is booked {}–{}", clock(zone, from), clock(zone, to)))
}

fn doctor_name(c: &mut Connection, id: i64) -> QueryResult<String> {
    let statement = Sql::new("SELECT trim(title || ' ' || name) FROM doctors WHERE id = ").number(id);
    let names: Vec<String> = statement.returning::<Text>().load(c)?;
    Ok(names.into_iter().next().unwrap_or_else(|| "The doctor".into()))
}

fn clock(zone: &Zone, minute: Minute) -> String {
    zone.clock(zone.on_wall(minute).1)
}

/// The time, with the date if it is another day.
fn when(zone: &Zone, minute: Minute, asked: Minute) -> String {
    let at = UtcDateTime::from_unix_minutes(minute);
    if zone.on_wall(minute).0 == zone.on_wall(asked).0 { clock(zone, minute) } else { zone.show(at) }
}
