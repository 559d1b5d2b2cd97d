//! The page with the outside calendars of those doctors whose hours one may plan.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::model::OutsideCalendar;
use super::store;
use crate::clinic::doctor::Doctor;
use crate::db::Connection;
use crate::db::schema::outside_calendars;
use crate::error::{AppError, AppResult};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Model};
use crate::scheduling::own_doctor::{PERMISSION, doctor_of};
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

pub const PATH: &str = "/outside-calendars";
pub(super) const TITLE: &str = "Outside calendars";
/// The most on one page.
const SHOWN: i64 = 500;

#[derive(Template)]
#[template(path = "scheduling/outside_calendar/calendars.html")]
struct CalendarsPage {
    shell: Shell,
    calendars: Vec<CalendarLine>,
}

struct CalendarLine {
    id: i64,
    doctor: String,
    name: String,
    host: String,
    hint: String,
    fetched: String,
    problem: String,
    busy: String,
}

/// The calendars that the actor may add and remove.
fn visible(c: &mut Connection, actor: &Actor) -> QueryResult<Vec<OutsideCalendar>> {
    use outside_calendars as own;
    let ordered = own::table.order((own::doctor_id, own::name, own::id)).limit(SHOWN);
    if actor.can(PERMISSION.0) {
        return ordered.load(c);
    }
    match doctor_of(c, actor)? {
        Some(doctor_id) => ordered.filter(own::doctor_id.eq(doctor_id)).load(c),
        None => Ok(Vec::new()),
    }
}

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, actor, zone) = (visit.app.clone(), user.to_actor(), visit.zone());
    let work = move |c: &mut Connection| {
        let calendars = visible(c, &actor)?;
        let ids: Vec<i64> = calendars.iter().map(|calendar| calendar.doctor_id).collect();
        let doctors: BTreeMap<i64, String> = app.registry.labels(c, Doctor::NAME, &ids)?.into_iter().collect();
        let line = |calendar: OutsideCalendar| CalendarLine {
            id: calendar.id,
            doctor: doctors.get(&calendar.doctor_id).cloned().unwrap_or_default(),
            name: calendar.name,
            host: calendar.host,
            hint: calendar.hint,
            fetched: calendar.fetched_at.map_or_else(|| "Not yet".into(), |at| zone.show(at)),
            problem: calendar.problem,
            busy: zone.figure(calendar.busy_count),
        };
        Ok::<_, AppError>(calendars.into_iter().map(line).collect())
    };
    let calendars = visit.app.db.read(work).await?;
    html(StatusCode::OK, &CalendarsPage { shell: visit.shell(TITLE), calendars })
}

/// Has it fetched again soon.
pub async fn fetch(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let calendar = find(&visit, &user, *id).await?;
    let now = visit.app.now();
    visit.app.db.write(move |c| Ok::<_, AppError>(store::set_due(c, calendar.id, now)?)).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The calendar is fetched within a minute.");
    Ok(see_other(PATH))
}

/// Asks for confirmation, because it cannot be undone.
pub async fn confirm(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let calendar = find(&visit, &user, *id).await?;
    let shell = visit.shell("Remove this outside calendar?").after(TITLE, PATH).renamed("Remove");
    let sentences = vec![
        format!("“{}” from {} is no longer fetched, and its busy times can be booked immediately.", calendar.name, calendar.host),
        "You cannot undo this. You can add the address again at any time.".into(),
    ];
    let act = Some((format!("{PATH}/{id}/delete"), "Remove calendar"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back: PATH.into(), effect: Effect::Deletes })
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let calendar = find(&visit, &user, *id).await?;
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let work = move |c: &mut Connection| {
        if diesel::delete(outside_calendars::table.filter(outside_calendars::id.eq(calendar.id))).execute(c)? == 1 {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(LogAction::Delete, calendar.id, &calendar.name, &calendar.host));
                Ok::<_, AppError>(())
            })?;
        }
        Ok::<_, AppError>(())
    };
    visit.app.db.write(work).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The outside calendar was removed.");
    Ok(see_other(PATH))
}

/// The calendar, if the actor may remove it.
async fn find(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<OutsideCalendar> {
    let actor = user.to_actor();
    let work = move |c: &mut Connection| {
        let found: Option<OutsideCalendar> = outside_calendars::table.find(id).first(c).optional()?;
        let Some(calendar) = found else { return Ok(None) };
        let is_visible = actor.can(PERMISSION.0) || doctor_of(c, &actor)? == Some(calendar.doctor_id);
        Ok::<_, AppError>(Some(calendar).filter(|_| is_visible))
    };
    visit.app.db.read(work).await?.ok_or(AppError::NotFound)
}

pub(super) fn about(action: LogAction, id: i64, name: &str, host: &str) -> Entry {
    Entry { id, label: format!("{name} ({host})"), ..Entry::noted(action, OutsideCalendar::NAME, "") }
}
