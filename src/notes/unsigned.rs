//! The notes that a doctor has not signed yet: their own drafts, and the notes of others that wait for their signature.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Timestamp};

use super::sections::shortened;
use super::writes;
use crate::app::App;
use crate::clinic::patient::Patient;
use crate::clinic::patient_access::SCOPE;
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::Action;
use crate::resource::{Actor, Model};
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
/// The most on the page.
const MOST: i64 = 500;
/// The most lines on the start page.
const TODAY_LINES: usize = 6;

/// What waits, in the order of the page.
#[derive(Default)]
struct Waiting {
    /// One's own drafts.
    drafts: Vec<CardLine>,
    /// Notes of others that wait for one's signature.
    asked: Vec<CardLine>,
}

/// Whether it is a draft (0) or a note (1), its id, the patient, the time, and what it is about.
type Found = (i32, i64, String, UtcDateTime, String);

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (actor, zone) = (user.to_actor(), visit.zone());
    let Waiting { drafts, asked } = visit.app.db.read(move |c| Ok::<_, AppError>(load(c, &actor, &zone)?)).await?;
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
    let Waiting { drafts: mut lines, asked } = load(c, actor, &app.zone(actor))?;
    lines.extend(asked);
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let title = format!("{} to sign", plural(lines.len() as i64, "note", "notes"));
    lines.truncate(TODAY_LINES);
    Ok(vec![Card { title, empty: String::new(), lines, button: Some(("All notes to sign".into(), PATH.into())) }])
}

/// Those about patients whom the actor may see, the oldest first.
fn load(c: &mut Connection, actor: &Actor, zone: &Zone) -> QueryResult<Waiting> {
    let mut waiting = Waiting::default();
    if !Patient::resource().declaration().allows(actor, Action::View) {
        return Ok(waiting);
    }
    let about = "COALESCE(NULLIF(note_drafts.reason, ''), NULLIF(visits.reason, ''), note_drafts.history)";
    let seen = || match Patient::resource().sees_all(actor) {
        true => Sql::new("patients.deleted_at IS NULL"),
        false => Sql::new("patients.deleted_at IS NULL AND ").append(SCOPE.access.includes(actor.id, "patients.id")),
    };
    let statement = Sql::new(format!("SELECT 0, note_drafts.id, patients.name, visits.started_at, {about} FROM note_drafts "))
        .text("JOIN visits ON visits.id = note_drafts.visit_id JOIN patients ON patients.id = note_drafts.patient_id WHERE ")
        .append(seen())
        .text(" AND note_drafts.author_id = ")
        .number(actor.id)
        .text(" UNION ALL SELECT 1, notes.id, patients.name, notes.signed_at, COALESCE(NULLIF(notes.reason, ''), notes.plan) FROM notes ")
        .text("JOIN patients ON patients.id = notes.patient_id WHERE ")
        .append(seen())
        .text(" AND NOT EXISTS (SELECT 1 FROM addenda WHERE addenda.note_id = notes.id AND addenda.kind = 'co_signature')")
        .text(" AND notes.cosigner_id IN (SELECT doctors.id FROM doctors WHERE doctors.deleted_at IS NULL AND doctors.user_id = ")
        .number(actor.id)
        .text(") AND notes.author_id <> ")
        .number(actor.id)
        .text(" ORDER BY 1, 4, 2 LIMIT ")
        .number(MOST);
    let found: Vec<Found> = statement.returning::<(Integer, BigInt, Text, Timestamp, Text)>().load(c)?;
    for (kind, id, patient, at, about) in found {
        let (place, badge, lines) = match kind {
            0 => ("/notes/drafts", "Draft", &mut waiting.drafts),
            _ => ("/notes", "Second signature", &mut waiting.asked),
        };
        lines.push(CardLine {
            when: zone.short_date(zone.date(at)),
            label: patient,
            href: format!("{place}/{id}"),
            note: shortened(about.lines().next().unwrap_or_default(), 80),
            badge: ("warn", badge.into()),
        });
    }
    Ok(waiting)
}
