//! Asking the trigram index of a table: FTS5 on SQLite, pg_trgm on PostgreSQL. A table without one is scanned.

use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;
use crate::resource::list::query::{like, pattern};

/// A query for the ids of the records whose own text contains, of each term, one of its spellings.
pub fn containing(c: &Connection, own: &Declaration, terms: &[Vec<&str>]) -> Sql {
    let table = own.table;
    match c {
        Connection::Sqlite(_) if own.search_index => {
            let quoted = |text: &&str| format!("\"{}\"", text.replace('"', "\"\""));
            let any = |texts: &Vec<&str>| format!("({})", texts.iter().map(quoted).collect::<Vec<_>>().join(" OR "));
            let phrases = terms.iter().map(any).collect::<Vec<_>>().join(" AND ");
            Sql::new(format!("SELECT rowid AS id FROM {table}_search WHERE {table}_search MATCH ")).bind(Bind::Text(Some(phrases)))
        }
        _ => {
            let test = |text: &&str| like("search_text", pattern(text));
            let any = |texts: &Vec<&str>| Sql::new("(").append(Sql::join(texts.iter().map(test).collect(), " OR ")).text(")");
            Sql::new(format!("SELECT id FROM {table} WHERE ")).append(Sql::join(terms.iter().map(any).collect(), " AND "))
        }
    }
}
