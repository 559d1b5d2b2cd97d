//! Undoing an absence, as long as nobody has heard of it: the time off goes, the appointments are booked again, the emails are taken back.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::db::schema::appointment_offers as offers;
use crate::error::{AppError, AppResult};
use crate::mail::outbox;
use crate::resource::access::actor::Action;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Model, Value, Values};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::offered::{UNDO, key};
use crate::scheduling::offer::model::{AppointmentOffer, Cause, OfferState, answer};
use crate::scheduling::portal::ask::refused;
use crate::scheduling::schedule_exception::ScheduleException;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    if !Appointment::resource().declaration().allows(&user, Action::Change) {
        return Err(AppError::Forbidden("You do not have permission to change appointments."));
    }
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    let (tone, message) = match visit.app.db.write(move |c| undo(c, &app, &actor, id)).await {
        Ok(count) => (Tone::Ok, format!("Undone. Booked again: {count}. No patient was notified.")),
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            (Tone::Warn, format!("Nothing was undone. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other("/calendar"))
}

/// The offers of an absence.
pub fn made(c: &mut Connection, id: i64) -> QueryResult<Vec<AppointmentOffer>> {
    offers::table.filter(offers::schedule_exception_id.eq(id)).order(offers::id).load(c)
}

/// Returns how many appointments are booked again.
fn undo(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<usize, WriteError> {
    let (exceptions, now) = (app.registry.of::<ScheduleException>(), app.now());
    let off = app.registry.find(c, exceptions, id, Some(actor))?.ok_or(WriteError::NotFound)?;
    let entered = off.values.at(ScheduleException::FIELDS.created_at).as_datetime();
    if entered.is_none_or(|at| now.since(at) > UNDO) {
        return Err(refused("Patients have been notified already"));
    }
    let made = made(c, id)?;
    app.act(c, actor, |c, writer| {
        writer.set_note("Absence undone");
        writer.delete(c, exceptions, id)?;
        made.iter().try_fold(0, |count, offer| Ok(count + usize::from(take_back(c, app, writer, offer)?)))
    })
}

/// Takes one offer and its email back. Whether its appointment is booked again: one that was asked for still is.
fn take_back(c: &mut Connection, app: &App, writer: &Writer, offer: &AppointmentOffer) -> Result<bool, WriteError> {
    let Some(id) = offer.appointment_id else { return Ok(false) };
    exclusive(c, Appointment::NAME, id)?;
    if !answer(c, offer.id, OfferState::Withdrawn, writer.now)? {
        return Err(refused("Patients have answered already"));
    }
    if offer.cause == Cause::Request {
        outbox::take_back_by_key(c, "appointment offer", &key(offer.id))?;
        return Ok(false);
    }
    // Who does not hear of the cancellation does not hear that it is booked.
    let is_unsent = outbox::take_back_by_key(c, "appointment cancellation", &key(offer.id))?;
    writer.leave_out(if is_unsent { "appointment confirmation" } else { "" });
    let booked: Values = [(Appointment::FIELDS.state, Value::Text(State::Booked.as_str().into()))].into_iter().collect();
    writer.update(c, app.registry.of::<Appointment>(), id, booked, FormErrors::default(), None)?;
    writer.leave_out("");
    Ok(true)
}
