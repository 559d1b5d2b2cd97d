//! The act itself: time off, an offer for each patient, and the cancellations, whose emails have the offers. One transaction.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::affected::{Affected, Days, affected};
use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::english::plural;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Model, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::offered;
use crate::scheduling::offer::make::NewOffer;
use crate::scheduling::offer::model::{Cause, OfferedTime};
use crate::scheduling::offer::propose::{self, PROPOSED, offered_time};
use crate::scheduling::portal::ask::refused;
use crate::scheduling::schedule_exception::{ExceptionKind, ScheduleException};
use crate::scheduling::slots::offer::{Asked, Away, Offers, free_times};

/// How far ahead other times are looked for, in minutes.
const AHEAD: i64 = 90 * 1_440;
/// The most appointments of one act.
pub const MOST: usize = 500;

/// Who is away, and when.
#[derive(Clone, Debug)]
pub struct Absence {
    pub doctor_id: i64,
    pub days: Days,
    /// For the clinic only.
    pub reason: String,
    /// Only times of the same doctor are offered, not those of all.
    pub same_doctor: bool,
}

pub enum Outcome {
    /// The time off.
    Done(i64),
    /// Other appointments are affected than those that were shown.
    Changed,
}

/// Other times for each appointment, by its id. Looked for before the transaction, so that nobody waits for it.
pub type Plan = BTreeMap<i64, Vec<OfferedTime>>;

/// Does it, if exactly these appointments are affected.
pub fn act(c: &mut Connection, app: &App, actor: &Actor, absence: &Absence, shown: &[i64], mut plan: Plan) -> Result<Outcome, WriteError> {
    exclusive(c, "doctor", absence.doctor_id)?;
    let all = affected(c, &app.clinic_zone(), absence.doctor_id, absence.days, app.now())?;
    if all.len() > MOST {
        let most = plural(MOST as i64, "appointment is", "appointments are");
        return Err(refused(format!("More than {most} affected. Enter fewer days")));
    }
    let mut ids: Vec<i64> = all.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    if ids != shown {
        return Ok(Outcome::Changed);
    }
    app.act(c, actor, |c, writer| {
        writer.set_note(note(app, absence));
        let off = writer.create(c, app.registry.of::<ScheduleException>(), time_off(absence), FormErrors::default())?;
        for one in &all {
            let times = plan.remove(&one.id).unwrap_or_default();
            match one.is_request {
                true => propose_instead(c, app, writer, one.id, off.id, times)?,
                false => cancel(c, app, writer, one, off.id, times)?,
            }
        }
        Ok(Outcome::Done(off.id))
    })
}

fn time_off(absence: &Absence) -> Values {
    let own = ScheduleException::FIELDS;
    let text = |text: &str| Value::Text(text.into());
    [
        (own.doctor_id, Value::Integer(absence.doctor_id)),
        (own.kind, text(ExceptionKind::Off.as_str())),
        (own.first_day, Value::Date(absence.days.first)),
        (own.last_day, Value::Date(absence.days.last)),
        (own.reason, text(&absence.reason)),
    ]
    .into_iter()
    .collect()
}

/// One note for everything, by which the log shows what belongs together.
pub fn note(app: &App, absence: &Absence) -> String {
    let zone = app.clinic_zone();
    let (first, last) = (zone.show_date(absence.days.first), zone.show_date(absence.days.last));
    if first == last { format!("Doctor away on {first}") } else { format!("Doctor away from {first} to {last}") }
}

/// Who asked for a time is offered others instead. Without any, the request waits for the staff.
fn propose_instead(c: &mut Connection, app: &App, writer: &Writer, id: i64, off: i64, times: Vec<OfferedTime>) -> Result<(), WriteError> {
    if times.is_empty() {
        return Ok(());
    }
    let row = app.registry.find(c, app.registry.of::<Appointment>(), id, Some(writer.actor))?.ok_or(WriteError::NotFound)?;
    let offer_id = propose::offer(c, writer, &row, Some(off), times)?;
    if let Some(message) = offered::message(c, offer_id, writer.zone, writer.registry.has_texts, writer.now)? {
        app.registry.deliver(c, &offered::waiting(message, offer_id, writer.now), writer.now)?;
    }
    Ok(())
}

/// The offer first: the email about the cancellation has it.
fn cancel(c: &mut Connection, app: &App, writer: &Writer, one: &Affected, off: i64, times: Vec<OfferedTime>) -> Result<(), WriteError> {
    let offer = NewOffer {
        patient_id: one.patient_id,
        type_id: one.type_id,
        appointment_id: Some(one.id),
        waiting_entry_id: None,
        schedule_exception_id: Some(off),
        cause: Cause::Absence,
        times,
    };
    offer.insert(c, writer.now)?;
    let own = Appointment::FIELDS;
    let text = |text: &str| Value::Text(text.into());
    let values: Values = [
        (own.state, text(State::Cancelled.as_str())),
        (own.cancelled_by, text(Party::Clinic.as_str())),
        (own.cancel_reason, text("The doctor is away")),
    ]
    .into_iter()
    .collect();
    writer.update(c, app.registry.of::<Appointment>(), one.id, values, FormErrors::default(), None).map(|_| ())
}

/// Times for each appointment. No time is offered to two of them, so that as few as possible come too late.
pub fn plan(c: &mut Connection, app: &App, absence: &Absence) -> QueryResult<Plan> {
    let all = affected(c, &app.clinic_zone(), absence.doctor_id, absence.days, app.now())?;
    let mut by_type: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for one in all.iter().take(MOST) {
        by_type.entry(one.type_id).or_default().push(one.id);
    }
    let mut given = Plan::new();
    let from = app.now().unix_minutes() + 60;
    let Absence { doctor_id, days: Days { first, last }, .. } = *absence;
    for (type_id, group) in by_type {
        let asked = Asked {
            type_id,
            doctor_id: absence.same_doctor.then_some(doctor_id),
            from,
            to: from + AHEAD,
            away: Some(Away { doctor_id, first, last }),
            ..Asked::default()
        };
        let found = free_times(c, &app.clinic_zone(), &asked, Offers::All(group.len() * PROPOSED))?;
        let slots = found.map(|found| found.slots).unwrap_or_default();
        for (place, id) in group.iter().enumerate() {
            let own: Vec<OfferedTime> = slots.iter().skip(place).step_by(group.len()).take(PROPOSED).map(offered_time).collect();
            given.insert(*id, own);
        }
    }
    Ok(given)
}
