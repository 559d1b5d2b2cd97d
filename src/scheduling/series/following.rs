//! An appointment of a series and those that follow it: cancelled together, or taken back after booking.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::QueryResult;

use crate::app::App;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::english::plural;
use crate::error::{AppError, AppResult};
use crate::resource::form::bind::BoundForm;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormData, FormErrors, Model, Row, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;
use crate::scheduling::booking::cancellation::FIELDS;
use crate::scheduling::entry::{Entry, Wanted, load};
use crate::web::page::extension::Card;
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::record;
use crate::web::record::plain_form::bind;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

#[derive(Template)]
#[template(path = "scheduling/series/cancel.html")]
struct CancelPage {
    shell: Shell,
    form: BoundForm,
    record: String,
    button: String,
    card: Card,
}

/// Those of a series from this one on that can still be cancelled.
fn following(c: &mut Connection, actor: &Actor, row: &Row) -> QueryResult<Vec<Entry>> {
    let (Value::Text(series), Value::DateTime(starts)) = (row.values.at(OWN.series), row.values.at(OWN.starts_at)) else {
        return Ok(Vec::new());
    };
    let condition = Sql::new("appointments.series = ")
        .bind(Bind::Text(Some(series.clone())))
        .text(" AND appointments.starts_at >= ")
        .bind(Bind::Timestamp(Some(*starts)))
        .text(" AND appointments.state IN ('requested', 'booked')");
    load(c, actor, Wanted { condition, is_latest_first: false, only_visible: true, most: MOST })
}

/// A series is not longer.
const MOST: i64 = 100;

pub async fn new(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let by_patient = [(OWN.cancelled_by, Value::Text(Party::Patient.as_str().into()))].into_iter().collect();
    let typed = FormData::of(Appointment::resource().declaration().fields_named(FIELDS), &by_patient, &visit.zone());
    render(&visit, &user, &row, typed, FormErrors::default()).await
}

pub async fn create(visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let fields = Appointment::resource().declaration().fields_named(FIELDS);
    let (mut values, errors) = parse(fields, &typed, visit.app.today(), &visit.zone());
    if !errors.is_empty() {
        return render(&visit, &user, &row, typed, errors).await;
    }
    values.set(OWN.state, Value::Text(State::Cancelled.as_str().into()));
    change(&visit, &user, row, values, "Cancelled").await
}

/// Takes back what was booked together, as if it had not been.
pub async fn undo(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let values = [(OWN.state, Value::Text(State::EnteredInError.as_str().into()))].into_iter().collect();
    change(&visit, &user, row, values, "Entered in error").await
}

async fn change(visit: &Visit, user: &CurrentUser, row: Row, values: Values, done: &str) -> AppResult<HttpResponse> {
    let (app, actor, record) = (visit.app.clone(), user.to_actor(), format!("/appointments/{}", row.id));
    let changed = visit.app.db.write(move |c| change_all(c, &app, &actor, &row, &values)).await;
    let (tone, text) = match changed {
        Ok(0) => (Tone::Info, "Nothing was changed.".into()),
        Ok(count) => (Tone::Ok, format!("{done}: {}.", plural(count, "appointment", "appointments"))),
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            (Tone::Warn, format!("Nothing was changed. {why}."))
        }
        Err(error) => return Err(error.into()),
    };
    leave(&visit.request, &visit.app, tone, text);
    Ok(see_other(record))
}

/// All of them or none; returns how many.
fn change_all(c: &mut Connection, app: &App, actor: &Actor, row: &Row, values: &Values) -> Result<i64, WriteError> {
    let resource = app.registry.of::<Appointment>();
    let all = following(c, actor, row)?;
    app.act(c, actor, |c, writer| {
        all.iter().try_for_each(|entry| writer.update(c, resource, entry.id, values.clone(), FormErrors::default(), None).map(|_| ()))?;
        Ok(i64::try_from(all.len()).unwrap_or(0))
    })
}

async fn render(visit: &Visit, user: &CurrentUser, row: &Row, typed: FormData, errors: FormErrors) -> AppResult<HttpResponse> {
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (app, actor, this) = (visit.app.clone(), user.to_actor(), row.clone());
    let (zone, now) = (visit.zone(), visit.app.now());
    let all = visit.app.db.read(move |c| Ok::<_, AppError>(following(c, &actor, &this)?)).await?;
    let fields = Appointment::resource().declaration().fields_named(FIELDS).cloned().collect();
    let form = bind(&app, fields, typed, errors).await?;
    let record = format!("/appointments/{}", row.id);
    let shell = visit.shell("Cancel this and the following").under(&[("Appointments", "/appointments"), (&row.label, &record)]);
    let page = CancelPage {
        shell: shell.renamed("Cancel").with_errors(!form.errors.is_empty()),
        form,
        record,
        button: format!("Cancel {}", plural(i64::try_from(all.len()).unwrap_or(0), "appointment", "appointments")),
        card: Card {
            title: "To be cancelled".into(),
            empty: "None of them is booked any more.".into(),
            lines: all.iter().map(|entry| entry.line(&zone, now)).collect(),
            button: None,
        },
    };
    html(status, &page)
}
