//! The free times that pages and programs offer.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use time::Date;

use super::find::{Slot, next_free};
use super::load::{Request, zones};
use super::rota::Zones;
use super::span::Span;
use crate::db::schema::{appointment_types, appointments};
use crate::db::sql::{Bind, Sql};
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::scheduling::appointment::terms::Terms;

/// What somebody wants to book.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub type_id: i64,
    /// `None` for any.
    pub doctor_id: Option<i64>,
    pub patient_id: Option<i64>,
    /// The appointment that is moved, whose length and buffers stay.
    pub moved: Option<i64>,
    /// In addition to what is booked.
    pub is_overbooked: bool,
    pub from: Minute,
    pub to: Minute,
    /// Only times that begin within these hours.
    pub hours: Option<Hours>,
    /// A doctor who will be away.
    pub away: Option<Away>,
}

/// Days on which a doctor will not be there, on the wall of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Away {
    pub doctor_id: i64,
    pub first: Date,
    pub last: Date,
}

/// Hours on the wall of the place, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from: i64,
    pub to: i64,
}

impl Hours {
    pub fn contain(self, minutes: i64) -> bool {
        self.from <= minutes && minutes < self.to
    }
}

pub struct FreeTimes {
    pub slots: Vec<Slot>,
    /// How long the visit takes.
    pub minutes: i64,
    pub zones: Zones,
}

/// Which free times are wanted, and how many at most.
#[derive(Clone, Copy, Debug)]
pub enum Offers {
    All(usize),
    /// Of several doctors who are free at the same time, one.
    OnePerTime(usize),
}

/// The next free times. `None` if there is no such type, or it is not in use.
pub fn free_times(c: &mut Connection, zone: &Zone, asked: &Asked, offers: Offers) -> QueryResult<Option<FreeTimes>> {
    let Some(request) = request(c, asked)? else { return Ok(None) };
    let doctors = match asked.doctor_id {
        Some(id) => vec![id],
        None => doctors_with_hours(c)?.into_iter().map(|(id, _)| id).collect(),
    };
    let range = Span::new(asked.from, asked.to.max(asked.from));
    let (most, is_one) = match offers {
        Offers::All(most) => (most, false),
        Offers::OnePerTime(most) => (most, true),
    };
    let zones = zones(c, zone)?;
    let suits = |slot: &Slot| {
        let (day, minutes) = zones.of(slot.site_id).on_wall(slot.starts);
        let is_away = asked.away.is_some_and(|away| away.doctor_id == slot.doctor_id && away.first <= day && day <= away.last);
        !is_away && asked.hours.is_none_or(|hours| hours.contain(minutes))
    };
    let slots = next_free(c, zone, &doctors, &request, range, most, |c, mut times| {
        times.retain(suits);
        let mut times = if asked.doctor_id.is_none() { fair(c, zone, times)? } else { times };
        if is_one {
            times.dedup_by_key(|slot| slot.starts);
        }
        Ok(times)
    })?;
    Ok(Some(FreeTimes { slots, minutes: request.visit.minutes, zones }))
}

fn request(c: &mut Connection, asked: &Asked) -> QueryResult<Option<Request>> {
    let known = appointment_types::table.find(asked.type_id).filter(appointment_types::deleted_at.is_null());
    let is_active = known.select(appointment_types::is_active).first::<bool>(c).optional()?;
    let Some(terms) = Terms::find(c, asked.type_id)?.filter(|_| is_active == Some(true) || asked.moved.is_some()) else {
        return Ok(None);
    };
    let mut request =
        Request { patient_id: asked.patient_id, moved: asked.moved, is_overbooked: asked.is_overbooked, ..terms.request(asked.type_id) };
    if let Some(id) = asked.moved {
        use appointments as own;
        let kept = own::table.find(id).select((own::minutes, own::buffer_before, own::buffer_after, own::places));
        if let Some((minutes, before, after, places)) = kept.first::<(i64, i64, i64, i32)>(c).optional()? {
            (request.visit.minutes, request.visit.before, request.visit.after, request.places) = (minutes, before, after, places);
        }
    }
    Ok(Some(request))
}

/// The doctors who work at all, with their names, in the order of these.
pub fn doctors_with_hours(c: &mut Connection) -> QueryResult<Vec<(i64, String)>> {
    let works = "SELECT id, trim(title || ' ' || name) FROM doctors WHERE deleted_at IS NULL AND (\
                 EXISTS (SELECT 1 FROM working_hours AS h WHERE h.doctor_id = doctors.id AND h.deleted_at IS NULL) OR \
                 EXISTS (SELECT 1 FROM schedule_exceptions AS e WHERE e.doctor_id = doctors.id AND e.kind = 'extra' AND e.deleted_at IS NULL)) \
                 ORDER BY name, id";
    Sql::new(works).returning::<(BigInt, Text)>().load(c)
}

/// Of doctors who are free at the same time, the one who has the least to do that day is offered first: nobody gets all of the
/// patients who do not mind.
pub fn fair(c: &mut Connection, zone: &Zone, mut slots: Vec<Slot>) -> QueryResult<Vec<Slot>> {
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return Ok(slots) };
    // Days are counted from the first one's midnight where the clinic is.
    let midnight = zone.at_wall(zone.on_wall(first.starts).0, 0);
    let day_of = |minute: Minute| (minute - midnight).div_euclid(DAY);
    let end = midnight + (day_of(last.starts) + 1) * DAY;
    let mut doctors: Vec<i64> = slots.iter().map(|slot| slot.doctor_id).collect();
    doctors.sort_unstable();
    doctors.dedup();
    let day = Sql::new("(starts - ").number(midnight).text(") / 1440");
    let counted = Sql::new("SELECT resource_id, day, count(*) FROM (SELECT resource_id, ")
        .append(day)
        .text(" AS day FROM claims WHERE kind = 'doctor' AND starts >= ")
        .number(midnight)
        .text(" AND starts < ")
        .number(end)
        .text(" AND is_padded = ")
        .bind(Bind::Bool(Some(true)))
        .text(" AND ")
        .is_one_of("resource_id", &doctors)
        .text(") AS booked GROUP BY resource_id, day");
    let rows: Vec<(i64, i64, i64)> = counted.returning::<(BigInt, BigInt, BigInt)>().load(c)?;
    let booked: HashMap<(i64, i64), i64> = rows.into_iter().map(|(doctor, day, count)| ((doctor, day), count)).collect();
    slots.sort_by_key(|slot| {
        let busy = booked.get(&(slot.doctor_id, day_of(slot.starts))).copied().unwrap_or(0);
        (slot.starts, busy, slot.doctor_id)
    });
    Ok(slots)
}

/// Minutes of a day.
const DAY: i64 = 1_440;
