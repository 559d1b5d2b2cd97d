//! `POST /api/appointments/{id}/cancel/` and like: an appointment moves into another state.

use actix_web::http::StatusCode;
use serde_json::{Map, Value as Json};

use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::records::input::{Purpose, values};
use crate::api::records::output::rendered;
use crate::api::records::record::written;
use crate::api::records::settled;
use crate::resource::write::writer::WriteError;
use crate::resource::{Model, Value, Values};
use crate::scheduling::appointment::model::Appointment;
use crate::scheduling::appointment::state::State;

const OWN: <Appointment as Model>::Fields = Appointment::FIELDS;

pub async fn create(state: State, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let sent = asked(state, call.body.object()?);
    let (is_form, data, who) = (call.body.is_form, app.clone(), actor.clone());
    let moved = app.db.write(move |c| {
        let resource = data.registry.of::<Appointment>();
        let shape = data.api.get(Appointment::NAME)?;
        let (mut values, errors) = values((&data, &who), shape, &sent, is_form, Purpose::Patch, &Values::default());
        values.set(OWN.state, Value::Text(state.as_str().into()));
        let done = data.act(c, &who, |c, writer| writer.update(c, resource, id, values, errors, None));
        let row = done.map_err(|error| match error {
            // What cannot be stored is told first, at its member.
            WriteError::Invalid(errors) => match errors.of(OWN.state).filter(|_| errors.iter().all(|error| error.field == OWN.state)) {
                Some(error) => ApiError::conflict("refused", &error.text),
                None => shape.refused(&errors),
            },
            other => other.into(),
        })?;
        Ok((row.version, rendered(c, &data.api, Appointment::NAME, &row)?))
    });
    let (version, body) = settled(&app, &actor, Appointment::NAME, moved).await?;
    Ok(written(StatusCode::OK, version, body))
}

/// A cancellation says who cancels, and why; other members are ignored.
fn asked(state: State, members: &Map<String, Json>) -> Map<String, Json> {
    let is_asked = |name: &str| state == State::Cancelled && [OWN.cancelled_by, OWN.cancel_reason].contains(&name);
    members.iter().filter(|(name, _)| is_asked(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}
