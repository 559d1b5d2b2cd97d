//! Lists: a bare array of any length, or pages with links.

use actix_web::HttpResponse;
use actix_web::http::{ConnectionType, Method, Version};
use actix_web::web::Bytes;
use futures_util::{StreamExt, stream};

use super::asked::Asked;
use super::output::{View, etag};
use super::pagination::Paging;
use crate::api::http::error::ApiError;
use crate::api::http::request::Call;
use crate::api::http::routes::Answer;
use crate::api::{http, records};
use crate::db::{Connection, DbError};
use crate::resource::{Condition, Test, Value};
use crate::web::record;

/// Rows of a bare list that are in memory at once.
const STRETCH: i64 = 500;
/// Whoever reads more rows than this at once exports them, which is logged.
const LOOK: usize = 100;

pub async fn index(name: &'static str, call: Call) -> Answer {
    answer(name, call, None).await
}

/// The records that refer to the one in the address, if the caller may see that one.
pub async fn listed(name: &'static str, field: &'static str, call: Call) -> Answer {
    let (id, actor, app) = (call.id()?, call.actor()?, call.app.clone());
    let is_seen = call.app.db.read(move |c| {
        let field = app.registry.get(name).and_then(|resource| resource.declaration().field(field));
        let target = field.and_then(|field| app.registry.get(field.reference?.resource)).ok_or_else(ApiError::not_found)?;
        Ok::<_, ApiError>(target.find(c, id, Some(&actor))?.is_some())
    });
    if !is_seen.await? {
        return Err(ApiError::not_found());
    }
    answer(name, call, Some(Condition { field, test: Test::In(vec![Value::Integer(id)]) })).await
}

async fn answer(name: &'static str, call: Call, condition: Option<Condition>) -> Answer {
    let (app, actor, typed) = (call.app.clone(), call.actor()?, call.query()?);
    let shape = app.api.get(name)?;
    let own = app.registry.get(name).ok_or_else(ApiError::not_found)?.declaration();
    let mut query = records::params::read(own, shape, &typed, &app.zone(&actor))?;
    let is_of_one = condition.is_some();
    query.conditions.extend(condition);
    if let Some(searched) = record::read::search_logged_as(&app, own) {
        app.read_log.searched(&actor, app.now(), searched, &records::params::searched(&typed)).await?;
    }
    let view = View::read(shape, &typed);
    let view = if is_of_one { view.with_details() } else { view };
    let asked = Asked { view, app: call.app.clone(), actor, name, query };
    match Paging::read(&typed) {
        Some(paging) => {
            let address = records::pagination::Address::of(&call.request, &app, typed);
            let body = app.db.read(move |c| records::pagination::page(c, &asked, &paging, &address)).await?;
            http::conditional::read(&call.request, &etag(0, &body), body)
        }
        None => whole(&call, asked).await,
    }
}

/// All records in a bare array: at once if they are few, otherwise streamed in batches, so that memory use stays constant.
async fn whole(call: &Call, mut asked: Asked) -> Answer {
    asked.query.limit = STRETCH;
    let (mut asked, body, rows, last) = asked
        .app
        .db
        .clone()
        .read(move |c| {
            asked.query = asked.query.clone().searched(c, asked.resource()?, &asked.actor, asked.app.words())?;
            let mut body = vec![b'['];
            let rows = asked.rows(c, &asked.query, &mut body, true)?;
            Ok::<_, ApiError>((asked, body, rows.len(), rows.last().map(|row| row.id)))
        })
        .await?;
    if rows > LOOK {
        let own = asked.resource()?.declaration();
        let message = format!("A list of {} as JSON", own.plural_lower());
        let filters: String = call.request.query_string().chars().filter(|letter| !letter.is_control()).take(200).collect();
        let message = if filters.is_empty() { message } else { format!("{message}: {filters}") };
        asked.app.read_log.exported(&asked.actor, asked.app.now(), own, &message).await?;
    }
    let Some(last) = last.filter(|_| rows as i64 == STRETCH) else {
        let mut body = body;
        body.push(b']');
        return http::conditional::read(&call.request, &etag(0, &body), body);
    };
    let mut response = HttpResponse::Ok();
    response.content_type("application/json");
    if *call.request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    asked.query = asked.after(last);
    let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from(body))]);
    let mut response = response.streaming(first.chain(stream::unfold(Some(asked), following)));
    if call.request.version() < Version::HTTP_11 {
        // HTTP/1.0 has no chunks: the end of the connection is the end of the list.
        response.head_mut().no_chunking(true);
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// The next batch, or the end of the array.
async fn following(asked: Option<Asked>) -> Option<(std::io::Result<Bytes>, Option<Asked>)> {
    let asked = asked?;
    let db = asked.app.db.clone();
    let read = db.read(move |c| {
        let mut body = Vec::with_capacity(64 * 1024);
        let rows = asked.rows(c, &asked.query, &mut body, false)?;
        if rows.is_empty() {
            still_there(c, &asked)?;
        }
        let last = rows.last().map(|row| row.id).filter(|_| rows.len() as i64 == STRETCH);
        if last.is_none() {
            body.push(b']');
        }
        let next = last.map(|last| Asked { query: asked.after(last), ..asked });
        Ok::<_, ApiError>((Bytes::from(body), next))
    });
    match read.await {
        Ok((body, next)) => Some((Ok(body), next)),
        // Aborts the connection, so that a truncated response does not look complete.
        Err(error) => Some((Err(std::io::Error::other(format!("a list was interrupted: {}", error.status))), None)),
    }
}

/// A row that was removed between two batches must not be mistaken for the end of the list.
fn still_there(c: &mut Connection, asked: &Asked) -> Result<(), ApiError> {
    match asked.query.seek.and_then(|seek| seek.anchor).filter(|_| !records::pagination::is_by_number(&asked.query)) {
        Some(anchor) if asked.resource()?.labels(c, &[anchor])?.is_empty() => {
            Err(DbError::Unavailable("a record was removed while a list was sent".into()).into())
        }
        _ => Ok(()),
    }
}
