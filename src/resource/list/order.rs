//! The order of a list.

use super::keyset::Term;
use super::query::ListQuery;
use super::search::matching::Matching;
use super::search::rank::rank;
use crate::db::sql::Sql;
use crate::resource::declare::declaration::Declaration;

/// The ORDER BY terms, the id last. Every name comes from the declaration.
pub fn order(declaration: &Declaration, query: &ListQuery, matching: &Matching) -> Vec<Term> {
    let table = declaration.table;
    let asked = if query.order.is_empty() { declaration.ordering } else { query.order.as_slice() };
    let mut terms: Vec<Term> = asked
        .iter()
        .filter_map(|(name, descends)| {
            let field = declaration.field(name).filter(|field| field.is_sortable() && *name != "id")?;
            let place = match field.reference.filter(|reference| reference.is_searched) {
                Some(reference) => {
                    let other = reference.table;
                    format!("(SELECT {other}.search_text FROM {other} WHERE {other}.id = {table}.{name})")
                }
                // Folded, so that both databases order case and accents alike.
                None => declaration.line_of(name).unwrap_or_else(|| format!("{table}.{name}")),
            };
            let place = Sql::new(place);
            Some(Term { field: field.name, own: place.clone(), place, descends: *descends, nullable: field.nullable })
        })
        .collect();
    let mut descends = asked.last().is_some_and(|(_, descends)| *descends);
    // Unless another order is asked for, what is found in the heavier fields comes first.
    terms.splice(
        0..0,
        rank(declaration, query, matching).map(|place| Term { field: "", own: place.clone(), place, descends: true, nullable: false }),
    );
    // The trash begins with the latest deletion.
    if query.trashed && query.order.is_empty() {
        let place = Sql::new(format!("{table}.deleted_at"));
        (descends, terms) = (true, vec![Term { field: "deleted_at", own: place.clone(), place, descends: true, nullable: true }]);
    }
    let id = Sql::new(format!("{table}.id"));
    terms.push(Term { field: "id", own: id.clone(), place: id, descends, nullable: false });
    if query.seek.is_some_and(|seek| seek.backwards) {
        terms.iter_mut().for_each(|term| term.descends = !term.descends);
    }
    terms
}
