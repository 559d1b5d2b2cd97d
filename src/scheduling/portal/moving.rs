//! The page on which patients move their appointment to another free time.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::ask;
use super::holder::Ticket;
use super::new_page::{Asking, Found};
use super::page::{Frame, answer, refusal, say};
use super::terms::PatientTerms;
use crate::error::{AppError, AppResult};
use crate::resource::FormData;
use crate::scheduling::booking::times::{Day, chosen};
use crate::scheduling::messages::wording::moment;
use crate::web::page::flash::Tone;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

#[derive(Template)]
#[template(path = "scheduling/portal/moving.html")]
struct MovingPage {
    frame: Frame,
    /// When it is now.
    moment: String,
    asking: Asking,
    doctors: Vec<(i64, String)>,
    days: Vec<Day>,
    later: String,
}

pub async fn edit(visit: Visit, ticket: Ticket) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    render(&visit, &ticket, &asked, (StatusCode::OK, String::new())).await
}

pub async fn update(visit: Visit, ticket: Ticket, posted: PostedForm) -> AppResult<HttpResponse> {
    let Some((doctor_id, starts)) = posted.get("at").and_then(chosen) else {
        return render(&visit, &ticket, &posted, (StatusCode::OK, String::new())).await;
    };
    match ask::move_to(&visit.app, &ticket, doctor_id, starts).await {
        Ok(_) => {
            say(&visit, Tone::Ok, "Your appointment has a new time.");
            Ok(see_other(ticket.holder.base.clone()))
        }
        Err(error) => render(&visit, &ticket, &posted, refusal(error)?).await,
    }
}

async fn render(visit: &Visit, ticket: &Ticket, typed: &FormData, outcome: (StatusCode, String)) -> AppResult<HttpResponse> {
    let occasion = ticket.load(visit).await?;
    let zone = ticket.holder.zone.clone();
    let asking = Asking::read(typed, visit.app.today(), &zone);
    let (app, id, patient_id, wanted) = (visit.app.clone(), occasion.id, ticket.holder.patient_id, asking.clone());
    let found = visit.app.db.read(move |c| {
        let type_id = PatientTerms::of_appointment(c, id)?;
        let Some(terms) = type_id.filter(PatientTerms::is_open) else { return Ok::<_, AppError>(None) };
        Ok(Some(Found::load(c, &app, &zone, &terms, &wanted, (patient_id, Some(id)))?))
    });
    let Some(Found { doctors, days, later, .. }) = found.await? else {
        return Err(AppError::Conflict("Contact us to move this appointment."));
    };
    let moment = moment(&occasion, occasion.starts_at, &ticket.holder.zone);
    answer(visit, &ticket.holder, "Move your appointment", outcome, |frame| MovingPage { frame, moment, asking, doctors, days, later })
}
