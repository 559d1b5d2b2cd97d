//! Searching through references: the assignments of patients and doctors whose names contain the words.

use diesel::QueryResult;

use super::term::{LEAST, SearchTerm};
use crate::db::Connection;
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;
use crate::resource::list::query::{like, pattern};

/// With more matches than this, the list is scanned in its order.
const MANY: usize = 10_000;

/// The ids of all records that contain each term or refer to a record that does; `None` if there are too many, or a term is too
/// short for an index.
pub fn matching_through(c: &mut Connection, own: &Declaration, terms: &[SearchTerm]) -> QueryResult<Option<Vec<i64>>> {
    if terms.is_empty() || terms.iter().any(|term| term.text.chars().count() < LEAST) {
        return Ok(None);
    }
    let found = terms.iter().map(|term| Sql::new("SELECT id FROM (").append(with_term(c, own, term)).text(") AS found")).collect();
    let all = Sql::new("SELECT DISTINCT id FROM (").append(Sql::join(found, " INTERSECT "));
    let ids = all.text(format!(") AS matching LIMIT {}", MANY + 1)).load_ids(c)?;
    Ok(Some(ids).filter(|ids| ids.len() <= MANY))
}

fn with_term(c: &Connection, own: &Declaration, term: &SearchTerm) -> Sql {
    let mut places = Vec::new();
    if !own.search_fields.is_empty() {
        places.push(containing(c, own, term.texts()));
    }
    for field in own.fields_named(own.search_through) {
        let Some(reference) = field.reference else { continue };
        let other = (reference.model)().declaration();
        let asked = Sql::new(format!("SELECT id FROM {} WHERE {} IN (", own.table, field.name));
        places.push(asked.append(containing(c, other, SearchTerm::new(other, &term.text).texts())).text(")"));
    }
    Sql::join(places, " UNION ALL ")
}

/// A query for the ids of the records whose own text contains any of these.
pub fn containing<'a>(c: &Connection, own: &Declaration, texts: impl Iterator<Item = &'a str>) -> Sql {
    let table = own.table;
    match c {
        Connection::Sqlite(_) if own.search_index => {
            let phrases = texts.map(quoted).collect::<Vec<_>>().join(" OR ");
            Sql::new(format!("SELECT rowid AS id FROM {table}_search WHERE {table}_search MATCH ")).bind(Bind::Text(Some(phrases)))
        }
        _ => {
            let tests = texts.map(|text| like("search_text", pattern(text))).collect();
            Sql::new(format!("SELECT id FROM {table} WHERE (")).append(Sql::join(tests, " OR ")).text(")")
        }
    }
}

/// A phrase of SQLite's full-text index.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}
