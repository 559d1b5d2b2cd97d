//! Begins a note, or returns to the one that was begun.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;

use crate::app::App;
use crate::clinic::patient::Patient;
use crate::db::connection::exclusive;
use crate::db::schema::{note_drafts, notes, visits};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::notes::visit::{Visit as Seen, VisitKind};
use crate::resource::log::entry::LogAction;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Model, Row, Value};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::own_doctor::doctor_of;
use crate::web::record;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

/// What the note will be about.
struct Occasion {
    patient_id: i64,
    appointment_id: Option<i64>,
    doctor_id: Option<i64>,
    started_at: UtcDateTime,
    reason: String,
}

pub async fn for_patient(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let patient = record::find::find(&visit.app, user.to_actor(), Patient::NAME, *id).await?;
    let now = visit.app.now();
    let occasion = Occasion { patient_id: patient.id, appointment_id: None, doctor_id: None, started_at: now, reason: String::new() };
    begin(&visit, &user, occasion).await
}

pub async fn for_appointment(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let (own, now) = (Appointment::FIELDS, visit.app.now());
    let patient_id = row.values.at(own.patient_id).as_id().ok_or(AppError::NotFound)?;
    record::find::find(&visit.app, user.to_actor(), Patient::NAME, patient_id).await?;
    let started_at = match row.values.at(own.starts_at) {
        Value::DateTime(at) if *at < now => *at,
        _ => now,
    };
    let reason = kind_of(&visit, &row).await?;
    let doctor_id = row.values.at(own.doctor_id).as_id();
    begin(&visit, &user, Occasion { patient_id, appointment_id: Some(row.id), doctor_id, started_at, reason }).await
}

/// The name of its type.
async fn kind_of(visit: &Visit, row: &Row) -> AppResult<String> {
    let (app, kind) = (visit.app.clone(), row.values.at(Appointment::FIELDS.type_id).as_id());
    let Some(kind) = kind else { return Ok(String::new()) };
    visit.app.db.read(move |c| Ok::<_, AppError>(app.registry.label(c, "appointment_type", kind)?)).await
}

async fn begin(visit: &Visit, user: &CurrentUser, occasion: Occasion) -> AppResult<HttpResponse> {
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let place = visit.app.db.write(move |c| begun(c, &app, &actor, &occasion)).await?;
    Ok(see_other(place))
}

/// The address of the note: signed, begun earlier, or begun now.
fn begun(c: &mut Connection, app: &App, actor: &Actor, occasion: &Occasion) -> Result<String, WriteError> {
    exclusive(c, "note_drafts", occasion.patient_id)?;
    let visit = match occasion.appointment_id {
        Some(id) => visits::table.filter(visits::appointment_id.eq(id)).select(visits::id).first::<i64>(c).optional()?,
        None => None,
    };
    if let Some(visit_id) = visit {
        let signed = notes::table.filter(notes::visit_id.eq(visit_id)).filter(notes::author_id.eq(actor.id));
        if let Some(id) = signed.order(notes::id.desc()).select(notes::id).first::<i64>(c).optional()? {
            return Ok(format!("/notes/{id}"));
        }
    }
    if let Some(id) = open_draft(c, actor, occasion, visit)? {
        return Ok(format!("/notes/drafts/{id}"));
    }
    let visit_id = match visit {
        Some(id) => id,
        None => add_visit(c, app, actor, occasion)?,
    };
    let now = app.now();
    let row = (
        note_drafts::visit_id.eq(visit_id),
        note_drafts::patient_id.eq(occasion.patient_id),
        note_drafts::author_id.eq(actor.id),
        note_drafts::created_at.eq(now),
        note_drafts::updated_at.eq(now),
    );
    let id: i64 = diesel::insert_into(note_drafts::table).values(row).returning(note_drafts::id).get_result(c)?;
    Ok(format!("/notes/drafts/{id}"))
}

fn open_draft(c: &mut Connection, actor: &Actor, occasion: &Occasion, visit: Option<i64>) -> QueryResult<Option<i64>> {
    let own = note_drafts::table
        .inner_join(visits::table.on(visits::id.eq(note_drafts::visit_id)))
        .filter(note_drafts::author_id.eq(actor.id))
        .filter(note_drafts::patient_id.eq(occasion.patient_id))
        .order(note_drafts::id.desc())
        .select(note_drafts::id);
    match (occasion.appointment_id, visit) {
        (None, _) => own.filter(visits::appointment_id.is_null()).first(c).optional(),
        (Some(_), Some(id)) => own.filter(visits::id.eq(id)).first(c).optional(),
        (Some(_), None) => Ok(None),
    }
}

fn add_visit(c: &mut Connection, app: &App, actor: &Actor, occasion: &Occasion) -> Result<i64, WriteError> {
    let doctor_id = match occasion.doctor_id {
        Some(id) => Some(id),
        None => doctor_of(c, actor)?,
    };
    let now = app.now();
    let row = (
        visits::patient_id.eq(occasion.patient_id),
        visits::appointment_id.eq(occasion.appointment_id),
        visits::doctor_id.eq(doctor_id),
        visits::kind.eq(VisitKind::Clinic),
        visits::reason.eq(&occasion.reason),
        visits::started_at.eq(occasion.started_at),
        visits::created_at.eq(now),
        visits::updated_at.eq(now),
    );
    let id: i64 = diesel::insert_into(visits::table).values(row).returning(visits::id).get_result(c)?;
    let resource = app.registry.of::<Seen>();
    let stored = app.registry.find(c, resource, id, None)?.ok_or(WriteError::NotFound)?;
    app.act(c, actor, |_, writer| {
        writer.log(LogAction::Add, resource, &stored, Vec::new());
        Ok::<_, WriteError>(())
    })?;
    Ok(id)
}
