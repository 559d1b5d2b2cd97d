//! What a search finds, by the trigram index of the resource's table: FTS5 on SQLite, pg_trgm on PostgreSQL.
//!
//! Few matches are read by the index and ordered; many are met soon by whoever walks the list in its order. So the index
//! is asked for a bounded number of matches first, and its answer decides.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::query::pattern;
use crate::db::Connection;
use crate::resource::declare::declaration::Declaration;

/// More matches than this are looked for in the order of the list.
pub const MANY: usize = 2_000;

/// How the terms of a search are to be met.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    /// All records that hold the indexed terms; `None` when there are many, or no index.
    pub ids: Option<Vec<i64>>,
    /// Terms that each record must still be tested for.
    pub terms: Vec<String>,
    /// There are at least [`MANY`] matches.
    pub many: bool,
    /// All records that the person who asks may see, where they are few; they are quicker to look up than to come across.
    pub seen: Option<Vec<i64>>,
}

/// So many records are few: looked up one by one faster than a large table is walked.
pub const FEW: i64 = 500;

/// Each id once, if there are no more than `most`.
pub fn few(mut ids: Vec<i64>, most: i64) -> Option<Vec<i64>> {
    ids.sort_unstable();
    ids.dedup();
    i64::try_from(ids.len()).is_ok_and(|number| number <= most).then_some(ids)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Asks the index; terms of one or two letters are left to be tested.
pub fn matching(c: &mut Connection, declaration: &Declaration, terms: &[String]) -> QueryResult<Matching> {
    let all = |many| Matching { ids: None, terms: terms.to_vec(), many, seen: None };
    let (long, short): (Vec<String>, Vec<String>) = terms.iter().cloned().partition(|term| term.chars().count() >= 3);
    // Who is also found through others cannot be left out because the own text does not match.
    if !declaration.search_index || long.is_empty() || !declaration.search_through.is_empty() {
        return Ok(all(false));
    }
    let table = declaration.table;
    let most = MANY + 1;
    let found: Vec<Found> = match c {
        Connection::Sqlite(c) => {
            let phrases: Vec<String> = long.iter().map(|term| format!("\"{}\"", term.replace('"', "\"\""))).collect();
            sql_query(format!("SELECT rowid AS id FROM {table}_search WHERE {table}_search MATCH ? LIMIT {most}"))
                .bind::<Text, _>(phrases.join(" AND "))
                .load(c)?
        }
        Connection::Postgres(c) => {
            let tests: Vec<String> = (1..=long.len()).map(|number| format!("search_text LIKE ${number}")).collect();
            let asked = sql_query(format!("SELECT id FROM {table} WHERE {} LIMIT {most}", tests.join(" AND "))).into_boxed();
            long.iter().fold(asked, |asked, term| asked.bind::<Text, _>(pattern(term))).load(c)?
        }
    };
    if found.len() > MANY {
        return Ok(all(true));
    }
    Ok(Matching { ids: Some(found.into_iter().map(|found| found.id).collect()), terms: short, many: false, seen: None })
}
