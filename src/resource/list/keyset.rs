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
    /// The field that is sorted by.
    pub field: &'static str,
    /// What is compared: an expression, or a column that repeats it.
    pub place: String,
    /// The same in the table of the model, for the record that a page begins at.
    pub own: String,
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

/// The conditions of the ranges to read one after the other: a single `None` for the whole list, and `None` in place of the
/// ranges if the anchor does not exist. The first range equals the anchor in every term but the id, the next ones in fewer
/// terms. Each is some equalities and one inequality, which an index answers directly. The last term is the id.
pub fn stretches(c: &mut Connection, table: &str, terms: &[Term], seek: Seek) -> QueryResult<Option<Vec<Option<Sql>>>> {
    let Some(anchor) = seek.anchor else { return Ok(Some(vec![None])) };
    let Some((id, rest)) = terms.split_last() else { return Ok(Some(vec![None])) };
    let past_id = || Sql::new(format!("{} {} ", id.place, if id.descends { "<" } else { ">" })).number(anchor);
    // Ordered by id alone, the page does not depend on whether the record still exists.
    if rest.is_empty() {
        return Ok(Some(vec![Some(past_id())]));
    }
    let Some(blanks) = blanks(c, table, terms, anchor)? else { return Ok(None) };
    let value = |term: &Term| Sql::new(format!("(SELECT {} FROM {table} WHERE {table}.id = ", term.own)).number(anchor).text(")");
    let past = |term: &Term, blank: bool| {
        let place = &term.place;
        let beyond = || Sql::new(format!("{place} {} ", if term.descends { "<" } else { ">" })).append(value(term));
        match (blank, term.descends) {
            (true, false) => vec![Sql::new(format!("{place} IS NOT NULL"))],
            (true, true) => Vec::new(),
            (false, true) if term.nullable => vec![beyond(), Sql::new(format!("{place} IS NULL"))],
            (false, _) => vec![beyond()],
        }
    };
    let level = |(term, blank): (&Term, &bool)| match blank {
        true => Sql::new(format!("{} IS NULL", term.place)),
        false => Sql::new(format!("{} = ", term.place)).append(value(term)),
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
    let flags: Vec<String> = terms.iter().map(|term| format!("CASE WHEN {} IS NULL THEN '1' ELSE '0' END", term.own)).collect();
    let asked = Sql::new(format!("SELECT {} FROM {table} WHERE {table}.id = ", flags.join(" || "))).number(anchor);
    let found: Option<String> = asked.returning::<Text>().get_result(c).optional()?;
    Ok(found.map(|found| found.chars().map(|flag| flag == '1').collect()))
}
