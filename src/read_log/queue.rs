//! Who looked: openings, searches and exports of records whose declaration says `logs_reads` are written down, one row
//! for each act of a person, without making those who read wait for each other.
//!
//! Acts go into a bounded queue. One thread, the writer, takes all that wait and appends them in one transaction. A page waits until
//! its act is stored; when the database's writer is busy it waits no longer than [`PATIENCE`], and the act is stored as
//! soon as it can be. When the queue is full the page is refused: nothing is shown unlogged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::writer::{Message, ONE_ACT, Read, start};
use crate::crypto::keys::Keys;
use crate::db::{Db, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Declaration};

/// How long a page waits for its act to be stored.
const PATIENCE: Duration = Duration::from_millis(250);
/// More remembered acts than this are forgotten early, which costs a row and loses none.
const REMEMBERED: usize = 20_000;

/// What makes two acts one: who, what, of which resource, which record, with which words.
type Key = (i64, LogAction, &'static str, i64, String);

pub struct ReadLog {
    db: Db,
    keys: Arc<Keys>,
    queue: OnceLock<mpsc::Sender<Message>>,
    recent: Mutex<HashMap<Key, UtcDateTime>>,
}

impl ReadLog {
    pub fn new(db: Db, keys: Arc<Keys>) -> Self {
        Self { db, keys, queue: OnceLock::new(), recent: Mutex::default() }
    }

    /// Somebody opens a record.
    pub async fn opened(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, id: i64, label: &str) -> AppResult<()> {
        if !own.logs_reads {
            return Ok(());
        }
        let entry = Entry { id, label: label.into(), ..Entry::noted(LogAction::View, own.name, "") };
        self.note(actor, at, entry).await
    }

    /// Somebody searches, with these words; blank ones are no search.
    pub async fn searched(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.logs_reads || words.is_empty() {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Search, own.name, words)).await
    }

    /// Somebody takes records out of the house.
    pub async fn exported(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, what: &str) -> AppResult<()> {
        if !own.logs_reads {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Export, own.name, what)).await
    }

    /// Somebody types into a box that completes. Words that grow out of each other are one search, of which the longest is
    /// told: neither 'z', 'zo', 'zol' nor the first letter alone says whom they looked for.
    pub fn typed(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.logs_reads || words.is_empty() {
            return Ok(());
        }
        let entry = Entry::noted(LogAction::Search, own.name, words);
        self.put(Message::Typed(Read { actor: actor.clone(), at, entry }))
    }

    /// Returns when everything that waits is stored, also what is still being typed.
    pub async fn settle(&self) {
        let Some(queue) = self.queue.get() else { return };
        let (done, stored) = oneshot::channel();
        if queue.send(Message::Settle(done)).await.is_ok() {
            let _ = stored.await;
        }
    }

    /// Puts an act into the queue, unless it continues one that is known, and waits for a moment until it is stored.
    async fn note(&self, actor: &Actor, at: UtcDateTime, entry: Entry) -> AppResult<()> {
        let key = (actor.id, entry.action, entry.resource, entry.id, entry.note.clone());
        if entry.action != LogAction::Export && self.continues(&key, at) {
            return Ok(());
        }
        let (done, stored) = oneshot::channel();
        self.put(Message::Read(Read { actor: actor.clone(), at, entry }, done))?;
        self.remember(key, at);
        if timeout(PATIENCE, stored).await.is_err() {
            tracing::debug!("a log entry is waiting for the database");
        }
        Ok(())
    }

    fn put(&self, message: Message) -> AppResult<()> {
        let queue = self.queue.get_or_init(|| start(self.db.clone(), self.keys.clone()));
        queue
            .try_send(message)
            .map_err(|_| AppError::Unavailable("the log cannot keep up; records are not shown until access can be logged".into()))
    }

    fn continues(&self, key: &Key, at: UtcDateTime) -> bool {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.get(key).is_some_and(|begun| at < begun.plus(ONE_ACT))
    }

    fn remember(&self, key: Key, at: UtcDateTime) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= REMEMBERED {
            recent.retain(|_, begun| at < begun.plus(ONE_ACT));
        }
        if recent.len() >= REMEMBERED {
            recent.clear();
        }
        recent.insert(key, at);
    }
}
