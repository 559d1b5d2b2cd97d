//! What a search finds, by the trigram index of the resource's table: FTS5 on SQLite, pg_trgm on PostgreSQL.
//!
//! Few matches are read by the index and ordered; many are met soon by whoever walks the list in its order. So the index
//! is asked for a bounded number of matches first, and its answer decides.

use diesel::QueryResult;

use super::query::pattern;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
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

/// Asks the index; terms of one or two letters are left to be tested.
pub fn matching(c: &mut Connection, declaration: &Declaration, terms: &[String]) -> QueryResult<Matching> {
    let all = |many| Matching { ids: None, terms: terms.to_vec(), many, seen: None };
    let (long, short): (Vec<String>, Vec<String>) = terms.iter().cloned().partition(|term| term.chars().count() >= 3);
    // Who is also found through others cannot be left out because the own text does not match.
    if !declaration.search_index || long.is_empty() || !declaration.search_through.is_empty() {
        return Ok(all(false));
    }
    let (table, most) = (declaration.table, MANY as i64 + 1);
    let asked = match c {
        Connection::Sqlite(_) => {
            let phrases: Vec<String> = long.iter().map(|term| format!("\"{}\"", term.replace('"', "\"\""))).collect();
            let index = Sql::new(format!("SELECT rowid FROM {table}_search WHERE {table}_search MATCH "));
            index.bind(Bind::Text(Some(phrases.join(" AND "))))
        }
        Connection::Postgres(_) => {
            let tests = long.iter().map(|term| Sql::new("search_text LIKE ").bind(Bind::Text(Some(pattern(term))))).collect();
            Sql::new(format!("SELECT id FROM {table} WHERE ")).append(Sql::join(tests, " AND "))
        }
    };
    let found = asked.text(" LIMIT ").number(most).load_ids(c)?;
    if found.len() > MANY {
        return Ok(all(true));
    }
    Ok(Matching { ids: Some(found), terms: short, many: false, seen: None })
}
