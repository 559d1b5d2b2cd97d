//! A superuser sees Praxis as somebody else sees it: what the session keeps of it, and when that is over.
//!
//! The session stays the superuser's. While the entry stands, requests run with the other's rights and change nothing
//! ([`super::access`] and [`Writer::finish`](crate::resource::write::Writer::finish) see to that).

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::sessions::State;
use crate::db::schema::sessions;
use crate::db::{Connection, UtcDateTime};
use crate::keys::Keys;
use crate::resource::Actor;
use crate::resource::history::LogAction;
use crate::resource::log::{Entry, append};
use crate::resource::permissions::actor;

/// The entry of the session.
pub const VIEW_AS: &str = "view_as";
/// It ends by itself after so long.
pub const MINUTES: i64 = 30;

/// Whom, and since when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewAs {
    pub user_id: i64,
    pub username: String,
    /// RFC 3339.
    pub since: String,
}

impl ViewAs {
    /// What the log says of the user who is looked on as.
    pub fn entry(&self, note: impl Into<String>) -> Entry {
        Entry { id: self.user_id, label: self.username.clone(), ..Entry::noted(LogAction::ViewAs, "user", note) }
    }

    fn is_over(&self, now: UtcDateTime) -> bool {
        UtcDateTime::parse(&self.since).is_none_or(|since| now >= since.plus(time::Duration::minutes(MINUTES)))
    }
}

/// As whom a session's user sees Praxis.
pub enum Seen {
    Own,
    As(Actor),
    Lapsed(Lapsed),
}

/// One that is over, and by what.
pub struct Lapsed {
    superuser: Actor,
    view: ViewAs,
    /// The state as it stood, so that of two requests only one writes the end down.
    before: String,
    after: String,
    why: &'static str,
}

/// Asked with every request: the flag may be lost, the other kept out, the time over. What is over leaves the state.
pub fn seen(c: &mut Connection, state: &mut State, stored: &str, superuser: &Actor, now: UtcDateTime) -> QueryResult<Seen> {
    let Some(kept) = state.get(VIEW_AS) else { return Ok(Seen::Own) };
    let view = serde_json::from_str::<ViewAs>(kept).ok();
    let Some(view) = view else {
        state.remove(VIEW_AS);
        return Ok(Seen::Own);
    };
    let why = match actor(c, view.user_id)? {
        _ if !superuser.is_superuser => "Ended: no superuser any more",
        _ if view.is_over(now) => "Ended by itself",
        None => "Ended: the account is closed",
        Some(other) => return Ok(Seen::As(other.seen_by(superuser))),
    };
    state.remove(VIEW_AS);
    let after = serde_json::to_string(&state).unwrap_or_default();
    Ok(Seen::Lapsed(Lapsed { superuser: superuser.clone(), view, before: stored.into(), after, why }))
}

impl Lapsed {
    pub fn end(self, c: &mut Connection, keys: &Keys, session_id: i64, now: UtcDateTime) -> QueryResult<()> {
        let unchanged = sessions::table.filter(sessions::id.eq(session_id)).filter(sessions::state.eq(self.before));
        if diesel::update(unchanged).set((sessions::state.eq(self.after), sessions::updated_at.eq(now))).execute(c)? == 1 {
            append(c, keys, &self.superuser, now, &[self.view.entry(self.why)])?;
        }
        Ok(())
    }
}
