//! The session store, for all three places where sessions can be stored.

use std::sync::Arc;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;

use super::lasting::is_reading;
use super::redis::Redis;
use super::state::{REMEMBERED, State, entry};
use super::{row, sealed};
use crate::app::{App, Clock};
use crate::crypto::keys::{digest, random_text};
use crate::db::recent::{Moment, Recent};
use crate::db::{Connection, Db, DbError, UtcDateTime};
use crate::settings::SessionPlace;
use crate::settings::session_limits::Limits;

#[derive(Clone)]
pub struct Sessions {
    place: Place,
    db: Db,
    clock: Clock,
    limits: Limits,
    /// Sessions with their users as they were a moment ago: rights that another process took away end a second later.
    recent: Arc<Recent<State>>,
}

#[derive(Clone)]
enum Place {
    Row,
    Cookie,
    Redis(Redis),
}

impl Sessions {
    pub fn new(app: &Arc<App>) -> Self {
        let place = match &app.settings.session_store {
            SessionPlace::Database => Place::Row,
            SessionPlace::Cookie => Place::Cookie,
            SessionPlace::Redis(url) => Place::Redis(Redis::new(url.clone())),
        };
        Self {
            place,
            db: app.db.clone(),
            clock: app.clock.clone(),
            limits: app.settings.session_limits,
            recent: Arc::new(Recent::new(time::Duration::seconds(1))),
        }
    }

    /// Forgets what was known of sessions a moment ago.
    pub fn refresh(&self) {
        self.recent.clear();
    }

    /// Deletes what is left of sessions whose rows were deleted. They are invalid even if this fails.
    pub async fn forget(&self, hashes: Vec<String>) {
        let Place::Redis(redis) = &self.place else { return };
        for hash in hashes {
            if let Err(error) = redis.forget(&hash).await {
                tracing::warn!(%error, "could not remove an ended session");
            }
        }
    }

    /// Whether the server that stores the sessions can be reached, if it is not the database.
    pub async fn are_there(&self) -> anyhow::Result<()> {
        match &self.place {
            Place::Redis(redis) => redis.is_there().await,
            Place::Row | Place::Cookie => Ok(()),
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> diesel::QueryResult<T> + Send + 'static,
    ) -> Result<T, DbError> {
        self.db.read(|c| work(c).map_err(DbError::from)).await
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> diesel::QueryResult<T> + Send + 'static,
    ) -> Result<T, DbError> {
        self.db.write(|c| work(c).map_err(DbError::from)).await
    }

    /// The session of a request that only reads may be a moment old.
    async fn find(&self, key: &SessionKey) -> anyhow::Result<Option<State>> {
        let (hash, moment) = (digest(key.as_ref()), Moment::now(&self.db, self.clock.now()));
        if is_reading()
            && let Some(state) = self.recent.get(&hash, moment)
        {
            return Ok(Some(state));
        }
        let found = self.query(key, hash.clone(), moment.at()).await?;
        if let Some(state) = &found {
            self.recent.put(hash, moment, state.clone());
        }
        Ok(found)
    }

    async fn query(&self, key: &SessionKey, hash: String, now: UtcDateTime) -> anyhow::Result<Option<State>> {
        let limits = self.limits;
        let given = match &self.place {
            Place::Row => None,
            Place::Cookie => {
                let Some(state) = sealed::open(key) else { return Ok(None) };
                return Ok(self.read(move |c| sealed::load(c, state, &limits, now)).await?);
            }
            Place::Redis(redis) => {
                let state = redis.load(key).await?;
                if state.is_none() {
                    return self.bury(hash).await.map(|()| None);
                }
                state
            }
        };
        Ok(self.read(move |c| row::load(c, &hash, given, &limits, now)).await?)
    }

    /// Deletes the row of a session whose state the server has lost, so that it is no longer listed.
    async fn bury(&self, hash: String) -> anyhow::Result<()> {
        let asked = hash.clone();
        if self.read(move |c| row::is_there(c, &asked)).await? {
            self.write(move |c| row::delete(c, &hash)).await?;
        }
        Ok(())
    }

    async fn begin(&self, state: State) -> anyhow::Result<SessionKey> {
        let (now, limits) = (self.clock.now(), self.limits);
        let (key, inside) = match &self.place {
            Place::Cookie => return sealed::seal(&self.read(move |c| sealed::begin(c, state, now)).await?),
            Place::Row => (SessionKey::try_from(random_text(64)).map_err(|error| anyhow::anyhow!("{error}"))?, true),
            Place::Redis(redis) => {
                let remembered = entry(&state, REMEMBERED).unwrap_or(false);
                let seconds = limits.end(now, remembered).since(now).whole_seconds();
                (redis.save(row::rest(&state), seconds).await?, false)
            }
        };
        let hash = digest(key.as_ref());
        self.write(move |c| row::insert(c, &hash, &state, inside, &limits, now)).await?;
        Ok(key)
    }

    async fn change(&self, key: SessionKey, state: State) -> anyhow::Result<SessionKey> {
        let (hash, now) = (digest(key.as_ref()), self.clock.now());
        match &self.place {
            Place::Cookie => sealed::seal(&state),
            Place::Row => {
                self.write(move |c| row::update(c, &hash, Some(&state), now)).await?;
                Ok(key)
            }
            Place::Redis(redis) => {
                let ends = self.write(move |c| row::update(c, &hash, None, now)).await?;
                if let Some(ends) = ends {
                    redis.update(key.as_ref(), row::rest(&state), ends.since(now).whole_seconds()).await?;
                }
                Ok(key)
            }
        }
    }

    async fn end(&self, key: &SessionKey) -> anyhow::Result<()> {
        let (hash, now, limits) = (digest(key.as_ref()), self.clock.now(), self.limits);
        if let Place::Cookie = self.place {
            let Some(state) = sealed::open(key) else { return Ok(()) };
            self.write(move |c| sealed::end(c, &state, &limits, now)).await?;
            return Ok(());
        }
        self.write(move |c| row::delete(c, &hash)).await?;
        if let Place::Redis(redis) = &self.place
            && let Err(error) = redis.delete(key).await
        {
            tracing::warn!(%error, "could not remove an ended session");
        }
        Ok(())
    }
}

/// The lifetime that [`SessionStore`] passes is ignored: the limits say when a session ends.
impl SessionStore for Sessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        self.find(key).await.map_err(LoadError::Other)
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        self.begin(state).await.map_err(SaveError::Other)
    }

    async fn update(&self, key: SessionKey, state: State, _: &Duration) -> Result<SessionKey, UpdateError> {
        self.change(key, state).await.map_err(UpdateError::Other)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> anyhow::Result<()> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        self.end(key).await
    }
}
