//! What notes add to other pages: those of a patient, of an appointment, and the start page.

use diesel::prelude::*;

use super::note::Note;
use super::signed::own_page;
use super::{note, unsigned, writes};
use crate::app::App;
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::db::schema::{note_drafts, visits};
use crate::db::{Connection, Zone};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Model, Row};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::web::page::extension::{Button, Card, CardLine, Extension, RecordExtension, TodayCards};

pub const OF_PATIENT: RecordExtension = RecordExtension { resource: Patient::NAME, load: of_patient };
pub const OF_APPOINTMENT: RecordExtension = RecordExtension { resource: Appointment::NAME, load: of_appointment };
pub const TODAY: TodayCards = TodayCards { load: unsigned::today };

/// The latest notes on the page of a patient.
const SHOWN: i64 = 5;

fn of_patient(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let zone = app.zone(actor);
    if own_record::is_for(actor) {
        return Ok(Extension { buttons: Vec::new(), cards: vec![own_page::card(c, row.id, &zone)?] });
    }
    let write = writes(actor).then(|| Button::does("Write note", "pencil", format!("/patients/{}/notes", row.id)));
    let mut cards = Vec::new();
    if Note::resource().declaration().allows(actor, Action::View) {
        cards.push(card(c, actor, row.id, &zone)?);
    }
    Ok(Extension { buttons: write.into_iter().collect(), cards })
}

/// One's own drafts, then the latest notes.
fn card(c: &mut Connection, actor: &Actor, patient_id: i64, zone: &Zone) -> QueryResult<Card> {
    let own = note_drafts::table
        .inner_join(visits::table.on(visits::id.eq(note_drafts::visit_id)))
        .filter(note_drafts::author_id.eq(actor.id))
        .filter(note_drafts::patient_id.eq(patient_id))
        .order(note_drafts::id.desc());
    let drafts: Vec<(i64, crate::db::UtcDateTime, String)> = own.select((note_drafts::id, visits::started_at, visits::reason)).load(c)?;
    let mut lines: Vec<CardLine> = Vec::new();
    for (id, at, reason) in drafts {
        lines.push(CardLine {
            when: zone.short_date(zone.date(at)),
            label: if reason.is_empty() { "Your draft".into() } else { reason },
            href: format!("/notes/drafts/{id}"),
            note: "Only you can see it".into(),
            badge: ("warn", "Draft".into()),
        });
    }
    let notes = note::latest_of(c, patient_id, SHOWN)?;
    let button = (!notes.is_empty()).then(|| ("All notes".to_string(), format!("/notes?patient_id={patient_id}")));
    lines.extend(notes.iter().map(|note| CardLine {
        when: zone.short_date(zone.date(note.signed_at)),
        label: note.texts().first_line(),
        href: format!("/notes/{}", note.id),
        note: note.signed_by.clone(),
        badge: ("", String::new()),
    }));
    Ok(Card { title: "Notes".into(), empty: "No notes yet.".into(), lines, button })
}

/// Whoever comes has a note; whoever cancelled or did not come has none.
fn of_appointment(_: &mut Connection, _: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let state = State::parse(row.values.at(Appointment::FIELDS.state).as_text());
    let is_seen = !matches!(state, Some(State::Cancelled | State::NoShow | State::EnteredInError | State::Requested));
    let write = (writes(actor) && is_seen).then(|| Button::does("Write note", "pencil", format!("/appointments/{}/notes", row.id)));
    Ok(Extension { buttons: write.into_iter().collect(), cards: Vec::new() })
}
