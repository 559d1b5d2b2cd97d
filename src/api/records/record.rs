//! One record: read, changed, deleted.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode, header};
use serde_json::{Map, Value};

use super::input::Purpose;
use super::output::{JsonWriter, View, etag, rendered};
use crate::api::http::conditional::Expected;
use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::schema::VERSION;
use crate::api::{http, records};
use crate::db::Connection;
use crate::db::connection::exclusive;
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, Resource, Values};

pub async fn show(name: &'static str, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let view = match call.request.query_string() {
        "" => View::default(),
        _ => View::read(app.api.get(name)?, &call.query()?),
    };
    let (data, who) = (app.clone(), actor.clone());
    let (body, version, label, along) = app
        .db
        .read(move |c| {
            let resource = data.registry.get(name).ok_or_else(ApiError::not_found)?;
            let row = match resource.declaration().logs_reads {
                true => data.registry.find(c, resource, id, Some(&who))?,
                false => resource.find(c, id, Some(&who))?,
            };
            let mut rows = [row.ok_or_else(ApiError::not_found)?];
            let drawing = JsonWriter::load(c, &data, &who, resource, &view, &mut rows)?;
            let (mut body, [row]) = (Vec::with_capacity(512), rows);
            drawing.write(&mut body, &row);
            Ok::<_, ApiError>((body, row.version, row.label, drawing.shown_along()))
        })
        .await?;
    let opened = std::iter::once((name, id, label)).chain(along);
    for (name, id, label) in opened {
        let own = app.registry.get(name).ok_or_else(ApiError::not_found)?.declaration();
        app.read_log.opened(&actor, app.now(), own, id, &label).await?;
    }
    http::conditional::read(&call.request, &etag(version, &body), body)
}

/// PUT and PATCH.
pub async fn update(name: &'static str, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let purpose = if *call.request.method() == Method::PUT { Purpose::Replace } else { Purpose::Patch };
    let expected = Expected::of(&call.request);
    call.body.object()?;
    let (body, data, who, db) = (call.body, app.clone(), actor.clone(), app.db.clone());
    let changed = db.write(move |c| {
        let shape = app.api.get(name)?;
        let resource = app.registry.get(name).ok_or_else(ApiError::not_found)?;
        meet(c, resource, &actor, id, expected.as_ref())?;
        let read = records::input::values((&app, &actor), shape, body.object()?, body.is_form, purpose, &Values::default());
        let (values, errors) = records::file::values(c, &app, &actor, shape, body.object()?, purpose, read)?;
        let version = version(body.object()?)?;
        let written = app.act(c, &actor, |c, writer| writer.update(c, resource, id, values, errors, version));
        let row = match written {
            Err(WriteError::Conflict(conflict)) => {
                let theirs = serde_json::from_slice(&rendered(c, &app.api, name, &conflict.theirs)?).unwrap_or_default();
                let now = conflict.theirs.version.into();
                return Err(ApiError::from(WriteError::Conflict(conflict)).with("current", theirs).with(VERSION, now));
            }
            written => written.map_err(|error| shape.unwritten(error))?,
        };
        Ok((row.version, rendered(c, &app.api, name, &row)?))
    });
    let (version, body) = records::settled(&data, &who, name, changed).await?;
    Ok(written(StatusCode::OK, version, body))
}

pub async fn destroy(name: &'static str, call: Call) -> Answer {
    let (app, actor, id) = (call.app.clone(), call.actor()?, call.id()?);
    let expected = Expected::of(&call.request);
    app.db
        .clone()
        .write(move |c| {
            let resource = app.registry.get(name).ok_or_else(ApiError::not_found)?;
            meet(c, resource, &actor, id, expected.as_ref())?;
            app.act(c, &actor, |c, writer| writer.delete(c, resource, id)).map_err(ApiError::from)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The version in the body. One that cannot be parsed is an error, and does not count as absent.
fn version(members: &Map<String, Value>) -> Result<Option<i64>, ApiError> {
    match members.get(VERSION) {
        None | Some(Value::Null) => Ok(None),
        Some(sent) => {
            let number = records::input::whole(sent).and_then(|figures| figures.parse().ok());
            number.map(Some).ok_or_else(|| ApiError::field(VERSION, "The version must be a whole number, like 3"))
        }
    }
}

/// Refuses to change another version than the caller expects.
fn meet(c: &mut Connection, resource: &Resource, actor: &Actor, id: i64, expected: Option<&Expected>) -> Result<(), ApiError> {
    let Some(expected) = expected else { return Ok(()) };
    exclusive(c, resource.declaration().name, id)?;
    let row = resource.find(c, id, Some(actor))?.ok_or_else(ApiError::not_found)?;
    expected.check(row.version)
}

/// The response with a changed record.
pub fn written(status: StatusCode, version: i64, body: Vec<u8>) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    if let Ok(tag) = HeaderValue::from_str(&etag(version, &body)) {
        response.insert_header((header::ETAG, tag));
    }
    response.content_type("application/json").body(body)
}
