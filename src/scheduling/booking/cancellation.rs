//! The page that asks who cancels, and why.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::page::sentence;
use crate::error::AppResult;
use crate::resource::form::bind::BoundForm;
use crate::resource::{FormData, FormErrors, Model, Value};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;

#[derive(Template)]
#[template(path = "scheduling/booking/cancel.html")]
struct CancelPage {
    shell: Shell,
    form: BoundForm,
    record: String,
    what: String,
}

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let own = Appointment::FIELDS;
    let names = [own.cancelled_by, own.cancel_reason];
    let fields: Vec<_> = Appointment::resource().declaration().fields_named(&names).cloned().collect();
    let by_patient = [(own.cancelled_by, Value::Text(Party::Patient.as_str().into()))].into_iter().collect();
    let typed = FormData::of(fields.iter(), &by_patient, &visit.zone());
    let form = bind(&visit.app, fields, typed, FormErrors::default()).await?;
    let record = format!("/appointments/{}", row.id);
    let shell = visit.shell("Cancel an appointment").under(&[("Appointments", "/appointments"), (&row.label, &record)]).renamed("Cancel");
    let what = sentence(&visit, &user, &row).await?;
    html(StatusCode::OK, &CancelPage { shell, form, record, what })
}
