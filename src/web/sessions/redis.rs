//! The state of sessions on a Redis server, by actix-session's own store. An entry without its row in the database is worth
//! nothing, so ending a session is ending its row.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_session::storage::{RedisSessionStore, SessionKey, SessionStore};
use secrecy::{ExposeSecret, SecretString};

use super::state::State;
use crate::crypto::keys::digest;
use crate::db::pool::UNAVAILABLE;

/// The server has this long to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How the name of a key begins that is known by its hash alone. Keys that browsers hold are made by us and have no colon.
const HASH: &str = "hash:";

#[derive(Clone)]
pub struct Redis {
    url: SecretString,
    /// One connection for each worker, made when it is needed first, so that the clinic starts while the server is away.
    store: Arc<Mutex<Option<RedisSessionStore>>>,
}

impl Redis {
    pub fn new(url: SecretString) -> Self {
        Self { url, store: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Option<RedisSessionStore>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn store(&self) -> anyhow::Result<RedisSessionStore> {
        let kept = self.kept().clone();
        if let Some(store) = kept {
            return Ok(store);
        }
        let made = RedisSessionStore::builder(self.url.expose_secret()).cache_keygen(place).build().await?;
        *self.kept() = Some(made.clone());
        Ok(made)
    }

    /// Within its time. A connection that fails is given up at once: left to itself it would try again later and later.
    async fn ask<T>(&self, work: impl AsyncFnOnce(RedisSessionStore) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let asked = tokio::time::timeout(PATIENCE, async { work(self.store().await?).await }).await;
        asked.map_err(anyhow::Error::from).flatten().map_err(|error| {
            *self.kept() = None;
            anyhow::anyhow!("{UNAVAILABLE}: session server: {error}")
        })
    }

    pub async fn load(&self, key: &SessionKey) -> anyhow::Result<Option<State>> {
        self.ask(async |store| Ok(store.load(key).await?)).await
    }

    /// Whether the server answers: asked for what nobody has.
    pub async fn is_there(&self) -> anyhow::Result<()> {
        self.load(&named(format!("{HASH}nobody"))?).await.map(|_| ())
    }

    /// Under a key that the store makes.
    pub async fn save(&self, state: State, seconds: i64) -> anyhow::Result<SessionKey> {
        self.ask(async |store| Ok(store.save(state, &lifetime(seconds)).await?)).await
    }

    /// The store saves what is gone under another key; here it stays gone.
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

    /// Removes an entry whose key nobody here holds.
    pub async fn forget(&self, hash: &str) -> anyhow::Result<()> {
        self.delete(&named(format!("{HASH}{hash}"))?).await
    }
}

fn named(key: String) -> anyhow::Result<SessionKey> {
    SessionKey::try_from(key).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Where a state lies: under the hash of the key, so that who reads the server cannot use what stands there.
fn place(key: &str) -> String {
    let hash = key.strip_prefix(HASH).map_or_else(|| digest(key), str::to_string);
    format!("praxis:session:{hash}")
}

fn lifetime(seconds: i64) -> actix_web::cookie::time::Duration {
    actix_web::cookie::time::Duration::seconds(seconds.max(1))
}
