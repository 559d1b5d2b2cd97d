//! Who looked: openings, searches and exports of records whose declaration says `reads_logged` are written down, one row
//! for each act of a person, without making those who read wait for each other.
//!
//! Acts go into a bounded queue. One thread takes all that wait and appends them in one transaction. A page waits until
//! its act is stored; when the database's writer is busy it waits no longer than [`PATIENCE`], and the act is stored as
//! soon as it can be. When the queue is full the page is refused: nothing is shown unlogged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::db::{Connection, Db, DbError, UtcDateTime};
use crate::error::{AppError, AppResult};
use crate::keys::Keys;
use crate::resource::history::LogAction;
use crate::resource::history::LogEntry;
use crate::resource::log::{Entry, append_all};
use crate::resource::{Actor, Declaration};

/// The same person at the same record, or with the same words, within this time does one thing.
const ONE_ACT: time::Duration = time::Duration::minutes(5);
/// How long a page waits for its act to be stored.
const PATIENCE: Duration = Duration::from_millis(250);
/// So many acts may wait.
pub const CAPACITY: usize = 2_000;
/// So many are stored in one transaction.
const GROUP: usize = 500;
/// What is typed into a box that completes is one search, told when the typing has stopped for so long.
const TYPING: Duration = Duration::from_secs(10);
/// Between two tries while the database is away.
const AGAIN: Duration = Duration::from_millis(500);
/// When the application is gone, so is perhaps its database.
const LAST_TRIES: u32 = 10;
/// More remembered acts than this are forgotten early, which costs a row and loses none.
const REMEMBERED: usize = 20_000;

/// What makes two acts one: who, what, of which resource, which record, with which words.
type Key = (i64, LogAction, &'static str, i64, String);

struct Act {
    actor: Actor,
    at: UtcDateTime,
    entry: Entry,
}

enum Message {
    Act(Act, oneshot::Sender<()>),
    Typed(Act),
    Settle(oneshot::Sender<()>),
}

pub struct Journal {
    db: Db,
    keys: Arc<Keys>,
    queue: OnceLock<mpsc::Sender<Message>>,
    recent: Mutex<HashMap<Key, UtcDateTime>>,
}

impl Journal {
    pub fn new(db: Db, keys: Arc<Keys>) -> Self {
        Self { db, keys, queue: OnceLock::new(), recent: Mutex::default() }
    }

    /// Somebody opens a record.
    pub async fn opened(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, id: i64, label: &str) -> AppResult<()> {
        if !own.reads_logged {
            return Ok(());
        }
        let entry = Entry { id, label: label.into(), ..Entry::noted(LogAction::View, own.name, "") };
        self.note(actor, at, entry).await
    }

    /// Somebody searches, with these words; blank ones are no search.
    pub async fn searched(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.reads_logged || words.is_empty() {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Search, own.name, words)).await
    }

    /// Somebody takes records out of the house.
    pub async fn exported(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, what: &str) -> AppResult<()> {
        if !own.reads_logged {
            return Ok(());
        }
        self.note(actor, at, Entry::noted(LogAction::Export, own.name, what)).await
    }

    /// Somebody types into a box that completes. Words that grow out of each other are one search, of which the longest is
    /// told: neither 'z', 'zo', 'zol' nor the first letter alone says whom they looked for.
    pub fn typed(&self, actor: &Actor, at: UtcDateTime, own: &Declaration, words: &str) -> AppResult<()> {
        if !own.reads_logged || words.is_empty() {
            return Ok(());
        }
        let entry = Entry::noted(LogAction::Search, own.name, words);
        self.put(Message::Typed(Act { actor: actor.clone(), at, entry }))
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
        self.put(Message::Act(Act { actor: actor.clone(), at, entry }, done))?;
        self.remember(key, at);
        if timeout(PATIENCE, stored).await.is_err() {
            tracing::debug!("an act waits for the database's writer");
        }
        Ok(())
    }

    fn put(&self, message: Message) -> AppResult<()> {
        let queue = self.queue.get_or_init(|| start(self.db.clone(), self.keys.clone()));
        queue.try_send(message).map_err(|_| AppError::Unavailable("the log cannot keep up, and nothing is shown unlogged".into()))
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

/// The thread that stores, which ends with the application. It has a runtime of its own, because those of the server end
/// before the last pages are written down.
fn start(db: Db, keys: Arc<Keys>) -> mpsc::Sender<Message> {
    let (queue, messages) = mpsc::channel(CAPACITY);
    let work = move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(Clerk { db, keys, messages, typing: HashMap::new() }.work()),
        Err(error) => tracing::error!(%error, "reads cannot be logged"),
    };
    // Without the thread the queue is closed, and every page that must be logged is refused.
    if let Err(error) = std::thread::Builder::new().name("journal".into()).spawn(work) {
        tracing::error!(%error, "reads cannot be logged");
    }
    queue
}

/// Writes down what waits.
struct Clerk {
    db: Db,
    keys: Arc<Keys>,
    messages: mpsc::Receiver<Message>,
    /// What people are typing, and when it counts as finished.
    typing: HashMap<(i64, &'static str), (Act, Instant)>,
}

impl Clerk {
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
                Message::Act(act, done) => {
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
    fn typed(&mut self, act: Act) -> Option<Act> {
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
    async fn store(&self, acts: Arc<Vec<Act>>) {
        let mut tries = 0;
        loop {
            let (some, keys) = (acts.clone(), self.keys.clone());
            match self.db.write(move |c| append_new(c, &keys, &some).map_err(DbError::from)).await {
                Ok(()) => return,
                Err(error) => tracing::error!(%error, acts = acts.len(), "who looked could not be written down yet"),
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
fn append_new(c: &mut Connection, keys: &Keys, acts: &[Act]) -> diesel::QueryResult<()> {
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
