//! What the page stores by itself every few seconds. It does not extend the session, and writes no log entry.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde_json::json;

use super::model::{self, Stored};
use super::typed::Typed;
use crate::db::Connection;
use crate::error::{AppError, AppResult};
use crate::notes::note;
use crate::resource::Actor;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;

enum Outcome {
    Stored(Stored),
    /// It was signed in the meantime: the note.
    Signed(i64),
    Refused(&'static str),
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let (actor, now, typed) = (user.to_actor(), visit.app.now(), Typed::read(&posted));
    let outcome = visit.app.db.write(move |c| store(c, &actor, *id, &typed, now)).await?;
    let zone = visit.zone();
    Ok(match outcome {
        Outcome::Stored(Stored::As(version)) => {
            let at = zone.clock(zone.on_wall(now.unix_minutes()).1);
            HttpResponse::Ok().json(json!({ "version": version, "saved": format!("Saved {at}") }))
        }
        Outcome::Stored(Stored::Differs) => answer(StatusCode::CONFLICT, "This note was changed in another window."),
        Outcome::Signed(id) => {
            let body = json!({ "problem": "This note is signed.", "place": format!("/notes/{id}") });
            HttpResponse::build(StatusCode::GONE).json(body)
        }
        Outcome::Refused(problem) => answer(StatusCode::UNPROCESSABLE_ENTITY, problem),
    })
}

fn answer(status: StatusCode, problem: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({ "problem": problem }))
}

fn store(c: &mut Connection, actor: &Actor, id: i64, typed: &Typed, now: crate::db::UtcDateTime) -> AppResult<Outcome> {
    let Some(opened) = model::find_to_change(c, actor, id)? else {
        return note::of_draft(c, id, actor.id)?.map(Outcome::Signed).ok_or(AppError::NotFound);
    };
    if typed.patient_id != opened.draft.patient_id {
        return Ok(Outcome::Refused("This page is about another patient."));
    }
    if !typed.too_long().is_empty() {
        return Ok(Outcome::Refused("A part is too long."));
    }
    Ok(Outcome::Stored(model::store(c, &opened, typed, now)?))
}
