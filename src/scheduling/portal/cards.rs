//! What the start page of a patient shows beside their appointments: times that the clinic offers, and what they wait for.

use diesel::prelude::*;

use crate::app::App;
use crate::db::schema::{appointment_offers, appointment_types, waiting_entries};
use crate::db::{Connection, UtcDateTime};
use crate::resource::Actor;
use crate::scheduling::offer::model::OfferState;
use crate::scheduling::waiting_list::model::WaitingState;
use crate::web::page::extension::{Card, CardLine};

/// Of a patient who is signed in.
pub fn own_cards(c: &mut Connection, app: &App, actor: &Actor, patient_id: i64) -> QueryResult<Vec<Card>> {
    let zone = app.zone(actor);
    let card = |title: &str, lines: Vec<CardLine>| Card { title: title.into(), empty: String::new(), lines, button: None };
    let line = |at: UtcDateTime, label: &str, href: String, note: String| CardLine {
        when: zone.show_date(zone.date(at)),
        label: label.into(),
        href,
        note,
        badge: ("", String::new()),
    };
    let open = appointment_offers::table
        .filter(appointment_offers::patient_id.eq(patient_id))
        .filter(appointment_offers::state.eq(OfferState::Open).and(appointment_offers::expires_at.gt(app.now())));
    let offers: Vec<(i64, UtcDateTime, UtcDateTime)> = open
        .order(appointment_offers::id)
        .select((appointment_offers::id, appointment_offers::created_at, appointment_offers::expires_at))
        .load(c)?;
    let offers: Vec<CardLine> = offers
        .into_iter()
        .map(|(id, made, until)| line(made, "Choose a time", format!("/my/offers/{id}"), format!("Until {}", zone.show(until))))
        .collect();
    let waiting: Vec<(i64, UtcDateTime, String)> = waiting_entries::table
        .inner_join(appointment_types::table.on(appointment_types::id.eq(waiting_entries::type_id)))
        .filter(waiting_entries::patient_id.eq(patient_id).and(waiting_entries::deleted_at.is_null()))
        .filter(waiting_entries::state.eq(WaitingState::Waiting))
        .order(waiting_entries::id)
        .select((waiting_entries::id, waiting_entries::created_at, appointment_types::name))
        .load(c)?;
    let waiting: Vec<CardLine> = waiting
        .into_iter()
        .map(|(id, since, kind)| line(since, &kind, format!("/my/waiting/{id}"), "We email you when a time becomes free".into()))
        .collect();
    let cards = [("Times that we offer you", offers), ("You are on the waiting list", waiting)];
    Ok(cards.into_iter().filter(|(_, lines)| !lines.is_empty()).map(|(title, lines)| card(title, lines)).collect())
}
