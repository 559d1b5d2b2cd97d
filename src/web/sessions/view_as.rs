//! A superuser viewing Praxis as another user: the entry of the session, and when it ends.
//!
//! The session stays the superuser's. While the entry exists, requests have the other user's permissions and cannot change
//! anything; [`crate::web::routing::route`] and [`Writer::finish`](crate::resource::write::writer::Writer::finish) refuse it.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::crypto::keys::Keys;
use crate::db::connection::exclusive;
use crate::db::schema::log_entries;
use crate::db::{Connection, UtcDateTime};
use crate::resource::Actor;
use crate::resource::access::permissions::actor;
use crate::resource::log::append::{Entry, append};
use crate::resource::log::entry::LogAction;

/// The name of the entry.
pub const VIEW_AS: &str = "view_as";
/// It ends by itself after this time.
pub const MINUTES: i64 = 30;

/// The user, and since when.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewAs {
    pub user_id: i64,
    pub username: String,
    /// RFC 3339.
    pub since: String,
}

impl ViewAs {
    /// The log entry about the user.
    pub fn entry(&self, note: impl Into<String>) -> Entry {
        Entry { id: self.user_id, label: self.username.clone(), ..Entry::noted(LogAction::ViewAs, "user", note) }
    }

    fn is_over(&self, now: UtcDateTime) -> bool {
        UtcDateTime::parse(&self.since).is_none_or(|since| now >= since.plus(time::Duration::minutes(MINUTES)))
    }
}

/// As whom the session's user sees Praxis.
pub enum Seen {
    Own,
    As(Actor),
    Lapsed(Lapsed),
}

/// A view that has ended, and why.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lapsed {
    view: ViewAs,
    why: String,
}

/// Checked with every request: the superuser's flag may be gone, the other user deactivated, or the time over.
pub fn seen(c: &mut Connection, state: &mut State, superuser: &Actor, now: UtcDateTime) -> QueryResult<Seen> {
    let Some(stored) = state.get(VIEW_AS) else { return Ok(Seen::Own) };
    let Ok(view) = serde_json::from_str::<ViewAs>(stored) else {
        state.remove(VIEW_AS);
        return Ok(Seen::Own);
    };
    let why = match actor(c, view.user_id)? {
        _ if !superuser.is_superuser => "Ended: no longer a superuser",
        _ if view.is_over(now) => "Ended automatically",
        None => "Ended: the account is deactivated",
        Some(other) => return Ok(Seen::As(other.viewed_by(superuser))),
    };
    Ok(Seen::Lapsed(Lapsed { view, why: why.into() }))
}

impl Lapsed {
    /// Logs the end once, even if concurrent requests find it over.
    pub fn end(self, c: &mut Connection, keys: &Keys, superuser: &Actor, now: UtcDateTime) -> QueryResult<()> {
        exclusive(c, "view_as", superuser.id)?;
        let count = |c: &mut Connection, word: &str| {
            let about = log_entries::table.filter(log_entries::resource.eq("user")).filter(log_entries::object_id.eq(self.view.user_id));
            let by = about.filter(log_entries::actor_id.eq(superuser.id)).filter(log_entries::action.eq(LogAction::ViewAs));
            by.filter(log_entries::note.like(format!("{word}%"))).count().get_result::<i64>(c)
        };
        if count(c, "Began")? > count(c, "Ended")? {
            append(c, keys, superuser, now, &[self.view.entry(self.why.clone())])?;
        }
        Ok(())
    }
}
