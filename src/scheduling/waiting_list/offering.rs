//! Offering the next free times to somebody who waits, with one press, and what was offered to them so far.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use diesel::prelude::*;

use super::model::{WaitingEntry, WaitingState};
use crate::app::App;
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::db::schema::appointment_offers;
use crate::error::AppResult;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Model, Row, Value};
use crate::scheduling::messages::offered as messages;
use crate::scheduling::offer::make::NewOffer;
use crate::scheduling::offer::model::{AppointmentOffer, Cause, OfferState, OfferedTime};
use crate::scheduling::offer::propose::{PROPOSED, offered_time};
use crate::scheduling::portal::ask::refused;
use crate::scheduling::slots::offer::{Asked, Hours, Offers, free_times};
use crate::web::page::extension::{Button, Card, CardLine, Extension, RecordExtension};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

const OWN: <WaitingEntry as Model>::Fields = WaitingEntry::FIELDS;

/// How far ahead times are looked for, in minutes.
const AHEAD: i64 = 120 * 1_440;

pub const OF_ENTRY: RecordExtension = RecordExtension { resource: WaitingEntry::NAME, load: of_entry };

/// What was offered, and the buttons that book and offer.
fn of_entry(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    use appointment_offers as own;
    let made: Vec<AppointmentOffer> = own::table.filter(own::waiting_entry_id.eq(row.id)).order(own::id.desc()).limit(20).load(c)?;
    let zone = app.zone(actor);
    let line = |offer: &AppointmentOffer| CardLine {
        when: zone.show(offer.created_at),
        label: "Offered a time".into(),
        href: String::new(),
        note: String::new(),
        badge: (tone(offer.state), offer.state.label().into()),
    };
    let card =
        Card { title: "Offers".into(), empty: "Nothing was offered yet.".into(), lines: made.iter().map(line).collect(), button: None };
    let changes = WaitingEntry::resource().declaration().allows(actor, Action::Change);
    let is_waiting = row.values.at(OWN.state).as_text() == WaitingState::Waiting.as_str();
    if !changes || !is_waiting {
        return Ok(Extension { buttons: Vec::new(), cards: vec![card] });
    }
    let id = |name: &str| row.values.at(name).as_id().map_or_else(String::new, |id| id.to_string());
    let book = format!("/appointments/new?patient_id={}&type_id={}&doctor_id={}", id(OWN.patient_id), id(OWN.type_id), id(OWN.doctor_id));
    let buttons = vec![
        Button::to("Book", "calendar", book).primary(),
        Button::does("Offer the next free times", "message", format!("/waiting-list/{}/offer", row.id)),
    ];
    Ok(Extension { buttons, cards: vec![card] })
}

fn tone(state: OfferState) -> &'static str {
    match state {
        OfferState::Open => "info",
        OfferState::Accepted => "ok",
        OfferState::Declined | OfferState::Withdrawn | OfferState::Expired => "",
    }
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let zone = visit.zone();
    let (tone, message) = match offer(&visit.app, user.to_actor(), *id).await {
        Ok(times) => {
            let times: Vec<String> = times.iter().map(|time| zone.show(time.starts_at)).collect();
            (Tone::Ok, format!("Offered by email: {}.", times.join("; ")))
        }
        Err(WriteError::Invalid(errors)) => (Tone::Warn, format!("Nothing was offered. {}.", errors.first_text())),
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("/waiting-list/{id}")))
}

async fn offer(app: &Data<App>, actor: Actor, id: i64) -> Result<Vec<OfferedTime>, WriteError> {
    let (data, who) = (app.clone(), actor.clone());
    // Before the transaction, so that nobody waits for it.
    let times = app.db.read(move |c| {
        let row = waiting(c, &data, &who, id)?;
        Ok::<_, WriteError>(times(c, &data, &row)?)
    });
    let times = times.await?;
    if times.is_empty() {
        return Err(refused("No time that suits is free within 120 days"));
    }
    let data = app.clone();
    app.db.write(move |c| offered(c, &data, &actor, id, times)).await
}

/// An entry of somebody who waits and whom this user may see.
fn waiting(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<Row, WriteError> {
    let row = app.registry.find(c, app.registry.of::<WaitingEntry>(), id, Some(actor))?.ok_or(WriteError::NotFound)?;
    let waits = row.values.at(OWN.state).as_text() == WaitingState::Waiting.as_str();
    if waits { Ok(row) } else { Err(refused("The patient does not wait any more")) }
}

fn offered(c: &mut Connection, app: &App, actor: &Actor, id: i64, times: Vec<OfferedTime>) -> Result<Vec<OfferedTime>, WriteError> {
    exclusive(c, WaitingEntry::NAME, id)?;
    let row = waiting(c, app, actor, id)?;
    let id_of = |name: &str| row.values.at(name).as_id().unwrap_or_default();
    let new = NewOffer {
        patient_id: id_of(OWN.patient_id),
        type_id: id_of(OWN.type_id),
        appointment_id: None,
        waiting_entry_id: Some(id),
        schedule_exception_id: None,
        cause: Cause::WaitingList,
        times: times.clone(),
    };
    let offer_id = new.insert(c, app.now())?;
    let message = messages::message(c, offer_id, &app.clinic_zone(), app.registry.has_texts, app.now())?;
    let message = message.ok_or_else(|| refused("We cannot send the times to the patient. Call them"))?;
    app.registry.deliver(c, &message, app.now())?;
    app.act(c, actor, |_, writer| {
        writer.set_note("Free times offered");
        writer.log(LogAction::Change, app.registry.of::<WaitingEntry>(), &row, Vec::new());
        Ok::<_, WriteError>(times)
    })
}

/// The next free times on the days and at the hours that suit.
fn times(c: &mut Connection, app: &App, row: &Row) -> QueryResult<Vec<OfferedTime>> {
    let zone = app.clinic_zone();
    let day = |name: &str| match row.values.at(name) {
        Value::Date(day) => Some(*day),
        _ => None,
    };
    let number = |name: &str| row.values.at(name).as_id();
    let soonest = app.now().unix_minutes() + 60;
    let from = day(OWN.from_day).map_or(soonest, |day| zone.at_wall(day, 0).max(soonest));
    let to = day(OWN.to_day).map_or(from + AHEAD, |day| zone.at_wall(day, 1_440).clamp(from, from + AHEAD));
    let end = number(OWN.to_time).filter(|end| *end != 0).unwrap_or(1_440);
    let asked = Asked {
        type_id: number(OWN.type_id).unwrap_or_default(),
        doctor_id: number(OWN.doctor_id),
        patient_id: number(OWN.patient_id),
        from,
        to,
        hours: Some(Hours { from: number(OWN.from_time).unwrap_or(0), to: end }),
        ..Asked::default()
    };
    let found = free_times(c, &zone, &asked, Offers::OnePerTime(PROPOSED))?;
    Ok(found.map(|found| found.slots.iter().map(offered_time).collect()).unwrap_or_default())
}
