//! Saving a draft with a button: phrases are expanded, and a template fills what is blank.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;

use super::conflict;
use super::model::{self, Opened, Stored};
use super::page::{self, Problem};
use super::typed::{Typed, tidy};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::notes::sections::{LONGEST, SECTIONS, Texts};
use crate::notes::{note, phrase, template};
use crate::resource::{Actor, FormData};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// What became of a form.
pub(super) enum Outcome {
    Stored(Box<Opened>),
    /// Another page has stored another text since.
    Differs(Box<Opened>),
    Wrong(Box<Opened>, Vec<Problem>),
    /// It is signed: the note.
    Signed(i64),
}

pub async fn update(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let (id, actor, now, form) = (*id, user.to_actor(), visit.app.now(), FormData::clone(&posted));
    let typed = Typed::read(&form);
    let (outcome, typed) = visit
        .app
        .db
        .write(move |c| {
            let mut typed = typed;
            let outcome = store(c, &actor, id, &form, &mut typed, now)?;
            Ok::<_, AppError>((outcome, typed))
        })
        .await?;
    match outcome {
        Outcome::Stored(_) => {
            leave(&visit.request, &visit.app, Tone::Ok, "Draft saved. Only you can see it.");
            Ok(see_other(format!("/notes/drafts/{id}")))
        }
        other => refused(&visit, &user, other, typed).await,
    }
}

/// The page again, with what is in the way.
pub(super) async fn refused(visit: &Visit, user: &CurrentUser, outcome: Outcome, typed: Typed) -> AppResult<HttpResponse> {
    match outcome {
        Outcome::Signed(id) => Ok(see_other(format!("/notes/{id}"))),
        Outcome::Differs(opened) => conflict::render(visit, &opened, &typed),
        Outcome::Wrong(opened, problems) => {
            page::render(visit, user, *opened, Some(typed), problems, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Outcome::Stored(opened) => Ok(see_other(format!("/notes/drafts/{}", opened.draft.id))),
    }
}

/// Stores the form in the caller's transaction. `typed` has what is stored afterwards.
pub(super) fn store(
    c: &mut Connection,
    actor: &Actor,
    id: i64,
    form: &FormData,
    typed: &mut Typed,
    now: UtcDateTime,
) -> AppResult<Outcome> {
    let Some(opened) = model::find_to_change(c, actor, id)? else {
        return note::of_draft(c, id, actor.id)?.map(Outcome::Signed).ok_or(AppError::NotFound);
    };
    if typed.patient_id != opened.draft.patient_id {
        return Err(AppError::Conflict("The page was about another patient. Nothing was saved."));
    }
    choose(form, &opened.draft.texts(), typed);
    let phrases = phrase::list_for_user(c, actor.id)?;
    for text in &mut typed.texts.0 {
        *text = phrase::expand(text, &phrases);
    }
    if form.has("use_template")
        && let Some(chosen) = form.text("template").parse().ok().map(|id| template::find(c, id)).transpose()?.flatten()
    {
        typed.texts = chosen.fill(std::mem::take(&mut typed.texts));
        typed.template = Some(chosen.name);
    }
    let long = typed.too_long();
    if !long.is_empty() {
        let problems = long
            .iter()
            .map(|section| Problem { target: section.name, text: format!("{} must have {LONGEST} characters or fewer", section.label) });
        return Ok(Outcome::Wrong(Box::new(opened), problems.collect()));
    }
    match model::store(c, &opened, typed, now)? {
        Stored::Differs => Ok(Outcome::Differs(Box::new(opened))),
        Stored::As(_) => Ok(Outcome::Stored(Box::new(opened))),
    }
}

/// What was chosen where two windows had different texts.
fn choose(form: &FormData, stored: &Texts, typed: &mut Typed) {
    for ((section, text), stored) in SECTIONS.iter().zip(&mut typed.texts.0).zip(&stored.0) {
        match form.text(&format!("{}__pick", section.name)) {
            "stored" => text.clone_from(stored),
            "both" => *text = tidy(&format!("{stored}\n\n{text}")),
            _ => {}
        }
    }
}
