//! Who looked: openings, searches and exports of records whose declaration says `logs_reads` are written down, one row
//! for each act of a person, without making those who read wait for each other.
//!
//! Entries go into a bounded queue. One thread, the writer, takes all waiting entries and appends them in one transaction. A page
//! waits until its entry is stored; when the database is busy it waits no longer than `PATIENCE`, and the entry is stored
//! later. When the queue is full the page is refused: nothing is shown unlogged.

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

/// How long a page waits for its entry to be stored.
const PATIENCE: Duration = Duration::from_millis(250);
/// Beyond this number the remembered reads are forgotten early: an extra entry may be logged, but none is lost.
const REMEMBERED: usize = 20_000;

/// Reads with the same key are one activity: user, action, resource, record, search text.
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

    /// Logs that a user opened a record. [`AppError::Unavailable`] when the queue is full, here and below.
    pub async fn opened(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, id: i64, label: &str) -> AppResult<()> {
        if !own.logs_reads {
            return Ok(());
        }
        let entry = Entry { id, label: label.into(), ..Entry::noted(LogAction::View, own.name, "") };
        self.note(actor, at, entry).await
    }

    /// Logs a search for this text; blank text is no search.
    pub async fn searched(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.logs_reads || words.is_empty() {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Search, own.name, words)).await
    }

    /// Logs an export of records.
    pub async fn exported(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, what: &str) -> AppResult<()> {
        if !own.logs_reads {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Export, own.name, what)).await
    }

    /// Logs a search in an autocomplete field. Texts that extend each other are one search, of which the longest is logged: 'z',
    /// 'zo' and 'zol' alone do not show who was searched for.
    pub fn typed(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.logs_reads || words.is_empty() {
            return Ok(());
        }
        let entry = Entry::noted(LogAction::Search, own.name, words);
        self.put(Message::Typed(Read { actor: actor.clone(), at, entry }))
    }

    /// Waits until every queued entry is stored, including searches that are still being typed.
    pub async fn settle(&self) {
        let Some(queue) = self.queue.get() else { return };
        let (done, stored) = oneshot::channel();
        if queue.send(Message::Settle(done)).await.is_ok() {
            let _ = stored.await;
        }
    }

    /// Queues an entry, unless it repeats a recent one, and waits up to [`PATIENCE`] until it is stored.
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
