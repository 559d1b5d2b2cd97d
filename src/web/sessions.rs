//! Where sessions live: a row each. The cookie holds a random key, the row its hash.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use diesel::prelude::*;

use super::view_as::{self, Lapsed, Seen};
use crate::db::schema::{sessions, users};
use crate::db::{Connection, Db, DbError, UtcDateTime};
use crate::keys::{Keys, digest, random_text};
use crate::resource::permissions::{RIGHTS_COLUMNS, UserRights, actor_with};

/// The entry that carries the user, loaded with the session and never stored.
pub const ACTOR: &str = "actor";
/// The number of the session's row, loaded with it and never stored.
pub const ROW: &str = "row";
/// Entries that become columns.
pub const IP: &str = "ip";
pub const USER_AGENT: &str = "user_agent";
/// Which password the session was opened with: the digest of its hash. Another password, and the session is over.
pub const CREDENTIAL: &str = "credential";
/// Where actix-identity keeps the id.
const IDENTITY: &str = "actix_identity.user_id";
/// Last seen is written at most so often.
const SEEN_EVERY: i64 = 60;
/// A page waits so long for that at most.
const SEEN_WITHIN: std::time::Duration = std::time::Duration::from_millis(250);

pub type State = HashMap<String, String>;

#[derive(Clone)]
pub struct DbSessions {
    db: Db,
    clock: crate::app::Clock,
    keys: std::sync::Arc<Keys>,
}

impl DbSessions {
    pub fn new(db: Db, clock: crate::app::Clock, keys: std::sync::Arc<Keys>) -> Self {
        Self { db, clock, keys }
    }
}

impl SessionStore for DbSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let (hash, now) = (digest(key.as_ref()), self.clock.now());
        let found = self.db.read(move |c| find(c, &hash, now)).await.map_err(|error| LoadError::Other(error.into()))?;
        let Some(found) = found else { return Ok(None) };
        if now.unix_seconds() - found.last_seen_at.unix_seconds() >= SEEN_EVERY {
            let seen = self.db.write(move |c| {
                diesel::update(sessions::table.filter(sessions::id.eq(found.id)))
                    .set(sessions::last_seen_at.eq(now))
                    .execute(c)
                    .map_err(DbError::from)
            });
            // A page is not refused because the clock of its session could not be moved, nor does it wait for that while
            // somebody writes for long.
            match tokio::time::timeout(SEEN_WITHIN, seen).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "last seen was not written"),
                Err(_) => tracing::debug!("last seen was not written in time"),
            }
        }
        if let Some(lapsed) = found.lapsed {
            let keys = self.keys.clone();
            let ended = self.db.write(move |c| lapsed.end(c, &keys, found.id, now).map_err(DbError::from));
            if let Err(error) = ended.await {
                tracing::warn!(%error, "the end of viewing as somebody was not written");
            }
        }
        Ok(Some(found.state))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = random_text(64);
        let (hash, now) = (digest(&key), self.clock.now());
        let expires_at = now.plus(time::Duration::seconds(ttl.whole_seconds()));
        let row = Stored::from(state);
        self.db
            .write(move |c| {
                diesel::insert_into(sessions::table)
                    .values((
                        sessions::key_hash.eq(hash),
                        sessions::user_id.eq(row.user_id),
                        sessions::state.eq(row.state),
                        sessions::ip.eq(row.ip),
                        sessions::user_agent.eq(row.user_agent),
                        sessions::last_seen_at.eq(now),
                        sessions::expires_at.eq(expires_at),
                        sessions::created_at.eq(now),
                        sessions::updated_at.eq(now),
                    ))
                    .execute(c)
                    .map_err(DbError::from)
            })
            .await
            .map_err(|error| SaveError::Other(error.into()))?;
        SessionKey::try_from(key).map_err(|error| SaveError::Other(anyhow::anyhow!("{error}")))
    }

    /// Never inserts: a session that was signed out meanwhile stays gone.
    async fn update(&self, key: SessionKey, state: State, _ttl: &Duration) -> Result<SessionKey, UpdateError> {
        let (hash, now) = (digest(key.as_ref()), self.clock.now());
        let row = Stored::from(state);
        self.db
            .write(move |c| {
                diesel::update(sessions::table.filter(sessions::key_hash.eq(hash)).filter(sessions::expires_at.gt(now)))
                    .set((sessions::state.eq(row.state), sessions::updated_at.eq(now)))
                    .execute(c)
                    .map_err(DbError::from)
            })
            .await
            .map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    /// The end of a session is fixed at sign-in.
    async fn update_ttl(&self, _key: &SessionKey, _ttl: &Duration) -> Result<(), LifetimeError> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), LifetimeError> {
        let hash = digest(key.as_ref());
        let gone =
            self.db.write(move |c| diesel::delete(sessions::table.filter(sessions::key_hash.eq(hash))).execute(c).map_err(DbError::from));
        gone.await?;
        Ok(())
    }
}

/// The error type of the trait's last two methods.
type LifetimeError = anyhow::Error;

struct Found {
    id: i64,
    state: State,
    last_seen_at: UtcDateTime,
    lapsed: Option<Lapsed>,
}

/// The live session with its user, in one statement and those for the rights. A deactivated user has no session.
fn find(c: &mut Connection, hash: &str, now: UtcDateTime) -> Result<Option<Found>, DbError> {
    let row = sessions::table
        .left_join(users::table.on(users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::key_hash.eq(hash))
        .filter(sessions::expires_at.gt(now))
        .select((
            sessions::id,
            sessions::state,
            sessions::last_seen_at,
            sessions::user_id,
            (RIGHTS_COLUMNS, users::password_hash).nullable(),
        ))
        .first::<(i64, String, UtcDateTime, Option<i64>, Option<(UserRights, String)>)>(c)
        .optional()?;
    let Some((id, stored, last_seen_at, user_id, user)) = row else { return Ok(None) };
    let Ok(mut state) = serde_json::from_str::<State>(&stored) else { return Ok(None) };
    let mut lapsed = None;
    state.insert(ROW.into(), id.to_string());
    if user_id.is_some() {
        let opened_with = text(state.get(CREDENTIAL).cloned());
        let Some((rights, _)) = user.filter(|(_, hash)| digest(hash) == opened_with) else { return Ok(None) };
        let Some(actor) = actor_with(c, rights)? else { return Ok(None) };
        let actor = match view_as::seen(c, &mut state, &stored, &actor, now)? {
            Seen::Own => actor,
            Seen::As(other) => other,
            Seen::Lapsed(known) => {
                lapsed = Some(known);
                actor
            }
        };
        state.insert(ACTOR.into(), serde_json::to_string(&actor).unwrap_or_default());
    }
    Ok(Some(Found { id, state, last_seen_at, lapsed }))
}

/// An entry of a state is JSON.
fn text(entry: Option<String>) -> String {
    entry.and_then(|json| serde_json::from_str::<String>(&json).ok()).unwrap_or_default()
}

/// A state as it is kept: without the user, and with what has a column of its own taken out.
struct Stored {
    user_id: Option<i64>,
    state: String,
    ip: String,
    user_agent: String,
}

impl From<State> for Stored {
    fn from(mut state: State) -> Self {
        state.remove(ACTOR);
        state.remove(ROW);
        let ip = text(state.remove(IP));
        let user_agent = text(state.remove(USER_AGENT)).chars().take(255).collect();
        let user_id = text(state.get(IDENTITY).cloned()).parse().ok();
        Self { user_id, state: serde_json::to_string(&state).unwrap_or_default(), ip, user_agent }
    }
}

/// Removes what has expired.
pub fn clear_expired(c: &mut Connection, now: UtcDateTime) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(c)
}
