//! The time off and extra hours of a doctor that are still to come, as the page of the week shows them, and the form that adds some.

use diesel::prelude::*;
use time::Date;

use crate::db::schema::schedule_exceptions;
use crate::db::{Connection, Zone};
use crate::error::AppResult;
use crate::resource::access::actor::{Action, Actor};
use crate::resource::declare::staff_pages::StaffFieldset;
use crate::resource::form::bind::BoundForm;
use crate::resource::{FormData, Model};
use crate::scheduling::schedule_exception::{ExceptionKind, ScheduleException};
use crate::scheduling::working_hours::clock;
use crate::web::record::form::RecordForm;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;

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

/// Whether the actor may do this with time off and extra hours.
pub fn allows(actor: &Actor, action: Action) -> bool {
    ScheduleException::resource().declaration().allows(actor, action)
}

pub fn form(visit: &Visit, user: &CurrentUser, has_sites: bool) -> RecordForm {
    let sections = if has_sites { WITH_SITES } else { FIELDS };
    RecordForm::new(visit, user, ScheduleException::NAME).with_sections(sections)
}

/// The form as it is opened. The page begins with the week, so nothing in it has the focus.
pub async fn blank(visit: &Visit, user: &CurrentUser, has_sites: bool) -> AppResult<BoundForm> {
    let bound = form(visit, user, has_sites).open(FormData::default()).await?;
    Ok(arranged(bound))
}

pub fn arranged(mut bound: BoundForm) -> BoundForm {
    for field in bound.sections.iter_mut().flat_map(|section| &mut section.fields) {
        field.focus = false;
        field.related.clear();
        field.opens_row = matches!(field.name.as_str(), "first_day" | "from_time");
        field.closes_row = matches!(field.name.as_str(), "last_day" | "to_time");
    }
    bound
}
