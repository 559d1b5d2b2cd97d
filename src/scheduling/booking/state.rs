//! Moving an appointment into another state with one press, and back with another.

use actix_web::HttpResponse;
use actix_web::web::Path;

use crate::error::AppResult;
use crate::resource::form::data::parse;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormData, FormErrors, Model, Value, Values};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;
use crate::web::page::flash::{Tone, leave};
use crate::web::record;
use crate::web::record::submit::Done;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::posted::PostedForm;
use crate::web::request::visit::Visit;
use crate::web::response::{local_path, see_other};
use crate::web::undo::leave_saved;

use super::cancellation;
use super::page::sentence;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

pub async fn create(state: State, visit: Visit, user: CurrentUser, id: Path<i64>, posted: PostedForm) -> AppResult<HttpResponse> {
    let typed = FormData::clone(&posted);
    let row = record::find::find(&visit.app, user.to_actor(), Appointment::NAME, *id).await?;
    let record = format!("/appointments/{}", row.id);
    let mut onward = typed.get("next").and_then(local_path).unwrap_or(&record).to_string();
    let (values, errors) = values(state, &typed, &visit);
    if !errors.is_empty() {
        return cancellation::render(&visit, &user, &row, typed, errors).await;
    }
    match record::find::change(&visit.app, user.to_actor(), Appointment::NAME, row.id, values).await {
        Ok(saved) if saved.version == row.version => {
            leave(&visit.request, &visit.app, Tone::Info, format!("It was “{}” already.", state.lower()));
        }
        Ok(saved) => {
            let message = format!("{}: {}.", state.label(), sentence(&visit, &user, &saved).await?);
            // Not every move has a way back: a mistake is the end.
            match state.may_become(State::of(row.values.at(OWN.state))) {
                true => leave_saved(&visit, &record, Done::Changed(&row), &saved, message),
                false => leave(&visit.request, &visit.app, Tone::Ok, message),
            }
            if typed.has("rebook") {
                let patient = saved.values.at(OWN.patient_id).as_id().unwrap_or_default();
                let (kind, doctor) = (saved.values.at(OWN.type_id).as_id(), saved.values.at(OWN.doctor_id).as_id());
                let id = |id: Option<i64>| id.unwrap_or_default();
                onward = format!("/appointments/new?patient_id={patient}&type_id={}&doctor_id={}", id(kind), id(doctor));
            }
        }
        Err(WriteError::Invalid(errors)) => {
            let why = errors.first_text();
            leave(&visit.request, &visit.app, Tone::Warn, format!("Nothing was changed. {why}."));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(see_other(onward))
}

/// The new state; for a cancellation also who cancels and why, as the form sends them.
fn values(state: State, typed: &FormData, visit: &Visit) -> (Values, FormErrors) {
    let moved = (OWN.state, Value::Text(state.as_str().into()));
    let asked = cancellation::FIELDS.iter().copied().filter(|name| state == State::Cancelled && typed.has(name)).collect::<Vec<_>>();
    let fields = Appointment::resource().declaration().fields_named(&asked);
    let (mut values, errors) = parse(fields, typed, visit.app.today(), &visit.zone());
    values.set(moved.0, moved.1);
    (values, errors)
}
