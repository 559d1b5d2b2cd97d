//! Ending sessions.

use diesel::prelude::*;

use crate::db::schema::{ended_sessions, sessions, users};
use crate::db::{Connection, UtcDateTime};
use crate::settings::session_limits::Limits;

/// Ends every session of a user, wherever it is stored.
pub fn end_all(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    age(c, user_id)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(c)
}

/// Ends every session of a user except the one with this row. Returns the hashes of those that were listed. The caller then has
/// to [`keep`](super::keep) the current session.
pub fn end_others(c: &mut Connection, user_id: i64, row: i64) -> QueryResult<Vec<String>> {
    age(c, user_id)?;
    let others = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.ne(row));
    diesel::delete(others).returning(sessions::key_hash).get_results(c)
}

/// Ends one session of a user. Returns its hash if it existed.
pub fn end_one(c: &mut Connection, user_id: i64, row: i64) -> QueryResult<Vec<String>> {
    let one = sessions::table.filter(sessions::user_id.eq(user_id)).filter(sessions::id.eq(row));
    diesel::delete(one).returning(sessions::key_hash).get_results(c)
}

/// Ends the user's sessions in cookies that began before now.
pub fn age(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::session_epoch.eq(users::session_epoch + 1)).execute(c)
}

/// Removes sessions that have expired or were idle too long. Returns how many.
pub fn clear_expired(c: &mut Connection, limits: &Limits, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(ended_sessions::table.filter(ended_sessions::expires_at.le(now))).execute(c)?;
    let unattended = sessions::remembered.eq(false).and(sessions::last_seen_at.le(now.plus(-limits.idle)));
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now).or(unattended))).execute(c)
}
