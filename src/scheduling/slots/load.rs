//! What decides which times are free, read from the database with one statement for each kind, whatever the range.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date as SqlDate, Nullable, Text};
use time::{Date, Duration};

use super::free::{Taken, Visit};
use super::rota::{Closed, Exception, Hours, Rota, Zones};
use super::span::Span;
use crate::db::schema::{holidays, sites};
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime, Zone};
use crate::scheduling::outside_calendar::busy;
use crate::scheduling::working_hours::Day;

/// No claim is longer, in minutes; the table says so too.
const LONGEST: i64 = 1_440;

/// What is to be booked.
#[derive(Clone, Debug)]
pub struct Request {
    pub type_id: i64,
    pub visit: Visit,
    /// How many people can have the same time.
    pub places: i32,
    /// The kind of room that it needs; blank for none.
    pub room_kind: String,
    /// This room, and no other.
    pub room_id: Option<i64>,
    /// Who comes, if that is known: nobody is at two places at once.
    pub patient_id: Option<i64>,
    /// An appointment that is moved: what it takes now is free for it.
    pub moved: Option<i64>,
    pub is_overbooked: bool,
}

/// A room that would do, and when it is taken.
#[derive(Clone, Debug)]
pub struct RoomTime {
    pub id: i64,
    pub site_id: Option<i64>,
    pub taken: Vec<Taken>,
}

/// A time of a group, with places left.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub doctor_id: i64,
    pub starts: i64,
    pub site_id: Option<i64>,
}

/// Everything that decides, for some doctors and a range of time.
#[derive(Clone, Debug)]
pub struct Diary {
    pub zones: Zones,
    pub closed: Vec<Closed>,
    pub rotas: HashMap<i64, Rota>,
    pub taken: HashMap<i64, Vec<Taken>>,
    /// When doctors have something in an outside calendar. It needs no time around it.
    pub busy: HashMap<i64, Vec<Taken>>,
    /// `None` if no room is needed.
    pub rooms: Option<Vec<RoomTime>>,
    pub groups: Vec<Group>,
    /// When the patient is elsewhere.
    pub elsewhere: Vec<Taken>,
}

/// When doctors work, whatever is booked.
#[derive(Clone, Debug)]
pub struct WorkTimes {
    pub zones: Zones,
    pub closed: Vec<Closed>,
    pub rotas: HashMap<i64, Rota>,
}

pub fn work_times(c: &mut Connection, clinic: &Zone, doctors: &[i64], range: Span) -> QueryResult<WorkTimes> {
    let days = days_of(clinic, range);
    Ok(WorkTimes { zones: zones(c, clinic)?, closed: closed(c, days)?, rotas: rotas(c, doctors, days)? })
}

/// Reads it. `range` are the minutes at which a visit may begin.
pub fn load(c: &mut Connection, clinic: &Zone, doctors: &[i64], request: &Request, range: Span) -> QueryResult<Diary> {
    let days = days_of(clinic, range);
    let needs_room = request.room_id.is_some() || !request.room_kind.is_empty();
    Ok(Diary {
        zones: zones(c, clinic)?,
        closed: closed(c, days)?,
        rotas: rotas(c, doctors, days)?,
        taken: taken(c, "doctor", doctors, request, range)?,
        busy: busy(c, doctors, request, range)?,
        rooms: if needs_room { Some(rooms(c, request, range)?) } else { None },
        elsewhere: elsewhere(c, request, range)?,
        groups: if request.places > 1 { groups(c, doctors, request, range)? } else { Vec::new() },
    })
}

/// The days that the range touches in any time zone.
fn days_of(clinic: &Zone, range: Span) -> (Date, Date) {
    let day = |minute| clinic.date(UtcDateTime::from_unix_minutes(minute));
    (day(range.from).saturating_sub(Duration::days(2)), day(range.to).saturating_add(Duration::days(2)))
}

pub fn zones(c: &mut Connection, clinic: &Zone) -> QueryResult<Zones> {
    let named: Vec<(i64, String)> = sites::table.filter(sites::time_zone.ne("")).select((sites::id, sites::time_zone)).load(c)?;
    let sites = named.into_iter().map(|(id, name)| (id, clinic.read_by(&name, ""))).collect();
    Ok(Zones { clinic: clinic.clone(), sites })
}

/// The days of the range on which the clinic or a site is closed.
pub fn closed(c: &mut Connection, (first, last): (Date, Date)) -> QueryResult<Vec<Closed>> {
    let own = holidays::table.filter(holidays::deleted_at.is_null()).filter(holidays::day.between(first, last));
    let rows: Vec<(Date, Option<i64>)> = own.select((holidays::day, holidays::site_id)).load(c)?;
    Ok(rows.into_iter().map(|(day, site_id)| Closed { day, site_id }).collect())
}

type HoursRow = (i64, Day, bool, i64, i64, Option<i64>, Option<Date>, Option<Date>);
type ExceptionRow = (i64, bool, Date, Date, Option<i64>, Option<i64>, Option<i64>);

/// What says when these doctors work.
pub fn rotas(c: &mut Connection, doctors: &[i64], (first, last): (Date, Date)) -> QueryResult<HashMap<i64, Rota>> {
    let date = |day| Bind::Date(Some(day));
    let mut rotas = HashMap::<i64, Rota>::new();
    let hours =
        Sql::new("SELECT doctor_id, weekday, kind = 'break', from_time, to_time, site_id, valid_from, valid_to FROM working_hours ")
            .text("WHERE deleted_at IS NULL AND (valid_from IS NULL OR valid_from <= ")
            .bind(date(last))
            .text(") AND (valid_to IS NULL OR valid_to >= ")
            .bind(date(first))
            .text(") AND ")
            .is_one_of("doctor_id", doctors);
    type HoursTypes = (BigInt, Text, Bool, BigInt, BigInt, Nullable<BigInt>, Nullable<SqlDate>, Nullable<SqlDate>);
    let rows: Vec<HoursRow> = hours.returning::<HoursTypes>().load(c)?;
    for (doctor_id, day, is_break, from, to, site_id, valid_from, valid_to) in rows {
        let hours = Hours { weekday: day.weekday(), is_break, from, to, site_id, valid_from, valid_to };
        rotas.entry(doctor_id).or_default().hours.push(hours);
    }
    let exceptions = Sql::new("SELECT doctor_id, kind = 'off', first_day, last_day, from_time, to_time, site_id FROM schedule_exceptions ")
        .text("WHERE deleted_at IS NULL AND first_day <= ")
        .bind(date(last))
        .text(" AND last_day >= ")
        .bind(date(first))
        .text(" AND ")
        .is_one_of("doctor_id", doctors);
    type ExceptionTypes = (BigInt, Bool, SqlDate, SqlDate, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
    let rows: Vec<ExceptionRow> = exceptions.returning::<ExceptionTypes>().load(c)?;
    for (doctor_id, is_off, first_day, last_day, from, to, site_id) in rows {
        let exception = Exception { is_off, first_day, last_day, times: from.zip(to), site_id };
        rotas.entry(doctor_id).or_default().exceptions.push(exception);
    }
    Ok(rotas)
}

/// What is taken of doctors or rooms. If the visit needs no time around it, other visits matter only with their buffers.
fn taken(c: &mut Connection, kind: &'static str, ids: &[i64], request: &Request, range: Span) -> QueryResult<HashMap<i64, Vec<Taken>>> {
    let visit = request.visit;
    let around = range.widened(visit.before + LONGEST, visit.minutes + visit.after);
    let mut statement = Sql::new(format!("SELECT resource_id, starts, ends, is_padded FROM claims WHERE kind = '{kind}' AND "))
        .is_one_of("resource_id", ids)
        .text(" AND starts > ")
        .number(around.from)
        .text(" AND starts < ")
        .number(around.to)
        .text(" AND is_overbooked = ")
        .bind(Bind::Bool(Some(request.is_overbooked)));
    if visit.before == 0 && visit.after == 0 {
        statement = statement.text(" AND is_padded = ").bind(Bind::Bool(Some(true)));
    }
    if let Some(id) = request.moved {
        statement = statement.text(" AND appointment_id <> ").number(id);
    }
    let rows: Vec<(i64, i64, i64, bool)> = statement.returning::<(BigInt, BigInt, BigInt, Bool)>().load(c)?;
    let mut taken: HashMap<i64, Vec<Taken>> = HashMap::new();
    for (id, from, to, is_padded) in rows {
        taken.entry(id).or_default().push(Taken { span: Span::new(from, to), is_padded });
    }
    Ok(taken)
}

fn busy(c: &mut Connection, doctors: &[i64], request: &Request, range: Span) -> QueryResult<HashMap<i64, Vec<Taken>>> {
    let busy = busy::load(c, doctors, range.widened(0, request.visit.minutes))?;
    let taken = |spans: Vec<Span>| spans.into_iter().map(|span| Taken { span, is_padded: true }).collect();
    Ok(busy.into_iter().map(|(doctor_id, spans)| (doctor_id, taken(spans))).collect())
}

/// Other appointments of the patient, with any doctor. They need no time around them.
fn elsewhere(c: &mut Connection, request: &Request, range: Span) -> QueryResult<Vec<Taken>> {
    let Some(patient_id) = request.patient_id else { return Ok(Vec::new()) };
    let around = range.widened(LONGEST, request.visit.minutes);
    let statement = Sql::new("SELECT starts, ends FROM claims WHERE kind = 'patient' AND resource_id = ")
        .number(patient_id)
        .text(" AND starts > ")
        .number(around.from)
        .text(" AND starts < ")
        .number(around.to)
        .text(" AND appointment_id <> ")
        .number(request.moved.unwrap_or(0));
    let rows: Vec<(i64, i64)> = statement.returning::<(BigInt, BigInt)>().load(c)?;
    Ok(rows.into_iter().map(|(from, to)| Taken { span: Span::new(from, to), is_padded: true }).collect())
}

fn rooms(c: &mut Connection, request: &Request, range: Span) -> QueryResult<Vec<RoomTime>> {
    let wanted = Sql::new("SELECT id, site_id FROM rooms WHERE deleted_at IS NULL AND ");
    let wanted = match request.room_id {
        Some(id) => wanted.text("id = ").number(id),
        None => wanted.text("kind = ").bind(Bind::Text(Some(request.room_kind.clone()))),
    };
    let rows: Vec<(i64, Option<i64>)> = wanted.text(" ORDER BY id").returning::<(BigInt, Nullable<BigInt>)>().load(c)?;
    let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
    let mut busy = taken(c, "room", &ids, request, range)?;
    Ok(rows.into_iter().map(|(id, site_id)| RoomTime { id, site_id, taken: busy.remove(&id).unwrap_or_default() }).collect())
}

/// Times of the same type that have begun to fill.
fn groups(c: &mut Connection, doctors: &[i64], request: &Request, range: Span) -> QueryResult<Vec<Group>> {
    let at = |minute| Bind::Timestamp(Some(UtcDateTime::from_unix_minutes(minute)));
    let statement = Sql::new("SELECT doctor_id, min(claims.starts), min(site_id) FROM appointments JOIN claims ")
        .text("ON claims.appointment_id = appointments.id AND claims.kind = 'patient' WHERE type_id = ")
        .number(request.type_id)
        .text(" AND appointments.starts_at >= ")
        .bind(at(range.from))
        .text(" AND appointments.starts_at < ")
        .bind(at(range.to))
        .text(" AND appointments.id <> ")
        .number(request.moved.unwrap_or(0))
        .text(" AND ")
        .is_one_of("doctor_id", doctors)
        .text(" GROUP BY doctor_id, appointments.starts_at HAVING count(*) < ")
        .number(request.places.into());
    let rows: Vec<(i64, i64, Option<i64>)> = statement.returning::<(BigInt, BigInt, Nullable<BigInt>)>().load(c)?;
    Ok(rows.into_iter().map(|(doctor_id, starts, site_id)| Group { doctor_id, starts, site_id }).collect())
}
