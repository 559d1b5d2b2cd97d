//! Assigning a doctor to a patient, and ending that.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::error::{AppError, AppResult};
use crate::resource::bind::BoundForm;
use crate::resource::value::{Row, Values};
use crate::resource::{FormData, FormErrors, Value};
use crate::web::current::CurrentUser;
use crate::web::flash::{Tone, leave, leave_undoable};
use crate::web::form::Posted;
use crate::web::page::{FormPage, Visit, html, see_other};
use crate::web::record::{self, Sections};
use crate::web::trash;

/// The patient is in the address and never taken from the form.
const DOCTOR: Sections = &[("", &["doctor_id"])];

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let patient = record::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let form = record::open(&visit.app, user.to_actor(), "mapping", DOCTOR, None, FormData::default()).await?;
    draw(&visit, &patient, form, StatusCode::OK)
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: Posted) -> AppResult<HttpResponse> {
    let patient = record::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let typed = FormData::clone(&posted);
    let errors = if typed.has("_find") {
        FormErrors::default()
    } else {
        let fixed: Values = [("patient_id", Value::Integer(patient.id))].into_iter().collect();
        match record::save(&visit.app, user.to_actor(), "mapping", DOCTOR, None, typed.clone(), fixed).await? {
            Ok(_) => {
                leave(&visit.request, &visit.app, Tone::Ok, format!("A doctor was assigned to {}.", patient.label));
                return Ok(see_other(format!("/patients/{id}")));
            }
            Err(errors) => errors,
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = record::again(&visit.app, user.to_actor(), "mapping", DOCTOR, None, typed, errors).await?;
    draw(&visit, &patient, form, status)
}

pub async fn destroy(visit: Visit, user: CurrentUser, path: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (id, mapping) = path.into_inner();
    let row = record::find(&visit.app, user.to_actor(), "mapping", mapping).await?;
    if row.values.at("patient_id").as_id() != Some(id) {
        return Err(AppError::NotFound);
    }
    record::delete(&visit.app, user.to_actor(), "mapping", mapping).await?;
    let undo = format!("/patients/{id}/doctors/{mapping}/restore");
    leave_undoable(&visit.request, &visit.app, "The doctor no longer looks after this patient.", undo);
    Ok(see_other(format!("/patients/{id}")))
}

pub async fn restore(visit: Visit, user: CurrentUser, path: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (id, mapping) = path.into_inner();
    let (tone, told) = match trash::put_back(&visit, &user, "mapping", mapping).await? {
        Ok(label) => (Tone::Ok, format!("The assignment “{label}” is back.")),
        Err(sentence) => (Tone::Warn, sentence),
    };
    leave(&visit.request, &visit.app, tone, told);
    Ok(see_other(format!("/patients/{id}")))
}

fn draw(visit: &Visit, patient: &Row, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
    let back = format!("/patients/{}", patient.id);
    let shell = visit
        .shell(format!("Assign a doctor to {}", patient.label))
        .under(&[("Patients", "/patients")])
        .with_errors(!form.errors.is_empty());
    let shell = shell.renamed("Assign a doctor").after(&patient.label, &back);
    html(
        status,
        &FormPage {
            shell,
            form,
            version: String::new(),
            action: format!("{back}/doctors/new"),
            cancel: back,
            button: "Assign doctor".into(),
        },
    )
}
