//! Paging by key: a page begins after a record, wherever that stands by now, and costs what the first page costs.
//!
//! The address names the record by its number alone; what it is ordered by is read by the database.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;

use crate::db::Connection;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seek {
    /// The record before the page, or after it when read backwards; `None` is the end of the list.
    pub anchor: Option<i64>,
    /// Towards the beginning of the list.
    pub backwards: bool,
}

/// One ORDER BY term. Blanks are smallest, on both databases.
#[derive(Clone, Debug)]
pub struct Term {
    pub place: String,
    pub descends: bool,
    pub nullable: bool,
}

impl Term {
    pub fn sql(&self) -> String {
        let (place, nulls) = (&self.place, self.nullable);
        match (self.descends, nulls) {
            (false, false) => format!("{place} ASC"),
            (true, false) => format!("{place} DESC"),
            (false, true) => format!("{place} ASC NULLS FIRST"),
            (true, true) => format!("{place} DESC NULLS LAST"),
        }
    }
}

#[derive(QueryableByName)]
struct Blanks {
    #[diesel(sql_type = Text)]
    blanks: String,
}

/// The predicates of the stretches to be read one after the other, blank for the whole; `None` when the record that the
/// page would begin at is gone. First what is level with it in every term but the id, then level in fewer and fewer: each
/// is equal to something and past something, which is what an index answers at once. The last term is the id.
pub fn stretches(c: &mut Connection, table: &str, terms: &[Term], seek: Seek) -> QueryResult<Option<Vec<String>>> {
    let Some(anchor) = seek.anchor else { return Ok(Some(vec![String::new()])) };
    let Some((id, rest)) = terms.split_last() else { return Ok(Some(vec![String::new()])) };
    // By the number alone it does not matter whether the record is still there.
    if rest.is_empty() {
        return Ok(Some(vec![format!("{} {} {anchor}", id.place, if id.descends { "<" } else { ">" })]));
    }
    let Some(blanks) = blanks(c, table, terms, anchor)? else { return Ok(None) };
    let value = |term: &Term| format!("(SELECT {} FROM {table} WHERE {table}.id = {anchor})", term.place);
    let past = |term: &Term, blank: bool| {
        let place = &term.place;
        let beyond = format!("{place} {} {}", if term.descends { "<" } else { ">" }, value(term));
        match (blank, term.descends) {
            (true, false) => vec![format!("{place} IS NOT NULL")],
            (true, true) => Vec::new(),
            (false, true) if term.nullable => vec![beyond, format!("{place} IS NULL")],
            (false, _) => vec![beyond],
        }
    };
    let level = |term: &Term, blank: bool| match blank {
        true => format!("{} IS NULL", term.place),
        false => format!("{} = {}", term.place, value(term)),
    };
    let levels: Vec<String> = rest.iter().zip(&blanks).map(|(term, blank)| level(term, *blank)).collect();
    let join = |count: usize, last: String| levels.iter().take(count).cloned().chain([last]).collect::<Vec<_>>().join(" AND ");
    let mut stretches = vec![join(rest.len(), format!("{} {} {anchor}", id.place, if id.descends { "<" } else { ">" }))];
    for (count, (term, blank)) in rest.iter().zip(&blanks).enumerate().rev() {
        stretches.extend(past(term, *blank).into_iter().map(|past| join(count, past)));
    }
    Ok(Some(stretches))
}

/// Whether each ordered value of the record is blank; `None` when there is no such record.
fn blanks(c: &mut Connection, table: &str, terms: &[Term], anchor: i64) -> QueryResult<Option<Vec<bool>>> {
    let flags: Vec<String> = terms.iter().map(|term| format!("CASE WHEN {} IS NULL THEN '1' ELSE '0' END", term.place)).collect();
    let asked = format!("SELECT {} AS blanks FROM {table} WHERE {table}.id = {anchor}", flags.join(" || "));
    let found: Option<Blanks> = match c {
        Connection::Sqlite(c) => sql_query(asked).get_result(c).optional()?,
        Connection::Postgres(c) => sql_query(asked).get_result(c).optional()?,
    };
    Ok(found.map(|found| found.blanks.chars().map(|flag| flag == '1').collect()))
}
