//! Verifying the log: every entry matches the hash of the previous one, none is missing, and the last one is the recorded
//! head.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::append::Written;
use crate::crypto::keys::Keys;
use crate::db::Connection;
use crate::db::schema::{log_entries, log_heads};

/// Entries loaded at a time.
const CHUNK: i64 = 1_000;
/// The triggers that make the tables append-only in each database.
const SQLITE_TRIGGERS: [&str; 6] = [
    "log_entries_no_update",
    "log_entries_no_delete",
    "log_entries_no_replace",
    "log_heads_forward",
    "log_heads_no_delete",
    "log_heads_no_replace",
];
const POSTGRES_TRIGGERS: [&str; 3] = ["log_entries_no_change", "log_heads_forward", "log_heads_no_truncate"];

/// A position in the chain: the id of an entry and its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: i64,
    pub hash: String,
}

/// The result for an intact log.
#[derive(Debug)]
pub struct Whole {
    /// Entries that match the chain.
    pub chained: i64,
    /// Entries from before the chain was introduced, which cannot be verified.
    pub before_chain: i64,
    pub head: Head,
}

/// Why the log is not intact or cannot be read.
#[derive(Debug)]
pub enum Broken {
    Found(String),
    Db(diesel::result::Error),
}

impl From<diesel::result::Error> for Broken {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error)
    }
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Found(sentence) => f.write_str(sentence),
            Self::Db(error) => write!(f, "the log cannot be read: {error}"),
        }
    }
}

fn broken<T>(sentence: String) -> Result<T, Broken> {
    Err(Broken::Found(sentence))
}

/// Verifies the log from its beginning, or from a head that was recorded earlier.
pub fn verify(c: &mut Connection, keys: &Keys, since: Option<Head>) -> Result<Whole, Broken> {
    let head = head(c)?;
    let mut walk = Walk { keys, last: Head { id: 0, hash: String::new() }, chained: 0, before_chain: 0 };
    if let Some(noted) = since {
        if head.id < noted.id {
            return broken(format!("entries are missing at the end: the noted head is {}, the log ends at {}", noted.id, head.id));
        }
        let stored: Option<String> = log_entries::table.find(noted.id).select(log_entries::hash).first(c).optional()?;
        match stored {
            None => return broken(format!("entry {} is missing", noted.id)),
            Some(stored) if stored != noted.hash => return broken(format!("entry {} does not match the noted head", noted.id)),
            Some(_) => walk.last = noted,
        }
    }
    loop {
        let rows: Vec<Written> = log_entries::table
            .filter(log_entries::id.gt(walk.last.id))
            .filter(log_entries::id.le(head.id))
            .order(log_entries::id)
            .limit(CHUNK)
            .load(c)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            walk.step(row)?;
        }
    }
    if walk.last.id < head.id {
        return broken(format!("entries are missing at the end: the log should end at {}, but ends at {}", head.id, walk.last.id));
    }
    if walk.last.hash != head.hash {
        return broken(format!("the head of the log does not match entry {}", head.id));
    }
    let ends = ends(c)?;
    if let Some(newest) = ends.newest.filter(|newest| *newest > ends.head) {
        return broken(format!("entry {newest} was added after the head of the log, {}", ends.head));
    }
    let missing = missing_triggers(c)?;
    if !missing.is_empty() {
        return broken(format!("every entry is intact, but the database no longer protects the log: {} missing", missing.join(", ")));
    }
    Ok(Whole { chained: walk.chained, before_chain: walk.before_chain, head })
}

struct Walk<'a> {
    keys: &'a Keys,
    last: Head,
    chained: i64,
    before_chain: i64,
}

impl Walk<'_> {
    fn step(&mut self, row: Written) -> Result<(), Broken> {
        let begins = self.last.hash.is_empty();
        if row.hash.is_empty() {
            if !begins {
                return broken(format!("entry {} has no hash: it was lost, or the entry was inserted by hand", row.id));
            }
            // Before entries were chained, a rollback could leave a gap in the ids.
            (self.before_chain, self.last.id) = (self.before_chain + 1, row.id);
            return Ok(());
        }
        if row.id != self.last.id + 1 {
            return broken(format!("entry {} is missing", self.last.id + 1));
        }
        if row.chained(self.keys, &self.last.hash) != row.hash {
            return broken(format!("entry {} was changed, or SECRET_KEY is different", row.id));
        }
        self.chained += 1;
        self.last = Head { id: row.id, hash: row.hash };
        Ok(())
    }
}

/// The recorded head of the log.
fn head(c: &mut Connection) -> Result<Head, Broken> {
    let head = log_heads::table.select((log_heads::entry_id, log_heads::hash)).first::<(i64, String)>(c).optional()?;
    head.map_or_else(|| broken("the head of the log is missing".into()), |(id, hash)| Ok(Head { id, hash }))
}

#[derive(QueryableByName)]
struct Ends {
    #[diesel(sql_type = BigInt)]
    head: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    newest: Option<i64>,
}

/// The head and the newest entry in one statement, so that no entry is appended between the two.
fn ends(c: &mut Connection) -> QueryResult<Ends> {
    diesel::sql_query("SELECT entry_id AS head, (SELECT MAX(id) FROM log_entries) AS newest FROM log_heads").get_result(c)
}

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Triggers of the log that are missing or disabled.
pub fn missing_triggers(c: &mut Connection) -> QueryResult<Vec<&'static str>> {
    let (wanted, found): (&[&'static str], Vec<Trigger>) = match c {
        Connection::Sqlite(c) => (
            &SQLITE_TRIGGERS,
            diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE(ABORT%'").load(c)?,
        ),
        Connection::Postgres(c) => {
            let enabled = "SELECT tgname::text AS name FROM pg_trigger WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal";
            (&POSTGRES_TRIGGERS, diesel::sql_query(enabled).load(c)?)
        }
    };
    Ok(wanted.iter().filter(|wanted| !found.iter().any(|trigger| trigger.name == **wanted)).copied().collect())
}
