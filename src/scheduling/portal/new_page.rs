//! The page on which patients book a time or ask for one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;
use time::{Date, Duration};

use super::ask::{self, Wish};
use super::holder::Holder;
use super::page::{Frame, answer, checked, refusal, say};
use super::terms::PatientTerms;
use crate::app::App;
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::form::time_input::iso_date;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, Model};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::scheduling::appointment_type::BookedBy;
use crate::scheduling::booking::times::{Day, chosen, days};
use crate::scheduling::slots::offer::{Asked, Hours, Offers, doctors_with_hours, free_times};
use crate::web::page::flash::Tone;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// How many times are offered at once.
const OFFERED: usize = 16;
/// The longest note.
const NOTE: usize = 500;

/// Parts of the day that people prefer: name, label, and minutes on the wall.
pub const PARTS: &[(&str, &str, Hours)] = &[
    ("morning", "Mornings", Hours { from: 0, to: 720 }),
    ("afternoon", "Afternoons", Hours { from: 720, to: 1_020 }),
    ("evening", "Evenings", Hours { from: 1_020, to: 1_440 }),
];

/// What somebody looks for.
#[derive(Clone, Debug)]
pub struct Asking {
    pub type_id: Option<i64>,
    /// `None` for any.
    pub doctor_id: Option<i64>,
    pub from: Date,
    /// The minute of the wall from which times are offered on that day.
    at: i64,
    /// The name of a part of the day; blank for any.
    pub part: String,
    /// As it was typed.
    pub note: String,
}

impl Asking {
    pub fn read(typed: &FormData, today: Date, zone: &Zone) -> Self {
        let id = |name: &str| typed.text(name).trim().parse::<i64>().ok();
        let later = id("later").map(|minute| zone.on_wall(minute)).filter(|(day, _)| *day >= today);
        let from = iso_date(typed.text("from")).filter(|day| *day >= today && *day <= today.saturating_add(Duration::days(730)));
        let (from, at) = later.unwrap_or((from.unwrap_or(today), 0));
        let part = PARTS.iter().map(|(name, ..)| *name).find(|name| *name == typed.text("part")).unwrap_or_default().to_string();
        let note = typed.text("note").to_string();
        Self { type_id: id("type_id"), doctor_id: id("doctor_id"), from, at, part, note }
    }

    /// The note as it is stored.
    pub fn checked_note(&self) -> Result<String, WriteError> {
        checked(&self.note, true, NOTE)
    }

    pub fn hours(&self) -> Option<Hours> {
        PARTS.iter().find(|(name, ..)| *name == self.part).map(|(.., hours)| *hours)
    }

    pub fn is_type(&self, id: &i64) -> bool {
        self.type_id == Some(*id)
    }

    pub fn is_doctor(&self, id: &i64) -> bool {
        self.doctor_id == Some(*id)
    }

    /// The parts of the day: name, label and whether it is chosen.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> + '_ {
        PARTS.iter().map(|(name, label, _)| (*name, *label, *name == self.part))
    }
}

/// The times that suit.
pub struct Found {
    pub doctors: Vec<(i64, String)>,
    pub days: Vec<Day>,
    /// What the button for later times sends; blank for none.
    pub later: String,
}

impl Found {
    /// `patient` is who asks, and the appointment that is to be moved.
    pub fn load(
        c: &mut Connection,
        app: &App,
        zone: &Zone,
        terms: &PatientTerms,
        asking: &Asking,
        (patient_id, moved): (i64, Option<i64>),
    ) -> QueryResult<Self> {
        let now = app.now();
        let doctors = doctors_with_hours(c)?;
        let range = terms.range(now.unix_minutes());
        let from = zone.at_wall(asking.from, asking.at).max(range.from);
        let asked = Asked {
            type_id: terms.type_id,
            doctor_id: asking.doctor_id,
            patient_id: Some(patient_id),
            moved,
            from,
            to: range.to.max(from),
            hours: asking.hours(),
            ..Asked::default()
        };
        let found = free_times(c, &app.clinic_zone(), &asked, Offers::OnePerTime(OFFERED))?;
        let last = found.iter().flat_map(|found| found.slots.last()).next_back().map(|slot| slot.starts + 1);
        let is_full = found.as_ref().is_some_and(|found| found.slots.len() >= OFFERED);
        let days = found.map(|found| days(&found, &doctors, zone, now)).unwrap_or_default();
        Ok(Self { days, doctors, later: last.filter(|_| is_full).map_or_else(String::new, |minute| minute.to_string()) })
    }
}

#[derive(Template)]
#[template(path = "scheduling/portal/new.html")]
struct NewPage {
    frame: Frame,
    /// Where the form is sent.
    action: String,
    types: Vec<PatientTerms>,
    /// Of the chosen type.
    terms: Option<PatientTerms>,
    asking: Asking,
    found: Found,
}

impl NewPage {
    fn is_request(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| terms.booked_by == BookedBy::Request)
    }
}

pub async fn new(visit: Visit, holder: Holder) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    render(&visit, &holder, &asked, (StatusCode::OK, String::new())).await
}

pub async fn create(visit: Visit, holder: Holder, posted: PostedForm) -> AppResult<HttpResponse> {
    let asking = Asking::read(&posted, visit.app.today(), &holder.zone);
    let time = posted.get("at").and_then(chosen).zip(asking.type_id);
    let Some(((doctor_id, starts), type_id)) = time else {
        return render(&visit, &holder, &posted, (StatusCode::OK, String::new())).await;
    };
    let booked = match asking.checked_note() {
        Ok(note) => ask::book(&visit.app, &holder, Wish { type_id, doctor_id, starts, note }).await,
        Err(error) => Err(error),
    };
    match booked {
        Ok(row) => {
            let is_booked = State::of(row.values.at(Appointment::FIELDS.state)) == State::Booked;
            say(&visit, Tone::Ok, if is_booked { "Your appointment is booked." } else { "We have received your request." });
            Ok(see_other(after(&visit, &holder, row.id).await?))
        }
        Err(error) => render(&visit, &holder, &posted, refusal(error)?).await,
    }
}

/// The page of the new appointment: for an account by its number, for a link by a new link.
async fn after(visit: &Visit, holder: &Holder, id: i64) -> AppResult<String> {
    if holder.is_signed_in {
        return Ok(format!("/my/appointments/{id}"));
    }
    let (app, holder) = (visit.app.clone(), holder.clone());
    let made = visit.app.db.write(move |c| {
        let occasion = holder.occasion(c, id, &app.clinic_zone())?.ok_or(AppError::NotFound)?;
        let expires_at = super::holder::expiry(occasion.ends_at);
        Ok::<_, AppError>(super::link::create(c, super::link::Purpose::Appointment(id), holder.patient_id, expires_at, app.now())?)
    });
    made.await
}

async fn render(visit: &Visit, holder: &Holder, typed: &FormData, outcome: (StatusCode, String)) -> AppResult<HttpResponse> {
    let mut asking = Asking::read(typed, visit.app.today(), &holder.zone);
    let (app, zone, patient_id, wanted) = (visit.app.clone(), holder.zone.clone(), holder.patient_id, asking.clone());
    let loaded = visit.app.db.read(move |c| {
        let types = PatientTerms::list(c)?;
        let terms = types.iter().find(|terms| wanted.is_type(&terms.type_id)).or(types.first().filter(|_| types.len() == 1)).cloned();
        let found = match &terms {
            Some(terms) => Found::load(c, &app, &zone, terms, &wanted, (patient_id, None))?,
            None => Found { doctors: doctors_with_hours(c)?, days: Vec::new(), later: String::new() },
        };
        Ok::<_, AppError>((types, terms, found))
    });
    let (types, terms, found) = loaded.await?;
    asking.type_id = terms.as_ref().map(|terms| terms.type_id);
    let action = if holder.is_signed_in { "/my/appointments/new".into() } else { format!("{}/new", holder.base) };
    answer(visit, holder, "Book an appointment", outcome, |frame| NewPage { frame, action, types, terms, asking, found })
}
