//! The events of a calendar as files, each with a tag that changes when it does.

use diesel::QueryResult;

use super::calendars::Calendar;
use super::place::Place;
use crate::app::App;
use crate::crypto::keys::digest;
use crate::db::{Connection, UtcDateTime};
use crate::ical::{EventTime, object};
use crate::scheduling::feed::events;

pub struct Object {
    /// That of its file, without the ending.
    pub name: String,
    pub place: Place,
    pub etag: String,
    pub text: String,
    pub starts: UtcDateTime,
    pub ends: UtcDateTime,
}

/// All of them.
pub fn load(c: &mut Connection, app: &App, calendar: &Calendar) -> QueryResult<Vec<Object>> {
    let zone = app.clinic_zone();
    let objects = events::list(c, app, &calendar.shown)?.into_iter().map(|event| {
        let text = object(&event);
        let (starts, ends) = match event.time {
            EventTime::Between(starts, ends) => (starts, ends),
            EventTime::Days(first, last) => (zone.start_of(first), zone.start_of(last.next_day().unwrap_or(last))),
        };
        let etag = digest(&text).chars().take(32).collect();
        Object { place: Place::Object(calendar.key, event.uid.clone()), name: event.uid, etag, text, starts, ends }
    });
    Ok(objects.collect())
}
