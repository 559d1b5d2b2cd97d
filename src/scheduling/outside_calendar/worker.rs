//! Fetches the outside calendars as long as the server runs. Every process does; the database sees to it that each is fetched once.

use std::time::Duration;

use actix_web::web::Data;

use super::address::Address;
use super::fetch::{Fetched, Reach, Version, fetch};
use super::model::OutsideCalendar;
use super::store::{self, UNREAD};
use crate::app::App;
use crate::db::{DbError, UtcDateTime};
use crate::english::plural;
use crate::ical::busy::{self, BusyTimes, MOST, ReadError};

const LOOK_EVERY: Duration = Duration::from_secs(60);
/// From one fetch of a calendar to the next.
pub const FETCH_EVERY: time::Duration = time::Duration::minutes(30);
/// The busy times are made again this often, although nothing has changed, because the days ahead have.
const READ_EVERY: time::Duration = time::Duration::days(1);
/// How far ahead there are busy times, and how far back, for the calendar.
const AHEAD: time::Duration = time::Duration::days(400);
const BACK: time::Duration = time::Duration::days(35);

pub async fn run(app: Data<App>) {
    loop {
        if let Err(error) = fetch_due(&app).await {
            tracing::warn!(%error, "could not fetch outside calendars");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Fetches what is due now, one after the other; returns how many.
pub async fn fetch_due(app: &Data<App>) -> Result<usize, DbError> {
    let mut fetched = 0;
    loop {
        let now = app.now();
        // Usually nothing is, and reading waits for nobody.
        let next = app.db.read(move |c| store::next_due(c, now).map_err(DbError::from)).await?;
        if next.is_none() {
            return Ok(fetched);
        }
        let due = app.db.write(move |c| store::take_due(c, now, FETCH_EVERY).map_err(DbError::from)).await?;
        let Some(calendar) = due else { return Ok(fetched) };
        settle(app, calendar).await?;
        fetched += 1;
    }
}

async fn settle(app: &Data<App>, calendar: OutsideCalendar) -> Result<(), DbError> {
    let (id, now) = (calendar.id, app.now());
    match attempt(app, &calendar, now).await {
        Ok(None) => app.db.write(move |c| store::note_same(c, &calendar, now).map_err(DbError::from)).await.map(|_| ()),
        Ok(Some((version, busy))) => {
            let problem = left_out(&busy);
            app.db.write(move |c| store::replace(c, id, &version, &busy, &problem, now).map_err(DbError::from)).await
        }
        Err(problem) => {
            tracing::info!(calendar = id, problem, "could not fetch an outside calendar");
            app.db.write(move |c| store::note_problem(c, id, &problem, now).map_err(DbError::from)).await.map(|_| ())
        }
    }
}

/// The busy times of the file; `None` if it has not changed.
async fn attempt(app: &Data<App>, calendar: &OutsideCalendar, now: UtcDateTime) -> Result<Option<(Version, BusyTimes)>, String> {
    let address = Address::open(&app.keys, calendar.doctor_id, &calendar.address);
    let address = address.ok_or("The stored address cannot be decrypted. Remove this calendar and add it again")?;
    let is_recent = calendar.read_at.is_some_and(|at| now.since(at) < READ_EVERY);
    let known = Version { etag: calendar.etag.clone(), last_modified: calendar.last_modified.clone() };
    let known = if is_recent { known } else { Version::default() };
    let Fetched::File { text, version } = fetch(address.url(), &known, Reach::new(app.settings.outside_calendars_private)).await? else {
        return Ok(None);
    };
    let (zone, range) = (app.clinic_zone(), (now.plus(-BACK).unix_minutes(), now.plus(AHEAD).unix_minutes()));
    // Repeats may take a while to work out.
    let read = actix_web::rt::task::spawn_blocking(move || busy::read(&text, &zone, range)).await;
    match read.map_err(|_| "The calendar could not be read")? {
        Ok(busy) => Ok(Some((version, busy))),
        Err(ReadError::NotACalendar) => Err("The file is not a calendar".into()),
        Err(ReadError::Incomplete) => Err("The calendar is incomplete".into()),
        Err(ReadError::TooMany) => Err("The calendar has too many events, or events that repeat too often".into()),
    }
}

/// What is not among the busy times, in a sentence.
fn left_out(busy: &BusyTimes) -> String {
    let mut parts = Vec::new();
    if busy.unread > 0 {
        parts.push(format!("{} left out", plural(busy.unread as i64, "event was", "events were")));
    }
    if busy.is_cut {
        parts.push(format!("only the first {MOST} busy times are used"));
    }
    if parts.is_empty() { String::new() } else { format!("{UNREAD}: {}", parts.join(", ")) }
}
