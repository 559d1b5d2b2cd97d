//! The page on which a patient chooses one of the times that were offered. If somebody else has it meanwhile, it shows the next free ones.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::QueryResult;

use super::answer;
use super::model::{AppointmentOffer, Cause, OfferState, find, times};
use crate::app::App;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::scheduling::booking::times::{Day, chosen, days};
use crate::scheduling::messages::occasion::Occasion;
use crate::scheduling::messages::wording::moment;
use crate::scheduling::portal::holder::Holder;
use crate::scheduling::portal::new_page::{Asking, Found};
use crate::scheduling::portal::page::{Frame, answer as page, refusal, say};
use crate::scheduling::portal::terms::PatientTerms;
use crate::scheduling::slots::find::Slot;
use crate::scheduling::slots::load::zones;
use crate::scheduling::slots::offer::{FreeTimes, doctors_with_hours};
use crate::web::page::flash::Tone;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

#[derive(Template)]
#[template(path = "scheduling/offer/answer.html")]
struct AnswerPage {
    frame: Frame,
    sentence: String,
    is_open: bool,
    /// What was offered.
    days: Vec<Day>,
    /// What else is free; shown when an offered time is taken, or nothing was offered.
    others: Vec<Day>,
    /// The appointment that it became; for those who are signed in.
    booked: Option<i64>,
    declines: &'static str,
}

struct Known {
    offer: AppointmentOffer,
    days: Vec<Day>,
    others: Vec<Day>,
    /// The appointment, as it is now.
    occasion: Option<Occasion>,
}

pub async fn show(visit: Visit, holder: Holder, id: i64) -> AppResult<HttpResponse> {
    render(&visit, &holder, id, (StatusCode::OK, String::new())).await
}

pub async fn create(visit: Visit, holder: Holder, id: i64, posted: PostedForm) -> AppResult<HttpResponse> {
    if posted.has("decline") {
        return match answer::decline(&visit.app, &holder, id).await {
            Ok(()) => {
                say(&visit, Tone::Ok, "Thank you. None of these times is booked.");
                Ok(see_other(holder.base))
            }
            Err(error) => render(&visit, &holder, id, refusal(error)?).await,
        };
    }
    let Some((doctor_id, starts)) = posted.get("at").and_then(chosen) else {
        return render(&visit, &holder, id, (StatusCode::UNPROCESSABLE_ENTITY, "Choose a time.".into())).await;
    };
    match answer::accept(&visit.app, &holder, id, doctor_id, starts).await {
        Ok(row) => {
            say(&visit, Tone::Ok, "Your appointment is booked.");
            Ok(see_other(if holder.is_signed_in { format!("/my/appointments/{}", row.id) } else { holder.base }))
        }
        Err(error) => render(&visit, &holder, id, refusal(error)?).await,
    }
}

async fn render(visit: &Visit, holder: &Holder, id: i64, outcome: (StatusCode, String)) -> AppResult<HttpResponse> {
    let (app, asked) = (visit.app.clone(), holder.clone());
    let needs_others = outcome.0 == StatusCode::CONFLICT;
    let known = visit.app.db.read(move |c| Ok::<_, AppError>(known(c, &app, &asked, id, needs_others)?)).await?;
    let Known { offer, days, others, occasion } = known.ok_or(AppError::NotFound)?;
    let is_open = offer.state == OfferState::Open && offer.expires_at > visit.app.now();
    let sentence = sentence(&offer, occasion.as_ref(), is_open, holder);
    let declines = if offer.cause == Cause::Request { "None of them: cancel my request" } else { "None of them" };
    let booked = offer.appointment_id.filter(|_| holder.is_signed_in && offer.state == OfferState::Accepted);
    page(visit, holder, "Choose a time", outcome, |frame| AnswerPage { frame, sentence, is_open, days, others, booked, declines })
}

fn known(c: &mut Connection, app: &App, holder: &Holder, id: i64, needs_others: bool) -> QueryResult<Option<Known>> {
    let Some(offer) = find(c, id)?.filter(|offer| offer.patient_id == holder.patient_id) else { return Ok(None) };
    let clinic = app.clinic_zone();
    let doctors = doctors_with_hours(c)?;
    let offered = times(c, id)?;
    let slots: Vec<Slot> = offered
        .iter()
        .filter(|time| time.starts_at > app.now())
        .map(|time| Slot { starts: time.starts_at.unix_minutes(), doctor_id: time.doctor_id, site_id: None })
        .collect();
    let terms = PatientTerms::find(c, offer.type_id)?;
    let found = FreeTimes { minutes: terms.as_ref().map_or(0, |terms| terms.minutes), slots, zones: zones(c, &clinic)? };
    let days = days(&found, &doctors, &holder.zone, app.now());
    let is_open = offer.state == OfferState::Open && offer.expires_at > app.now();
    let others = match terms.filter(|_| is_open && (needs_others || days.is_empty())) {
        Some(terms) => {
            let asking = Asking::read(&FormData::default(), app.today(), &holder.zone);
            Found::load(c, app, &holder.zone, &terms, &asking, (holder.patient_id, offer.appointment_id))?.days
        }
        None => Vec::new(),
    };
    let occasion = match offer.appointment_id {
        Some(appointment_id) => holder.occasion(c, appointment_id, &clinic)?,
        None => None,
    };
    Ok(Some(Known { offer, days, others, occasion }))
}

fn sentence(offer: &AppointmentOffer, occasion: Option<&Occasion>, is_open: bool, holder: &Holder) -> String {
    let known = occasion.map(|occasion| moment(occasion, occasion.starts_at, &holder.zone));
    match (offer.state, offer.cause, known) {
        (OfferState::Accepted, _, Some(moment)) => format!("Your appointment is booked: {moment}."),
        (OfferState::Declined, ..) => "You chose none of these times.".into(),
        _ if !is_open => "This offer has ended. Contact us to find a time.".into(),
        (_, Cause::Request, Some(moment)) => {
            format!("You asked for {moment}, which is not possible. We can offer you these times instead.")
        }
        (_, Cause::Absence, Some(moment)) => {
            format!("Your appointment on {moment} cannot take place, because the doctor is away. We can offer you these times instead.")
        }
        (_, Cause::WaitingList, _) => "You are on our waiting list. A time has become free. The first to accept it has it.".into(),
        _ => "We can offer you these times.".into(),
    }
}
