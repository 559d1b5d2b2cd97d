//! What appointments add to other pages: the visits of a patient, the day of a doctor, the moves of an appointment, today.

use diesel::QueryResult;

use super::appointment::model::Appointment;
use super::appointment::state::{Move, State};
use super::entry::{Entry, Wanted, load, visits};
use super::own_doctor::{doctor_of, refusal};
use super::portal::cards::own_cards;
use super::portal::link::is_any;
use super::schedule_exception::ScheduleException;
use super::series;
use super::working_hours::{WorkingHours, plans};
use crate::app::App;
use crate::clinic::doctor::Doctor;
use crate::clinic::own_record;
use crate::clinic::patient::Patient;
use crate::db::sql::{Bind, Sql};
use crate::db::wall::Minute;
use crate::db::{Connection, Zone};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::{Model, Row, Value};
use crate::web::page::extension::{Button, Card, CardLine, Extension, RecordExtension, TodayCards};

pub const OF_PATIENT: RecordExtension = RecordExtension { resource: Patient::NAME, load: of_patient };
pub const OF_DOCTOR: RecordExtension = RecordExtension { resource: Doctor::NAME, load: of_doctor };
pub const OF_APPOINTMENT: RecordExtension = RecordExtension { resource: Appointment::NAME, load: of_appointment };
pub const TODAY: TodayCards = TodayCards { load: today };

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
    // Patients have a page of their own for an appointment.
    let line = |entry: &Entry| {
        let line = entry.line(&zone, app.now());
        if is_guest { CardLine { href: format!("/my/appointments/{}", entry.id), ..line } } else { line }
    };
    let books = may(actor, Action::Add) && !is_guest;
    let book = format!("/appointments/new?patient_id={}", row.id);
    let mut cards = vec![Card {
        title: "Appointments".into(),
        empty: "No appointments yet.".into(),
        lines: coming.iter().chain(&past).map(line).collect(),
        button: is_guest.then(|| ("Book an appointment".into(), "/my/appointments/new".into())),
    }];
    cards.extend(is_guest.then(|| own_cards(c, app, actor, row.id)).transpose()?.into_iter().flatten());
    let buttons = books.then(|| Button::to("Book", "calendar", book).primary());
    Ok(Extension { buttons: buttons.into_iter().collect(), cards })
}

fn of_doctor(c: &mut Connection, _: &App, actor: &Actor, row: &Row) -> QueryResult<Extension> {
    let sees = WorkingHours::resource().declaration().allows(actor, Action::View);
    let calendar = sees.then(|| Button::to("Calendar", "calendar", format!("/calendar/week?doctor={}", row.id)));
    let plans = plans(actor) && refusal(c, Some(row.id), actor)?.is_none();
    let hours = plans.then(|| Button::to("Working hours", "clock", format!("/doctors/{}/week", row.id)));
    let cancels = ScheduleException::resource().declaration().allows(actor, Action::Add) && may(actor, Action::Change);
    let away = (plans && cancels).then(|| Button::to("Away", "calendar", format!("/absences/new?doctor_id={}", row.id)).quiet());
    Ok(Extension { buttons: calendar.into_iter().chain(hours).chain(away).collect(), cards: Vec::new() })
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
    if state == State::Requested {
        buttons.insert(2.min(buttons.len()), Button::does("Propose other times", "message", format!("{record}/propose")));
    }
    if !has_begun && is_any(c, row.id, app.now())? {
        buttons.push(Button::does("Revoke links in emails", "lock", format!("{record}/withdraw-links")).quiet());
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

/// The day of whoever looks, a doctor's own list or everybody's for reception; and what patients ask for.
fn today(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Card>> {
    let doctor = if may(actor, Action::View) { doctor_of(c, actor)? } else { None };
    let cards = [next(c, app, actor, doctor)?, requests(c, app, actor, doctor)?];
    Ok(cards.into_iter().flatten().collect())
}

fn next(c: &mut Connection, app: &App, actor: &Actor, doctor: Option<i64>) -> QueryResult<Option<Card>> {
    let works = WorkingHours::resource().declaration().allows(actor, Action::View);
    if !may(actor, Action::View) || !works {
        return Ok(None);
    }
    let zone = app.zone(actor);
    let (from, to) = day(app, &zone);
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

/// What patients ask for, for those who answer it; the oldest first.
fn requests(c: &mut Connection, app: &App, actor: &Actor, doctor: Option<i64>) -> QueryResult<Option<Card>> {
    if !may(actor, Action::Change) {
        return Ok(None);
    }
    let now = Bind::Timestamp(Some(app.now()));
    let condition = Sql::new("appointments.state = 'requested' AND appointments.starts_at > ").bind(now);
    let wanted = Wanted { condition, is_latest_first: false, only_visible: true, most: TODAY_LINES };
    let wanted = doctor.iter().fold(wanted, |wanted, id| wanted.with_doctors(&[*id]));
    let entries = load(c, actor, wanted)?;
    let zone = app.zone(actor);
    let line = |entry: &Entry| {
        let shown = entry.line(&zone, app.now());
        CardLine { label: entry.name().into(), note: format!("{} · {}", entry.doctor, shown.label), badge: ("", String::new()), ..shown }
    };
    let lines: Vec<CardLine> = entries.iter().map(line).collect();
    let button = Some(("All requests".into(), "/appointments?state=requested".into()));
    Ok((!lines.is_empty()).then(|| Card { title: "Patients ask for an appointment".into(), empty: String::new(), lines, button }))
}

/// The most lines of the start page.
const TODAY_LINES: i64 = 12;

/// Today, from midnight to midnight where the reader is.
fn day(app: &App, zone: &Zone) -> (Minute, Minute) {
    let today = zone.date(app.now());
    (zone.at_wall(today, 0), zone.at_wall(today, 1_440))
}
