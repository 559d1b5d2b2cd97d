//! What has to be true of an appointment that is about to be saved, by page, program, import or anything else.

use diesel::prelude::*;

use super::model::{Appointment, Party};
use super::state::State;
use super::terms::Terms;
use super::{any_doctor, offers, refusal, revision};
use crate::crypto::keys::random_text;
use crate::db::schema::appointments;
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::candidate::Candidate;
use crate::resource::declare::hooks::{Here, Hooks, Offers};
use crate::resource::form::data::Collided;
use crate::resource::write::event::Event;
use crate::resource::write::message::Message;
use crate::resource::{Actor, Model, Value, Values};
use crate::scheduling::messages;
use crate::scheduling::slots::find::Slot;
use crate::scheduling::slots::load::load;
use crate::scheduling::slots::span::Span;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

impl Hooks for Appointment {
    fn initial(_actor: &Actor, _now: UtcDateTime) -> Values {
        [(OWN.state, Value::Text(State::Booked.as_str().into())), (OWN.is_overbooked, Value::Bool(false))].into_iter().collect()
    }

    fn validate(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
        any_doctor::choose(c, candidate)?;
        settle(c, candidate)?;
        revision::count(candidate);
        Ok(())
    }

    fn offers(c: &mut Connection, collided: &Collided, here: &Here) -> QueryResult<Offers> {
        offers::find(c, collided, here)
    }

    fn notify(c: &mut Connection, event: &Event) -> QueryResult<Vec<Message>> {
        messages::about(c, event)
    }
}

/// Fills in what follows from the type and the state, and checks the time.
fn settle(c: &mut Connection, candidate: &mut Candidate) -> QueryResult<()> {
    if candidate.before.is_none() {
        candidate.values.set(OWN.uid, Value::Text(random_text(32)));
        candidate.values.set(OWN.sequence, Value::Integer(0));
        candidate.values.set(OWN.place, Value::Integer(0));
    }
    settle_state(candidate);
    let is_overbooked = *candidate.values.at(OWN.is_overbooked) == Value::Bool(true);
    if is_overbooked && candidate.values.at(OWN.overbooking_reason).is_blank() {
        candidate.errors.add(OWN.overbooking_reason, "Enter the reason for overbooking");
    }
    let (Some(type_id), Some(starts)) = (candidate.values.at(OWN.type_id).as_id(), candidate.values.at(OWN.starts_at).as_datetime()) else {
        return Ok(());
    };
    let Some(terms) = Terms::find(c, type_id)? else { return Ok(()) };
    let changed = |name: &str| candidate.before.is_none_or(|row| row.values.at(name) != candidate.values.at(name));
    let is_new_type = changed(OWN.type_id);
    let is_moved = [OWN.starts_at, OWN.doctor_id, OWN.type_id, OWN.minutes, OWN.room_id, OWN.site_id, OWN.patient_id, OWN.is_overbooked]
        .iter()
        .any(|name| changed(name));
    let is_elsewhen = [OWN.starts_at, OWN.doctor_id, OWN.type_id].iter().any(|name| changed(name));
    let took_time = candidate.before.is_some_and(|row| State::of(row.values.at(OWN.state)).takes_time());
    // Another type has another length, unless one was entered.
    if candidate.values.at(OWN.minutes).is_blank() || (candidate.before.is_some() && is_new_type && !changed(OWN.minutes)) {
        candidate.values.set(OWN.minutes, Value::Integer(terms.minutes));
    }
    let starts = UtcDateTime::from_unix_minutes(starts.unix_minutes());
    let minutes = candidate.values.at(OWN.minutes).as_id().unwrap_or(terms.minutes);
    candidate.values.set(OWN.starts_at, Value::DateTime(starts));
    candidate.values.set(OWN.ends_at, Value::DateTime(UtcDateTime::from_unix_minutes(starts.unix_minutes() + minutes)));
    if is_elsewhen && candidate.before.is_some() {
        candidate.values.set(OWN.confirmed_at, Value::Null);
    }
    if is_new_type {
        candidate.values.set(OWN.buffer_before, Value::Integer(terms.buffer_before));
        candidate.values.set(OWN.buffer_after, Value::Integer(terms.buffer_after));
        candidate.values.set(OWN.places, Value::Integer(terms.places.into()));
    }
    let takes_time = State::of(candidate.values.at(OWN.state)).takes_time();
    if takes_time && (is_moved || !took_time) && candidate.errors.is_empty() {
        settle_time(c, candidate, &terms, (type_id, minutes), starts.unix_minutes(), is_elsewhen || !took_time)?;
    }
    Ok(())
}

/// Checks the move, and notes when it was made.
fn settle_state(candidate: &mut Candidate) {
    let next = State::of(candidate.values.at(OWN.state));
    let known = candidate.before.map(|row| State::of(row.values.at(OWN.state)));
    if let Some(known) = known.filter(|known| !known.may_become(next)) {
        let sentence = format!("An appointment that is “{}” cannot become “{}”", known.lower(), next.lower());
        return candidate.errors.add(OWN.state, sentence);
    }
    if known == Some(next) {
        return;
    }
    let now = Value::DateTime(candidate.now);
    if next.takes_time() {
        // What has happened so far stays; what a step back undoes is forgotten.
        let reached = [State::Arrived, State::InRoom, State::Done].iter().position(|step| *step == next);
        for (place, name) in [OWN.arrived_at, OWN.in_room_at, OWN.done_at].into_iter().enumerate() {
            match reached {
                Some(reached) if place < reached => {}
                Some(reached) if place == reached && !candidate.values.at(name).is_blank() => {}
                Some(reached) if place == reached => candidate.values.set(name, now.clone()),
                _ => candidate.values.set(name, Value::Null),
            }
        }
    }
    if next == State::Cancelled {
        candidate.values.set(OWN.cancelled_at, now);
        if candidate.values.at(OWN.cancelled_by).is_blank() {
            candidate.values.set(OWN.cancelled_by, Value::Text(Party::Clinic.as_str().into()));
        }
    } else if next.takes_time() {
        candidate.values.set(OWN.cancelled_at, Value::Null);
        candidate.values.set(OWN.cancelled_by, Value::Null);
        candidate.values.set(OWN.cancel_reason, Value::Text(String::new()));
    }
    if next != State::Requested {
        candidate.values.set(OWN.hold_until, Value::Null);
    }
}

/// Checks the time and chooses site, room and place; anew, if what was chosen before was for another time or has been free since.
/// What has happened already is recorded as it was.
fn settle_time(
    c: &mut Connection,
    candidate: &mut Candidate,
    terms: &Terms,
    (type_id, minutes): (i64, i64),
    starts: Minute,
    is_anew: bool,
) -> QueryResult<()> {
    let id_of = |name: &str| candidate.values.at(name).as_id();
    let Some(doctor_id) = id_of(OWN.doctor_id) else { return Ok(()) };
    let mut request = terms.request_for(type_id, minutes, &candidate.values, candidate.id);
    let places = id_of(OWN.places).unwrap_or(1_i64);
    let mut group = if places > 1 { group(c, doctor_id, type_id, starts)? } else { Vec::new() };
    group.retain(|(id, _, _)| Some(*id) != candidate.id);
    let place = (0..).find(|place| !group.iter().any(|(_, taken, _)| i64::from(*taken) == *place)).unwrap_or(0);
    // With none left, the constraint would say so less kindly.
    if place >= places {
        candidate.errors.add_collision(OWN.starts_at, "Every place at this time is taken");
        return Ok(());
    }
    candidate.values.set(OWN.place, Value::Integer(place));
    if starts < candidate.now.unix_minutes() {
        return Ok(());
    }
    let was_chosen = |name: &str| is_anew && candidate.before.is_some_and(|row| row.values.at(name) == candidate.values.at(name));
    let known_room = request.room_id.filter(|_| !terms.room_kind.is_empty() && was_chosen(OWN.room_id));
    if known_room.is_some() {
        request.room_id = None;
    }
    let asked_site = candidate.values.at(OWN.site_id).as_id().filter(|_| !was_chosen(OWN.site_id));
    let range = Span::new(starts, starts + 1);
    let diary = load(c, candidate.zone, &[doctor_id], &request, range)?;
    let free = diary.starts(doctor_id, &request, range);
    let found = free.iter().find(|free| asked_site.is_none() || free.site_id.is_none() || free.site_id == asked_site);
    let Some(found) = found else {
        let slot = Slot { starts, doctor_id, site_id: asked_site };
        return refusal::explain(c, candidate, &diary, &request, slot);
    };
    let site_id = asked_site.or(found.site_id);
    candidate.values.set(OWN.site_id, site_id.map_or(Value::Null, Value::Integer));
    if request.room_id.is_none() && !request.room_kind.is_empty() {
        // A group is in one room.
        let room_id = group.iter().find_map(|(_, _, room_id)| *room_id);
        let room_id = room_id.or_else(|| diary.room_at(starts, site_id, &request, known_room));
        candidate.values.set(OWN.room_id, room_id.map_or(Value::Null, Value::Integer));
    }
    Ok(())
}

/// Those of a group who have this time already: their places and their room.
fn group(c: &mut Connection, doctor_id: i64, type_id: i64, starts: Minute) -> QueryResult<Vec<(i64, i32, Option<i64>)>> {
    use appointments as own;
    own::table
        .filter(own::doctor_id.eq(doctor_id).and(own::type_id.eq(type_id)))
        .filter(own::starts_at.eq(UtcDateTime::from_unix_minutes(starts)))
        .filter(own::deleted_at.is_null().and(own::state.eq_any(State::TAKING_TIME.map(State::as_str))))
        .order(own::place)
        .select((own::id, own::place, own::room_id))
        .load(c)
}
