//! Searching with the trigram index of a table: FTS5 on SQLite, pg_trgm on PostgreSQL.
//!
//! Few matches are best read from the index and sorted; many are found soon by scanning the list in its order. So the index
//! is queried for a limited number of matches first, and the result decides.

use diesel::QueryResult;

use super::identity::{dated, number};
use super::query::pattern;
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;

/// With more matches than this, the list is scanned in its order.
pub const MANY: usize = 2_000;

/// How the terms of a search are found.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    /// The ids of all records that contain the indexed terms; `None` if there are too many, or no index.
    pub ids: Option<Vec<i64>>,
    /// Terms that must still be tested for each record.
    pub terms: Vec<String>,
    /// There are more than [`MANY`] matches.
    pub many: bool,
}

/// Queries the index. Terms of one or two characters are tested later, because trigrams need three.
pub fn matching(c: &mut Connection, declaration: &Declaration, terms: &[String]) -> QueryResult<Matching> {
    let all = |many| Matching { ids: None, terms: terms.to_vec(), many };
    let only = |ids| Matching { ids: Some(ids), ..Matching::default() };
    let number = number(declaration, terms);
    if let Some(number) = number.as_ref().filter(|number| number.is_certain) {
        return Ok(only(vec![number.id]));
    }
    if let Some(ids) = dated(c, declaration, terms)? {
        return Ok(only(ids));
    }
    let (long, short): (Vec<String>, Vec<String>) = terms.iter().cloned().partition(|term| term.chars().count() >= 3);
    // A record that also matches through others cannot be excluded because its own text does not match.
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
    let mut found = asked.text(" LIMIT ").number(most).load_ids(c)?;
    if found.len() > MANY {
        return Ok(all(true));
    }
    // The record with this number, beside those that contain the digits.
    found.extend(number.map(|number| number.id).filter(|id| !found.contains(id)));
    Ok(Matching { ids: Some(found), terms: short, many: false })
}
