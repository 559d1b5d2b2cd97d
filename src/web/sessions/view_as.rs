//! A superuser sees Praxis as somebody else sees it: what the session keeps of it, and when that is over.
//!
//! The session stays the superuser's. While the entry stands, requests run with the other's rights and change nothing
//! ([`crate::web::routing::route`] and [`Writer::finish`](crate::resource::write::writer::Writer::finish) see to that).

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
#[derive(Debug, Serialize, Deserialize)]
pub struct Lapsed {
    view: ViewAs,
    why: String,
}

/// Asked with every request: the flag may be lost, the other kept out, the time over.
pub fn seen(c: &mut Connection, state: &mut State, superuser: &Actor, now: UtcDateTime) -> QueryResult<Seen> {
    let Some(kept) = state.get(VIEW_AS) else { return Ok(Seen::Own) };
    let Ok(view) = serde_json::from_str::<ViewAs>(kept) else {
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
    /// Writes the end down, once: of two requests that find it over, the second finds it written.
    pub fn end(self, c: &mut Connection, keys: &Keys, superuser: &Actor, now: UtcDateTime) -> QueryResult<()> {
        exclusive(c, "view_as", superuser.id)?;
        let told = |c: &mut Connection, word: &str| {
            let about = log_entries::table.filter(log_entries::resource.eq("user")).filter(log_entries::object_id.eq(self.view.user_id));
            let by = about.filter(log_entries::actor_id.eq(superuser.id)).filter(log_entries::action.eq(LogAction::ViewAs));
            by.filter(log_entries::note.like(format!("{word}%"))).count().get_result::<i64>(c)
        };
        if told(c, "Began")? > told(c, "Ended")? {
            append(c, keys, superuser, now, &[self.view.entry(self.why.clone())])?;
        }
        Ok(())
    }
}
