//! The page that asks who cancels, and why.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::page::sentence;
use crate::error::AppResult;
use crate::resource::form::bind::BoundForm;
use crate::resource::{FormData, FormErrors, Model, Row, Value};
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

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

/// What the page asks.
pub const FIELDS: &[&str] = &[OWN.cancelled_by, OWN.cancel_reason];

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let by_patient = [(OWN.cancelled_by, Value::Text(Party::Patient.as_str().into()))].into_iter().collect();
    let typed = FormData::of(Appointment::resource().declaration().fields_named(FIELDS), &by_patient, &visit.zone());
    render(&visit, &user, &row, typed, FormErrors::default()).await
}

/// The page with what was typed.
pub async fn render(visit: &Visit, user: &CurrentUser, row: &Row, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let fields = Appointment::resource().declaration().fields_named(FIELDS).cloned().collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = bind(&visit.app, fields, typed, errors).await?;
    let record = format!("/appointments/{}", row.id);
    let shell = visit.shell("Cancel an appointment").under(&[("Appointments", "/appointments"), (&row.label, &record)]).renamed("Cancel");
    let shell = shell.with_errors(!form.errors.is_empty());
    let what = sentence(visit, user, row).await?;
    html(status, &CancelPage { shell, form, record, what })
}
