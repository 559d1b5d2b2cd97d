//! Why an appointment cannot be at a time, in a sentence.

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::model::Appointment;
use crate::db::sql::Sql;
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::resource::Model;
use crate::resource::declare::candidate::Candidate;
use crate::scheduling::slots::find::Slot;
use crate::scheduling::slots::load::{Diary, Request};
use crate::scheduling::slots::rota::windows;
use crate::scheduling::slots::span::Span;

/// Adds the error: what is in the way, at its field.
pub fn explain(c: &mut Connection, candidate: &mut Candidate, diary: &Diary, request: &Request, slot: Slot) -> QueryResult<()> {
    let zone = candidate.actor.zone(candidate.zone);
    let (field, why) = reason(c, &zone, diary, request, slot)?;
    candidate.errors.add_collision(field, why);
    Ok(())
}

/// Whether the doctor works for the whole of the visit.
pub fn works(diary: &Diary, request: &Request, slot: Slot) -> bool {
    let (from, to) = (slot.starts, slot.starts + request.visit.minutes);
    diary.rotas.get(&slot.doctor_id).is_some_and(|rota| {
        let windows = windows(rota, &diary.closed, &diary.zones, Span::new(from, from + 1));
        windows.iter().any(|window| window.span.from <= from && to <= window.span.to)
    })
}

/// The field and what is in the way.
pub fn reason(c: &mut Connection, zone: &Zone, diary: &Diary, request: &Request, slot: Slot) -> QueryResult<(&'static str, String)> {
    let own = Appointment::FIELDS;
    let is_taken = |taken: &[_]| request.visit.collisions(taken).iter().any(|span| span.has(slot.starts));
    let name = doctor_name(c, slot.doctor_id)?;
    Ok(match () {
        () if is_taken(&diary.elsewhere) => (own.starts_at, "The patient has another appointment at this time".to_string()),
        () if !works(diary, request, slot) => (own.starts_at, format!("{name} does not work then")),
        () if diary.taken.get(&slot.doctor_id).is_some_and(|taken| is_taken(taken)) => {
            (own.starts_at, booked(c, &name, zone, request, slot)?)
        }
        () if diary.busy.get(&slot.doctor_id).is_some_and(|busy| is_taken(busy)) => {
            (own.starts_at, format!("{name} is busy then (outside calendar)"))
        }
        () if request.room_id.is_some() => (own.room_id, "The room is taken at this time".into()),
        () if diary.rooms.is_some() => (own.starts_at, format!("No room of the kind “{}” is free then", request.room_kind)),
        () => (own.starts_at, format!("{name} is at another site then")),
    })
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
