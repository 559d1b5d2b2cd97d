//! The start page of a patient who signs in: their record, their doctors, and who looked at it. Nothing of the staff's.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use super::patient::Patient;
use super::patient_access::VIEW_ALL;
use super::staff::details::{Detail, details};
use super::staff::related::{self, Related};
use crate::app::App;
use crate::db::schema::patients;
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::access::actor::{Action, Actor};
use crate::resource::log::entry::LogEntry;
use crate::resource::{Model, Row};
use crate::web::page::extension::{Card, Extension};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::site::Site;

/// The latest views that are shown.
const VIEWS: i64 = 20;

#[derive(Template)]
#[template(path = "clinic/own_record.html")]
struct OwnRecordPage {
    shell: Shell,
    greeting: String,
    /// `None` if no record belongs to the account yet.
    record: Option<OwnRecord>,
}

struct OwnRecord {
    label: String,
    summary: String,
    details: Vec<Detail>,
    related: Vec<Related>,
    /// What other areas add.
    cards: Vec<Card>,
    views: Vec<Look>,
}

/// Who looked at the record, and when.
struct Look {
    who: String,
    when: String,
}

/// Whether somebody is here as a patient only: they may see patients, but not all of them, and change nothing.
pub fn is_for(actor: &Actor) -> bool {
    let works = actor.is_superuser || actor.can(VIEW_ALL) || !actor.permissions.iter().all(|permission| permission.ends_with(".view"));
    actor.may(Action::View, Patient::NAME) && !works && !actor.is_staff
}

pub async fn show(visit: Visit, user: CurrentUser, greeting: String) -> AppResult<HttpResponse> {
    let (app, actor, site) = (visit.app.clone(), user.to_actor(), visit.site.clone());
    let record = visit.app.db.read(move |c| Ok::<_, AppError>(load(c, &app, &site, &actor)?)).await?;
    html(StatusCode::OK, &OwnRecordPage { shell: visit.shell("Your record"), greeting, record })
}

/// The record that belongs to the account of whoever is here.
pub fn find(c: &mut Connection, actor: &Actor) -> QueryResult<Option<Row>> {
    let own = patients::table.filter(patients::user_id.eq(actor.id)).filter(patients::deleted_at.is_null());
    match own.select(patients::id).first::<i64>(c).optional()? {
        Some(id) => Patient::resource().find(c, id, Some(actor)),
        None => Ok(None),
    }
}

fn load(c: &mut Connection, app: &App, site: &Site, actor: &Actor) -> QueryResult<Option<OwnRecord>> {
    let Some(row) = find(c, actor)? else { return Ok(None) };
    let (resource, id) = (Patient::resource(), row.id);
    let zone = &app.zone(actor);
    let mut related = related::load(c, app, actor, resource.declaration(), &row)?;
    related.retain(|card| !card.rows.is_empty());
    // The pages of doctors are the staff's.
    related.iter_mut().flat_map(|card| &mut card.rows).for_each(|row| row.href.clear());
    Ok(Some(OwnRecord {
        summary: (resource.declaration().staff.summary)(&row, zone, app.today_of(actor)),
        details: shown(c, app, actor, &row)?,
        related,
        cards: Extension::of(c, app, actor, &site.extensions, Patient::NAME, &row)?.cards,
        views: views(c, actor, id, zone)?,
        label: row.label,
    }))
}

/// What the patient told the clinic.
fn shown(c: &mut Connection, app: &App, actor: &Actor, row: &Row) -> QueryResult<Vec<Detail>> {
    let fields = Patient::FIELDS;
    let names = [
        fields.phone,
        fields.email,
        fields.may_contact,
        fields.reminders_by,
        fields.address,
        fields.language,
        fields.emergency_contact,
        fields.emergency_phone,
    ];
    let declared = Patient::resource().declaration();
    let mut shown = details(c, app, actor, (declared, row), declared.fields_named(&names), None)?;
    shown.retain(|detail| !detail.text.is_empty());
    Ok(shown)
}

/// The latest views of others.
fn views(c: &mut Connection, actor: &Actor, id: i64, zone: &Zone) -> QueryResult<Vec<Look>> {
    let views = LogEntry::list_views_of_others(c, Patient::NAME, id, actor.id, VIEWS)?;
    Ok(views.into_iter().map(|view| Look { when: zone.show(view.at), who: view.actor }).collect())
}
