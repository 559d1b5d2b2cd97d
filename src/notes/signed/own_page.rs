//! A note as its patient reads it, once it is shared with them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::shown::Shown;
use crate::clinic::own_record;
use crate::db::schema::{note_releases, notes};
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::notes::note::{Note, released_at};
use crate::resource::{Actor, Model};
use crate::web::page::extension::{Card, CardLine};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "notes/own.html")]
struct OwnNotePage {
    shell: Shell,
    note: Shown,
    patient: String,
}

pub async fn show(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let (actor, zone, id) = (user.to_actor(), visit.zone(), *id);
    let (note, patient) = visit.app.db.read(move |c| find(c, &actor, id, &zone)?.ok_or(AppError::NotFound)).await?;
    record::read::opened(&visit.app, &user, Note::NAME, id, &note.title).await?;
    html(StatusCode::OK, &OwnNotePage { shell: visit.shell(&note.title).under(&[("Your record", "/")]), note, patient })
}

/// A note about the person whose account this is, if it is shared with them.
fn find(c: &mut Connection, actor: &Actor, id: i64, zone: &Zone) -> AppResult<Option<(Shown, String)>> {
    let Some(patient) = own_record::find(c, actor)? else { return Ok(None) };
    let own = notes::table.find(id).filter(notes::patient_id.eq(patient.id));
    let Some(note) = own.first::<Note>(c).optional()? else { return Ok(None) };
    if released_at(c, id)?.is_none() {
        return Ok(None);
    }
    let shown = Shown { colleagues: String::new(), ..Shown::of(c, &note, zone)? };
    Ok(Some((shown, patient.label)))
}

/// The most notes on the patient's own page.
const MOST: i64 = 20;

/// The notes that a patient can read.
pub(in crate::notes) fn card(c: &mut Connection, patient_id: i64, zone: &Zone) -> QueryResult<Card> {
    let shared = notes::table.inner_join(note_releases::table.on(note_releases::note_id.eq(notes::id)));
    let own = shared.filter(notes::patient_id.eq(patient_id)).order((notes::signed_at.desc(), notes::id.desc())).limit(MOST);
    let found: Vec<Note> = own.select(notes::all_columns).load(c)?;
    let line = |note: &Note| CardLine {
        when: zone.short_date(zone.date(note.signed_at)),
        label: note.shown_to_patient().first_line(),
        href: format!("/my/notes/{}", note.id),
        note: note.signed_by.clone(),
        badge: ("", String::new()),
    };
    let lines = found.iter().map(line).collect();
    Ok(Card { title: "Notes of your visits".into(), empty: "No notes are shared with you.".into(), lines, button: None })
}
