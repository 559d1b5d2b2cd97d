//! Signing: the draft becomes a note, in one transaction with its log entry.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use super::model::{self, Opened};
use super::page::Problem;
use super::save::{self, Outcome};
use super::typed::Typed;
use crate::app::App;
use crate::db::schema::{notes, visits};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::notes::note::Note;
use crate::notes::sections::{Texts, shortened};
use crate::resource::declare::field::Mode;
use crate::resource::log::entry::{Change, LogAction};
use crate::resource::{Actor, FormData, Resource, Row, Value};
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let (app, actor, id, form) = (visit.app.clone(), user.to_actor(), *id, FormData::clone(&posted));
    let typed = Typed::read(&form);
    let done = visit
        .app
        .db
        .write(move |c| {
            let mut typed = typed;
            let outcome = save::store(c, &actor, id, &form, &mut typed, app.now())?;
            let Outcome::Stored(opened) = outcome else { return Ok::<_, AppError>(Err((outcome, typed))) };
            let problems = problems(c, &typed)?;
            match problems.is_empty() {
                true => Ok(Ok(sign(c, &app, &actor, &opened, &typed)?)),
                false => Ok(Err((Outcome::Wrong(opened, problems), typed))),
            }
        })
        .await?;
    match done {
        Ok(id) => {
            leave(&visit.request, &visit.app, Tone::Ok, "The note is signed. You can add to it, but nobody can change it.");
            Ok(see_other(format!("/notes/{id}")))
        }
        Err((outcome, typed)) => save::refused(&visit, &user, outcome, typed).await,
    }
}

/// What is in the way of a signature.
fn problems(c: &mut Connection, typed: &Typed) -> QueryResult<Vec<Problem>> {
    let mut found = Vec::new();
    if typed.texts.is_blank() {
        found.push(Problem { target: "reason", text: "Write something before you sign the note".into() });
    }
    if let Some(id) = typed.cosigner_id
        && !model::can_sign(c, id)?
    {
        found.push(Problem { target: "cosigner_id", text: "Choose a doctor who can sign in".into() });
    }
    Ok(found)
}

#[derive(Insertable)]
#[diesel(table_name = notes)]
struct NewNote<'a> {
    visit_id: i64,
    patient_id: i64,
    author_id: i64,
    signed_by: &'a str,
    cosigner_id: Option<i64>,
    template: &'a str,
    reason: &'a str,
    history: &'a str,
    examination: &'a str,
    assessment: &'a str,
    plan: &'a str,
    colleagues: &'a str,
    signed_at: UtcDateTime,
    draft_id: Option<i64>,
    created_at: UtcDateTime,
}

fn sign(c: &mut Connection, app: &App, actor: &Actor, opened: &Opened, typed: &Typed) -> AppResult<i64> {
    let (draft, now) = (&opened.draft, app.now());
    let Texts([reason, history, examination, assessment, plan, colleagues]) = &typed.texts;
    if !opened.is_settled {
        let about = if opened.visit.reason.is_empty() { shortened(&typed.texts.first_line(), 100) } else { opened.visit.reason.clone() };
        diesel::update(visits::table.find(draft.visit_id)).set((visits::reason.eq(about), visits::updated_at.eq(now))).execute(c)?;
    }
    let new = NewNote {
        visit_id: draft.visit_id,
        patient_id: draft.patient_id,
        author_id: actor.id,
        signed_by: &actor.name,
        cosigner_id: typed.cosigner_id,
        template: typed.template.as_deref().unwrap_or(&draft.template),
        reason,
        history,
        examination,
        assessment,
        plan,
        colleagues,
        signed_at: now,
        draft_id: Some(draft.id),
        created_at: draft.created_at,
    };
    let id: i64 = diesel::insert_into(notes::table).values(&new).returning(notes::id).get_result(c)?;
    model::delete(c, draft)?;
    let resource = app.registry.of::<Note>();
    let stored = app.registry.find(c, resource, id, None)?.ok_or(AppError::NotFound)?;
    app.act(c, actor, |_, writer| {
        writer.log(LogAction::Add, resource, &stored, whole(resource, &stored));
        Ok::<_, AppError>(())
    })?;
    Ok(id)
}

/// Every text of a new record, for its log entry.
pub(in crate::notes) fn whole(resource: &Resource, row: &Row) -> Vec<Change> {
    let fields = resource.declaration().fields.iter();
    let texts = fields.filter_map(|field| match row.values.at(field.name) {
        Value::Text(text) if !text.is_empty() && field.mode != Mode::Computed => Some((field, text)),
        _ => None,
    });
    let change = |(field, text): (&crate::resource::Field, &String)| Change {
        field: field.name.into(),
        label: field.label.into(),
        before: serde_json::Value::Null,
        after: text.as_str().into(),
        before_text: String::new(),
        after_text: text.clone(),
    };
    texts.map(change).collect()
}
