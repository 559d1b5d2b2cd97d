//! Proposing other times to a patient who asked for one, with one press.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

use super::make::NewOffer;
use super::model::{Cause, OfferedTime, withdraw};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::{Connection, UtcDateTime};
use crate::error::AppResult;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Model, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::offered;
use crate::scheduling::portal::ask::refused;
use crate::scheduling::slots::find::Slot;
use crate::scheduling::slots::offer::{Asked, Offers, free_times};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// How many times are proposed, and how far ahead they are looked for, in minutes.
pub const PROPOSED: usize = 3;
const AHEAD: i64 = 60 * 1_440;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// What was proposed, and whether the patient was told.
struct Proposed {
    times: Vec<OfferedTime>,
    is_told: bool,
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let zone = visit.zone();
    let (tone, message) = match propose(&visit.app, user.to_actor(), *id).await {
        Ok(Proposed { times, is_told }) => {
            let times: Vec<String> = times.iter().map(|time| zone.show(time.starts_at)).collect();
            let proposed = format!("Proposed: {}.", times.join("; "));
            match is_told {
                true => (Tone::Ok, format!("{proposed} The patient can choose one by a link in an email.")),
                false => (Tone::Warn, format!("{proposed} The patient has no email address that we may use: call them.")),
            }
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.iter().next().map_or_else(String::new, |error| error.text.clone());
            (Tone::Warn, format!("Nothing was proposed. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("/appointments/{id}")))
}

async fn propose(app: &Data<App>, actor: Actor, id: i64) -> Result<Proposed, WriteError> {
    let data = app.clone();
    app.db.write(move |c| proposed(c, &data, &actor, id)).await
}

/// Replaces an earlier proposal. The request keeps its time until the answer.
fn proposed(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<Proposed, WriteError> {
    exclusive(c, Appointment::NAME, id)?;
    let (resource, now) = (app.registry.of::<Appointment>(), app.now());
    let row = app.registry.find(c, resource, id, Some(actor))?.ok_or(WriteError::NotFound)?;
    if State::of(row.values.at(OWN.state)) != State::Requested {
        return Err(refused("It is not a request any more"));
    }
    let id_of = |name: &str| row.values.at(name).as_id().unwrap_or_default();
    let starts = match row.values.at(OWN.starts_at) {
        Value::DateTime(at) => at.unix_minutes(),
        _ => return Err(WriteError::NotFound),
    };
    let from = starts.max(now.unix_minutes()) + 1;
    let asked = Asked {
        type_id: id_of(OWN.type_id),
        doctor_id: Some(id_of(OWN.doctor_id)),
        patient_id: Some(id_of(OWN.patient_id)),
        // Its own time is none of the others.
        moved: None,
        is_overbooked: false,
        from,
        to: from + AHEAD,
        hours: None,
    };
    let found = free_times(c, &app.clinic_zone(), &asked, Offers::OnePerTime(PROPOSED))?;
    let times: Vec<OfferedTime> = found.map(|found| found.slots.iter().map(offered_time).collect()).unwrap_or_default();
    if times.is_empty() {
        return Err(refused("There is no other free time within 60 days"));
    }
    withdraw(c, id, now)?;
    let offer = NewOffer {
        patient_id: id_of(OWN.patient_id),
        type_id: id_of(OWN.type_id),
        appointment_id: Some(id),
        waiting_entry_id: None,
        schedule_exception_id: None,
        cause: Cause::Request,
        times: times.clone(),
    };
    let offer_id = offer.insert(c, now)?;
    let until = super::model::find(c, offer_id)?.map_or(now, |offer| offer.expires_at);
    let kept = [(OWN.hold_until, Value::DateTime(until))].into_iter().collect();
    app.act(c, actor, |c, writer| {
        writer.set_note("Other times proposed");
        writer.update(c, resource, id, kept, FormErrors::default(), None)?;
        if !writer.has_written() {
            writer.log(LogAction::Change, resource, &row, Vec::new());
        }
        Ok::<_, WriteError>(())
    })?;
    let message = offered::message(c, offer_id, &app.clinic_zone(), now)?;
    if let Some(message) = &message {
        app.registry.deliver(c, message, now)?;
    }
    Ok(Proposed { times, is_told: message.is_some() })
}

pub fn offered_time(slot: &Slot) -> OfferedTime {
    OfferedTime { starts_at: UtcDateTime::from_unix_minutes(slot.starts), doctor_id: slot.doctor_id }
}
