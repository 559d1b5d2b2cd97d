//! The thread behind the read_log: takes all acts that wait and appends them to the log in one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use crate::crypto::keys::Keys;
use crate::db::{Connection, Db, DbError, UtcDateTime};
use crate::resource::Actor;
use crate::resource::log::append::{Entry, append_all};
use crate::resource::log::entry::{LogAction, LogEntry};

/// So many are stored in one transaction.
const GROUP: usize = 500;
/// What is typed into a box that completes is one search, told when the typing has stopped for so long.
const TYPING: Duration = Duration::from_secs(10);
/// Between two tries while the database is away.
const AGAIN: Duration = Duration::from_millis(500);
/// When the application is gone, so is perhaps its database.
const LAST_TRIES: u32 = 10;

/// What somebody did, and when.
pub(crate) struct Read {
    pub actor: Actor,
    pub at: UtcDateTime,
    pub entry: Entry,
}

pub(crate) enum Message {
    Read(Read, oneshot::Sender<()>),
    Typed(Read),
    Settle(oneshot::Sender<()>),
}

/// The thread that stores, which ends with the application. It has a runtime of its own, because those of the server end
/// before the last pages are written down.
pub(crate) fn start(db: Db, keys: Arc<Keys>) -> mpsc::Sender<Message> {
    let (queue, messages) = mpsc::channel(CAPACITY);
    let work = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(Writer { db, keys, messages, typing: HashMap::new() }.work()),
        Err(error) => tracing::error!(%error, "reads cannot be logged"),
    };
    // Without the thread the queue is closed, and every page that must be logged is refused.
    if let Err(error) = std::thread::Builder::new().name("read_log".into()).spawn(work) {
        tracing::error!(%error, "reads cannot be logged");
    }
    queue
}

/// Writes down what waits.
struct Writer {
    db: Db,
    keys: Arc<Keys>,
    messages: mpsc::Receiver<Message>,
    /// What people are typing, and when it counts as finished.
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

    /// Stores what waits in one transaction, and tells those who wait for it.
    async fn group(&mut self, first: Option<Message>) {
        let (mut acts, mut waiting, mut settles) = (Vec::new(), Vec::new(), false);
        let mut next = first;
        while let Some(message) = next {
            match message {
                Message::Read(act, done) => {
                    acts.push(act);
                    waiting.push(done);
                }
                Message::Typed(act) => acts.extend(self.typed(act)),
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
        if !acts.is_empty() {
            self.store(Arc::new(acts)).await;
        }
        for done in waiting {
            // Who does not wait any longer need not be told.
            let _ = done.send(());
        }
    }

    /// Keeps what is being typed; returns what was typed before, when that was something else.
    fn typed(&mut self, act: Read) -> Option<Read> {
        let due = Instant::now() + TYPING;
        let key = (act.actor.id, act.entry.resource);
        match self.typing.get_mut(&key) {
            Some((held, until)) if act.entry.note.starts_with(&held.entry.note) => {
                held.entry.note = act.entry.note;
                *until = due;
                None
            }
            Some((held, until)) if held.entry.note.starts_with(&act.entry.note) => {
                *until = due;
                None
            }
            _ => self.typing.insert(key, (act, due)).map(|(held, _)| held),
        }
    }

    /// Tries until it is done: what was read must not stay unlogged.
    async fn store(&self, acts: Arc<Vec<Read>>) {
        let mut tries = 0;
        loop {
            let (some, keys) = (acts.clone(), self.keys.clone());
            match self.db.write_aside(move |c| append_new(c, &keys, &some).map_err(DbError::from)).await {
                Ok(()) => return,
                Err(error) => tracing::error!(%error, acts = acts.len(), "could not log who viewed a record; will retry"),
            }
            tries += 1;
            if self.messages.is_closed() && tries >= LAST_TRIES {
                return;
            }
            sleep(AGAIN).await;
        }
    }
}

/// Appends those that do not continue an act which another process, or this one before it was started anew, has stored.
fn append_new(c: &mut Connection, keys: &Keys, acts: &[Read]) -> diesel::QueryResult<()> {
    let mut new = Vec::with_capacity(acts.len());
    for act in acts {
        let since = act.at.plus(-ONE_ACT);
        let known = act.entry.action == LogAction::View && LogEntry::is_seen(c, act.entry.resource, act.entry.id, act.actor.id, since)?;
        if !known {
            new.push(act);
        }
    }
    append_all(c, keys, new.iter().map(|act| (&act.actor, act.at, &act.entry)))
}

/// The same person at the same record, or with the same words, within this time does one thing.
pub(crate) const ONE_ACT: time::Duration = time::Duration::minutes(5);

/// So many acts may wait.
pub const CAPACITY: usize = 2_000;
