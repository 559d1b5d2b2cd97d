//! Undoing an absence, as long as nobody has heard of it: the time off goes, the appointments are booked again, the emails are taken back.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Connection;
use crate::db::schema::appointment_offers as offers;
use crate::error::AppResult;
use crate::mail::outbox;
use crate::resource::write::writer::WriteError;
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
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    let (tone, message) = match visit.app.db.write(move |c| undo(c, &app, &actor, id)).await {
        Ok(count) => (Tone::Ok, format!("Undone. Booked again: {count}. No patient was notified.")),
        Err(WriteError::Invalid(errors)) => {
            let why = errors.iter().next().map_or_else(String::new, |error| error.text.clone());
            (Tone::Warn, format!("Nothing was undone. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other("/calendar"))
}

/// The offers of an absence.
pub fn made(c: &mut Connection, id: i64) -> QueryResult<Vec<AppointmentOffer>> {
    let own = offers::table.filter(offers::schedule_exception_id.eq(id)).filter(offers::cause.eq(Cause::Absence));
    own.order(offers::id).load(c)
}

fn undo(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<usize, WriteError> {
    let (exceptions, appointments, now) = (app.registry.of::<ScheduleException>(), app.registry.of::<Appointment>(), app.now());
    app.registry.find(c, exceptions, id, Some(actor))?.ok_or(WriteError::NotFound)?;
    let made = made(c, id)?;
    let own = Appointment::FIELDS;
    app.act(c, actor, |c, writer| {
        writer.set_note("Absence undone");
        writer.delete(c, exceptions, id)?;
        let mut count = 0;
        for offer in made {
            if now.since(offer.created_at) > UNDO || offer.state != OfferState::Open {
                return Err(refused("Patients have been notified, or have answered already"));
            }
            let Some(appointment_id) = offer.appointment_id else { continue };
            answer(c, offer.id, OfferState::Withdrawn, now)?;
            // Who was to be told of it is not told of anything.
            writer.be_quiet(outbox::take_back_by_key(c, "appointment cancellation", &key(offer.id))?);
            let booked: Values = [(own.state, Value::Text(State::Booked.as_str().into()))].into_iter().collect();
            writer.update(c, appointments, appointment_id, booked, FormErrors::default(), None)?;
            writer.be_quiet(false);
            count += 1;
        }
        Ok(count)
    })
}
