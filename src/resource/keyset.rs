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
/// page would begin at is gone. The last term is the id.
pub fn stretches(c: &mut Connection, table: &str, terms: &[Term], seek: Seek) -> QueryResult<Option<Vec<String>>> {
    let Some(anchor) = seek.anchor else { return Ok(Some(vec![String::new()])) };
    let Some(blanks) = blanks(c, table, terms, anchor)? else { return Ok(None) };
    let value = |term: &Term| format!("(SELECT {} FROM {table} WHERE {table}.id = {anchor})", term.place);
    let Some((id, rest)) = terms.split_last() else { return Ok(Some(vec![String::new()])) };
    let beyond = |descends: bool| if descends { "<" } else { ">" };
    let past_id = format!("{} {} {anchor}", id.place, beyond(id.descends));
    if let [only] = rest
        && only.descends == id.descends
    {
        let place = &only.place;
        let blank = blanks.first().copied().unwrap_or(false);
        let row = format!("({place}, {}) {} ({}, {anchor})", id.place, beyond(only.descends), value(only));
        return Ok(Some(match (blank, only.descends) {
            (true, false) => vec![format!("{place} IS NULL AND {past_id}"), format!("{place} IS NOT NULL")],
            (true, true) => vec![format!("{place} IS NULL AND {past_id}")],
            (false, true) if only.nullable => vec![row, format!("{place} IS NULL")],
            (false, _) => vec![row],
        }));
    }
    // Past the first term, or level with it and past the second, and so on.
    let mut past = past_id;
    for (term, blank) in rest.iter().zip(&blanks).rev() {
        let place = &term.place;
        let (further, level) = match (*blank, term.descends) {
            (true, false) => (format!("{place} IS NOT NULL"), format!("{place} IS NULL")),
            (true, true) => ("1 = 0".into(), format!("{place} IS NULL")),
            (false, true) if term.nullable => {
                (format!("({place} < {0} OR {place} IS NULL)", value(term)), format!("{place} = {}", value(term)))
            }
            (false, descends) => (format!("{place} {} {}", beyond(descends), value(term)), format!("{place} = {}", value(term))),
        };
        past = format!("({further} OR ({level} AND {past}))");
    }
    Ok(Some(vec![past]))
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
