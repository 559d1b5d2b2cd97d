//! The calendar behind a secret address, for programs: no session, and nothing new if nothing has changed.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, EntityTag};
use actix_web::web::Path;
use diesel::prelude::*;
use time::Duration;

use super::events;
use super::model::{CalendarFeed, Subject, find, is_allowed};
use crate::app::App;
use crate::crypto::keys::digest;
use crate::db::schema::{calendar_feeds, doctors, rooms};
use crate::db::{Connection, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::ical::calendar;
use crate::resource::access::permissions::actor;
use crate::web::download::tagged;
use crate::web::request::visit::Visit;

/// The last use is stored at most this often.
const USED_EVERY: Duration = Duration::seconds(60);

pub async fn show(visit: Visit, token: Path<String>) -> AppResult<HttpResponse> {
    let token = token.strip_suffix(".ics").ok_or(AppError::NotFound)?.to_string();
    let (app, now) = (visit.app.clone(), visit.app.now());
    let found = visit.app.db.read(move |c| Ok::<_, AppError>(read(c, &app, &token)?)).await?;
    let (feed, text) = found.ok_or(AppError::NotFound)?;
    if feed.last_used_at.is_none_or(|at| now.since(at) >= USED_EVERY) {
        visit.app.db.write_aside(move |c| Ok::<_, AppError>(used(c, feed.id, now)?)).await?;
    }
    let (mut answer, is_wanted) = tagged(&visit.request, EntityTag::new_strong(digest(&text)));
    answer.insert_header((CACHE_CONTROL, "private, no-cache"));
    if !is_wanted {
        return Ok(answer.finish());
    }
    Ok(answer
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""))
        .body(text))
}

/// The feed and its calendar, if its owner may still see it.
fn read(c: &mut Connection, app: &App, token: &str) -> QueryResult<Option<(CalendarFeed, String)>> {
    let Some(feed) = find(c, token)? else { return Ok(None) };
    let Some(owner) = actor(c, feed.user_id)? else { return Ok(None) };
    if !is_allowed(c, &owner, feed.subject, feed.doctor_id)? {
        return Ok(None);
    }
    let events = events::list(c, app, &feed.shown())?;
    let name = format!("{} – {}", title(c, &feed)?, app.clinic_name());
    Ok(Some((feed, calendar(&name, &events))))
}

/// What the feed is of, for people.
fn title(c: &mut Connection, feed: &CalendarFeed) -> QueryResult<String> {
    let found = match (feed.doctor_id, feed.room_id) {
        (Some(id), _) => {
            let parts: Option<(String, String)> = doctors::table.find(id).select((doctors::title, doctors::name)).first(c).optional()?;
            parts.map(|(title, name)| format!("{title} {name}").trim().to_string())
        }
        (None, Some(id)) => rooms::table.find(id).select(rooms::name).first(c).optional()?,
        (None, None) => None,
    };
    Ok(found.unwrap_or_else(|| Subject::Person.label().into()))
}

fn used(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(calendar_feeds::table.filter(calendar_feeds::id.eq(id))).set(calendar_feeds::last_used_at.eq(Some(now))).execute(c)
}
