//! Requests that nobody answered in time lose their time, and open offers end. Every process looks; the row decides which of them does it.

use std::time::Duration;

use actix_web::web::Data;
use diesel::prelude::*;

use crate::app::App;
use crate::db::connection::exclusive;
use crate::db::schema::appointments;
use crate::db::{Connection, DbError, UtcDateTime};
use crate::resource::write::writer::WriteError;
use crate::resource::{Actor, FormErrors, Model, Value, Values};
use crate::scheduling::appointment::model::{Appointment, Party};
use crate::scheduling::appointment::state::State;
use crate::scheduling::offer;

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The most requests of one look.
const MOST: i64 = 200;

pub async fn run(app: Data<App>) {
    loop {
        if let Err(error) = lapse(&app).await {
            tracing::warn!(?error, "could not end requests and offers");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Ends what is over; returns how many requests. Nothing is written if nothing is.
pub async fn lapse(app: &Data<App>) -> Result<usize, WriteError> {
    let now = app.now();
    let (offers, requests) = app.db.read(move |c| Ok::<_, DbError>((offer::model::is_any_over(c, now)?, over(c, now)?))).await?;
    if offers {
        // Before the requests that they are about.
        app.db.write(move |c| offer::model::expire(c, now).map_err(DbError::from)).await?;
    }
    let mut ended = 0;
    for id in requests {
        let data = app.clone();
        // One that cannot be ended keeps none of the others.
        match app.db.write(move |c| end(c, &data, id)).await {
            Ok(is_ended) => ended += usize::from(is_ended),
            Err(error) => tracing::warn!(?error, appointment = id, "could not end a request"),
        }
    }
    Ok(ended)
}

/// Requests that have waited long enough, the longest first.
fn over(c: &mut Connection, now: UtcDateTime) -> QueryResult<Vec<i64>> {
    use appointments as own;
    let waiting = own::table.filter(own::state.eq(State::Requested)).filter(own::deleted_at.is_null());
    waiting.filter(own::hold_until.le(now)).order((own::hold_until, own::id)).limit(MOST).select(own::id).load(c)
}

/// Ends one request, unless somebody answered it meanwhile.
fn end(c: &mut Connection, app: &App, id: i64) -> Result<bool, WriteError> {
    let own = Appointment::FIELDS;
    exclusive(c, Appointment::NAME, id)?;
    let resource = app.registry.of::<Appointment>();
    let Some(row) = app.registry.find(c, resource, id, None)? else { return Ok(false) };
    let is_over = row.values.at(own.hold_until).as_datetime().is_some_and(|until| until <= app.now());
    if !is_over || State::of(row.values.at(own.state)) != State::Requested {
        return Ok(false);
    }
    let text = |text: &str| Value::Text(text.into());
    let values: Values = [
        (own.state, text(State::Cancelled.as_str())),
        (own.cancelled_by, text(Party::Clinic.as_str())),
        (own.cancel_reason, text("Not answered in time")),
    ]
    .into_iter()
    .collect();
    app.act(c, &Actor::program("Praxis"), |c, writer| writer.update(c, resource, id, values, FormErrors::default(), None))?;
    Ok(true)
}
