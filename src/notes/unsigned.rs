//! The notes that a doctor has not signed yet: their own drafts, and the notes of others that wait for their signature.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use super::sections::shortened;
use super::writes;
use crate::app::App;
use crate::clinic::patient::Patient;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::{Actor, Model};
use crate::scheduling::own_doctor::doctor_of;
use crate::web::page::extension::{Card, CardLine};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "notes/unsigned.html")]
struct UnsignedPage {
    shell: Shell,
    cards: Vec<Card>,
}

pub const PATH: &str = "/notes/unsigned";
/// The most of each kind on the page.
const MOST: i64 = 500;
/// The most lines on the start page.
const TODAY_LINES: usize = 6;

/// A draft, or a note that waits: its id, its patient, when the visit began, and what it is about.
type Waiting = (i64, i64, String, UtcDateTime, String);

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (actor, zone) = (user.to_actor(), visit.zone());
    let (drafts, asked) = visit.app.db.read(move |c| Ok::<_, AppError>((drafts(c, &actor, &zone)?, asked(c, &actor, &zone)?))).await?;
    let mut cards = vec![card("Your drafts", "Every note is signed.", drafts)];
    if !asked.is_empty() {
        cards.push(card("Waiting for your signature", "", asked));
    }
    html(StatusCode::OK, &UnsignedPage { shell: visit.shell("Notes to sign"), cards })
}

fn card(title: &str, empty: &str, lines: Vec<CardLine>) -> Card {
    Card { title: title.into(), empty: empty.into(), lines, button: None }
}

/// For the start page, if there is anything.
pub fn today(c: &mut Connection, app: &App, actor: &Actor) -> QueryResult<Vec<Card>> {
    if !writes(actor) {
        return Ok(Vec::new());
    }
    let zone = app.zone(actor);
    let mut lines = drafts(c, actor, &zone)?;
    lines.extend(asked(c, actor, &zone)?);
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let title = format!("{} to sign", plural(lines.len() as i64, "note", "notes"));
    lines.truncate(TODAY_LINES);
    Ok(vec![Card { title, empty: String::new(), lines, button: Some(("All notes to sign".into(), PATH.into())) }])
}

fn drafts(c: &mut Connection, actor: &Actor, zone: &Zone) -> QueryResult<Vec<CardLine>> {
    let about = "COALESCE(NULLIF(note_drafts.reason, ''), NULLIF(visits.reason, ''), note_drafts.history)";
    let own = Sql::new(format!("SELECT note_drafts.id, patients.id, patients.name, visits.started_at, {about} FROM note_drafts "))
        .text("JOIN visits ON visits.id = note_drafts.visit_id JOIN patients ON patients.id = note_drafts.patient_id ")
        .text("WHERE patients.deleted_at IS NULL AND note_drafts.author_id = ")
        .number(actor.id)
        .text(" ORDER BY visits.started_at, note_drafts.id LIMIT ")
        .number(MOST);
    lines(c, actor, zone, own, ("/notes/drafts", "Draft"))
}

fn asked(c: &mut Connection, actor: &Actor, zone: &Zone) -> QueryResult<Vec<CardLine>> {
    let Some(doctor_id) = doctor_of(c, actor)? else { return Ok(Vec::new()) };
    let own = Sql::new("SELECT notes.id, patients.id, patients.name, notes.signed_at, notes.reason FROM notes ")
        .text("JOIN patients ON patients.id = notes.patient_id ")
        .text("WHERE patients.deleted_at IS NULL AND NOT EXISTS ")
        .text("(SELECT 1 FROM addenda WHERE addenda.note_id = notes.id AND addenda.kind = 'co_signature') ")
        .text("AND notes.author_id <> ")
        .number(actor.id)
        .text(" AND notes.cosigner_id = ")
        .number(doctor_id)
        .text(" ORDER BY notes.signed_at, notes.id LIMIT ")
        .number(MOST);
    lines(c, actor, zone, own, ("/notes", "Second signature"))
}

/// Those about patients whom the actor may see.
fn lines(c: &mut Connection, actor: &Actor, zone: &Zone, own: Sql, (place, badge): (&str, &str)) -> QueryResult<Vec<CardLine>> {
    let found: Vec<Waiting> = own.returning::<(BigInt, BigInt, Text, Timestamp, Text)>().load(c)?;
    let mut lines = Vec::new();
    for (id, patient_id, patient, at, about) in found {
        if Patient::resource().find(c, patient_id, Some(actor))?.is_none() {
            continue;
        }
        lines.push(CardLine {
            when: zone.short_date(zone.date(at)),
            label: patient,
            href: format!("{place}/{id}"),
            note: shortened(about.lines().next().unwrap_or_default(), 80),
            badge: ("warn", badge.into()),
        });
    }
    Ok(lines)
}
