//! Moving an appointment to another time, and to another doctor if need be, in one transaction.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::choices::{Chosen, Offer};
use super::page::{BookingPage, sentence, taken};
use super::times::chosen;
use crate::clinic::patient::Patient;
use crate::db::UtcDateTime;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::{BoundField, BoundForm, BoundSection};
use crate::resource::value::Row;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, Model, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::web::page::flash::{Tone, leave};
use crate::web::record;
use crate::web::record::submit::Done;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, local_path, see_other};
use crate::web::undo::leave_saved;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

pub async fn edit(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = find(&visit, &user, *id).await?;
    render(&visit, &user, &row, FormData::default(), None).await
}

pub async fn update(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let row = find(&visit, &user, *id).await?;
    let Some((doctor_id, minute)) = typed.get("at").and_then(chosen) else { return render(&visit, &user, &row, typed, None).await };
    let starts = UtcDateTime::from_unix_minutes(minute);
    let values = [(OWN.doctor_id, Value::Integer(doctor_id)), (OWN.starts_at, Value::DateTime(starts))].into_iter().collect();
    let record = format!("/appointments/{}", row.id);
    match record::find::change_version(&visit.app, user.to_actor(), Appointment::NAME, &row, values).await {
        Ok(saved) => {
            let message = format!("Moved: {}.", sentence(&visit, &user, &saved).await?);
            leave_saved(&visit, &record, Done::Changed(&row), &saved, message);
            Ok(see_other(typed.get("next").and_then(local_path).unwrap_or(&record)))
        }
        Err(WriteError::Invalid(errors)) if errors.is_collision() => render(&visit, &user, &row, typed, Some(StatusCode::CONFLICT)).await,
        Err(WriteError::Conflict(_)) => {
            leave(&visit.request, &visit.app, Tone::Warn, "Somebody has changed the appointment since. Nothing was moved.");
            Ok(see_other(record))
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            leave(&visit.request, &visit.app, Tone::Warn, format!("Nothing was moved. {why}."));
            Ok(see_other(record))
        }
        Err(error) => Err(error.into()),
    }
}

/// An appointment that can still be moved.
async fn find(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Row> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, id).await?;
    let state = State::parse(row.values.at(OWN.state).as_text());
    match state {
        Some(State::Requested | State::Booked) => Ok(row),
        _ => Err(AppError::Conflict("Only appointments that are requested or booked can be moved.")),
    }
}

async fn render(visit: &Visit, user: &CurrentUser, row: &Row, typed: FormData, status: Option<StatusCode>) -> AppResult<HttpResponse> {
    let today = visit.app.today_of(user);
    let id_of = |name: &str| row.values.at(name).as_id();
    let mut choice = Chosen::read(&typed, today, &visit.zone());
    (choice.patient_id, choice.type_id, choice.moved) = (id_of(OWN.patient_id), id_of(OWN.type_id), Some(row.id));
    choice.is_overbooked = *row.values.at(OWN.is_overbooked) == Value::Bool(true);
    if !typed.has("doctor_id") {
        choice.doctor_id = id_of(OWN.doctor_id);
    }
    let (app, actor, wanted) = (visit.app.clone(), user.to_actor(), choice.clone());
    let offer = visit.app.db.read(move |c| Ok::<_, AppError>(Offer::load(c, &app, &actor, &wanted)?)).await?;
    let patient = offer.patient.as_ref().ok_or(AppError::NotFound)?;
    let record = format!("/appointments/{}", row.id);
    let what = sentence(visit, user, row).await?;
    let shell = visit.shell("Move an appointment").under(&[("Appointments", "/appointments"), (&row.label, &record)]).renamed("Move");
    let shell = shell.of_record(visit, Patient::resource().declaration(), patient, &format!("/patients/{}", patient.id));
    let taken = status.and_then(|_| taken(&typed, &offer, visit));
    let form = doctors(&offer, &choice, what);
    let page = BookingPage::of(shell, form, offer, &choice, user, taken);
    let page = BookingPage { action: format!("{record}/move"), cancel: record, is_move: true, ..page };
    html(status.unwrap_or(StatusCode::OK), &page)
}

/// The form with the doctor alone: the rest stays as it was booked.
fn doctors(offer: &Offer, choice: &Chosen, what: String) -> BoundForm {
    let choices = offer.doctor_choices(choice);
    let section = BoundSection::plain(what, vec![BoundField::plain(OWN.doctor_id, "Doctor", "", choices)]);
    BoundForm { sections: vec![section], ..BoundForm::default() }
}
