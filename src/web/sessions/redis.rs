//! The state of sessions on a Redis server, by actix-session's own store. An entry without its row in the database is worth
//! nothing, so ending a session is ending its row.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix_session::storage::{RedisSessionStore, SessionKey, SessionStore};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;

use super::State;
use crate::db::pool::UNAVAILABLE;
use crate::keys::digest;

/// The server has this long to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How the name of a key begins that is known by its hash alone. Keys that browsers hold are made by us and have no colon.
const HASH: &str = "hash:";

#[derive(Clone)]
pub struct Redis {
    url: SecretString,
    /// One connection for each worker, made when it is needed first, so that the clinic starts while the server is away.
    store: Arc<OnceCell<RedisSessionStore>>,
}

impl Redis {
    pub fn new(url: SecretString) -> Self {
        Self { url, store: Arc::default() }
    }

    async fn store(&self) -> anyhow::Result<&RedisSessionStore> {
        let made = self.store.get_or_try_init(|| RedisSessionStore::builder(self.url.expose_secret()).cache_keygen(place).build());
        in_time(made).await
    }

    pub async fn load(&self, key: &SessionKey) -> anyhow::Result<Option<State>> {
        in_time(async { Ok(self.store().await?.load(key).await?) }).await
    }

    /// Under a key that the store makes.
    pub async fn save(&self, state: State, seconds: i64) -> anyhow::Result<SessionKey> {
        in_time(async { Ok(self.store().await?.save(state, &lifetime(seconds)).await?) }).await
    }

    /// The store saves what is gone under another key; here it stays gone.
    pub async fn update(&self, key: &str, state: State, seconds: i64) -> anyhow::Result<()> {
        let store = self.store().await?;
        let before = SessionKey::try_from(key.to_string()).map_err(|error| anyhow::anyhow!("{error}"))?;
        let after = in_time(async { Ok(store.update(before, state, &lifetime(seconds)).await?) }).await?;
        if after.as_ref() != key {
            in_time(store.delete(&after)).await?;
        }
        Ok(())
    }

    pub async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        in_time(async { self.store().await?.delete(key).await }).await
    }

    /// Removes an entry whose key nobody here holds.
    pub async fn forget(&self, hash: &str) -> anyhow::Result<()> {
        let key = SessionKey::try_from(format!("{HASH}{hash}")).map_err(|error| anyhow::anyhow!("{error}"))?;
        self.delete(&key).await
    }
}

/// Where a state lies: under the hash of the key, so that who reads the server cannot use what stands there.
fn place(key: &str) -> String {
    let hash = key.strip_prefix(HASH).map_or_else(|| digest(key), str::to_string);
    format!("praxis:session:{hash}")
}

fn lifetime(seconds: i64) -> actix_web::cookie::time::Duration {
    actix_web::cookie::time::Duration::seconds(seconds.max(1))
}

async fn in_time<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let done = tokio::time::timeout(PATIENCE, work).await;
    done.map_err(anyhow::Error::from).flatten().map_err(|error| anyhow::anyhow!("{UNAVAILABLE}: the server of the sessions: {error}"))
}
