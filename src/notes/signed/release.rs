//! Sharing a signed note with its patient, and taking it back. The note itself stays as it is.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use super::page;
use crate::db::connection::exclusive;
use crate::db::schema::note_releases;
use crate::error::{AppError, AppResult};
use crate::notes::note::Note;
use crate::resource::log::entry::LogAction;
use crate::web::page::flash::{Tone, leave};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    set(&visit, &user, *id, true).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The patient can read the note now, without the part for colleagues.");
    Ok(see_other(format!("/notes/{id}")))
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    set(&visit, &user, *id, false).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The patient can no longer read the note.");
    Ok(see_other(format!("/notes/{id}")))
}

async fn set(visit: &Visit, user: &CurrentUser, id: i64, is_shared: bool) -> AppResult<()> {
    page::open(visit, user, id).await?;
    let (app, actor) = (visit.app.clone(), user.to_actor());
    visit
        .app
        .db
        .write(move |c| {
            exclusive(c, "note", id)?;
            let own = note_releases::table.find(id);
            let is_known = diesel::select(diesel::dsl::exists(own)).get_result::<bool>(c)?;
            if is_known == is_shared {
                return Ok(());
            }
            match is_shared {
                true => {
                    let row = (note_releases::note_id.eq(id), note_releases::released_at.eq(app.now()));
                    diesel::insert_into(note_releases::table).values(row).execute(c)?
                }
                false => diesel::delete(own).execute(c)?,
            };
            let resource = app.registry.of::<Note>();
            let row = app.registry.find(c, resource, id, None)?.ok_or(AppError::NotFound)?;
            app.act(c, &actor, |_, writer| {
                writer.set_note(if is_shared { "Shared with the patient" } else { "No longer shared with the patient" });
                writer.log(LogAction::Act, resource, &row, Vec::new());
                Ok(())
            })
        })
        .await
}
