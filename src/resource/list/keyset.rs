//! Keyset pagination: a page begins after a record, wherever it is sorted now, and costs as much as the first page.
//!
//! The URL has only the record's id; the database reads the values that the list is ordered by.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Connection;
use crate::db::sql::Sql;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seek {
    /// The record before the page, or after it if `backwards`; `None` starts at that end of the list.
    pub anchor: Option<i64>,
    /// Reads towards the beginning of the list.
    pub backwards: bool,
}

/// One ORDER BY term. Null is the smallest value, on both databases.
#[derive(Clone, Debug)]
pub struct Term {
    /// The field that is sorted by; blank for the rank of a search.
    pub field: &'static str,
    /// What is compared: an expression, or a column that repeats it.
    pub place: Sql,
    /// The same in the table of the model, for the record that a page begins at.
    pub own: Sql,
    pub descends: bool,
    pub nullable: bool,
}

impl Term {
    pub fn sql(&self) -> Sql {
        self.place.clone().text(match (self.descends, self.nullable) {
            (false, false) => " ASC",
            (true, false) => " DESC",
            (false, true) => " ASC NULLS FIRST",
            (true, true) => " DESC NULLS LAST",
        })
    }
}

/// The conditions of the ranges to read one after the other: a single `None` for the whole list, and `None` in place of the
/// ranges if the anchor does not exist. The first range equals the anchor in every term but the id, the next ones in fewer
/// terms. Each is some equalities and one inequality, which an index answers directly. The last term is the id.
pub fn stretches(c: &mut Connection, table: &str, terms: &[Term], seek: Seek) -> QueryResult<Option<Vec<Option<Sql>>>> {
    let Some(anchor) = seek.anchor else { return Ok(Some(vec![None])) };
    let Some((id, rest)) = terms.split_last() else { return Ok(Some(vec![None])) };
    let past_id = || id.place.clone().text(if id.descends { " < " } else { " > " }).number(anchor);
    // Ordered by id alone, the page does not depend on whether the record still exists.
    if rest.is_empty() {
        return Ok(Some(vec![Some(past_id())]));
    }
    let Some(blanks) = blanks(c, table, terms, anchor)? else { return Ok(None) };
    let value = |term: &Term| {
        let asked = Sql::new("(SELECT ").append(term.own.clone()).text(format!(" FROM {table} WHERE {table}.id = "));
        asked.number(anchor).text(")")
    };
    let past = |term: &Term, blank: bool| {
        let place = || term.place.clone();
        let beyond = || place().text(if term.descends { " < " } else { " > " }).append(value(term));
        match (blank, term.descends) {
            (true, false) => vec![place().text(" IS NOT NULL")],
            (true, true) => Vec::new(),
            (false, true) if term.nullable => vec![beyond(), place().text(" IS NULL")],
            (false, _) => vec![beyond()],
        }
    };
    let level = |(term, blank): (&Term, &bool)| match blank {
        true => term.place.clone().text(" IS NULL"),
        false => term.place.clone().text(" = ").append(value(term)),
    };
    let join = |count: usize, last: Sql| {
        let parts = rest.iter().zip(&blanks).take(count).map(level).chain([last]).collect();
        Some(Sql::join(parts, " AND "))
    };
    let mut stretches = vec![join(rest.len(), past_id())];
    for (count, (term, blank)) in rest.iter().zip(&blanks).enumerate().rev() {
        stretches.extend(past(term, *blank).into_iter().map(|past| join(count, past)));
    }
    Ok(Some(stretches))
}

/// Whether each ordered value of the anchor is null; `None` if it does not exist.
fn blanks(c: &mut Connection, table: &str, terms: &[Term], anchor: i64) -> QueryResult<Option<Vec<bool>>> {
    let flag = |term: &Term| Sql::new("CASE WHEN ").append(term.own.clone()).text(" IS NULL THEN '1' ELSE '0' END");
    let flags = Sql::join(terms.iter().map(flag).collect(), " || ");
    let asked = Sql::new("SELECT ").append(flags).text(format!(" FROM {table} WHERE {table}.id = ")).number(anchor);
    let found: Option<String> = asked.returning::<Text>().get_result(c).optional()?;
    Ok(found.map(|found| found.chars().map(|flag| flag == '1').collect()))
}
