//! A session stored in its cookie, encrypted. It cannot be listed. It ends by expiry, inactivity, a new password, deactivation of
//! the account, ending all sessions of its user, or signing out of it.

use actix_session::storage::SessionKey;
use diesel::prelude::*;

use super::row;
use super::state::{CREDENTIAL, IDENTITY, REMEMBERED, STANDING, State, entry, put, user_in};
use super::who::{complete, known};
use crate::crypto::keys::{digest, random_text};
use crate::db::schema::{ended_sessions, users};
use crate::db::{Connection, UtcDateTime};
use crate::settings::session_limits::{Limits, Standing};
use crate::web::request::csrf;

/// Identifies the session, so that it can be ended.
const ID: &str = "id";
const SINCE: &str = "since";
pub const SEEN: &str = "seen";
/// The user's `session_epoch` when the session began.
pub const EPOCH: &str = "epoch";
/// Browsers accept cookies of up to 4 kB; encryption and encoding add more than a quarter.
const LONGEST: usize = 2800;
/// Entries that a session needs; their length is bounded.
const NEEDED: [&str; 8] = [ID, SINCE, SEEN, EPOCH, IDENTITY, CREDENTIAL, REMEMBERED, csrf::FIELD];

/// The state in a key, as the cookie carries it.
pub fn open(key: &SessionKey) -> Option<State> {
    serde_json::from_str(key.as_ref()).ok()
}

pub fn load(c: &mut Connection, mut state: State, limits: &Limits, now: UtcDateTime) -> QueryResult<Option<State>> {
    let Some((id, standing)) = standing(&state, limits) else { return Ok(None) };
    if standing.is_over(now.unix_seconds()) || is_ended(c, &id)? {
        return Ok(None);
    }
    let user = match user_in(&state) {
        Some(user_id) => known(c, user_id)?,
        None => None,
    };
    let is_current = user.as_ref().is_none_or(|(.., epoch)| entry(&state, EPOCH) == Some(*epoch));
    if !is_current || !complete(c, &mut state, user, now)? {
        return Ok(None);
    }
    put(&mut state, STANDING, &standing);
    Ok(Some(state))
}

fn standing(state: &State, limits: &Limits) -> Option<(String, Standing)> {
    let (since, seen) = (entry(state, SINCE)?, entry(state, SEEN)?);
    let remembered = entry(state, REMEMBERED).unwrap_or(false);
    let length = if remembered { limits.remembered } else { limits.hours };
    Some((entry(state, ID)?, limits.standing(since, seen, since + length.whole_seconds(), remembered)))
}

/// Adds the entries of a new session, or of one that continues under a new id.
pub fn begin(c: &mut Connection, mut state: State, now: UtcDateTime) -> QueryResult<State> {
    let since = entry::<Standing>(&state, STANDING).map_or(now.unix_seconds(), |standing| standing.since);
    put(&mut state, ID, &random_text(32));
    put(&mut state, SINCE, &since);
    put(&mut state, SEEN, &now.unix_seconds());
    if let (Some(user_id), None) = (user_in(&state), entry::<i64>(&state, EPOCH)) {
        put(&mut state, EPOCH, &epoch(c, user_id)?);
    }
    Ok(state)
}

pub fn epoch(c: &mut Connection, user_id: i64) -> QueryResult<i64> {
    users::table.filter(users::id.eq(user_id)).select(users::session_epoch).first(c)
}

/// The cookie of a state. If it is too long, the longest entries that are not needed are left out, because a browser would reject
/// the whole cookie.
pub fn seal(state: &State) -> anyhow::Result<SessionKey> {
    let mut rest = row::rest(state);
    let mut text = serde_json::to_string(&rest)?;
    while text.len() > LONGEST {
        let spare = rest.iter().filter(|(name, _)| !NEEDED.contains(&name.as_str())).max_by_key(|(_, value)| value.len());
        let Some(name) = spare.map(|(name, _)| name.clone()) else { anyhow::bail!("a session of {} bytes in a cookie", text.len()) };
        tracing::warn!(entry = name, "a session does not fit into its cookie without leaving something out");
        rest.remove(&name);
        text = serde_json::to_string(&rest)?;
    }
    SessionKey::try_from(text).map_err(|error| anyhow::anyhow!("{error}"))
}

/// After signing out: a copy of the cookie is no longer accepted.
pub fn end(c: &mut Connection, state: &State, limits: &Limits, now: UtcDateTime) -> QueryResult<usize> {
    let Some((id, standing)) = standing(state, limits) else { return Ok(0) };
    if standing.is_over(now.unix_seconds()) || is_ended(c, &id)? {
        return Ok(0);
    }
    diesel::insert_into(ended_sessions::table)
        .values((
            ended_sessions::key_hash.eq(digest(&id)),
            ended_sessions::expires_at.eq(now.plus(time::Duration::seconds(standing.ends - now.unix_seconds() + 1))),
            ended_sessions::created_at.eq(now),
            ended_sessions::updated_at.eq(now),
        ))
        .execute(c)
}

fn is_ended(c: &mut Connection, id: &str) -> QueryResult<bool> {
    let found = ended_sessions::table.filter(ended_sessions::key_hash.eq(digest(id))).select(ended_sessions::id).first::<i64>(c);
    Ok(found.optional()?.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_left_out_and_who_is_signed_in_stays() {
        let mut state = State::new();
        put(&mut state, IDENTITY, &"7");
        put(&mut state, csrf::FIELD, &"a".repeat(32));
        put(&mut state, "small", &"b");
        put(&mut state, "large", &"\u{1}".repeat(2_000));
        let sealed = seal(&state).unwrap();
        assert!(sealed.as_ref().len() <= LONGEST);
        let opened = open(&sealed).unwrap();
        assert_eq!(user_in(&opened), Some(7));
        assert!(opened.contains_key("small") && opened.contains_key(csrf::FIELD) && !opened.contains_key("large"));
    }
}
