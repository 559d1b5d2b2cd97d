//! The page where a note is written.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::model::{self, Opened};
use super::typed::Typed;
use crate::clinic::patient::Patient;
use crate::crypto::keys::random_text;
use crate::db::schema::doctors;
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::notes::sections::SECTIONS;
use crate::notes::signed::shown::{Shown, latest};
use crate::notes::visit::VisitKind;
use crate::notes::{note, phrase, template};
use crate::resource::{Actor, Model};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

/// What has to be corrected, and the field.
pub struct Problem {
    pub target: &'static str,
    pub text: String,
}

#[derive(Template)]
#[template(path = "notes/draft.html")]
struct DraftPage {
    shell: Shell,
    problems: Vec<Problem>,
    about: String,
    saved: String,
    parts: Vec<Part>,
    hidden_inputs: Vec<(&'static str, String)>,
    action: String,
    /// The type of the visit: stored text, label and whether it is chosen. Only the chosen one if it cannot be changed.
    kinds: Vec<(&'static str, &'static str, bool)>,
    cosigners: Vec<(i64, String, bool)>,
    templates: Vec<(i64, String)>,
    phrases: Vec<(String, String)>,
    earlier: Vec<Shown>,
}

/// One part of the note, as a field.
struct Part {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    rows: u8,
    is_optional: bool,
    value: String,
    error: Option<String>,
    has_focus: bool,
}

impl DraftPage {
    fn error_of(&self, name: &str) -> Option<&str> {
        self.problems.iter().find(|problem| problem.target == name).map(|problem| problem.text.as_str())
    }
}

/// The earlier notes that are shown next to it.
const EARLIER: i64 = 3;

/// What the page shows around the fields.
struct Around {
    cosigners: Vec<(i64, String)>,
    templates: Vec<(i64, String)>,
    phrases: Vec<(String, String)>,
    earlier: Vec<Shown>,
}

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (actor, id) = (user.to_actor(), *id);
    let found = visit.app.db.read(move |c| Ok::<_, AppError>((model::find(c, &actor, id)?, note::of_draft(c, id, actor.id)?))).await?;
    match found {
        (Some(opened), _) => {
            record::read::opened(&visit.app, &user, Patient::NAME, opened.patient.id, &opened.patient.label).await?;
            render(&visit, &user, opened, None, Vec::new(), StatusCode::OK).await
        }
        (None, Some(note)) => Ok(see_other(format!("/notes/{note}"))),
        (None, None) => Err(AppError::NotFound),
    }
}

/// The page, with what was typed if it was not stored.
pub(super) async fn render(
    visit: &Visit,
    user: &CurrentUser,
    opened: Opened,
    typed: Option<Typed>,
    problems: Vec<Problem>,
    status: StatusCode,
) -> AppResult<HttpResponse> {
    let (actor, zone, patient_id) = (user.to_actor(), visit.zone(), opened.patient.id);
    let around = visit.app.db.read(move |c| Ok::<_, AppError>(around(c, &actor, patient_id, &zone)?)).await?;
    let (draft, patient, zone) = (&opened.draft, &opened.patient, visit.zone());
    let texts = typed.as_ref().map_or_else(|| draft.texts(), |typed| typed.texts.clone());
    let cosigner = typed.as_ref().map_or(draft.cosigner_id, |typed| typed.cosigner_id);
    let kind = typed.as_ref().and_then(|typed| typed.kind).filter(|_| !opened.is_settled).unwrap_or(opened.visit.kind);
    let focus = problems.first().map_or(draft.last_field.as_str(), |problem| problem.target);
    let parts = SECTIONS.iter().zip(&texts.0).map(|(section, value)| Part {
        name: section.name,
        label: section.label,
        hint: section.hint,
        rows: section.rows,
        is_optional: section.name == "colleagues",
        value: value.clone(),
        error: problems.iter().find(|problem| problem.target == section.name).map(|problem| problem.text.clone()),
        has_focus: if focus.is_empty() { section.name == "reason" } else { focus == section.name },
    });
    let kinds = VisitKind::CHOICES.iter().map(|(stored, label)| (*stored, *label, *stored == kind.as_str()));
    let home = format!("/patients/{patient_id}");
    let shell = visit.shell("Visit note").under(&[("Patients", "/patients"), (&patient.label, &home)]);
    let page = DraftPage {
        shell: shell.with_errors(!problems.is_empty()).of_record(visit, Patient::resource().declaration(), patient, &home),
        about: about(&opened, &zone),
        saved: format!("Saved {}", zone.clock(zone.on_wall(draft.updated_at.unix_minutes()).1)),
        parts: parts.collect(),
        hidden_inputs: vec![
            ("version", typed.as_ref().map_or(draft.version, |typed| typed.version).to_string()),
            ("tab", typed.as_ref().map_or_else(|| random_text(24).replace(['-', '_'], ""), |typed| typed.tab.clone())),
            ("patient_id", patient_id.to_string()),
            ("last_field", draft.last_field.clone()),
        ],
        action: format!("/notes/drafts/{}", draft.id),
        kinds: kinds.filter(|(_, _, is_chosen)| *is_chosen || !opened.is_settled).collect(),
        cosigners: around.cosigners.into_iter().map(|(id, name)| (id, name, Some(id) == cosigner)).collect(),
        templates: around.templates,
        phrases: around.phrases,
        earlier: around.earlier,
        problems,
    };
    html(status, &page)
}

/// `Follow-up, Friday 20 November 2026, 09:00`
fn about(opened: &Opened, zone: &Zone) -> String {
    let seen = &opened.visit;
    let when = format!("{} {}", zone.date(seen.started_at).weekday(), zone.show(seen.started_at));
    if seen.reason.is_empty() { when } else { format!("{}, {when}", seen.reason) }
}

fn around(c: &mut Connection, actor: &Actor, patient_id: i64, zone: &Zone) -> QueryResult<Around> {
    let with_account = doctors::table.filter(doctors::deleted_at.is_null()).filter(doctors::user_id.is_not_null());
    let others = with_account.filter(doctors::user_id.ne(actor.id)).order((doctors::name, doctors::id)).limit(500);
    Ok(Around {
        cosigners: others.select((doctors::id, doctors::name)).load(c)?,
        templates: template::names(c)?,
        phrases: phrase::list_for_user(c, actor.id)?,
        earlier: latest(c, patient_id, EARLIER, zone)?,
    })
}
