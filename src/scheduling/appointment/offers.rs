//! The next free times after a collision, looked for when the transaction is over, so that nobody waits for it.

use diesel::QueryResult;

use super::model::Appointment;
use super::terms::Terms;
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::resource::declare::hooks::{Here, Offers};
use crate::resource::form::data::Collided;
use crate::resource::{Model, Value, Values};
use crate::scheduling::slots::find::{Slot, next_free};
use crate::scheduling::slots::offer::{doctors_with_hours, fair};
use crate::scheduling::slots::span::Span;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// How far ahead other times are looked for, in minutes, and how many are offered.
const AHEAD: i64 = 60 * 1_440;
const MOST: usize = 3;

/// Times of the same doctor, or of any if none was named, that can be booked with everything else as it was asked for.
pub fn find(c: &mut Connection, collided: &Collided, here: &Here) -> QueryResult<Offers> {
    let values = &collided.values;
    let id_of = |name: &str| values.at(name).as_id();
    let (Some(type_id), Value::DateTime(starts)) = (id_of(OWN.type_id), values.at(OWN.starts_at)) else { return Ok(Offers::default()) };
    let (doctor_id, mut doctors) = (id_of(OWN.doctor_id), Vec::new());
    match doctor_id {
        Some(id) => doctors.push(id),
        None => doctors.extend(doctors_with_hours(c)?.into_iter().map(|(id, _)| id)),
    }
    let Some(terms) = Terms::find(c, type_id)? else { return Ok(Offers::default()) };
    let mut request = terms.request_for(type_id, id_of(OWN.minutes).unwrap_or(terms.minutes), values, collided.id);
    if !terms.room_kind.is_empty() && collided.id.is_some() {
        request.room_id = None;
    }
    let (asked, site_id) = (starts.unix_minutes(), id_of(OWN.site_id).filter(|_| collided.id.is_none()));
    let from = asked.max(here.now.unix_minutes());
    let next = next_free(c, here.clinic, &doctors, &request, Span::new(from, from + AHEAD), MOST, |c, mut times| {
        times.retain(|slot| site_id.is_none() || slot.site_id.is_none() || slot.site_id == site_id);
        if doctor_id.is_none() {
            times = fair(c, here.clinic, times)?;
            times.dedup_by_key(|slot| slot.starts);
        }
        Ok(times)
    })?;
    let times: Vec<String> = next.iter().map(|slot| when(here.zone, slot.starts, asked)).collect();
    let hint = if times.is_empty() { "No free time within 60 days".into() } else { format!("Next free: {}", times.join(", ")) };
    Ok(Offers { hint, values: next.into_iter().map(offer).collect() })
}

/// The values that book this time.
fn offer(slot: Slot) -> Values {
    let starts = Value::DateTime(UtcDateTime::from_unix_minutes(slot.starts));
    [(OWN.doctor_id, Value::Integer(slot.doctor_id)), (OWN.starts_at, starts)].into_iter().collect()
}

/// The time, with the date if it is another day.
fn when(zone: &Zone, minute: Minute, asked: Minute) -> String {
    let ((day, minutes), at) = (zone.on_wall(minute), UtcDateTime::from_unix_minutes(minute));
    if day == zone.on_wall(asked).0 { zone.clock(minutes) } else { zone.show(at) }
}
