//! The root with the addresses under `/api/`, and the response to OPTIONS for a resource.

use actix_web::HttpResponse;
use serde_json::{Map, Value as Json, json};

use crate::api::http::body::PARSES;
use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::schema::{Member, Shape};
use crate::resource::access::actor::Action;
use crate::resource::value::Measure;
use crate::resource::{Kind, Operation};

/// The addresses of the lists.
pub async fn root(call: Call) -> Answer {
    let home = call.app.settings.public_url.as_str().trim_end_matches('/');
    let addresses: Map<String, Json> =
        call.app.api.iter().map(|shape| (shape.slug.to_string(), format!("{home}/api/{}/", shape.slug).into())).collect();
    Ok(answer(Json::Object(addresses)))
}

/// OPTIONS of a list.
pub async fn of_list(name: &'static str, call: Call) -> Answer {
    described(name, &call, "List", ("POST", Action::Add, Operation::Create))
}

/// OPTIONS of a record.
pub async fn of_record(name: &'static str, call: Call) -> Answer {
    described(name, &call, "Instance", ("PUT", Action::Change, Operation::Change))
}

fn described(name: &str, call: &Call, what: &str, (method, action, operation): (&str, Action, Operation)) -> Answer {
    let shape = call.app.api.get(name)?;
    let own = call.app.registry.get(name).ok_or_else(ApiError::not_found)?.declaration();
    let mut description = json!({
        "name": format!("{} {what}", shape.singular),
        "description": "",
        "renders": ["application/json"],
        "parses": PARSES,
    });
    if let Json::Object(members) = &mut description
        && shape.does(operation)
        && own.allows(&*call.actor()?, action)
    {
        members.insert("actions".into(), json!({ method: fields(shape) }));
    }
    Ok(answer(description))
}

fn fields(shape: &Shape) -> Json {
    Json::Object(shape.members.iter().map(|member| (member.name.to_string(), of_member(member))).collect())
}

fn of_member(member: &Member) -> Json {
    let field = &member.field;
    let kind = match field.kind {
        _ if field.is_reference() || field.kind == Kind::Many => "field",
        Kind::Integer | Kind::Measure(Measure::Money | Measure::Duration) => "integer",
        Kind::Measure(Measure::Decimal(_)) => "decimal",
        Kind::Measure(Measure::TimeOfDay) => "time",
        Kind::Bool => "boolean",
        Kind::Date => "date",
        Kind::DateTime => "datetime",
        Kind::Choice(_) => "choice",
        Kind::File => "file",
        _ => "string",
    };
    let mut description = json!({ "type": kind, "required": member.required, "read_only": member.read_only, "label": field.label });
    let mut add = |name: &str, value: Json| {
        if let Json::Object(members) = &mut description {
            members.insert(name.into(), value);
        }
    };
    // The help text of a date is about the form's fields.
    if !field.help.is_empty() && !member.read_only && field.kind != Kind::Date {
        add("help_text", field.help.into());
    }
    match field.kind {
        Kind::Text if !member.read_only => add("max_length", field.max_length.into()),
        Kind::Integer if !member.read_only && !field.is_reference() => {
            add("min_value", field.range.0.into());
            if field.range.1 < i64::MAX {
                add("max_value", field.range.1.into());
            }
        }
        Kind::Choice(choices) => {
            let choices: Vec<Json> = choices.iter().map(|(stored, shown)| json!({ "value": stored, "display_name": shown })).collect();
            add("choices", choices.into());
        }
        _ => {}
    }
    description
}

fn answer(body: Json) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body.to_string())
}
