//! Deleting a draft that is not needed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::model::{self, Opened};
use crate::clinic::patient::Patient;
use crate::db::Connection;
use crate::english::isolated;
use crate::error::{AppError, AppResult};
use crate::notes::visit::Visit as Seen;
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Model};
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// Asks for confirmation, because it cannot be undone.
pub async fn confirm(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (actor, id) = (user.to_actor(), *id);
    let Opened { patient, .. } = visit.app.db.read(move |c| model::find(c, &actor, id)?.ok_or(AppError::NotFound)).await?;
    let (home, draft) = (format!("/patients/{}", patient.id), format!("/notes/drafts/{id}"));
    let shell = visit.shell("Delete this draft?").under(&[("Patients", "/patients"), (&patient.label, &home), ("Note", &draft)]);
    let shell = shell.renamed("Delete").of_record(&visit, Patient::resource().declaration(), &patient, &home);
    let sentences = vec![
        format!("What you wrote about {} is deleted.", isolated(&patient.label)),
        "You cannot undo this. Nobody else has seen the draft.".into(),
    ];
    let act = Some((format!("{draft}/delete"), "Delete draft"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back: draft, effect: Effect::Deletes })
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (app, actor, id) = (visit.app.clone(), user.to_actor(), *id);
    let patient_id = visit.app.db.write(move |c| delete(c, &app, &actor, id)).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The draft was deleted.");
    Ok(see_other(format!("/patients/{patient_id}")))
}

fn delete(c: &mut Connection, app: &crate::app::App, actor: &Actor, id: i64) -> Result<i64, WriteError> {
    let Opened { draft, visit, .. } = model::find_to_change(c, actor, id)?.ok_or(WriteError::NotFound)?;
    let resource = app.registry.of::<Seen>();
    let stored = app.registry.find(c, resource, visit.id, None)?.ok_or(WriteError::NotFound)?;
    if model::delete(c, &draft)? {
        app.act(c, actor, |_, writer| {
            writer.log(LogAction::Delete, resource, &stored, Vec::new());
            Ok::<_, WriteError>(())
        })?;
    }
    Ok(draft.patient_id)
}
