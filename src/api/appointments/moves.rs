//! `POST /api/appointments/{id}/cancel/` and like: an appointment moves into another state.

use std::sync::Arc;

use actix_web::http::StatusCode;

use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::records::output::rendered;
use crate::api::records::record::written;
use crate::api::records::settled;
use crate::resource::write::writer::WriteError;
use crate::resource::{FormErrors, Model, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

pub async fn create(state: State, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let values = Arc::new(values(state, &call)?);
    let moved = settled(|| {
        let (app, actor, values) = (app.clone(), actor.clone(), values.clone());
        call.app.db.write(move |c| {
            let resource = app.registry.of::<Appointment>();
            let shape = app.api.get(Appointment::NAME)?;
            let values = Values::clone(&values);
            let done = app.act(c, &actor, |c, writer| writer.update(c, resource, id, values, FormErrors::default(), None));
            let row = done.map_err(|error| match error {
                WriteError::Invalid(errors) => match errors.of(OWN.state) {
                    Some(error) => ApiError::conflict("refused", &error.text),
                    None => shape.refused(&errors),
                },
                other => other.into(),
            })?;
            Ok((row.version, rendered(c, &app.api, Appointment::NAME, &row)?))
        })
    });
    let (version, body) = moved.await?;
    Ok(written(StatusCode::OK, version, body))
}

/// The new state; for a cancellation also who cancelled, and why.
fn values(state: State, call: &Call) -> Result<Values, ApiError> {
    let members = call.body.object()?;
    let mut values: Values = [(OWN.state, Value::Text(state.as_str().into()))].into_iter().collect();
    if state != State::Cancelled {
        return Ok(values);
    }
    let text = |name: &'static str| match members.get(name) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text.trim().to_string())),
        Some(_) => Err(ApiError::field(name, "This must be a string.")),
    };
    let longest = Appointment::resource().declaration().field(OWN.cancel_reason).map_or(0, |field| field.max_length);
    if let Some(reason) = text("cancel_reason")? {
        if reason.chars().count() > longest {
            return Err(ApiError::field("cancel_reason", format!("This must be {longest} characters or fewer.")));
        }
        if reason.chars().any(char::is_control) {
            return Err(ApiError::field("cancel_reason", "This contains unreadable characters."));
        }
        values.set(OWN.cancel_reason, Value::Text(reason));
    }
    if let Some(party) = text("cancelled_by")? {
        let party = Party::parse(&party).ok_or_else(|| ApiError::field("cancelled_by", "This must be clinic or patient."))?;
        values.set(OWN.cancelled_by, Value::Text(party.as_str().into()));
    }
    Ok(values)
}
