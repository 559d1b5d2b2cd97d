//! Adding and removing time off and extra hours on the page of the week.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::exceptions::{arranged, form};
use super::page::{Shown, find, path, render};
use crate::error::{AppError, AppResult};
use crate::resource::{FormData, Model, Value};
use crate::scheduling::schedule_exception::{ExceptionKind, ScheduleException};
use crate::web::page::flash::{Tone, leave};
use crate::web::record;
use crate::web::record::form::Saved;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::see_other;

const OWN: <ScheduleException as Model>::Fields = ScheduleException::FIELDS;

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
