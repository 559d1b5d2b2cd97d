//! A user's own activity: the newest first, in pages.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use diesel::prelude::*;

use crate::app::App;
use crate::db::Connection;
use crate::db::schema::log_entries;
use crate::db::sql::condition;
use crate::error::AppResult;
use crate::resource::log::entry::LogEntry;
use crate::resource::{Actor, FormData};
use crate::web::page::shell::Shell;
use crate::web::request::current_user::CurrentUser;
use crate::web::request::visit::Visit;
use crate::web::response::html;
use crate::web::search::visible::visible;

/// Entries on a page.
const PAGE: i64 = 50;

/// One activity.
pub struct Activity {
    pub what: &'static str,
    /// The label of the record, if the user may still view it.
    pub label: String,
    pub kind: String,
    pub href: Option<String>,
    pub when: String,
    id: i64,
}

/// The user's newest activities before a log entry. Views are left out. The condition repeats that of the partial index.
pub fn list(c: &mut Connection, app: &App, actor: &Actor, before: i64, limit: i64) -> QueryResult<Vec<Activity>> {
    let entries: Vec<LogEntry> = log_entries::table
        .filter(log_entries::actor_id.eq(actor.id))
        .filter(log_entries::id.lt(before))
        .filter(condition("log_entries.action NOT IN ('view', 'search')"))
        .order(log_entries::id.desc())
        .limit(limit)
        .load(c)?;
    let visible = visible(c, app, actor, &entries)?;
    let zone = app.zone(actor);
    let activity = |entry: &LogEntry| {
        let own = app.registry.get(&entry.resource).map(|resource| resource.declaration());
        let is_self = entry.resource == "user" && entry.object_id == actor.id;
        let is_seen = visible.contains(&(entry.resource.as_str(), entry.object_id));
        let place = own.and_then(|own| own.list_url(actor)).filter(|_| is_seen && !is_self);
        Activity {
            what: entry.action.label(),
            // The user may no longer be allowed to view the record.
            label: if is_self {
                "your account".into()
            } else if is_seen {
                entry.object_label.clone()
            } else {
                String::new()
            },
            kind: own.map_or_else(|| entry.resource.clone(), |own| own.singular.to_string()),
            href: if is_self { Some("/profile".into()) } else { place.map(|place| format!("{place}/{}", entry.object_id)) },
            when: zone.show(entry.at),
            id: entry.id,
        }
    };
    Ok(entries.iter().map(activity).collect())
}

#[derive(Template)]
#[template(path = "accounts/profile/activity.html")]
struct ActivityPage {
    shell: Shell,
    activities: Vec<Activity>,
    newest: Option<&'static str>,
    older: Option<String>,
}

pub async fn show(visit: Visit, user: CurrentUser) -> AppResult<HttpResponse> {
    let asked = FormData::parse(visit.request.query_string().as_bytes()).unwrap_or_default();
    let before = asked.text("before").parse::<i64>().unwrap_or(i64::MAX);
    let (app, actor) = (visit.app.clone(), user.to_actor());
    let mut activities = visit.app.db.read(move |c| Ok::<_, crate::error::AppError>(list(c, &app, &actor, before, PAGE + 1)?)).await?;
    let more = activities.len() as i64 > PAGE;
    activities.truncate(PAGE as usize);
    let page = ActivityPage {
        shell: visit.shell("Your activity").under(&[("Profile", "/profile")]).renamed("Activity"),
        newest: (before != i64::MAX).then_some("/profile/activity"),
        older: activities.last().filter(|_| more).map(|activity| format!("/profile/activity?before={}", activity.id)),
        activities,
    };
    html(StatusCode::OK, &page)
}
