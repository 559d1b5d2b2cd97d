//! What appointments add to other pages: the visits of a patient, the day of a doctor, the moves of an appointment, today.

use diesel::QueryResult;

use super::appointment::model::Appointment;
use super::appointment::state::{Move, State};
use super::entry::{Entry, Wanted, load, visits};
use super::own_doctor::{doctor_of, plans, refusal};
use super::series;
use super::working_hours::WorkingHours;
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::{Model, Row, Value};
use crate::web::page::extension::{Button, Card, CardLine, Extension, RecordExtension, TodayCard};

pub const OF_PATIENT: RecordExtension = RecordExtension { resource: Patient::NAME, load: of_patient };
pub const OF_DOCTOR: RecordExtension = RecordExtension { resource: Doctor::NAME, load: of_doctor };
pub const OF_APPOINTMENT: RecordExtension = RecordExtension { resource: Appointment::NAME, load: of_appointment };
pub const TODAY: TodayCard = TodayCard { load: today };

fn may(actor: &Actor, action: Action) -> bool {
    Appointment::resource().declaration().allows(actor, action)
}

/// The patient's coming and last appointments, and the button that books one.
fn of_patient(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    if !may(actor, Action::View) {
        return Ok(Extension::default());
    }
    let zone = app.zone(actor);
    let (coming, past) = visits(c, actor, row.id, app.now())?;
    let is_guest = own_record::is_for(actor);
    // The page of an appointment is one of the staff's.
    let line = |entry: &Entry| {
        let line = entry.line(&zone, app.now());
        if is_guest { CardLine { href: String::new(), ..line } } else { line }
    };
    let books = may(actor, Action::Add) && !is_guest;
    let book = format!("/appointments/new?patient_id={}", row.id);
    let card = Card {
        title: "Appointments".into(),
        empty: "No appointments yet.".into(),
        lines: coming.iter().chain(&past).map(line).collect(),
        button: None,
    };
    let buttons = books.then(|| Button::to("Book", "calendar", book).primary());
    Ok(Extension { buttons: buttons.into_iter().collect(), cards: vec![card] })
}

fn of_doctor(c: &mut Connection, _: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let sees = WorkingHours::resource().declaration().allows(actor, Action::View);
    let calendar = sees.then(|| Button::to("Calendar", "calendar", format!("/calendar/week?doctor={}", row.id)));
    let plans = plans(actor) && refusal(c, Some(row.id), actor)?.is_none();
    let hours = plans.then(|| Button::to("Working hours", "clock", format!("/doctors/{}/week", row.id)));
    Ok(Extension { buttons: calendar.into_iter().chain(hours).collect(), cards: Vec::new() })
}

/// The moves that are allowed now, the most likely one first.
fn of_appointment(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let own = Appointment::FIELDS;
    let cards: Vec<Card> = series::card::card(c, app, actor, row)?.into_iter().collect();
    if !may(actor, Action::Change) {
        return Ok(Extension { buttons: Vec::new(), cards });
    }
    let state = State::parse(row.values.at(own.state).as_text()).unwrap_or(State::Booked);
    let record = format!("/appointments/{}", row.id);
    let has_begun = matches!(row.values.at(own.starts_at), Value::DateTime(at) if *at <= app.now());
    // Who is expected arrives first, and can only be missed once the time has come.
    let is_usual = |step: &&Move| match (state, step.to) {
        (State::Booked, State::InRoom) => false,
        (State::Booked, State::NoShow) => has_begun,
        _ => true,
    };
    let mut buttons: Vec<Button> = state.moves().filter(is_usual).filter_map(|step| button(step, &record)).collect();
    if matches!(state, State::Requested | State::Booked) {
        buttons.insert(1.min(buttons.len()), Button::to("Move", "calendar", format!("{record}/move")));
    }
    if let Some(first) = buttons.first_mut().filter(|first| first.class.is_empty()) {
        first.class = "primary";
    }
    Ok(Extension { buttons, cards })
}

/// A cancellation asks for the reason first.
fn button(step: &Move, record: &str) -> Option<Button> {
    let href = format!("{record}/{}", step.to.verb()?);
    Some(match step.to {
        State::Cancelled => Button::to(step.label, "cross", href),
        State::Arrived | State::InRoom | State::Done | State::Booked => Button::does(step.label, "check", href),
        State::EnteredInError => Button::does(step.label, "cross", href).quiet(),
        _ => Button::does(step.label, "cross", href),
    })
}

/// The day of whoever looks: a doctor's own list, everybody's for reception.
fn today(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Option<Card>> {
    let works = WorkingHours::resource().declaration().allows(actor, Action::View);
    if !may(actor, Action::View) || !works {
        return Ok(None);
    }
    let zone = app.zone(actor);
    let (from, to) = day(app, &zone);
    let doctor = doctor_of(c, actor)?;
    let wanted = Wanted { most: TODAY_LINES, ..Wanted::within(from, to).that_are_ahead().visible() };
    let wanted = doctor.iter().fold(wanted, |wanted, id| wanted.with_doctors(&[*id]));
    let entries = load(c, actor, wanted)?;
    let line = |entry: &Entry| CardLine {
        when: entry.clock(&zone),
        label: entry.name().into(),
        href: format!("/appointments/{}", entry.id),
        note: if doctor.is_some() { entry.kind.clone() } else { format!("{} · {}", entry.doctor, entry.kind) },
        badge: entry.badge(app.now()),
    };
    let (title, empty) = match doctor {
        Some(_) => ("Your next appointments today", "You have no more appointments today."),
        None => ("Next appointments today", "Nobody else is expected today."),
    };
    let lines = entries.iter().map(line).collect();
    Ok(Some(Card { title: title.into(), empty: empty.into(), lines, button: Some(("Calendar".into(), "/calendar".into())) }))
}

/// The most lines of the start page.
const TODAY_LINES: i64 = 12;

/// Today, from midnight to midnight where the reader is.
fn day(app: &App, zone: &Zone) -> (Minute, Minute) {
    let today = zone.date(app.now());
    (zone.at_wall(today, 0), zone.at_wall(today, 1_440))
}
