//! Paging by key: a page begins after a record, wherever that stands by now, and costs what the first page costs.
//!
//! The address names the record by its number alone; what it is ordered by is read by the database.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::db::Connection;
use crate::db::sql::Sql;

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

/// The conditions of the stretches to read one after the other, `None` for the whole list; no stretches at all when the
/// record that the page would begin at is gone. The first stretch holds what equals the record in every term but the id,
/// the next what equals it in fewer: each is equal to something and past something, which an index answers directly. The
/// last term is the id.
pub fn stretches(c: &mut Connection, table: &str, terms: &[Term], seek: Seek) -> QueryResult<Option<Vec<Option<Sql>>>> {
    let Some(anchor) = seek.anchor else { return Ok(Some(vec![None])) };
    let Some((id, rest)) = terms.split_last() else { return Ok(Some(vec![None])) };
    let past_id = || Sql::new(format!("{} {} ", id.place, if id.descends { "<" } else { ">" })).number(anchor);
    // Compared by the id alone, it does not matter whether the record still exists.
    if rest.is_empty() {
        return Ok(Some(vec![Some(past_id())]));
    }
    let Some(blanks) = blanks(c, table, terms, anchor)? else { return Ok(None) };
    let value = |term: &Term| Sql::new(format!("(SELECT {} FROM {table} WHERE {table}.id = ", term.place)).number(anchor).text(")");
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

/// Whether each ordered value of the record is blank; `None` when there is no such record.
fn blanks(c: &mut Connection, table: &str, terms: &[Term], anchor: i64) -> QueryResult<Option<Vec<bool>>> {
    let flags: Vec<String> = terms.iter().map(|term| format!("CASE WHEN {} IS NULL THEN '1' ELSE '0' END", term.place)).collect();
    let asked = Sql::new(format!("SELECT {} FROM {table} WHERE {table}.id = ", flags.join(" || "))).number(anchor);
    let found: Option<String> = asked.returning::<Text>().get_result(c).optional()?;
    Ok(found.map(|found| found.chars().map(|flag| flag == '1').collect()))
}
