//! The operations of appointments beside those of every resource: free times, and changes of state.

use actix_web::http::Method;
use serde_json::json;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Components, ComponentsBuilder, Required};

use super::answers::Refusal::{Conflict, Forbidden, Malformed, NotFound, Unauthorized};
use super::operations::{RATE, may_send, operation, success};
use super::parameters::{id, query};
use super::schemas::{name, record};
use super::values::{any_of, formatted, list_of, named, plain, text, whole};
use crate::api::appointments::slots::{MOST, MOST_DAYS, USUAL_DAYS};
use crate::api::appointments::{SLOTS, moves};
use crate::api::schema::Shape;
use crate::scheduling::appointment::model::Party;
use crate::scheduling::appointment::state::State;

const SLOT: &str = "Slot";

/// The operation of this route; `None` for another one.
pub fn of(shape: &Shape, method: &Method, path: &str) -> Option<Operation> {
    if (method, path) == (&Method::GET, SLOTS) {
        return Some(slots().tag(shape.plural).build());
    }
    let (state, _) = moves().find(|(_, known)| known == path).filter(|_| *method == Method::POST)?;
    Some(moved(shape, state).tag(shape.plural).build())
}

pub fn add(components: Components) -> Components {
    let types: SchemaType = [Type::Integer, Type::Null].into_iter().collect();
    let slot = ObjectBuilder::new()
        .description(Some("A time that is free."))
        .property("doctor", whole().description(Some("The ID of the doctor.")))
        .property("starts_at", formatted("date-time"))
        .property("ends_at", formatted("date-time"))
        .property("site", whole().schema_type(types).description(Some("The ID of the site, if the doctor is at one.")))
        .property("time_zone", text().description(Some("The time zone of the place.")));
    let slot = ["doctor", "starts_at", "ends_at", "site", "time_zone"].into_iter().fold(slot, ObjectBuilder::required);
    ComponentsBuilder::from(components).schema(SLOT, slot).build()
}

fn slots() -> OperationBuilder {
    let number = |name: &str, description: &str| query(name, description, whole().minimum(Some(1_i64)));
    let moment =
        |name: &str, description: String| query(name, description, any_of([formatted("date-time").into(), formatted("date").into()]));
    let description = format!(
        "The times at which an appointment can be booked, soonest first, at most {MOST}. Buffers, breaks, time off, holidays and rooms are \
         considered. Without a doctor, all of them are asked; of those who are free at the same time, the one with the fewest \
         appointments of the day comes first."
    );
    let example = json!([{
        "doctor": 3, "starts_at": "2026-11-21T08:30:00.000000Z", "ends_at": "2026-11-21T08:50:00.000000Z", "site": null,
        "time_zone": "Europe/Berlin",
    }]);
    operation("slots_list".into(), "List free times".into(), &description, &[Malformed, Unauthorized, Forbidden])
        .parameter(needed(number("type", "The ID of the appointment type.")))
        .parameter(number("doctor", "The ID of the doctor."))
        .parameter(number("patient", "The ID of the patient, who has to be free as well."))
        .parameter(moment("from", "The earliest time, or the first day. The default is now.".into()))
        .parameter(moment(
            "to",
            format!(
                "The time before which it begins, or the last day: at most {MOST_DAYS} days later. The default is {USUAL_DAYS} days later."
            ),
        ))
        .response("200", success("The free times.", list_of(named(SLOT)), example, &RATE))
}

/// A parameter without which there is no answer.
fn needed(mut parameter: Parameter) -> Parameter {
    parameter.required = Required::True;
    parameter
}

fn moved(shape: &Shape, state: State) -> OperationBuilder {
    let verb = state.verb().unwrap_or_default().replace('-', "_");
    let summary = format!("Set the state of an appointment to “{}”", state.lower());
    let description = "The response is 409 if the appointment cannot move into this state from the one that it is in, or if its time has been \
        taken by another one.";
    let drawn = operation(format!("appointments_{verb}"), summary, description, &[Malformed, Unauthorized, Forbidden, NotFound, Conflict]);
    let body = ObjectBuilder::new().description(Some("Nothing is needed. Other members are ignored."));
    let (body, sent) = match state {
        State::Cancelled => {
            let parties = Party::CHOICES.iter().map(|(stored, _)| *stored);
            let reason = plain().max_length(Some(200)).description(Some("Why it was cancelled."));
            let by = text().enum_values(Some(parties)).description(Some("Who cancelled. The default is the clinic."));
            let body = body.property("cancel_reason", reason).property("cancelled_by", by);
            (body, json!({ "cancelled_by": "patient", "cancel_reason": "Feels better" }))
        }
        _ => (body, json!({})),
    };
    may_send(drawn, body, sent)
        .parameter(id("The ID of the appointment.".into()))
        .response("200", success("The appointment.", named(&name(shape, "")), record(shape), &[RATE.as_slice(), &["ETag"]].concat()))
}
