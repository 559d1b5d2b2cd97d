//! Assigning a doctor to a patient, and ending the assignment.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use crate::clinic::mapping::Assignment;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::resource::value::Row;
use crate::resource::{FormData, Value};
use crate::web::page::flash::{Tone, leave, leave_undoable};
use crate::web::page::form_page::FormPage;
use crate::web::record::form::{RecordForm, Sections};
use crate::web::record::submit::{RecordFormPage, RecordPaths};
use crate::web::record::{self, trash};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::Posted;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// The patient is part of the address and never read from the form.
const DOCTOR: Sections = &[("", &["doctor_id"])];

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let patient = record::find::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let bound = form(&visit, &user).opened(&visit, FormData::default()).await?;
    AssignmentForm { visit: &visit, patient: &patient }.render(None, bound, StatusCode::OK).await
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: Posted) -> AppResult<HttpResponse> {
    let patient = record::find::find(&visit.app, user.to_actor(), "patient", *id).await?;
    let fixed = [("patient_id", Value::Integer(patient.id))].into_iter().collect();
    let page = AssignmentForm { visit: &visit, patient: &patient };
    form(&visit, &user).submit(&visit, FormData::clone(&posted), fixed, &page).await
}

fn form(visit: &Visit, user: &CurrentUser) -> RecordForm {
    RecordForm::new(visit, user, "mapping", DOCTOR).parking()
}

/// The page that assigns a doctor to this patient.
struct AssignmentForm<'a> {
    visit: &'a Visit,
    patient: &'a Row,
}

impl AssignmentForm<'_> {
    fn patient_page(&self) -> String {
        format!("/patients/{}", self.patient.id)
    }
}

impl RecordFormPage for AssignmentForm<'_> {
    fn paths(&self) -> RecordPaths {
        RecordPaths(format!("{}/doctors", self.patient_page()))
    }

    async fn render(&self, _: Option<&Row>, form: BoundForm, status: StatusCode) -> AppResult<HttpResponse> {
        let (cancel, patient) = (self.patient_page(), &self.patient.label);
        let shell = self.visit.shell(format!("Assign a doctor to {patient}")).under(&[("Patients", "/patients")]);
        let shell = shell.with_errors(!form.errors.is_empty()).renamed("Assign a doctor").after(patient, &cancel);
        html(status, &FormPage { shell, form, action: self.paths().new_form(), cancel, button: "Assign doctor".into() })
    }

    fn saved(&self, _: Option<&Row>, _: &Row, _: &FormData) -> String {
        leave(&self.visit.request, &self.visit.app, Tone::Ok, format!("Doctor assigned to {}.", self.patient.label));
        self.patient_page()
    }
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
