//! The connection pools, and the one way from async code into blocking code: [`Db::read`] and [`Db::write`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use diesel::result::{DatabaseErrorKind, Error};
use tokio::sync::Semaphore;

use super::connection::{Connection, ConnectionManager, OpenError, Purpose, begin_snapshot, end_snapshot, transaction};
use super::url::DatabaseUrl;

/// How long a request waits for a connection before it fails.
const PATIENCE: Duration = Duration::from_secs(2);
const READERS: u32 = 8;

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    readers: Lane,
    writers: Lane,
    url: DatabaseUrl,
    writes: Arc<AtomicU64>,
}

/// A pool with as many permits as connections, so that waiting happens in async code and never blocks a thread.
#[derive(Clone)]
struct Lane {
    pool: r2d2::Pool<ConnectionManager>,
    permits: Arc<Semaphore>,
}

/// The prefix of [`DbError::Unavailable`] as text, by which it is recognised when a library returns errors as text.
pub const UNAVAILABLE: &str = "the database is not available";

/// Errors of running database code.
#[derive(Debug)]
pub enum DbError {
    /// No connection became free in time, or the server cannot be reached; a later attempt may succeed.
    Unavailable(String),
    /// The blocking code panicked.
    Panicked,
    /// A write while viewing Praxis as another user.
    LookingOn,
    Query(Error),
}

/// Carries [`DbError::LookingOn`] through code whose errors are those of queries.
#[derive(Debug)]
struct LookingOn;

impl std::fmt::Display for LookingOn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("read-only while viewing as another user")
    }
}

impl std::error::Error for LookingOn {}

impl DbError {
    pub fn read_only_view() -> Error {
        Error::QueryBuilderError(Box::new(LookingOn))
    }
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction, why) => {
                Self::Unavailable(why.message().to_string())
            }
            Error::DatabaseError(DatabaseErrorKind::Unknown, why) if is_passing(why.message()) => {
                Self::Unavailable(why.message().to_string())
            }
            Error::QueryBuilderError(why) if why.is::<LookingOn>() => Self::LookingOn,
            other => Self::Query(other),
        }
    }
}

/// Whether an error is temporary: a lock held too long, a full disk, a server that is restarting.
fn is_passing(message: &str) -> bool {
    const SIGNS: [&str; 8] = [
        "database is locked",
        "database or disk is full",
        "readonly database",
        "terminating connection",
        "statement timeout",
        "lock timeout",
        "deadlock detected",
        "server closed the connection",
    ];
    SIGNS.iter().any(|sign| message.contains(sign))
}

impl std::fmt::Display for DbError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "{UNAVAILABLE}: {why}"),
            Self::Panicked => f.write_str("the work on the database stopped unexpectedly"),
            Self::LookingOn => write!(f, "{LookingOn}"),
            Self::Query(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for DbError {}

impl Db {
    /// Creates the pools without opening a connection, so that the program starts while the server is down.
    pub fn new(url: DatabaseUrl) -> Self {
        let (readers, writers) = match url {
            DatabaseUrl::Sqlite(_) => (Lane::new(&url, Purpose::Read, READERS), Lane::new(&url, Purpose::Write, 1)),
            DatabaseUrl::Postgres(_) => {
                let both = Lane::new(&url, Purpose::Write, READERS);
                (both.clone(), both)
            }
        };
        Self { readers, writers, url, writes: Arc::default() }
    }

    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Runs queries that change nothing. Fails with [`DbError::Unavailable`] if no connection is free in time.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let work = move |connection: &mut Connection| {
            begin_snapshot(connection).map_err(|error| E::from(error.into()))?;
            let done = work(connection);
            end_snapshot(connection);
            done
        };
        self.readers.run(work).await
    }

    /// Runs `work` in one transaction and returns after the commit. Fails as [`Self::read`] does.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<Error> + Send + 'static,
    {
        let writes = self.writes.clone();
        let work = move |connection: &mut Connection| {
            let done = transaction(connection, work);
            // Counted on this thread, because the caller may be gone; and also after an error, because the commit may have
            // succeeded although its response was lost.
            writes.fetch_add(1, Ordering::Release);
            done
        };
        self.writers.run(work).await
    }

    /// The same for changes that do not affect permissions, such as the time of the last activity.
    pub async fn write_aside<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + From<Error> + Send + 'static,
    {
        self.writers.run(move |connection| transaction(connection, work)).await
    }

    /// The number of writes by this process. While it is the same, cached reads are still valid as far as this process knows.
    pub fn writes(&self) -> u64 {
        self.writes.load(Ordering::Acquire)
    }
}

impl Lane {
    fn new(url: &DatabaseUrl, purpose: Purpose, size: u32) -> Self {
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .connection_timeout(PATIENCE)
            .error_handler(Box::new(Quiet))
            .build_unchecked(ConnectionManager::new(url.clone(), purpose));
        Self { pool, permits: Arc::new(Semaphore::new(size as usize)) }
    }

    async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let busy = || DbError::Unavailable("every connection is in use".into());
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(busy().into()) };
        let pool = self.pool.clone();
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || {
            // Held by the thread: a caller that gives up must not free its place while the thread is working.
            let _permit = permit;
            let _span = span.enter();
            let mut pooled = pool.get().map_err(|error| DbError::Unavailable(error.to_string()))?;
            work(&mut pooled.connection)
        });
        done.await.unwrap_or_else(|_| Err(DbError::Panicked.into()))
    }
}

/// Logs the pool's errors at a level that cannot flood the log while a server is down.
#[derive(Debug)]
struct Quiet;

impl r2d2::HandleError<OpenError> for Quiet {
    fn handle_error(&self, error: OpenError) {
        tracing::debug!(%error, "no connection to the database");
    }
}
