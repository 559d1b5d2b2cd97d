//! One connection type for both databases, and the setup of a new connection.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection as _, PgConnection, QueryResult, SqliteConnection};

pub use super::either::{Backend, Either as Connection};
use super::url::DatabaseUrl;

/// busy_timeout comes first, so that the other statements can wait; FULL because a confirmed write must survive a power cut.
const SQLITE_SETUP: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -2000;";

/// Pages of a database are read from memory or an SSD, where one elsewhere costs hardly more than the next; the default of 4 is of
/// turning disks, and prefers scans to indexes.
const POSTGRES_SETUP: &str = "SET random_page_cost = 1.1; SET TIME ZONE 'UTC'; SET statement_timeout = '5s'; SET lock_timeout = '2s'; \
     SET idle_in_transaction_session_timeout = '10s';";

/// Whether a connection may write. On SQLite there is one writer and many readers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Read,
    Write,
}

/// Opens connections for the pool.
pub struct ConnectionManager {
    url: DatabaseUrl,
    purpose: Purpose,
}

impl ConnectionManager {
    pub fn new(url: DatabaseUrl, purpose: Purpose) -> Self {
        Self { url, purpose }
    }
}

/// Opens one connection, ready for use.
pub fn open(url: &DatabaseUrl, purpose: Purpose) -> Result<Connection, OpenError> {
    match url {
        DatabaseUrl::Postgres(text) => {
            let mut inner = PgConnection::establish(text)?;
            inner.batch_execute(POSTGRES_SETUP)?;
            Ok(Connection::Postgres(inner))
        }
        DatabaseUrl::Sqlite(path) => {
            create_private(path);
            let mut inner = SqliteConnection::establish(&path.to_string_lossy())?;
            inner.batch_execute(SQLITE_SETUP)?;
            if purpose == Purpose::Read {
                inner.batch_execute("PRAGMA query_only = ON;")?;
            }
            Ok(Connection::Sqlite(inner))
        }
    }
}

/// Creates a new file that only its owner can access, whatever the umask; SQLite gives its other files the same mode. Errors are
/// ignored, because SQLite reports them when it opens the file.
fn create_private(path: &std::path::Path) {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// Why a connection could not be opened.
#[derive(Debug)]
pub struct OpenError(String);

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OpenError {}

impl From<diesel::ConnectionError> for OpenError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self(error.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl From<diesel::result::Error> for OpenError {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.to_string())
    }
}

/// A connection of the pool, and when it was last given back.
pub struct Pooled {
    pub connection: Connection,
    used: Instant,
}

/// A connection that answered so recently is not tried again before it is used: that would be one more round trip for each page.
const TRUSTED: Duration = Duration::from_millis(500);

impl r2d2::ManageConnection for ConnectionManager {
    type Connection = Pooled;
    type Error = OpenError;

    fn connect(&self) -> Result<Pooled, OpenError> {
        Ok(Pooled { connection: open(&self.url, self.purpose)?, used: Instant::now() })
    }

    /// Called at every check-out, so that a restarted server causes no error on a page, unless it restarted within the time that
    /// connections are trusted.
    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), OpenError> {
        match &mut pooled.connection {
            Connection::Postgres(inner) if pooled.used.elapsed() > TRUSTED => Ok(inner.batch_execute("SELECT 1")?),
            _ => Ok(()),
        }
    }

    /// Called when a connection is given back. One that lost its server is not kept.
    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.used = Instant::now();
        std::thread::panicking() || Manager::is_broken_transaction_manager(&mut pooled.connection)
    }
}

/// Lifts the limit on the time of a statement of this connection, for commands that read or write whole tables.
pub fn unlimited(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(inner) => inner.batch_execute("SET statement_timeout = 0"),
        Connection::Sqlite(_) => Ok(()),
    }
}

type Manager = <Connection as diesel::Connection>::TransactionManager;

thread_local! {
    /// Functions to call after this thread's transaction. A transaction never leaves its thread.
    static AFTERWARDS: Cell<Vec<fn()>> = const { Cell::new(Vec::new()) };
}

/// Calls `follow` when the current transaction is committed; never if it is rolled back.
pub fn after_commit(follow: fn()) {
    let mut list = AFTERWARDS.take();
    list.push(follow);
    AFTERWARDS.set(list);
}

/// Runs `work` in one transaction, which is rolled back if it returns an error. On SQLite it begins IMMEDIATE: a deferred one
/// that reads first and writes later fails under contention, whatever the busy_timeout.
pub fn transaction<T, E>(connection: &mut Connection, work: impl FnOnce(&mut Connection) -> Result<T, E>) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    begin(connection)?;
    AFTERWARDS.set(Vec::new());
    match work(connection) {
        Ok(value) => {
            Manager::commit_transaction(connection)?;
            AFTERWARDS.take().into_iter().for_each(|follow| follow());
            Ok(value)
        }
        Err(error) => {
            // Reports the first error; the pool drops a connection that cannot roll back.
            let _ = Manager::rollback_transaction(connection);
            Err(error)
        }
    }
}

/// Begins reading one snapshot of the database: SQLite takes and gives back its locks once for all statements up to
/// [`end_snapshot`]. On PostgreSQL that would be two more round trips, so each statement has a snapshot of its own there.
pub fn begin_snapshot(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Sqlite(_) => Manager::begin_transaction(connection),
        Connection::Postgres(_) => Ok(()),
    }
}

/// Nothing was written. The pool drops a connection that cannot end its transaction.
pub fn end_snapshot(connection: &mut Connection) {
    if let Connection::Sqlite(_) = connection {
        let _ = Manager::commit_transaction(connection);
    }
}

/// The number of locks that all ids share: PostgreSQL holds locks in memory, which thousands at once would exhaust.
const SLOTS: i64 = 1024;

/// Waits for an exclusive lock of this name and number, and holds it until the transaction ends, so that what is read after it
/// cannot change before the commit. SQLite has only one writer anyway.
pub fn exclusive(connection: &mut Connection, name: &str, number: i64) -> QueryResult<()> {
    hold(connection, "SELECT pg_advisory_xact_lock(hashtextextended(", name, number)
}

/// A shared lock: several transactions may hold it, but none while another holds it exclusively.
pub fn shared(connection: &mut Connection, name: &str, number: i64) -> QueryResult<()> {
    hold(connection, "SELECT pg_advisory_xact_lock_shared(hashtextextended(", name, number)
}

fn hold(connection: &mut Connection, lock: &str, name: &str, number: i64) -> QueryResult<()> {
    if let Connection::Postgres(inner) = connection {
        let key = diesel::dsl::sql::<diesel::sql_types::Text>(lock)
            .bind::<diesel::sql_types::Text, _>(name)
            .sql(", ")
            .bind::<diesel::sql_types::BigInt, _>(number.rem_euclid(SLOTS))
            .sql("))::text");
        diesel::RunQueryDsl::execute(key, inner)?;
    }
    Ok(())
}

/// Runs `work` in a savepoint, which is rolled back if it returns an error.
pub fn part<T, E>(connection: &mut Connection, work: impl FnOnce(&mut Connection) -> Result<T, E>) -> Result<T, E>
where
    E: From<diesel::result::Error>,
{
    Manager::begin_transaction(connection)?;
    match work(connection) {
        Ok(value) => {
            Manager::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => {
            Manager::rollback_transaction(connection)?;
            Err(error)
        }
    }
}

/// Locks many numbers, always in the same order, so that transactions cannot deadlock.
pub fn exclusive_all(connection: &mut Connection, name: &str, numbers: impl Iterator<Item = i64>) -> QueryResult<()> {
    let slots: BTreeSet<i64> = numbers.map(|number| number.rem_euclid(SLOTS)).collect();
    slots.into_iter().try_for_each(|slot| exclusive(connection, name, slot))
}

fn begin(connection: &mut Connection) -> QueryResult<()> {
    match connection {
        Connection::Postgres(inner) => AnsiTransactionManager::begin_transaction(inner),
        Connection::Sqlite(inner) => AnsiTransactionManager::begin_transaction_sql(inner, "BEGIN IMMEDIATE"),
    }
}
