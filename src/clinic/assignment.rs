//! Assigning a doctor to a patient, and ending the assignment.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::clinic::mapping::Assignment;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::resource::value::{Row, Values};
use crate::resource::{FormData, Value};
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::record::drafts::{self, Way};
use crate::web::record::form::{Problems, RecordForm, Saved, Sections};
use crate::web::record::form_page::FormPage;
use crate::web::record::{self, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// The patient is part of the address and never read from the form.
const DOCTOR: Sections = &[("", &["doctor_id"])];

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let patient = record::find::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let form = RecordForm::new(&visit, &user, "mapping", DOCTOR).parking();
    let bound = match drafts::restored(&visit, &user).await? {
        Some(typed) => form.again(typed, Problems::default()).await?,
        None => form.open(FormData::default()).await?,
    };
    draw(&visit, &patient, bound, StatusCode::OK)
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: Posted) -> AppResult<HttpResponse> {
    let patient = record::find::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let typed = FormData::clone(&posted);
    let form = RecordForm::new(&visit, &user, "mapping", DOCTOR).parking();
    let (typed, problems) = if typed.has("_find") {
        (typed, Problems::default())
    } else if typed.has(drafts::RELATED) {
        match drafts::park(&visit, &form, typed.clone()).await? {
            Way::To(answer) => return Ok(answer),
            Way::NothingChosen(field) => (typed, Problems::at(field, "Choose one first")),
        }
    } else {
        let fixed: Values = [("patient_id", Value::Integer(patient.id))].into_iter().collect();
        match form.save(typed.clone(), fixed).await? {
            Saved::Done(saved) => {
                drafts::after(&visit, &user, &typed, saved.id).await?;
                leave(&visit.request, &visit.app, Tone::Ok, format!("Doctor assigned to {}.", patient.label));
                return Ok(see_other(format!("/patients/{id}")));
            }
            Saved::Mend(typed, problems) => (typed, problems),
            Saved::Overtaken(..) => return Err(AppError::Conflict("Somebody else has changed this assignment.")),
        }
    };
    let status = problems.status();
    draw(&visit, &patient, form.again(typed, problems).await?, status)
}

pub async fn destroy(visit: Visit, user: CurrentUser, path: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (id, mapping) = path.into_inner();
    let row = record::find::find(&visit.app, user.to_actor(), "mapping", mapping).await?;
    if row.values.at("patient_id").as_id() != Some(id) {
        return Err(AppError::NotFound);
    }
    let (patient, doctor) = names(&visit, &user, mapping).await?;
    record::find::delete(&visit.app, user.to_actor(), "mapping", mapping).await?;
    let undo = format!("/patients/{id}/doctors/{mapping}/restore");
    leave_undoable(&visit.request, &visit.app, format!("{doctor} removed from {patient}."), undo);
    Ok(see_other(format!("/patients/{id}")))
}

pub async fn restore(visit: Visit, user: CurrentUser, path: Path<(i64, i64)>) -> AppResult<HttpResponse> {
    let (id, mapping) = path.into_inner();
    let (tone, told) = match trash::put_back(&visit, &user, "mapping", mapping).await? {
        Ok(_) => {
            let (patient, doctor) = names(&visit, &user, mapping).await?;
            (Tone::Ok, format!("{doctor} is assigned to {patient} again."))
        }
        Err(sentence) => (Tone::Warn, sentence),
    };
    leave(&visit.request, &visit.app, tone, told);
    Ok(see_other(format!("/patients/{id}")))
}

/// The patient and the doctor of an assignment, by name if the user may view them.
async fn names(visit: &Visit, user: &CurrentUser, mapping: i64) -> AppResult<(String, String)> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit
        .app
        .db
        .read(move |c| {
            let resource = app.registry.of::<Assignment>();
            let row = app.registry.find(c, resource, mapping, Some(&actor))?.ok_or(AppError::NotFound)?;
            let id = |field: &str| row.values.at(field).as_id().unwrap_or_default();
            let patient = app.registry.visible_label(c, &actor, "patient", id("patient_id"))?;
            Ok::<_, AppError>((patient, app.registry.visible_label(c, &actor, "doctor", id("doctor_id"))?))
        })
        .await
}

fn draw(visit: &Visit, patient: &Row, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
    let back = format!("/patients/{}", patient.id);
    let shell = visit
        .shell(format!("Assign a doctor to {}", patient.label))
        .under(&[("Patients", "/patients")])
        .with_errors(!form.errors.is_empty());
    let shell = shell.renamed("Assign a doctor").after(&patient.label, &back);
    html(status, &FormPage { shell, form, action: format!("{back}/doctors/new"), cancel: back, button: "Assign doctor".into() })
}
