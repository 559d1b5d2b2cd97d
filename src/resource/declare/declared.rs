//! What a declared model does that needs no statement of its own.

use std::collections::HashMap;

use diesel::QueryResult;

use super::declaration::Declaration;
use crate::db::Connection;
use crate::resource::list::keyset::{Term, stretches};
use crate::resource::list::query::{ListQuery, Test, TypedTest};
use crate::resource::value::{Column, Row, Value};

/// The test in the type of the column that the function reads.
pub fn typed<M, T: Column>(_column: fn(&M) -> &T, test: &Test) -> Option<TypedTest<T>> {
    test.typed()
}

/// The ORDER BY terms, the id last. Every word comes from the declaration.
pub fn order(declaration: &Declaration, through: &[(&str, &str, &str)], query: &ListQuery) -> Vec<Term> {
    let table = declaration.table;
    let asked = if query.order.is_empty() { declaration.order } else { query.order.as_slice() };
    let mut terms: Vec<Term> = asked
        .iter()
        .filter_map(|(name, descends)| {
            let field = declaration.field(name).filter(|field| field.is_sortable());
            let place = match through.iter().find(|(from, _, _)| from == name) {
                _ if *name == "id" => return None,
                Some((_, other, label)) => format!("(SELECT {other}.{label} FROM {other} WHERE {other}.id = {table}.{name})"),
                // The first field that is searched begins the folded text: so letters with marks and capitals stand where
                // people look for them, on both databases. Large tables have an index on just this expression.
                None if declaration.search.first() == Some(name) => format!("substr({table}.search_text, 1, 120)"),
                None => format!("{table}.{name}"),
            };
            Some(Term { place, descends: *descends, nullable: field?.nullable })
        })
        .collect();
    let mut descends = asked.last().is_some_and(|(_, descends)| *descends);
    // The trash shows first what was put there last.
    if query.trashed && query.order.is_empty() {
        (descends, terms) = (true, vec![Term { place: format!("{table}.deleted_at"), descends: true, nullable: true }]);
    }
    terms.push(Term { place: format!("{table}.id"), descends, nullable: false });
    if query.seek.is_some_and(|seek| seek.backwards) {
        terms.iter_mut().for_each(|term| term.descends = !term.descends);
    }
    terms
}

/// Reads a page: `read` is handed a predicate (blank for none), how many, and how many to pass over.
pub fn page<M>(
    c: &mut Connection,
    declaration: &Declaration,
    terms: &[Term],
    query: &ListQuery,
    mut read: impl FnMut(&mut Connection, &str, i64, i64) -> QueryResult<Vec<M>>,
) -> QueryResult<Vec<M>> {
    let Some(seek) = query.seek else { return read(c, "", query.limit, query.offset) };
    let Some(stretches) = stretches(c, declaration.table, terms, seek)? else { return Ok(Vec::new()) };
    let wanted = query.limit.saturating_add(query.offset);
    let mut rows = Vec::new();
    for stretch in stretches {
        let missing = wanted - rows.len() as i64;
        if missing > 0 {
            rows.extend(read(c, &stretch, missing, 0)?);
        }
    }
    let mut rows: Vec<M> = rows.into_iter().skip(query.offset as usize).collect();
    if seek.backwards {
        rows.reverse();
    }
    Ok(rows)
}

/// Hands the pairs of a join table to the records that they belong to.
pub fn fill(rows: &mut [Row], name: &'static str, pairs: &[(i64, i64)]) {
    let mut by_row: HashMap<i64, Vec<i64>> = HashMap::new();
    for (own, other) in pairs {
        by_row.entry(*own).or_default().push(*other);
    }
    for row in rows {
        row.values.set(name, Value::Many(by_row.remove(&row.id).unwrap_or_default()));
    }
}
