//! The page of a signed note.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::shown::Shown;
use crate::clinic::patient::Patient;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::notes::note::{self, Note, released_at};
use crate::notes::writes;
use crate::resource::{Actor, Model, Row};
use crate::scheduling::own_doctor::doctor_of;
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "notes/signed.html")]
struct SignedPage {
    shell: Shell,
    note: Shown,
    patient: String,
    action: String,
    /// Since when the patient can read it.
    released: Option<String>,
    can: Can,
    /// The doctor who is asked to sign as well, and has not.
    awaited: Option<String>,
    /// What was to be added, and what is wrong with it.
    text: String,
    problem: String,
}

/// What the reader can do about the note.
#[derive(Clone, Copy, Default)]
pub(super) struct Can {
    pub add: bool,
    pub cosign: bool,
}

/// A note with its patient.
pub(super) struct Found {
    pub note: Note,
    pub patient: Row,
}

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let found = open(&visit, &user, *id).await?;
    render(&visit, &user, found, String::new(), String::new()).await
}

/// A note that the user may read, of a patient whom they may see. Both are logged as read.
pub(super) async fn open(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<Found> {
    let row = record::find::find(&visit.app, user.to_actor(), Note::NAME, id).await?;
    let patient_id = row.values.at(Note::FIELDS.patient_id).as_id().ok_or(AppError::NotFound)?;
    let patient = record::find::find(&visit.app, user.to_actor(), Patient::NAME, patient_id).await?;
    let note = visit.app.db.read(move |c| note::find(c, id)?.ok_or(AppError::NotFound)).await?;
    Ok(Found { note, patient })
}

/// What the actor can do about a note.
pub(super) fn can(c: &mut Connection, actor: &Actor, note: &Note, is_cosigned: bool) -> AppResult<Can> {
    let add = writes(actor);
    let is_asked = note.cosigner_id.is_some() && !is_cosigned && note.author_id != actor.id;
    Ok(Can { add, cosign: add && is_asked && doctor_of(c, actor)? == note.cosigner_id })
}

pub(super) async fn render(visit: &Visit, user: &CurrentUser, found: Found, text: String, problem: String) -> AppResult<HttpResponse> {
    let (app, actor, zone, note) = (visit.app.clone(), user.to_actor(), visit.zone(), found.note);
    let (shown, released, can, awaited) = visit
        .app
        .db
        .read(move |c| {
            let shown = Shown::of(c, &note, &zone)?;
            let awaited = match note.cosigner_id.filter(|_| !shown.is_cosigned) {
                Some(id) => Some(app.registry.label(c, "doctor", id)?),
                None => None,
            };
            let can = can(c, &actor, &note, shown.is_cosigned)?;
            let released = released_at(c, note.id)?.map(|at| zone.show(at));
            Ok::<_, AppError>((shown, released, can, awaited))
        })
        .await?;
    let patient = found.patient;
    let home = format!("/patients/{}", patient.id);
    let shell = visit.shell(&shown.title).under(&[("Patients", "/patients"), (&patient.label, &home)]);
    let status = if problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = SignedPage {
        shell: shell.with_errors(!problem.is_empty()).of_record(visit, Patient::resource().declaration(), &patient, &home),
        action: format!("/notes/{}", shown.id),
        patient: patient.label,
        note: shown,
        released,
        can,
        awaited,
        text,
        problem,
    };
    html(status, &page)
}
