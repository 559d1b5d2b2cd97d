//! The state of sessions on a Redis server, through actix-session's own store. An entry without its row in the database is
//! ignored, so deleting the row ends the session.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_session::storage::{RedisSessionStore, SessionKey, SessionStore};
use secrecy::{ExposeSecret, SecretString};

use super::state::State;
use crate::crypto::keys::digest;
use crate::db::pool::UNAVAILABLE;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The prefix of a key of which only the hash is known. Keys of browsers have no colon.
const HASH: &str = "hash:";

#[derive(Clone)]
pub struct Redis {
    url: SecretString,
    /// One connection for each worker, opened on first use, so that the application starts while the server is down.
    store: Arc<Mutex<Option<RedisSessionStore>>>,
}

impl Redis {
    pub fn new(url: SecretString) -> Self {
        Self { url, store: Arc::default() }
    }

    fn connected(&self) -> MutexGuard<'_, Option<RedisSessionStore>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn store(&self) -> anyhow::Result<RedisSessionStore> {
        let connected = self.connected().clone();
        if let Some(store) = connected {
            return Ok(store);
        }
        let made = RedisSessionStore::builder(self.url.expose_secret()).cache_keygen(place).build().await?;
        *self.connected() = Some(made.clone());
        Ok(made)
    }

    /// Runs `work` within the time limit. A connection that fails is dropped, because it would otherwise retry with growing
    /// delays.
    async fn ask<T>(&self, work: impl AsyncFnOnce(RedisSessionStore) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let asked = tokio::time::timeout(PATIENCE, async { work(self.store().await?).await }).await;
        asked.map_err(anyhow::Error::from).flatten().map_err(|error| {
            *self.connected() = None;
            anyhow::anyhow!("{UNAVAILABLE}: session server: {error}")
        })
    }

    pub async fn load(&self, key: &SessionKey) -> anyhow::Result<Option<State>> {
        self.ask(async |store| Ok(store.load(key).await?)).await
    }

    /// Whether the server answers: reads a key that does not exist.
    pub async fn is_there(&self) -> anyhow::Result<()> {
        self.load(&named(format!("{HASH}nobody"))?).await.map(|_| ())
    }

    /// Saves under a new key, which the store creates.
    pub async fn save(&self, state: State, seconds: i64) -> anyhow::Result<SessionKey> {
        self.ask(async |store| Ok(store.save(state, &lifetime(seconds)).await?)).await
    }

    /// Updates an entry only if it exists; the store would save a deleted one under another key.
    pub async fn update(&self, key: &str, state: State, seconds: i64) -> anyhow::Result<()> {
        let before = named(key.into())?;
        let stray = async |store: RedisSessionStore| {
            let after = store.update(before, state, &lifetime(seconds)).await?;
            if after.as_ref() == key { Ok(()) } else { store.delete(&after).await }
        };
        self.ask(stray).await
    }

    pub async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        self.ask(async |store| store.delete(key).await).await
    }

    /// Deletes an entry of which only the hash is known.
    pub async fn forget(&self, hash: &str) -> anyhow::Result<()> {
        self.delete(&named(format!("{HASH}{hash}"))?).await
    }
}

fn named(key: String) -> anyhow::Result<SessionKey> {
    SessionKey::try_from(key).map_err(|error| anyhow::anyhow!("{error}"))
}

/// The name of an entry: the hash of the key, so that reading the server does not reveal usable keys.
fn place(key: &str) -> String {
    let hash = key.strip_prefix(HASH).map_or_else(|| digest(key), str::to_string);
    format!("praxis:session:{hash}")
}

fn lifetime(seconds: i64) -> actix_web::cookie::time::Duration {
    actix_web::cookie::time::Duration::seconds(seconds.max(1))
}
