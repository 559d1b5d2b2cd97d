//! The table of the time that appointments take, compared with its rule and filled anew. Triggers keep both equal, so that only
//! somebody who changed the table by hand needs this.

use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::Text;

use crate::db::Connection;
use crate::db::sql::Sql;

const COLUMNS: &str = "appointment_id, kind, resource_id, starts, ends, is_padded, is_overbooked, share";

/// Rows that arrive in the order of the primary key are written several times as fast.
const KEY: &str = "kind, resource_id, starts, appointment_id, is_padded";

/// In how many rows the table differs from the rule.
pub fn differences(c: &mut Connection) -> QueryResult<i64> {
    let less = |one: &str, other: &str| {
        format!("(SELECT count(*) FROM (SELECT {COLUMNS} FROM {one} EXCEPT SELECT {COLUMNS} FROM {other}) AS less)")
    };
    let counted = Sql::new(format!("SELECT {} + {}", less("claims", "claim_rule"), less("claim_rule", "claims")));
    Ok(counted.load_ids(c)?.first().copied().unwrap_or_default())
}

/// Pairs of claims that overlap although they may not. The database refuses them; this is for proofs.
pub fn overlaps(c: &mut Connection) -> QueryResult<i64> {
    let pairs = "SELECT count(*) FROM claims AS one JOIN claims AS two ON one.kind = two.kind AND one.resource_id = two.resource_id \
                 AND two.starts > one.starts - 1440 AND two.starts < one.ends AND two.ends > one.starts \
                 AND one.appointment_id < two.appointment_id AND one.share <> two.share \
                 AND (one.kind = 'patient' OR (one.is_overbooked = two.is_overbooked AND one.is_padded <> two.is_padded))";
    Ok(Sql::new(pairs).load_ids(c)?.first().copied().unwrap_or_default())
}

/// Fills the table anew; returns the number of rows. Fails if appointments overlap.
pub fn rebuild(c: &mut Connection) -> QueryResult<usize> {
    Sql::new("DELETE FROM claims").execute(c)?;
    Sql::new(format!("INSERT INTO claims ({COLUMNS}) SELECT {COLUMNS} FROM claim_rule ORDER BY {KEY}")).execute(c)
}

/// The triggers that claim the time of a new appointment and note that its month has changed.
const TRIGGERS: [&str; 2] = ["appointments_claim_add", "appointments_count_add"];

/// Runs `work`, which adds very many appointments, and claims the time of all appointments afterwards; indexes are built afterwards,
/// too. That is several times as fast as for each of them. Fails if they overlap. Only for an empty clinic, in the transaction of the
/// caller, and nobody else may write.
pub fn filled_together<T, E: From<Error>>(c: &mut Connection, work: impl FnOnce(&mut Connection) -> Result<T, E>) -> Result<T, E> {
    let (before, after): (Vec<String>, Vec<String>) = set_aside(c)?.into_iter().unzip();
    before.into_iter().try_for_each(|statement| diesel::sql_query(statement).execute(c).map(|_| ()))?;
    let done = work(c)?;
    after.into_iter().try_for_each(|statement| diesel::sql_query(statement).execute(c).map(|_| ()))?;
    rebuild(c)?;
    Ok(done)
}

/// What the database does for each row and can do for all of them at once: the statement that ends it, and the one that begins it again.
fn set_aside(c: &mut Connection) -> QueryResult<Vec<(String, String)>> {
    let known = match c {
        Connection::Sqlite(_) => {
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'appointments' AND sql NOT LIKE 'CREATE UNIQUE%'"
        }
        Connection::Postgres(_) => {
            "SELECT indexname::TEXT, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = 'appointments' \
             AND indexdef NOT LIKE 'CREATE UNIQUE%'"
        }
    };
    let indexes: Vec<(String, String)> = Sql::new(known).returning::<(Text, Text)>().load(c)?;
    let mut all: Vec<(String, String)> = indexes.into_iter().map(|(name, sql)| (format!("DROP INDEX {name}"), sql)).collect();
    for name in TRIGGERS {
        all.push(match c {
            Connection::Sqlite(c) => {
                let asked = format!("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{name}'");
                (format!("DROP TRIGGER {name}"), diesel::dsl::sql::<Text>(&asked).get_result(c)?)
            }
            Connection::Postgres(_) => {
                let turned = |way: &str| format!("ALTER TABLE appointments {way} TRIGGER {name}");
                (turned("DISABLE"), turned("ENABLE"))
            }
        });
    }
    Ok(all)
}
