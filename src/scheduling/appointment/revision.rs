//! Which changes of an appointment calendars have to know. They take one for newer than another if it has a higher number.

use super::model::Appointment;
use super::state::State;
use crate::resource::declare::candidate::Candidate;
use crate::resource::{Model, Value, Values};

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// Whether the time, the doctor or the place is another one.
pub fn is_moved(before: &Values, after: &Values) -> bool {
    let fields = [OWN.starts_at, OWN.minutes, OWN.doctor_id, OWN.type_id, OWN.room_id, OWN.site_id];
    fields.iter().any(|field| before.at(field) != after.at(field))
}

/// One change counts once, whatever it consists of.
pub(super) fn count(candidate: &mut Candidate) {
    let Some(before) = candidate.before else { return };
    let status = |values: &Values| State::of(values.at(OWN.state)).in_calendars();
    let is_revised = is_moved(&before.values, &candidate.values)
        || before.values.at(OWN.patient_id) != candidate.values.at(OWN.patient_id)
        || status(&before.values) != status(&candidate.values);
    let known = before.values.at(OWN.sequence).as_id().unwrap_or(0);
    candidate.values.set(OWN.sequence, Value::Integer(known + i64::from(is_revised)));
}
