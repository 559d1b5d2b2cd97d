//! Adding to a signed note: a text with name and time, or the signature of a second doctor.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use super::page::{self, Found, can};
use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::addenda;
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::notes::addendum::{self, Addendum, AddendumKind};
use crate::notes::draft::sign::whole;
use crate::notes::draft::typed::tidy;
use crate::notes::note::Note;
use crate::notes::sections::LONGEST;
use crate::resource::Actor;
use crate::resource::log::entry::LogAction;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

#[derive(Insertable)]
#[diesel(table_name = addenda)]
struct NewAddendum<'a> {
    note_id: i64,
    patient_id: i64,
    author_id: i64,
    signed_by: &'a str,
    kind: AddendumKind,
    text: &'a str,
    created_at: UtcDateTime,
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let found = page::open(&visit, &user, *id).await?;
    let text = tidy(posted.text("text"));
    let problem = match text.chars().count() {
        0 => "Enter what you want to add".into(),
        long if long > LONGEST => format!("The text must have {LONGEST} characters or fewer"),
        _ => String::new(),
    };
    if !problem.is_empty() {
        return page::render(&visit, &user, found, text, problem).await;
    }
    add(&visit, &user, found, AddendumKind::Addendum, text).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Your text was added to the note.");
    Ok(see_other(format!("/notes/{id}")))
}

/// The second signature, by the doctor who was asked.
pub async fn cosign(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let found = page::open(&visit, &user, *id).await?;
    add(&visit, &user, found, AddendumKind::CoSignature, String::new()).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "You have signed the note as well.");
    Ok(see_other(format!("/notes/{id}")))
}

async fn add(visit: &Visit, user: &CurrentUser, found: Found, kind: AddendumKind, text: String) -> AppResult<()> {
    let (app, actor, note) = (visit.app.clone(), user.to_actor(), found.note);
    visit.app.db.write(move |c| store(c, &app, &actor, &note, kind, &text)).await
}

fn store(c: &mut Connection, app: &App, actor: &Actor, note: &Note, kind: AddendumKind, text: &str) -> AppResult<()> {
    exclusive(c, "note", note.id)?;
    let is_cosigned = addendum::list_for_note(c, note.id)?.iter().any(|added| added.kind == AddendumKind::CoSignature);
    if kind == AddendumKind::CoSignature && !can(c, actor, note, is_cosigned)?.cosign {
        return Err(AppError::Conflict("You are not asked to sign this note, or it is signed already."));
    }
    let new = NewAddendum {
        note_id: note.id,
        patient_id: note.patient_id,
        author_id: actor.id,
        signed_by: &actor.name,
        kind,
        text,
        created_at: app.now(),
    };
    let id: i64 = diesel::insert_into(addenda::table).values(&new).returning(addenda::id).get_result(c)?;
    let resource = app.registry.of::<Addendum>();
    let stored = app.registry.find(c, resource, id, None)?.ok_or(AppError::NotFound)?;
    app.act(c, actor, |_, writer| {
        writer.log(LogAction::Add, resource, &stored, whole(resource, &stored));
        Ok(())
    })
}
