//! Sessions. The browser holds a key, or with `SESSION_STORE=cookie` the sealed state itself; whose session it is and
//! whether it may go on is asked of the database with every request, wherever the state lives.
//!
//! `store` loads and saves, `row`, `redis` and `sealed` are the three places, `who` adds the person, `presence` notes that
//! somebody is there, `lasting` lets the cookie of a remembered sign-in outlive the browser.

pub mod lasting;
mod limits;
pub mod presence;
mod redis;
mod row;
mod sealed;
pub mod stay;
pub mod store;
pub mod view_as;
mod who;

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::schema::{ended_sessions, sessions, users};
use crate::db::{Connection, UtcDateTime};
pub use crate::web::sessions::lasting::remember;
pub use crate::web::sessions::limits::{Left, Limits, Standing};
pub use crate::web::sessions::presence::keep;
pub use crate::web::sessions::store::Sessions;

/// The entry that carries the user, loaded with the session and never stored.
pub const ACTOR: &str = "actor";
/// The number of the session's row, loaded with it and never stored. A session in a cookie has none.
pub const ROW: &str = "row";
/// When it began and when it ends, loaded with it and never stored.
pub const STANDING: &str = "standing";
/// What is over of seeing Praxis as somebody else, loaded with it and never stored.
pub const LAPSED: &str = "lapsed";
const LOADED: [&str; 4] = [ACTOR, ROW, STANDING, LAPSED];

/// Entries that become columns.
pub const IP: &str = "ip";
pub const USER_AGENT: &str = "user_agent";
/// Which password the session was opened with: the digest of its hash. Another password, and the session is over.
pub const CREDENTIAL: &str = "credential";
/// Stays for days, without an idle limit.
const REMEMBERED: &str = "remembered";
/// Where actix-identity keeps the id.
const IDENTITY: &str = "actix_identity.user_id";

pub type State = HashMap<String, String>;

/// An entry of a state is JSON.
fn entry<T: serde::de::DeserializeOwned>(state: &State, name: &str) -> Option<T> {
    state.get(name).and_then(|json| serde_json::from_str(json).ok())
}

fn put(state: &mut State, name: &str, value: &impl serde::Serialize) {
    if let Ok(json) = serde_json::to_string(value) {
        state.insert(name.into(), json);
    }
}

/// Whose session a state is, if anybody's.
fn user_in(state: &State) -> Option<i64> {
    entry::<String>(state, IDENTITY)?.parse().ok()
}

/// Ends every session of a user, wherever it lives.
pub fn end_all(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    age(c, user_id)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(c)
}

/// Ends every session of a user but the one with this row; the hashes of those that were listed. Who asks has to [`keep`]
/// theirs afterwards.
pub fn end_others(c: &mut Connection, user_id: i64, row: i64) -> QueryResult<Vec<String>> {
    age(c, user_id)?;
    let others = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.ne(row));
    diesel::delete(others).returning(sessions::key_hash).get_results(c)
}

/// Ends one session of a user; its hash, if it was there.
pub fn end_one(c: &mut Connection, user_id: i64, row: i64) -> QueryResult<Vec<String>> {
    let one = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.eq(row));
    diesel::delete(one).returning(sessions::key_hash).get_results(c)
}

/// Sessions in cookies that began before this are over.
fn age(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::session_epoch.eq(users::session_epoch + 1)).execute(c)
}

/// Removes what is over, by its end or for want of anybody there. Returns how many sessions that were.
pub fn clear_expired(c: &mut Connection, limits: &Limits, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(ended_sessions::table.filter(ended_sessions::expires_at.le(now))).execute(c)?;
    let unattended = sessions::remembered.eq(false).and(sessions::last_seen_at.le(now.plus(-limits.idle)));
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now).or(unattended))).execute(c)
}
