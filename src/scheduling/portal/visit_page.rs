//! The page of one appointment for its patient, with what they can do about it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::ask;
use super::holder::Ticket;
use super::page::{Frame, answer, checked, refusal, say};
use super::terms::PatientTerms;
use crate::db::schema::{appointment_offers, appointments};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::write::writer::WriteError;
use crate::scheduling::appointment::state::State;
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::messages::wording::lines;
use crate::scheduling::offer::model::OfferState;
use crate::web::page::flash::Tone;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;
use diesel::prelude::*;

#[derive(Template)]
#[template(path = "scheduling/portal/visit.html")]
struct VisitPage {
    frame: Frame,
    /// `Date: Monday 7 December 2026`, and so on: name and value.
    lines: Vec<(String, String)>,
    badge: (&'static str, String),
    /// What the state means for the patient.
    sentence: String,
    can: Can,
    /// Another time that the clinic offers; for those who are signed in.
    offer: Option<i64>,
}

/// What the patient can do now.
#[derive(Clone, Copy, Default)]
struct Can {
    confirm: bool,
    move_it: bool,
    cancel: bool,
    /// Ask for another time instead.
    ask_again: bool,
    /// It is too late for a change here.
    is_late: bool,
}

struct Known {
    terms: PatientTerms,
    confirmed_at: Option<UtcDateTime>,
    hold_until: Option<UtcDateTime>,
    offer: Option<i64>,
}

/// The longest reason.
const REASON: usize = 200;

pub async fn show(visit: Visit, ticket: Ticket) -> AppResult<HttpResponse> {
    render(&visit, &ticket, (StatusCode::OK, String::new())).await
}

pub async fn confirm(visit: Visit, ticket: Ticket) -> AppResult<HttpResponse> {
    let done = ask::confirm(&visit.app, &ticket).await;
    finish(&visit, &ticket, done.map(|_| "Thank you. We know that you will come.")).await
}

pub async fn cancel(visit: Visit, ticket: Ticket, posted: PostedForm) -> AppResult<HttpResponse> {
    let done = match checked(posted.text("reason"), false, REASON) {
        Ok(reason) => ask::cancel(&visit.app, &ticket, reason).await,
        Err(error) => Err(error),
    };
    finish(&visit, &ticket, done.map(|_| "The appointment is cancelled. Thank you for telling us.")).await
}

/// Back to the page with a message, or the page again with what is wrong.
async fn finish(visit: &Visit, ticket: &Ticket, done: Result<&'static str, WriteError>) -> AppResult<HttpResponse> {
    match done {
        Ok(message) => {
            say(visit, Tone::Ok, message);
            Ok(see_other(ticket.holder.base.clone()))
        }
        Err(error) => render(visit, ticket, refusal(error)?).await,
    }
}

async fn render(visit: &Visit, ticket: &Ticket, outcome: (StatusCode, String)) -> AppResult<HttpResponse> {
    let occasion = ticket.load(visit).await?;
    let id = occasion.id;
    let known = visit.app.db.read(move |c| Ok::<_, AppError>(known(c, id)?)).await?.ok_or(AppError::NotFound)?;
    let (now, zone) = (visit.app.now(), &ticket.holder.zone);
    let shown = lines(&occasion, zone).into_iter().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        Some((name.to_string(), value.to_string()))
    });
    let can = can(&occasion, &known, now, ticket.holder.is_signed_in);
    let badge = match known.confirmed_at {
        Some(_) if occasion.state == State::Booked => ("ok", "You said that you will come".into()),
        _ => (crate::scheduling::entry::tone(occasion.state), occasion.state.label().into()),
    };
    let sentence = sentence(&occasion, &known, now, |at| zone.show(at));
    let offer = known.offer.filter(|_| ticket.holder.is_signed_in);
    let lines: Vec<(String, String)> = shown.collect();
    answer(visit, &ticket.holder, "Your appointment", outcome, |frame| VisitPage { frame, lines, badge, sentence, can, offer })
}

fn known(c: &mut Connection, id: i64) -> QueryResult<Option<Known>> {
    use {appointment_offers as offers, appointments as own};
    let columns = (own::type_id, own::confirmed_at, own::hold_until);
    let row = own::table.find(id).select(columns).first::<(i64, Option<UtcDateTime>, Option<UtcDateTime>)>(c).optional()?;
    let Some((type_id, confirmed_at, hold_until)) = row else { return Ok(None) };
    let open = offers::table.filter(offers::appointment_id.eq(id)).filter(offers::state.eq(OfferState::Open));
    let offer = open.order(offers::id.desc()).select(offers::id).first(c).optional()?;
    Ok(PatientTerms::find(c, type_id)?.map(|terms| Known { terms, confirmed_at, hold_until, offer }))
}

fn can(occasion: &Occasion, known: &Known, now: UtcDateTime, is_signed_in: bool) -> Can {
    let is_open = matches!(occasion.state, State::Requested | State::Booked) && occasion.starts_at > now;
    let is_in_time = known.terms.is_in_time(occasion.starts_at.unix_minutes(), now.unix_minutes());
    Can {
        confirm: is_open && occasion.state == State::Booked && known.confirmed_at.is_none(),
        move_it: is_open && is_in_time && known.terms.is_open(),
        cancel: is_open && is_in_time,
        ask_again: occasion.state == State::Cancelled && (known.terms.is_open() || is_signed_in),
        is_late: is_open && !is_in_time,
    }
}

fn sentence(occasion: &Occasion, known: &Known, now: UtcDateTime, show: impl Fn(UtcDateTime) -> String) -> String {
    match occasion.state {
        State::Requested => match known.hold_until {
            Some(until) => format!("You asked for this time. We keep it for you and answer by {}.", show(until)),
            None => "You asked for this time. We will tell you whether it is possible.".into(),
        },
        State::Booked if occasion.starts_at <= now => "This appointment has begun or is over.".into(),
        State::Booked => "This appointment is booked for you.".into(),
        State::Cancelled => "This appointment is cancelled.".into(),
        State::Arrived | State::InRoom => "You are here for this appointment.".into(),
        State::Done | State::NoShow => "This appointment is over.".into(),
        State::EnteredInError => "This appointment was a mistake of ours. You need not do anything.".into(),
    }
}
