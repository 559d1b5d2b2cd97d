//! Where entries wait until the log has them, so that a process that is killed loses none. On SQLite, where only one transaction
//! writes at a time, they wait in a file; on PostgreSQL in the table `waiting_reads`, which is not locked while the log is.
//!
//! An entry is taken out in the transaction that stores it in the log, so that the log has it once. For those in a file the table
//! has the numbers of the stored ones, until the file is emptied.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use diesel::QueryResult;

use super::line;
use super::spool_file::SpoolFile;
use super::writer::Read;
use crate::crypto::keys::{hex, random_bytes};
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, Db, DbError};

/// The entries of this process.
pub struct Spool {
    db: Db,
    name: String,
    file: Option<SpoolFile>,
    /// The number of the last entry in the table.
    last: AtomicI64,
}

impl Spool {
    pub fn new(db: Db) -> Self {
        let name = hex(&random_bytes(8));
        let file = db.url().path().map(|path| SpoolFile::new(path, &name));
        Self { db, name, file, last: AtomicI64::new(0) }
    }

    /// Whether it is a file, without which entries can still be stored in the database.
    pub fn is_file(&self) -> bool {
        self.file.is_some()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Stores an entry and returns its number; `None` if that is impossible.
    pub async fn put(&self, read: &Read, typed: bool) -> Option<i64> {
        let text = line::write(read, typed)?;
        let put = match &self.file {
            Some(file) => file.append(&text).map_err(|error| error.to_string()),
            None => self.insert(text).await.map_err(|error| error.to_string()),
        };
        put.inspect_err(|error| tracing::warn!(%error, "a log entry cannot wait outside this process")).ok()
    }

    async fn insert(&self, text: String) -> Result<i64, DbError> {
        let (name, number) = (self.name.clone(), self.last.fetch_add(1, Ordering::Relaxed) + 1);
        // The server has the row after the commit, but does not wait for the disk.
        let quick = "WITH quick AS (SELECT set_config('synchronous_commit', 'off', true) AS known) ";
        let row = Sql::new(quick).text("INSERT INTO waiting_reads (spool, entry, body) SELECT ").bind(Bind::Text(Some(name)));
        let row = row.text(", ").number(number).text(", ").bind(Bind::Text(Some(text))).text(" FROM quick");
        self.db.write_aside(move |c| row.execute(c).map_err(DbError::from)).await?;
        Ok(number)
    }

    /// In the transaction that stores entries: takes them out, and returns those that the log does not have yet.
    pub fn take(&self, c: &mut Connection, numbers: &[i64]) -> QueryResult<BTreeSet<i64>> {
        let cut = self.file.as_ref().map_or(0, SpoolFile::cut);
        if cut > 0 {
            let stored = Sql::new("DELETE FROM waiting_reads WHERE spool = ").bind(Bind::Text(Some(self.name.clone())));
            stored.text(" AND entry <= ").number(cut).execute(c)?;
        }
        take(c, &self.name, numbers)
    }

    /// After that transaction.
    pub fn done(&self, count: usize) {
        if let Some(file) = self.file.as_ref().filter(|_| count > 0) {
            file.done(count);
        }
    }
}

/// The same for any spool.
pub fn take(c: &mut Connection, spool: &str, numbers: &[i64]) -> QueryResult<BTreeSet<i64>> {
    if numbers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let spool = Bind::Text(Some(spool.into()));
    let taken = match c {
        Connection::Sqlite(_) => {
            let list: Vec<String> = numbers.iter().map(i64::to_string).collect();
            Sql::new("INSERT INTO waiting_reads (spool, entry, body) SELECT ")
                .bind(spool)
                .text(", value, '' FROM json_each(")
                .bind(Bind::Text(Some(format!("[{}]", list.join(",")))))
                .text(") WHERE true ON CONFLICT DO NOTHING RETURNING entry")
        }
        Connection::Postgres(_) => Sql::new("DELETE FROM waiting_reads WHERE spool = ")
            .bind(spool)
            .text(" AND ")
            .is_one_of("entry", numbers)
            .text(" RETURNING entry"),
    };
    Ok(taken.load_ids(c)?.into_iter().collect())
}
