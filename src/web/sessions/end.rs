//! Ending sessions.

use diesel::prelude::*;

use crate::db::schema::{ended_sessions, sessions, users};
use crate::db::{Connection, UtcDateTime};
use crate::settings::session_limits::Limits;

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
pub fn age(c: &mut Connection, user_id: i64) -> QueryResult<usize> {
    diesel::update(users::table.filter(users::id.eq(user_id))).set(users::session_epoch.eq(users::session_epoch + 1)).execute(c)
}

/// Removes what is over, by its end or for want of anybody there. Returns how many sessions that were.
pub fn clear_expired(c: &mut Connection, limits: &Limits, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(ended_sessions::table.filter(ended_sessions::expires_at.le(now))).execute(c)?;
    let unattended = sessions::remembered.eq(false).and(sessions::last_seen_at.le(now.plus(-limits.idle)));
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now).or(unattended))).execute(c)
}
