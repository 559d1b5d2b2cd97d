//! What a change of an appointment is to the patient who has it.

use crate::db::UtcDateTime;
use crate::resource::write::event::{Event, EventKind};
use crate::resource::{Model, Row};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::revision::is_moved;
use crate::scheduling::appointment::state::State;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// What happened, from the patient's point of view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    Booked,
    /// The time at which it was to begin until now.
    Moved(UtcDateTime),
    Cancelled(UtcDateTime),
    /// They asked for a time.
    Requested,
    /// A request was not accepted.
    Declined,
}

/// Each change with the patient who has to know. Nobody has to know of what is over: an appointment that is recorded afterwards, or
/// imported with the past.
pub fn of(event: &Event) -> Vec<(Change, i64)> {
    let before = event.before.filter(|_| event.kind != EventKind::Restored);
    let after = event.after.filter(|_| event.kind != EventKind::Trashed);
    // One that is deleted permanently was in the trash already.
    if event.kind == EventKind::Deleted {
        return Vec::new();
    }
    let (was, is) = (before.filter(|row| is_agreed(row)), after.filter(|row| is_agreed(row)));
    let is_ahead = |row: &&Row| starts(row).is_some_and(|starts| starts > event.at);
    let cancelled = |row: &Row| starts(row).zip(patient(row)).map(|(starts, patient)| (Change::Cancelled(starts), patient));
    let booked = |row: &Row| patient(row).map(|patient| (Change::Booked, patient));
    match (was, is) {
        (None, Some(now)) => Some(now).filter(is_ahead).and_then(booked).into_iter().collect(),
        (Some(old), None) => Some(old).filter(is_ahead).and_then(cancelled).into_iter().collect(),
        (Some(old), Some(now)) if patient(old) != patient(now) => {
            let gone = Some(old).filter(is_ahead).and_then(cancelled);
            gone.into_iter().chain(Some(now).filter(is_ahead).and_then(booked)).collect()
        }
        (Some(old), Some(now)) => {
            let moved = starts(old).zip(patient(now)).filter(|_| is_moved(&old.values, &now.values) && is_ahead(&now));
            moved.map(|(starts, patient)| (Change::Moved(starts), patient)).into_iter().collect()
        }
        (None, None) if is_request(event) => after.and_then(patient).map(|id| (Change::Requested, id)).into_iter().collect(),
        (None, None) => {
            declined(before, after).filter(|row| is_ahead(row)).and_then(patient).map(|id| (Change::Declined, id)).into_iter().collect()
        }
    }
}

/// Whether somebody asks for an appointment that is still ahead.
pub fn is_request(event: &Event) -> bool {
    let is_ahead = |row: &Row| starts(row).is_some_and(|starts| starts > event.at);
    event.kind == EventKind::Added
        && event.after.is_some_and(|row| is_ahead(row) && State::of(row.values.at(OWN.state)) == State::Requested)
}

/// A time that nobody needs any more: the doctor, and when it began.
pub fn freed(event: &Event) -> Option<(i64, UtcDateTime)> {
    let before = event.before.filter(|_| !matches!(event.kind, EventKind::Restored | EventKind::Deleted))?;
    let after = event.after.filter(|_| event.kind != EventKind::Trashed);
    let takes_time = |row: &Row| State::of(row.values.at(OWN.state)).takes_time();
    let is_left = after.is_none_or(|after| {
        !takes_time(after) || [OWN.starts_at, OWN.doctor_id].iter().any(|field| before.values.at(field) != after.values.at(field))
    });
    let starts = starts(before).filter(|starts| *starts > event.at && takes_time(before) && is_left)?;
    Some((before.values.at(OWN.doctor_id).as_id()?, starts))
}

/// Whether the open offers for an appointment are over: it was answered, booked or deleted in another way than by one of them.
pub fn is_settled(event: &Event) -> bool {
    let state = |row: &Row| State::of(row.values.at(OWN.state));
    match (event.kind, event.before.map(state), event.after.map(state)) {
        (EventKind::Trashed | EventKind::Deleted, ..) => true,
        (_, Some(State::Requested), now) => now != Some(State::Requested),
        (_, Some(State::Cancelled), Some(now)) => now.takes_time(),
        _ => false,
    }
}

/// Whether patient and clinic count on it, or have met.
fn is_agreed(row: &Row) -> bool {
    !matches!(State::of(row.values.at(OWN.state)), State::Requested | State::Cancelled | State::EnteredInError)
}

/// A request that the clinic has not accepted.
fn declined<'a>(before: Option<&Row>, after: Option<&'a Row>) -> Option<&'a Row> {
    let state = |row: &Row| State::of(row.values.at(OWN.state));
    let is_clinic = |row: &&Row| row.values.at(OWN.cancelled_by).as_text() == Party::Clinic.as_str();
    let was_requested = before.is_some_and(|row| state(row) == State::Requested);
    after.filter(|row| was_requested && state(row) == State::Cancelled).filter(is_clinic)
}

fn starts(row: &Row) -> Option<UtcDateTime> {
    row.values.at(OWN.starts_at).as_datetime()
}

fn patient(row: &Row) -> Option<i64> {
    row.values.at(OWN.patient_id).as_id()
}
