//! The thread behind the read log: appends all waiting entries to the log in one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use super::spool::Spool;
use crate::crypto::keys::Keys;
use crate::db::{Connection, Db, DbError, UtcDateTime};
use crate::resource::Actor;
use crate::resource::log::append::{Entry, append_all};
use crate::resource::log::entry::{LogAction, LogEntry};

/// The most entries in one transaction.
const GROUP: usize = 500;
/// A search in an autocomplete field is logged when typing has stopped for this long.
const TYPING: Duration = Duration::from_secs(10);
/// Between two attempts while the database cannot be reached.
const AGAIN: Duration = Duration::from_millis(500);
/// Attempts after the application has stopped, when its database may have stopped as well.
const LAST_TRIES: u32 = 10;

/// An entry, with its actor and time, and its numbers in the spool.
pub(crate) struct Read {
    pub actor: Actor,
    pub at: UtcDateTime,
    pub entry: Entry,
    pub numbers: Vec<i64>,
}

pub(crate) enum Message {
    Read(Read, OwnedSemaphorePermit, oneshot::Sender<()>),
    Typed(Read, OwnedSemaphorePermit),
    Settle(oneshot::Sender<()>),
}

/// Starts the thread, which ends with the application. It has its own runtime, because the server's runtimes end before the last
/// entries are stored.
pub(crate) fn start(db: Db, keys: Arc<Keys>, spool: Arc<Spool>) -> mpsc::UnboundedSender<Message> {
    // Bounded by the places that entries hold.
    let (queue, messages) = mpsc::unbounded_channel();
    let work = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(Writer { db, keys, spool, messages, typing: HashMap::new() }.work()),
        Err(error) => tracing::error!(%error, "reads cannot be logged"),
    };
    // Without the thread the queue is closed, and every page that must be logged is refused.
    if let Err(error) = std::thread::Builder::new().name("read_log".into()).spawn(work) {
        tracing::error!(%error, "reads cannot be logged");
    }
    queue
}

/// Stores the queued entries.
struct Writer {
    db: Db,
    keys: Arc<Keys>,
    spool: Arc<Spool>,
    messages: mpsc::UnboundedReceiver<Message>,
    /// Searches that are being typed, and when each counts as finished.
    typing: HashMap<(i64, &'static str), (Read, Instant)>,
}

impl Writer {
    async fn work(mut self) {
        loop {
            let finished = self.typing.values().map(|(_, due)| *due).min();
            let pause = async {
                match finished {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            let first = tokio::select! {
                message = self.messages.recv() => match message {
                    Some(message) => Some(message),
                    None => break,
                },
                () = pause => None,
            };
            self.group(first).await;
        }
        self.group(None).await;
    }

    /// Stores the waiting entries in one transaction and notifies those who wait for it.
    async fn group(&mut self, first: Option<Message>) {
        let (mut acts, mut places, mut waiting, mut settles) = (Vec::new(), Vec::new(), Vec::new(), false);
        let mut next = first;
        while let Some(message) = next {
            match message {
                Message::Read(act, place, done) => {
                    acts.push(act);
                    places.push(place);
                    waiting.push(done);
                }
                // Its place is free again: one search of a person waits here.
                Message::Typed(act, place) => {
                    acts.extend(self.typed(act));
                    drop(place);
                }
                Message::Settle(done) => {
                    settles = true;
                    waiting.push(done);
                }
            }
            next = if acts.len() < GROUP { self.messages.try_recv().ok() } else { None };
        }
        let now = Instant::now();
        let closed = settles || self.messages.is_closed();
        let finished: Vec<_> = self.typing.iter().filter(|(_, (_, due))| closed || *due <= now).map(|(key, _)| *key).collect();
        acts.extend(finished.into_iter().filter_map(|key| self.typing.remove(&key)).map(|(act, _)| act));
        let is_stored = acts.is_empty() || self.store(Arc::new(acts)).await;
        drop(places);
        for done in waiting.into_iter().filter(|_| is_stored) {
            // The receiver is gone when the page does not wait.
            let _ = done.send(());
        }
    }

    /// Remembers a search that is being typed. Returns the previous one if the new one does not continue it.
    fn typed(&mut self, act: Read) -> Option<Read> {
        let due = Instant::now() + TYPING;
        let key = (act.actor.id, act.entry.resource);
        match self.typing.get_mut(&key) {
            Some((held, until)) if act.entry.note.starts_with(&held.entry.note) => {
                held.entry.note = act.entry.note;
                held.numbers.extend(act.numbers);
                *until = due;
                None
            }
            Some((held, until)) if held.entry.note.starts_with(&act.entry.note) => {
                held.numbers.extend(act.numbers);
                *until = due;
                None
            }
            _ => self.typing.insert(key, (act, due)).map(|(held, _)| held),
        }
    }

    /// Retries until it succeeds: a read must not stay unlogged. When the application has stopped it gives up after some tries, and
    /// what is in the spool is stored at the next start.
    async fn store(&self, acts: Arc<Vec<Read>>) -> bool {
        let mut tries = 0;
        loop {
            let (some, keys, spool) = (acts.clone(), self.keys.clone(), self.spool.clone());
            match self.db.write_aside(move |c| append_waiting(c, &keys, &spool, &some).map_err(DbError::from)).await {
                Ok(()) => break,
                Err(error) => tracing::error!(%error, acts = acts.len(), "could not log who viewed a record; will retry"),
            }
            tries += 1;
            if self.messages.is_closed() && tries >= LAST_TRIES {
                return false;
            }
            sleep(AGAIN).await;
        }
        self.spool.done(acts.iter().map(|act| act.numbers.len()).sum());
        true
    }
}

/// Takes the entries out of the spool and appends those that were in it, and those that never were.
fn append_waiting(c: &mut Connection, keys: &Keys, spool: &Spool, acts: &[Read]) -> diesel::QueryResult<()> {
    let numbers: Vec<i64> = acts.iter().flat_map(|act| act.numbers.iter().copied()).collect();
    let taken = spool.take(c, &numbers)?;
    let is_left = |act: &&Read| act.numbers.is_empty() || act.numbers.iter().any(|number| taken.contains(number));
    append_new(c, keys, &acts.iter().filter(is_left).collect::<Vec<_>>())
}

/// Appends the entries that do not repeat one stored by another process, or by this one before a restart.
pub(super) fn append_new(c: &mut Connection, keys: &Keys, acts: &[&Read]) -> diesel::QueryResult<()> {
    let mut new = Vec::with_capacity(acts.len());
    for act in acts {
        let since = act.at.plus(-ONE_ACT);
        let known = act.entry.action == LogAction::View && LogEntry::is_seen(c, act.entry.resource, act.entry.id, act.actor.id, since)?;
        if !known {
            new.push(*act);
        }
    }
    append_all(c, keys, new.iter().map(|act| (&act.actor, act.at, &act.entry)))
}

/// Within this time the same user, record and search text count as one activity.
pub(crate) const ONE_ACT: time::Duration = time::Duration::minutes(5);

/// The most queued entries.
pub const CAPACITY: usize = 2_000;
