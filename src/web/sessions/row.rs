//! The row of a session: its user, when it was used, when it ends, and with `SESSION_STORE=database` its state.

use diesel::prelude::*;

use super::state::{IP, LOADED, REMEMBERED, ROW, STANDING, State, USER_AGENT, entry, put, user_in};
use super::who::{Known, complete};
use crate::db::schema::{sessions, users};
use crate::db::{Connection, UtcDateTime};
use crate::resource::access::permissions::RIGHTS_COLUMNS;
use crate::settings::session_limits::{Limits, Standing};

/// The active session with its user, in one query and those for the permissions. The state is read from the row unless it is
/// given.
pub fn load(c: &mut Connection, hash: &str, given: Option<State>, limits: &Limits, now: UtcDateTime) -> QueryResult<Option<State>> {
    type Row = (i64, String, UtcDateTime, UtcDateTime, UtcDateTime, bool, Option<Known>);
    let row = sessions::table
        .left_join(users::table.on(users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::expires_at.gt(now))
        .select((
            sessions::id,
            sessions::state,
            sessions::created_at,
            sessions::last_seen_at,
            sessions::expires_at,
            sessions::remembered,
            (RIGHTS_COLUMNS, users::password_hash, users::session_epoch).nullable(),
        ))
        .first::<Row>(c)
        .optional()?;
    let Some((id, stored, since, seen, ends, remembered, user)) = row else { return Ok(None) };
    let Some(mut state) = given.or_else(|| serde_json::from_str(&stored).ok()) else { return Ok(None) };
    let standing = limits.standing(since.unix_seconds(), seen.unix_seconds(), ends.unix_seconds(), remembered);
    if standing.is_over(now.unix_seconds()) || !complete(c, &mut state, user, now)? {
        return Ok(None);
    }
    put(&mut state, ROW, &id);
    put(&mut state, STANDING, &standing);
    Ok(Some(state))
}

/// Inserts a row. A session that gets a new key keeps the time that it began.
pub fn insert(c: &mut Connection, hash: &str, state: &State, inside: bool, limits: &Limits, now: UtcDateTime) -> QueryResult<usize> {
    let remembered = entry(state, REMEMBERED).unwrap_or(false);
    let since =
        entry::<Standing>(state, STANDING).map_or(now, |standing| now.plus(time::Duration::seconds(standing.since - now.unix_seconds())));
    let user_agent: String = entry::<String>(state, USER_AGENT).unwrap_or_default().chars().take(255).collect();
    diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(hash),
            sessions::user_id.eq(user_in(state)),
            sessions::state.eq(if inside { text(state) } else { "{}".into() }),
            sessions::ip.eq(entry::<String>(state, IP).unwrap_or_default()),
            sessions::user_agent.eq(user_agent),
            sessions::remembered.eq(remembered),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(limits.end(since, remembered)),
            sessions::created_at.eq(since),
            sessions::updated_at.eq(now),
        ))
        .execute(c)
}

/// Never inserts: a session that was ended in the meantime stays ended. Returns when it ends, if it is active.
pub fn update(c: &mut Connection, hash: &str, state: Option<&State>, now: UtcDateTime) -> QueryResult<Option<UtcDateTime>> {
    let live = sessions::table.filter(sessions::key_hash.eq(hash)).filter(sessions::expires_at.gt(now));
    let found = match state {
        Some(state) => diesel::update(live)
            .set((sessions::state.eq(text(state)), sessions::updated_at.eq(now)))
            .returning(sessions::expires_at)
            .get_result(c),
        None => diesel::update(live).set(sessions::updated_at.eq(now)).returning(sessions::expires_at).get_result(c),
    };
    found.optional()
}

pub fn seen(c: &mut Connection, id: i64, now: UtcDateTime) -> QueryResult<usize> {
    diesel::update(sessions::table.filter(sessions::id.eq(id))).set(sessions::last_seen_at.eq(now)).execute(c)
}

pub fn is_there(c: &mut Connection, hash: &str) -> QueryResult<bool> {
    let found = sessions::table.filter(sessions::key_hash.eq(hash)).select(sessions::id).first::<i64>(c);
    Ok(found.optional()?.is_some())
}

pub fn delete(c: &mut Connection, hash: &str) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::key_hash.eq(hash))).execute(c)
}

/// The state as stored: without the entries that were loaded with it or that have columns.
pub fn rest(state: &State) -> State {
    let own = |name: &str| !LOADED.contains(&name) && name != IP && name != USER_AGENT;
    state.iter().filter(|(name, _)| own(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn text(state: &State) -> String {
    serde_json::to_string(&rest(state)).unwrap_or_default()
}
