//! The page for the second of two windows in which one note was written: both texts, part by part.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::model::Opened;
use super::typed::Typed;
use crate::clinic::patient::Patient;
use crate::error::AppResult;
use crate::resource::Model;
use crate::web::page::shell::Shell;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "notes/conflict.html")]
struct ConflictPage {
    shell: Shell,
    disputes: Vec<Dispute>,
    /// The parts in which both are the same, and what goes with them.
    hidden_inputs: Vec<(&'static str, String)>,
    action: String,
}

/// A part in which the two differ.
struct Dispute {
    name: &'static str,
    label: &'static str,
    stored: String,
    typed: String,
}

pub(super) fn render(visit: &Visit, opened: &Opened, typed: &Typed) -> AppResult<HttpResponse> {
    let (draft, patient) = (&opened.draft, &opened.patient);
    let action = format!("/notes/drafts/{}", draft.id);
    let stored = draft.texts();
    let pairs: Vec<_> = stored.parts().zip(&typed.texts.0).collect();
    let disputes = pairs.iter().filter(|((_, stored), typed)| stored != typed).map(|((section, stored), typed)| Dispute {
        name: section.name,
        label: section.label,
        stored: (*stored).into(),
        typed: (*typed).clone(),
    });
    let mut hidden_inputs = vec![
        ("version", draft.version.to_string()),
        ("patient_id", draft.patient_id.to_string()),
        ("kind", typed.kind.unwrap_or(opened.visit.kind).as_str().into()),
        ("cosigner_id", typed.cosigner_id.map(|id| id.to_string()).unwrap_or_default()),
    ];
    hidden_inputs.extend(pairs.iter().map(|((section, _), typed)| (section.name, (*typed).clone())));
    let home = format!("/patients/{}", patient.id);
    let shell = visit.shell("Two versions of your note").under(&[("Patients", "/patients"), (&patient.label, &home), ("Note", &action)]);
    let shell = shell.renamed("Two versions").of_record(visit, Patient::resource().declaration(), patient, &home);
    html(StatusCode::CONFLICT, &ConflictPage { shell, disputes: disputes.collect(), hidden_inputs, action })
}
