//! The page where users see their calendar feeds and revoke them.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use diesel::prelude::*;

use super::model::{CalendarFeed, Subject, list_for_user};
use crate::clinic::doctor::Doctor;
use crate::db::Connection;
use crate::db::schema::calendar_feeds;
use crate::error::{AppError, AppResult};
use crate::resource::Model;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::scheduling::room::Room;
use crate::web::page::confirm::{ConfirmPage, Effect};
use crate::web::page::flash::{Tone, leave};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::{html, see_other};

#[derive(Template)]
#[template(path = "scheduling/feed/feeds.html")]
struct FeedsPage {
    shell: Shell,
    feeds: Vec<FeedLine>,
    /// The address for programs that sign in.
    caldav: String,
}

struct FeedLine {
    id: i64,
    name: String,
    content: &'static str,
    hint: String,
    used: String,
}

pub async fn index(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let (app, id, zone) = (visit.app.clone(), user.id, visit.zone());
    let work = move |c: &mut Connection| {
        let feeds = list_for_user(c, id)?;
        let ids = |of: fn(&CalendarFeed) -> Option<i64>| feeds.iter().filter_map(of).collect::<Vec<i64>>();
        let doctors: BTreeMap<i64, String> = app.registry.labels(c, Doctor::NAME, &ids(|feed| feed.doctor_id))?.into_iter().collect();
        let rooms: BTreeMap<i64, String> = app.registry.labels(c, Room::NAME, &ids(|feed| feed.room_id))?.into_iter().collect();
        let line = |feed: CalendarFeed| {
            let named = feed.doctor_id.and_then(|id| doctors.get(&id)).or(feed.room_id.and_then(|id| rooms.get(&id))).cloned();
            let used = feed.last_used_at.map_or_else(|| "Never".into(), |at| zone.show(at));
            let name = named.unwrap_or_else(|| Subject::Person.label().into());
            FeedLine { id: feed.id, name, content: feed.content.label(), hint: feed.hint, used }
        };
        Ok::<_, AppError>(feeds.into_iter().map(line).collect())
    };
    let feeds = visit.app.db.read(work).await?;
    let caldav = format!("{}/caldav/", visit.app.settings.public_url.as_str().trim_end_matches('/'));
    html(StatusCode::OK, &FeedsPage { shell: visit.shell("Calendar feeds"), feeds, caldav })
}

/// Asks for confirmation, because it cannot be undone.
pub async fn confirm(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let feed = own(&visit, &user, *id).await?;
    let shell = visit.shell("Revoke this calendar feed?").after("Calendar feeds", "/calendar-feeds").renamed("Revoke");
    let sentences = vec![
        format!("The address ending in {} stops working immediately. Calendar programs that use it get no more appointments.", feed.hint),
        "You cannot undo this. You can create a new address at any time.".into(),
    ];
    let act = Some((format!("/calendar-feeds/{id}/delete"), "Revoke feed"));
    html(StatusCode::OK, &ConfirmPage { shell, sentences, act, back: "/calendar-feeds".into(), effect: Effect::Deletes })
}

pub async fn destroy(visit: Visit, user: CurrentUser, id: Path<i64>) -> AppResult<HttpResponse> {
    let feed = own(&visit, &user, *id).await?;
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let work = move |c: &mut Connection| {
        if diesel::delete(calendar_feeds::table.filter(calendar_feeds::id.eq(feed.id))).execute(c)? == 1 {
            app.act(c, &actor, |_, writer| {
                writer.log_entry(about(LogAction::Delete, feed.id, feed.subject, &feed.hint));
                Ok::<_, AppError>(())
            })?;
        }
        Ok::<_, AppError>(())
    };
    visit.app.db.write(work).await?;
    leave(&visit.request, &visit.app, Tone::Ok, "The calendar feed was revoked. Its address no longer works.");
    Ok(see_other("/calendar-feeds"))
}

async fn own(visit: &Visit, user: &CurrentUser, id: i64) -> AppResult<CalendarFeed> {
    let of_user = calendar_feeds::table.filter(calendar_feeds::user_id.eq(user.id)).filter(calendar_feeds::id.eq(id));
    visit.app.db.read(move |c| of_user.first::<CalendarFeed>(c).map_err(AppError::from)).await
}

pub(super) fn about(action: LogAction, id: i64, subject: Subject, hint: &str) -> Entry {
    Entry { id, label: format!("{} (…{hint})", subject.label()), ..Entry::noted(action, CalendarFeed::NAME, "") }
}
