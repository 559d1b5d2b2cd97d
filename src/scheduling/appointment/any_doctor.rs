//! An appointment without a doctor gets the one of those who are free then who has the least to do that day. Whoever loses a race for
//! that doctor is given another one, because the rule runs again with what was asked for.

use diesel::QueryResult;

use super::model::Appointment;
use crate::db::connection::exclusive;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::candidate::Candidate;
use crate::resource::{Model, Value};
use crate::scheduling::slots::offer::{Asked, Offers, free_times};

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// Chooses the doctor of a new appointment that names none.
pub fn choose(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
    if !candidate.values.at(OWN.doctor_id).is_blank() || !candidate.errors.is_empty() {
        return Ok(());
    }
    let id_of = |name: &str| candidate.values.at(name).as_id();
    let starts = candidate.values.at(OWN.starts_at).as_datetime().map(UtcDateTime::unix_minutes);
    let (None, Some(type_id), Some(from)) = (candidate.before, id_of(OWN.type_id), starts) else {
        candidate.errors.add(OWN.doctor_id, "Choose a doctor");
        return Ok(());
    };
    // Those who want any doctor at the same time choose one after the other, so that each free doctor gets one of them.
    exclusive(c, "any doctor", from)?;
    let is_overbooked = *candidate.values.at(OWN.is_overbooked) == Value::Bool(true);
    let asked = Asked { type_id, patient_id: id_of(OWN.patient_id), is_overbooked, from, to: from + 1, ..Asked::default() };
    let found = free_times(c, candidate.zone, &asked, Offers::OnePerTime(1))?;
    match found.and_then(|found| found.slots.into_iter().next()) {
        Some(slot) => candidate.values.set(OWN.doctor_id, Value::Integer(slot.doctor_id)),
        None => candidate.errors.add_collision(OWN.starts_at, "No doctor is free at this time"),
    }
    Ok(())
}
