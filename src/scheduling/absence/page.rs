//! The page of an absence: who was offered other times, and who has not answered.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::undo::made;
use crate::clinic::doctor::Doctor;
use crate::db::sql::Sql;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::resource::{Model, Value};
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::scheduling::messages::contact::Contact;
use crate::scheduling::messages::offered::UNDO;
use crate::scheduling::offer::model::{AppointmentOffer, OfferState};
use crate::scheduling::schedule_exception::ScheduleException;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

const OWN: <ScheduleException as Model>::Fields = ScheduleException::FIELDS;

#[derive(Template)]
#[template(path = "scheduling/absence/absence.html")]
struct AbsencePage {
    shell: Shell,
    days: String,
    lines: Vec<Line>,
    /// How many have not answered.
    open: usize,
    /// The address of the button that undoes it, while that is possible.
    undo: Option<String>,
}

struct Line {
    /// The appointment that was cancelled.
    href: String,
    name: String,
    /// The time that was cancelled, or the one that they chose.
    time: String,
    badge: (&'static str, String),
    /// How they can be reached.
    contact: String,
    /// Where another time can be booked for them; blank once they have one.
    book: String,
}

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), ScheduleException::NAME, *id).await?;
    let (app, actor, id, doctor_id) = (visit.app.clone(), user.to_actor(), row.id, row.values.at(OWN.doctor_id).as_id());
    let loaded = visit.app.db.read(move |c| {
        let made = made(c, id)?;
        let ids: Vec<i64> = made.iter().filter_map(|offer| offer.appointment_id).collect();
        let condition = Sql::default().is_one_of("appointments.id", &ids);
        let entries = load(c, &actor, Wanted { condition, is_latest_first: false, only_visible: true, most: 1_000 })?;
        let patients: Vec<i64> = entries.iter().map(|entry| entry.patient_id).collect();
        let contacts = Contact::list(c, &patients, &app.clinic_zone())?;
        let doctor = app.registry.visible_label(c, &actor, Doctor::NAME, doctor_id.unwrap_or_default())?;
        Ok::<_, AppError>((made, entries, contacts, doctor))
    });
    let (made, entries, contacts, doctor) = loaded.await?;
    let (now, zone, has_texts) = (visit.app.now(), visit.zone(), visit.app.registry.has_texts);
    let line = |entry: &Entry| {
        let offer = made.iter().find(|offer| offer.appointment_id == Some(entry.id))?;
        let shown = entry.line(&zone, now);
        let books = format!("/appointments/new?patient_id={}", entry.patient_id);
        Some(Line {
            href: shown.href,
            name: entry.name().into(),
            time: match offer.state {
                OfferState::Accepted => format!("New time: {} {}", shown.when, entry.clock(&zone)),
                _ => format!("{} {}", shown.when, entry.clock(&zone)),
            },
            badge: badge(offer),
            contact: reached(contacts.get(&entry.patient_id), has_texts),
            book: if offer.state == OfferState::Accepted { String::new() } else { books },
        })
    };
    let lines: Vec<Line> = entries.iter().filter_map(line).collect();
    let entered = row.values.at(OWN.created_at).as_datetime();
    let is_fresh = entered.is_some_and(|at| now.since(at) <= UNDO) && made.iter().all(|offer| offer.state == OfferState::Open);
    let open = made.iter().filter(|offer| offer.state == OfferState::Open).count();
    let day = |name: &str| match row.values.at(name) {
        Value::Date(day) => zone.show_date(*day),
        _ => String::new(),
    };
    let (first, last) = (day(OWN.first_day), day(OWN.last_day));
    let days = if first == last { first } else { format!("{first} to {last}") };
    let shell = visit.shell(format!("{} is away", isolated(&doctor))).under(&[("Calendar", "/calendar")]).renamed("Away");
    html(StatusCode::OK, &AbsencePage { shell, days, lines, open, undo: is_fresh.then(|| format!("/absences/{id}/undo")) })
}

/// How a patient can be reached.
fn reached(contact: Option<&Contact>, has_texts: bool) -> String {
    match contact {
        None => "Must not be contacted".into(),
        Some(contact) if contact.email.is_empty() && contact.phone.is_empty() => "No email or phone".into(),
        Some(contact) if contact.way(has_texts).is_some() && contact.email.is_empty() => contact.phone.clone(),
        Some(contact) if contact.email.is_empty() => format!("No email. Call {}", contact.phone),
        Some(contact) if contact.phone.is_empty() => contact.email.clone(),
        Some(contact) => format!("{}, {}", contact.email, contact.phone),
    }
}

fn badge(offer: &AppointmentOffer) -> (&'static str, String) {
    let tone = match offer.state {
        OfferState::Open => "warn",
        OfferState::Accepted => "ok",
        OfferState::Expired => "danger",
        OfferState::Declined | OfferState::Withdrawn => "",
    };
    (tone, offer.state.label().into())
}
