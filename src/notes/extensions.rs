//! What notes add to other pages: those of a patient, of an appointment, and the start page.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Timestamp};

use super::note::Note;
use super::sections::shortened;
use super::signed::own_page;
use super::{unsigned, writes};
use crate::app::App;
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
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

/// One's own drafts, then the latest notes, read with one statement.
fn card(c: &mut Connection, actor: &Actor, patient_id: i64, zone: &Zone) -> QueryResult<Card> {
    let statement = Sql::new("SELECT 0, note_drafts.id, visits.started_at, visits.reason, '' FROM note_drafts ")
        .text("JOIN visits ON visits.id = note_drafts.visit_id WHERE note_drafts.author_id = ")
        .number(actor.id)
        .text(" AND note_drafts.patient_id = ")
        .number(patient_id)
        .text(format!(" UNION ALL SELECT kind, id, signed_at, about, signed_by FROM (SELECT 1 AS kind, id, signed_at, {ABOUT} AS about, "))
        .text("signed_by FROM notes WHERE patient_id = ")
        .number(patient_id)
        .text(" ORDER BY signed_at DESC, id DESC LIMIT ")
        .number(SHOWN)
        .text(") AS latest ORDER BY 1, 3 DESC, 2 DESC");
    let found: Vec<Found> = statement.returning::<(Integer, BigInt, Timestamp, Text, Text)>().load(c)?;
    let has_notes = found.iter().any(|(kind, ..)| *kind == 1);
    let button = has_notes.then(|| ("All notes".to_string(), format!("/notes?patient_id={patient_id}")));
    let lines = found.into_iter().map(|found| line(found, zone)).collect();
    Ok(Card { title: "Notes".into(), empty: "No notes yet.".into(), lines, button })
}

/// The first part of a note that has a text.
const ABOUT: &str =
    "COALESCE(NULLIF(reason, ''), NULLIF(assessment, ''), NULLIF(history, ''), NULLIF(examination, ''), NULLIF(plan, ''), colleagues)";

/// Whether it is a draft (0) or a note (1), its id, the time, what it is about, and who signed it.
type Found = (i32, i64, UtcDateTime, String, String);

fn line((kind, id, at, about, signed_by): Found, zone: &Zone) -> CardLine {
    let about = shortened(about.lines().next().unwrap_or_default(), 120);
    let when = zone.short_date(zone.date(at));
    match kind {
        0 => CardLine {
            when,
            label: if about.is_empty() { "Your draft".into() } else { about },
            href: format!("/notes/drafts/{id}"),
            note: "Only you can see it".into(),
            badge: ("warn", "Draft".into()),
        },
        _ => CardLine { when, label: about, href: format!("/notes/{id}"), note: signed_by, badge: ("", String::new()) },
    }
}

/// Whoever comes has a note; whoever cancelled or did not come has none.
fn of_appointment(_: &mut Connection, _: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let state = State::parse(row.values.at(Appointment::FIELDS.state).as_text());
    let is_seen = !matches!(state, Some(State::Cancelled | State::NoShow | State::EnteredInError | State::Requested));
    let write = (writes(actor) && is_seen).then(|| Button::does("Write note", "pencil", format!("/appointments/{}/notes", row.id)));
    Ok(Extension { buttons: write.into_iter().collect(), cards: Vec::new() })
}
