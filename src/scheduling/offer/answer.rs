//! What a patient answers to an offer: one transaction, and of several people who accept the same time the first has it.

use actix_web::web::Data;
use diesel::prelude::*;

use super::model::{AppointmentOffer, Cause, OfferState, answer, became, find, times};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::appointments;
use crate::db::wall::Minute;
use crate::db::{Connection, UtcDateTime};
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{FormErrors, Model, Row, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;
use crate::scheduling::portal::ask::refused;
use crate::scheduling::portal::holder::Holder;
use crate::scheduling::portal::terms::PatientTerms;
use crate::scheduling::waiting_list::model::WaitingEntry;
use crate::scheduling::waiting_list::rule as waiting_list;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// Accepts a time: one that was offered, or another that patients may have.
pub async fn accept(app: &Data<App>, holder: &Holder, id: i64, doctor_id: i64, starts: Minute) -> Result<Row, WriteError> {
    let (data, holder) = (app.clone(), holder.clone());
    app.db
        .write(move |c| {
            let offer = open(c, &data, &holder, id)?;
            let at = UtcDateTime::from_unix_minutes(starts);
            let is_offered = times(c, id)?.iter().any(|time| time.doctor_id == doctor_id && time.starts_at == at);
            let terms = PatientTerms::find(c, offer.type_id)?.ok_or(WriteError::NotFound)?;
            if !is_offered && !terms.range(data.now().unix_minutes()).has(starts) {
                return Err(refused("Choose one of the times below"));
            }
            if at <= data.now() {
                return Err(refused("This time is over. Choose another one"));
            }
            // First, because an appointment that is settled in another way withdraws the offers for it.
            answer(c, id, OfferState::Accepted, data.now())?;
            let booked = data.act(c, &holder.actor, |c, writer| book(c, &data, writer, &offer, doctor_id, at))?;
            became(c, id, booked.id)?;
            Ok(booked)
        })
        .await
}

fn book(
    c: &mut Connection,
    app: &App,
    writer: &Writer,
    offer: &AppointmentOffer,
    doctor_id: i64,
    at: UtcDateTime,
) -> Result<Row, WriteError> {
    let resource = app.registry.of::<Appointment>();
    let mut values: Values = [
        (OWN.doctor_id, Value::Integer(doctor_id)),
        (OWN.starts_at, Value::DateTime(at)),
        (OWN.state, Value::Text(State::Booked.as_str().into())),
    ]
    .into_iter()
    .collect();
    if offer.cause != Cause::WaitingList {
        let id = offer.appointment_id.ok_or(WriteError::NotFound)?;
        check_waits(c, app, id, offer.cause)?;
        return writer.update(c, resource, id, values, FormErrors::default(), None);
    }
    let booked = match later(c, offer, at)? {
        // They have a later appointment, which becomes an earlier one.
        Some(id) => writer.update(c, resource, id, values, FormErrors::default(), None)?,
        None => {
            values.set(OWN.patient_id, Value::Integer(offer.patient_id));
            values.set(OWN.type_id, Value::Integer(offer.type_id));
            writer.create(c, resource, values, FormErrors::default())?
        }
    };
    waiting_list::booked(c, writer, offer.patient_id, offer.type_id)?;
    Ok(booked)
}

/// Whether the appointment still waits for this answer.
fn check_waits(c: &mut Connection, app: &App, id: i64, cause: Cause) -> Result<(), WriteError> {
    let row = app.registry.find(c, app.registry.of::<Appointment>(), id, None)?.ok_or(WriteError::NotFound)?;
    let state = State::of(row.values.at(OWN.state));
    let waits = if cause == Cause::Request { State::Requested } else { State::Cancelled };
    if state == waits { Ok(()) } else { Err(refused("This appointment has changed since. Contact us")) }
}

/// The soonest later appointment of this type.
fn later(c: &mut Connection, offer: &AppointmentOffer, at: UtcDateTime) -> QueryResult<Option<i64>> {
    use appointments as own;
    own::table
        .filter(own::patient_id.eq(offer.patient_id).and(own::type_id.eq(offer.type_id)))
        .filter(own::state.eq(State::Booked).and(own::deleted_at.is_null()).and(own::starts_at.gt(at)))
        .order((own::starts_at, own::id))
        .select(own::id)
        .first(c)
        .optional()
}

/// Declines an offer. A request ends with it.
pub async fn decline(app: &Data<App>, holder: &Holder, id: i64) -> Result<(), WriteError> {
    let (data, holder) = (app.clone(), holder.clone());
    app.db
        .write(move |c| {
            let offer = open(c, &data, &holder, id)?;
            answer(c, id, OfferState::Declined, data.now())?;
            let Some(appointment_id) = offer.appointment_id.filter(|_| offer.cause == Cause::Request) else { return Ok(()) };
            let text = |text: &str| Value::Text(text.into());
            let values: Values =
                [(OWN.state, text(State::Cancelled.as_str())), (OWN.cancelled_by, text(Party::Patient.as_str()))].into_iter().collect();
            data.act(c, &holder.actor, |c, writer| {
                let resource = data.registry.of::<Appointment>();
                writer.update(c, resource, appointment_id, values, FormErrors::default(), None).map(|_| ())
            })
        })
        .await
}

/// An offer to this patient that can still be answered. What it is about is locked first, as everywhere.
fn open(c: &mut Connection, app: &App, holder: &Holder, id: i64) -> Result<AppointmentOffer, WriteError> {
    let own = |offer: &AppointmentOffer| offer.patient_id == holder.patient_id;
    let known = find(c, id)?.filter(own).ok_or(WriteError::NotFound)?;
    known.appointment_id.iter().try_for_each(|id| exclusive(c, Appointment::NAME, *id))?;
    known.waiting_entry_id.iter().try_for_each(|id| exclusive(c, WaitingEntry::NAME, *id))?;
    exclusive(c, AppointmentOffer::NAME, id)?;
    let offer = find(c, id)?.ok_or(WriteError::NotFound)?;
    match offer.state {
        OfferState::Open if offer.expires_at > app.now() => Ok(offer),
        OfferState::Accepted => Err(refused("You have chosen a time already")),
        _ => Err(refused("This offer has ended")),
    }
}
