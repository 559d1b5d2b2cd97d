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
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, FormErrors, Model, Row, Value};
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
                true => (Tone::Ok, format!("{proposed} The patient can choose one by the link that we send.")),
                false => (Tone::Warn, format!("{proposed} We cannot send them to the patient: call them.")),
            }
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            (Tone::Warn, format!("Nothing was proposed. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("/appointments/{id}")))
}

async fn propose(app: &Data<App>, actor: Actor, id: i64) -> Result<Proposed, WriteError> {
    let (data, who) = (app.clone(), actor.clone());
    // Before the transaction, so that nobody waits for it: offered times are not held anyway.
    let times = app.db.read(move |c| next(c, &data, &who, id)).await?;
    if times.is_empty() {
        return Err(refused("There is no other free time within 60 days"));
    }
    let data = app.clone();
    app.db.write(move |c| proposed(c, &data, &actor, id, times)).await
}

/// The next free times after the one that was asked for, with the same doctor.
fn next(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<Vec<OfferedTime>, WriteError> {
    let row = request(c, app, actor, id)?;
    let id_of = |name: &str| row.values.at(name).as_id();
    let starts = row.values.at(OWN.starts_at).as_datetime().map_or(0, UtcDateTime::unix_minutes);
    let from = starts.max(app.now().unix_minutes()) + 1;
    // Its own time is none of the others, so it is not one that is moved.
    let asked = Asked {
        type_id: id_of(OWN.type_id).unwrap_or_default(),
        doctor_id: id_of(OWN.doctor_id),
        patient_id: id_of(OWN.patient_id),
        from,
        to: from + AHEAD,
        ..Asked::default()
    };
    let found = free_times(c, &app.clinic_zone(), &asked, Offers::OnePerTime(PROPOSED))?;
    Ok(found.map(|found| found.slots.iter().map(offered_time).collect()).unwrap_or_default())
}

/// A request that this user may see.
fn request(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<Row, WriteError> {
    let row = app.registry.find(c, app.registry.of::<Appointment>(), id, Some(actor))?.ok_or(WriteError::NotFound)?;
    let is_request = State::of(row.values.at(OWN.state)) == State::Requested;
    if is_request { Ok(row) } else { Err(refused("It is not a request any more")) }
}

/// Replaces an earlier proposal.
fn proposed(c: &mut Connection, app: &App, actor: &Actor, id: i64, times: Vec<OfferedTime>) -> Result<Proposed, WriteError> {
    exclusive(c, Appointment::NAME, id)?;
    let row = request(c, app, actor, id)?;
    let is_told = app.act(c, actor, |c, writer| {
        writer.set_note("Other times proposed");
        let offer_id = offer(c, writer, &row, None, times.clone())?;
        if !writer.has_written() {
            writer.log(LogAction::Change, app.registry.of::<Appointment>(), &row, Vec::new());
        }
        let message = offered::message(c, offer_id, writer.zone, writer.registry.has_texts, writer.now)?;
        message.iter().try_for_each(|message| app.registry.deliver(c, message, writer.now))?;
        Ok::<_, WriteError>(message.is_some())
    })?;
    Ok(Proposed { times, is_told })
}

/// Offers these times instead of the one that was asked for, which the request keeps until the answer. Returns the id of the offer.
pub fn offer(c: &mut Connection, writer: &Writer, row: &Row, absence: Option<i64>, times: Vec<OfferedTime>) -> Result<i64, WriteError> {
    let id_of = |name: &str| row.values.at(name).as_id().unwrap_or_default();
    withdraw(c, row.id, writer.now)?;
    let offer = NewOffer {
        patient_id: id_of(OWN.patient_id),
        type_id: id_of(OWN.type_id),
        appointment_id: Some(row.id),
        waiting_entry_id: None,
        schedule_exception_id: absence,
        cause: Cause::Request,
        times,
    };
    let (offer_id, until) = (offer.insert(c, writer.now)?, offer.expires_at(writer.now));
    let held = [(OWN.hold_until, Value::DateTime(until))].into_iter().collect();
    writer.update(c, writer.registry.of::<Appointment>(), row.id, held, FormErrors::default(), None)?;
    Ok(offer_id)
}

pub fn offered_time(slot: &Slot) -> OfferedTime {
    OfferedTime { starts_at: UtcDateTime::from_unix_minutes(slot.starts), doctor_id: slot.doctor_id }
}
