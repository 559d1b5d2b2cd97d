//! Searching through references: the assignments of patients and doctors whose names contain the words.

use std::cmp::Reverse;

use diesel::QueryResult;

use super::index::containing;
use super::matching::{MANY, Matching};
use super::term::SearchTerm;
use crate::db::Connection;
use crate::db::sql::Sql;
use crate::resource::declare::declaration::Declaration;

/// What refers to a record with each of the terms, or has it in its own text. The ids are those of the longest term that has few
/// enough; the others are tested for each of them.
pub fn matching_through(c: &mut Connection, own: &Declaration, terms: Vec<SearchTerm>) -> QueryResult<Matching> {
    let mut longest: Vec<usize> = (0..terms.len()).collect();
    longest.retain(|place| terms.get(*place).is_some_and(SearchTerm::is_indexed));
    longest.sort_by_key(|place| Reverse(terms.get(*place).map(|term| term.text.len())));
    for place in longest {
        let mut rest = terms.clone();
        let term = rest.remove(place);
        let found = Sql::new("SELECT id FROM (").append(with_term(c, own, &term));
        let mut ids = found.text(format!(") AS found LIMIT {}", MANY + 1)).load_ids(c)?;
        if ids.len() <= MANY {
            ids.sort_unstable();
            ids.dedup();
            return Ok(Matching { ids: Some(ids), terms: rest, ranked: terms, ..Matching::default() });
        }
    }
    let many = matches!(terms.as_slice(), [term] if term.is_indexed());
    Ok(Matching { many, terms: terms.clone(), ranked: terms, ..Matching::default() })
}

fn with_term(c: &Connection, own: &Declaration, term: &SearchTerm) -> Sql {
    let mut places = Vec::new();
    if !own.search_fields.is_empty() {
        places.push(containing(c, own, &[term.texts().collect()]));
    }
    for field in own.fields_named(own.search_through) {
        let Some(reference) = field.reference else { continue };
        let other = (reference.model)().declaration();
        let theirs = SearchTerm::new(other, &term.text);
        let asked = Sql::new(format!("SELECT id FROM {} WHERE {} IN (", own.table, field.name));
        places.push(asked.append(containing(c, other, &[theirs.texts().collect()])).text(")"));
    }
    Sql::join(places, " UNION ALL ")
}
