//! Offering the next free times to somebody who waits, with one press, and what was offered to them so far.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use super::model::{WaitingEntry, WaitingState};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::appointment_offers;
use crate::db::{Connection, UtcDateTime};
use crate::error::AppResult;
use crate::resource::access::actor::Action;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Model, Row};
use crate::scheduling::messages::offered;
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
    let (app, actor, id, zone) = (visit.app.clone(), user.to_actor(), *id, visit.zone());
    let made = visit.app.db.write(move |c| offer(c, &app, &actor, id)).await;
    let (tone, message) = match made {
        Ok(times) => {
            let times: Vec<String> = times.iter().map(|time| zone.show(time.starts_at)).collect();
            (Tone::Ok, format!("Offered by email: {}.", times.join("; ")))
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.iter().next().map_or_else(String::new, |error| error.text.clone());
            (Tone::Warn, format!("Nothing was offered. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, message);
    Ok(see_other(format!("/waiting-list/{id}")))
}

fn offer(c: &mut Connection, app: &App, actor: &Actor, id: i64) -> Result<Vec<OfferedTime>, WriteError> {
    exclusive(c, WaitingEntry::NAME, id)?;
    let (resource, now) = (app.registry.of::<WaitingEntry>(), app.now());
    let row = app.registry.find(c, resource, id, Some(actor))?.ok_or(WriteError::NotFound)?;
    let id_of = |name: &str| row.values.at(name).as_id();
    let (Some(patient_id), Some(type_id)) = (id_of(OWN.patient_id), id_of(OWN.type_id)) else { return Err(WriteError::NotFound) };
    let times = times(c, app, &row, (patient_id, type_id), now)?;
    if times.is_empty() {
        return Err(refused("No time that suits is free within 120 days"));
    }
    let new = NewOffer {
        patient_id,
        type_id,
        appointment_id: None,
        waiting_entry_id: Some(id),
        schedule_exception_id: None,
        cause: Cause::WaitingList,
        times: times.clone(),
    };
    let offer_id = new.insert(c, now)?;
    let message = offered::message(c, offer_id, &app.clinic_zone(), now)?;
    let message = message.ok_or_else(|| refused("The patient has no email address that we may use"))?;
    app.registry.deliver(c, &message, now)?;
    app.act(c, actor, |_, writer| {
        writer.set_note("Free times offered");
        writer.log(LogAction::Change, resource, &row, Vec::new());
        Ok::<_, WriteError>(())
    })?;
    Ok(times)
}

/// The next free times on the days and at the hours that suit.
fn times(c: &mut Connection, app: &App, row: &Row, (patient_id, type_id): (i64, i64), now: UtcDateTime) -> QueryResult<Vec<OfferedTime>> {
    let zone = app.clinic_zone();
    let day = |name: &str| match row.values.at(name) {
        crate::resource::Value::Date(day) => Some(*day),
        _ => None,
    };
    let minutes = |name: &str| row.values.at(name).as_id();
    let soonest = now.unix_minutes() + 60;
    let from = day(OWN.from_day).map_or(soonest, |day| zone.at_wall(day, 0).max(soonest));
    let to = day(OWN.to_day).map_or(from + AHEAD, |day| zone.at_wall(day, 1_440).clamp(from, from + AHEAD));
    let end = minutes(OWN.to_time).filter(|end| *end != 0).unwrap_or(1_440);
    let hours = Hours { from: minutes(OWN.from_time).unwrap_or(0), to: end };
    let (doctor_id, hours) = (row.values.at(OWN.doctor_id).as_id(), Some(hours));
    let asked = Asked { type_id, doctor_id, patient_id: Some(patient_id), moved: None, is_overbooked: false, from, to, hours };
    let found = free_times(c, &zone, &asked, Offers::OnePerTime(PROPOSED))?;
    Ok(found.map(|found| found.slots.iter().map(offered_time).collect()).unwrap_or_default())
}
