//! Who looked: openings, searches and exports of records whose declaration says `logs_reads` are written down, one row
//! for each act of a person, without making those who read wait for each other.
//!
//! Before a page is answered, its entry waits where it survives this process, in the spool, and in a bounded queue. One thread,
//! the writer, takes all entries of the queue and appends them in one transaction. Where the spool cannot be written, the page
//! waits up to `PATIENCE` until the log has its entry. Otherwise, and when the queue is full, the page is refused: nothing is
//! shown unlogged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::timeout;

use super::recovery::recover;
use super::spool::Spool;
use super::writer::{CAPACITY, Message, ONE_ACT, Read, start};
use crate::crypto::keys::Keys;
use crate::db::{Db, DbError, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::resource::log::append::Entry;
use crate::resource::log::entry::LogAction;
use crate::resource::{Actor, Declaration};

/// How long a page whose entry is not in the spool waits until the log has it.
const PATIENCE: Duration = Duration::from_millis(250);
/// Beyond this number the remembered reads are forgotten early: an extra entry may be logged, but none is lost.
const REMEMBERED: usize = 20_000;

/// Reads with the same key are one activity: user, action, resource, record, search text.
type Key = (i64, LogAction, &'static str, i64, String);

pub struct ReadLog {
    db: Db,
    keys: Arc<Keys>,
    spool: Arc<Spool>,
    queue: OnceLock<mpsc::UnboundedSender<Message>>,
    /// The places in the queue. An entry holds one until the log has it.
    places: Arc<Semaphore>,
    recent: Mutex<HashMap<Key, UtcDateTime>>,
}

impl ReadLog {
    pub fn new(db: Db, keys: Arc<Keys>) -> Self {
        let (spool, places) = (Arc::new(Spool::new(db.clone())), Arc::new(Semaphore::new(CAPACITY)));
        Self { db, keys, spool, queue: OnceLock::new(), places, recent: Mutex::default() }
    }

    /// Stores what processes that were killed left in their spools. Returns how many entries that were.
    pub async fn recover(&self) -> Result<usize, DbError> {
        recover(&self.db, &self.keys, self.spool.name()).await
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
    pub async fn typed(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.logs_reads || words.is_empty() {
            return Ok(());
        }
        let place = self.place()?;
        let mut read = Read { actor: actor.clone(), at, entry: Entry::noted(LogAction::Search, own.name, words), numbers: Vec::new() };
        let number = self.spool.put(&read, true).await.ok_or_else(refused)?;
        read.numbers.push(number);
        self.send(Message::Typed(read, place))
    }

    /// Waits until every queued entry is stored, including searches that are still being typed.
    pub async fn settle(&self) {
        let Some(queue) = self.queue.get() else { return };
        let (done, stored) = oneshot::channel();
        if queue.send(Message::Settle(done)).is_ok() {
            let _ = stored.await;
        }
    }

    /// Spools and queues an entry, unless it repeats a recent one.
    async fn note(&self, actor: &Actor, at: UtcDateTime, entry: Entry) -> AppResult<()> {
        let key = (actor.id, entry.action, entry.resource, entry.id, entry.note.clone());
        if entry.action != LogAction::Export && self.continues(&key, at) {
            return Ok(());
        }
        let place = self.place()?;
        let mut read = Read { actor: actor.clone(), at, entry, numbers: Vec::new() };
        let number = self.spool.put(&read, false).await;
        // A database that cannot take it there takes it nowhere.
        if number.is_none() && !self.spool.is_file() {
            return Err(refused());
        }
        read.numbers.extend(number);
        let (done, stored) = oneshot::channel();
        self.send(Message::Read(read, place, done))?;
        if number.is_none() && !matches!(timeout(PATIENCE, stored).await, Ok(Ok(()))) {
            return Err(refused());
        }
        self.remember(key, at);
        Ok(())
    }

    fn place(&self) -> AppResult<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().map_err(|_| refused())
    }

    fn send(&self, message: Message) -> AppResult<()> {
        let queue = self.queue.get_or_init(|| start(self.db.clone(), self.keys.clone(), self.spool.clone()));
        queue.send(message).map_err(|_| refused())
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

fn refused() -> AppError {
    AppError::Unavailable("the log cannot keep up; records are not shown until access can be logged".into())
}
