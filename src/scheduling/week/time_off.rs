//! Time off and extra hours on the page of the week: those to come, and a form that adds one.

use actix_web::HttpResponse;
use actix_web::web::Path;
use diesel::prelude::*;
use time::Date;

use super::page::{Shown, find, path, render};
use crate::db::schema::schedule_exceptions;
use crate::db::{Connection, Zone};
use crate::error::{AppError, AppResult};
use crate::resource::declare::staff_pages::StaffFieldset;
use crate::resource::form::bind::BoundForm;
use crate::resource::{FormData, Model, Value};
use crate::scheduling::schedule_exception::{ExceptionKind, ScheduleException};
use crate::scheduling::working_hours::clock;
use crate::web::page::flash::{Tone, leave};
use crate::web::record;
use crate::web::record::form::{RecordForm, Saved};
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

const OWN: <ScheduleException as Model>::Fields = ScheduleException::FIELDS;
const FIELDS: &[StaffFieldset] = &[("Add time off or extra hours", &["kind", "first_day", "last_day", "from_time", "to_time", "reason"])];
const WITH_SITES: &[StaffFieldset] =
    &[("Add time off or extra hours", &["kind", "first_day", "last_day", "from_time", "to_time", "site_id", "reason"])];

/// The most that are listed.
const MOST: i64 = 100;

/// One that is still to come, or goes on.
pub struct Line {
    pub id: i64,
    pub kind: &'static str,
    pub is_off: bool,
    /// `10 Jun 2027 to 12 Jun 2027`
    pub days: String,
    /// `14:00–16:30`, or that the whole days are meant.
    pub times: String,
    pub reason: String,
}

pub fn list(c: &mut Connection, doctor_id: i64, today: Date, zone: &Zone) -> QueryResult<Vec<Line>> {
    use schedule_exceptions as own;
    let ahead = own::table.filter(own::doctor_id.eq(doctor_id)).filter(own::deleted_at.is_null()).filter(own::last_day.ge(today));
    let found: Vec<ScheduleException> = ahead.order((own::first_day, own::id)).limit(MOST).load(c)?;
    Ok(found.into_iter().map(|one| line(one, zone)).collect())
}

fn line(one: ScheduleException, zone: &Zone) -> Line {
    let (first, last) = (zone.show_date(one.first_day), zone.show_date(one.last_day));
    Line {
        id: one.id,
        kind: one.kind.label(),
        is_off: one.kind == ExceptionKind::Off,
        days: if first == last { first } else { format!("{first} to {last}") },
        times: match one.from_time.zip(one.to_time) {
            Some((from, to)) => format!("{}–{}", clock(from), clock(to)),
            None => "All day".into(),
        },
        reason: one.reason,
    }
}

fn form(visit: &Visit, user: &CurrentUser, has_sites: bool) -> RecordForm {
    let sections = if has_sites { WITH_SITES } else { FIELDS };
    RecordForm::new(visit, user, ScheduleException::NAME).with_sections(sections)
}

/// The form as it is opened. The page begins with the week, so nothing in it has the focus.
pub async fn blank(visit: &Visit, user: &CurrentUser, has_sites: bool) -> AppResult<BoundForm> {
    let bound = form(visit, user, has_sites).open(FormData::default()).await?;
    Ok(arranged(bound))
}

fn arranged(mut bound: BoundForm) -> BoundForm {
    for field in bound.sections.iter_mut().flat_map(|section| &mut section.fields) {
        field.focus = false;
        field.related.clear();
        field.opens_row = matches!(field.name.as_str(), "first_day" | "from_time");
        field.closes_row = matches!(field.name.as_str(), "last_day" | "to_time");
    }
    bound
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let doctor = find(&visit, &user, *id).await?;
    let has_sites = typed.has(OWN.site_id);
    let fixed = [(OWN.doctor_id, Value::Integer(doctor.id))].into_iter().collect();
    let form = form(&visit, &user, has_sites);
    match form.save(typed, fixed).await? {
        Saved::Saved(row) | Saved::Unchanged(row) => {
            let is_off = row.values.at(OWN.kind).as_text() == ExceptionKind::Off.as_str();
            let text = if is_off { "Time off added." } else { "Extra hours added." };
            leave(&visit.request, &visit.app, Tone::Ok, text);
            Ok(see_other(format!("{}#time-off", path(doctor.id))))
        }
        Saved::Invalid(typed, problems) => {
            let status = problems.status();
            let bound = arranged(form.again(typed, problems).await?);
            render(&visit, &user, &doctor, Shown { time_off: Some(bound), status, ..Shown::default() }).await
        }
        Saved::Conflict(..) => Err(AppError::internal("new time off has no other version")),
    }
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), ScheduleException::NAME, *id).await?;
    let doctor = find(&visit, &user, row.values.at(OWN.doctor_id).as_id().unwrap_or_default()).await?;
    record::find::delete(&visit.app, user.to_actor(), ScheduleException::NAME, row.id).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "Removed. It is in the trash.");
    Ok(see_other(format!("{}#time-off", path(doctor.id))))
}
