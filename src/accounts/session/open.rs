//! Active sessions for display.

use actix_web::HttpMessage;
use diesel::prelude::*;

use super::model::Session;
use crate::accounts::origin::{Origin, browser, network};
use crate::db::schema::sessions as rows;
use crate::db::{Connection, UtcDateTime, Zone};
use crate::english::plural;
use crate::web::request::visit::Visit;
use crate::web::sessions::{Limits, Standing};

/// A line of the list.
pub struct OpenSession {
    pub id: i64,
    pub browser: String,
    pub network: String,
    pub since: String,
    pub seen: String,
    pub ends: String,
    pub remembered: bool,
    pub current: bool,
}

/// The active sessions, last used first.
pub fn list(c: &mut Connection, user_id: i64, limits: &Limits, now: UtcDateTime) -> QueryResult<Vec<Session>> {
    let attended = rows::remembered.eq(true).or(rows::last_seen_at.gt(now.plus(-limits.idle)));
    let theirs = rows::table.filter(rows::user_id.eq(user_id)).filter(rows::expires_at.gt(now)).filter(attended);
    theirs.order(rows::last_seen_at.desc()).limit(100).load(c)
}

pub fn rendered(session: &Session, zone: &Zone, this: i64) -> OpenSession {
    OpenSession {
        id: session.id,
        browser: browser(&session.user_agent),
        network: network(&session.ip),
        since: zone.show(session.created_at),
        seen: zone.show(session.last_seen_at),
        ends: zone.show(session.expires_at),
        remembered: session.remembered,
        current: session.id == this,
    }
}

/// The current session, if sessions are stored in cookies.
pub fn this_one(visit: &Visit) -> Option<OpenSession> {
    let standing = visit.request.extensions().get::<Standing>().copied()?;
    let (zone, now) = (&visit.zone(), visit.app.now());
    let at = |seconds: i64| zone.show(now.plus(time::Duration::seconds(seconds - now.unix_seconds())));
    let origin = Origin::of(&visit.request);
    Some(OpenSession {
        id: 0,
        browser: origin.browser(),
        network: origin.network(),
        since: at(standing.since),
        seen: at(standing.seen),
        ends: at(standing.ends),
        remembered: standing.remembered,
        current: true,
    })
}

/// When sessions end, in two sentences.
pub fn rule(limits: &Limits) -> String {
    format!(
        "You are signed out after {} of inactivity, and {} after signing in at the latest. If you choose to stay signed in, \
            the session lasts {}.",
        plural(limits.idle.whole_minutes(), "minute", "minutes"),
        plural(limits.hours.whole_hours(), "hour", "hours"),
        plural(limits.remembered.whole_days(), "day", "days"),
    )
}
