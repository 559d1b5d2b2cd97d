//! Adding a record, or up to [`MOST`] of them in one transaction.

use actix_web::http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::input::Purpose;
use super::output::{JsonWriter, etag};
use crate::api::http::body::Body;
use crate::api::http::error::ApiError;
use crate::api::http::idempotency::{Once, Reply};
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::records;
use crate::api::schema::Shape;
use crate::api::state::State;
use crate::db::Connection;
use crate::db::connection::part;
use crate::resource::write::writer::{WriteError, Writer};
use crate::resource::{Actor, Resource, Row, Values};

/// The most records of one body.
pub const MOST: usize = 1_000;

pub async fn create(name: &'static str, call: Call) -> Answer {
    let (app, actor) = (call.app.clone(), call.actor()?);
    let once = Once::of(&call)?;
    let (body, data, who) = (call.body, app.clone(), actor.clone());
    let stored = app.db.write(move |c| stored(c, &data, &who, name, once.as_ref(), &body));
    Ok(records::settled(&app, &actor, name, stored).await?.answer())
}

fn stored(c: &mut Connection, app: &State, actor: &Actor, name: &str, once: Option<&Once>, body: &Body) -> Result<Reply, ApiError> {
    if let Some(reply) = once.map_or(Ok(None), |once| once.begin(c, app.now()))? {
        return Ok(reply);
    }
    let shape = app.api.get(name)?;
    let resource = app.registry.get(name).ok_or_else(ApiError::not_found)?;
    let given = resource.initial(actor, app.now());
    app.act(c, actor, |c, writer| {
        let adding = Adding { app, actor, shape, resource, given: &given, is_form: body.is_form };
        let reply = match several(&body.value)? {
            Some(rows) => adding.all(c, writer, rows)?,
            None => adding.one(c, writer, body.object()?)?,
        };
        if let Some(once) = once {
            once.keep(c, &reply, actor.id, app.now())?;
        }
        Ok(reply)
    })
}

/// The rows of a list of objects; `None` if it is not a list.
fn several(value: &Json) -> Result<Option<Vec<&Map<String, Json>>>, ApiError> {
    let Json::Array(items) = value else { return Ok(None) };
    if items.len() > MOST {
        return Err(ApiError::field("", format!("You can add up to {MOST} at once, but sent {}", items.len())));
    }
    let rows: Option<Vec<_>> = items.iter().map(Json::as_object).collect();
    let rows = rows.filter(|rows| !rows.is_empty());
    rows.map(Some).ok_or_else(|| ApiError::field("", "Send one object, or a list of at least one object"))
}

struct Adding<'a> {
    app: &'a State,
    actor: &'a Actor,
    shape: &'a Shape,
    resource: &'a Resource,
    given: &'a Values,
    is_form: bool,
}

impl Adding<'_> {
    fn add(&self, c: &mut Connection, writer: &Writer, members: &Map<String, Json>) -> Result<Row, WriteError> {
        let read = records::input::values((self.app, self.actor), self.shape, members, self.is_form, Purpose::Create, self.given);
        let (values, errors) = records::file::values(c, self.app, self.actor, self.shape, members, Purpose::Create, read)?;
        writer.create(c, self.resource, values, errors)
    }

    fn one(&self, c: &mut Connection, writer: &Writer, members: &Map<String, Json>) -> Result<Reply, ApiError> {
        let row = self.add(c, writer, members).map_err(|error| self.shape.unwritten(error))?;
        let mut body = Vec::with_capacity(512);
        JsonWriter::usual(c, self.shape, [&row])?.write(&mut body, &row);
        Ok(Reply::new(StatusCode::CREATED, etag(row.version, &body), body))
    }

    /// Adds all of them; or none, and reports the errors of each.
    fn all(&self, c: &mut Connection, writer: &Writer, rows: Vec<&Map<String, Json>>) -> Result<Reply, ApiError> {
        let (mut body, mut wrong, mut is_wrong) = (vec![b'['], Vec::new(), false);
        for members in rows {
            // A savepoint, because a database error in one row must not prevent the others from being checked.
            match part(c, |c| self.add(c, writer, members)) {
                Ok(row) => {
                    JsonWriter::usual(c, self.shape, [&row])?.write_all(&mut body, &[row], wrong.is_empty());
                    wrong.push(json!({}));
                }
                Err(error) => {
                    is_wrong = true;
                    wrong.push(self.shape.unwritten_row(error)?);
                }
            }
        }
        if is_wrong {
            return Err(ApiError::of(StatusCode::BAD_REQUEST, wrong.into()));
        }
        body.push(b']');
        Ok(Reply::new(StatusCode::CREATED, String::new(), body))
    }
}
