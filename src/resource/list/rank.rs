//! The order of a search by the weights of the fields: `search_fields [name: 4, address]`.

use super::identity::number;
use super::query::{ListQuery, pattern};
use super::search::Matching;
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;

/// The weight of the record whose number was typed.
const NUMBER: u16 = 1_000;

/// The sum over all terms of the weight of the heaviest field that has the term; `None` if the list keeps its own order.
///
/// The sum has to be known for every match before the first page. So there is none if the list was given an order, or if the
/// index found so many matches that the list is scanned instead. Tables without an index are small.
pub fn rank(own: &Declaration, query: &ListQuery, matching: &Matching) -> Option<Sql> {
    let is_few = matching.ids.is_some() || !own.search_index;
    let is_asked = query.order.is_empty() || query.by_weight;
    if !has_weights(own) || !is_few || !is_asked || query.terms.is_empty() || query.trashed {
        return None;
    }
    let mut place = Sql::new("(0");
    if let Some(number) = number(own, &query.terms) {
        place = place.text(format!(" + CASE {}.id WHEN ", own.table)).number(number.id).text(format!(" THEN {NUMBER} ELSE 0 END"));
    }
    for term in &query.terms {
        place = place.text(" + CASE");
        // The start of a word in the heaviest field, which is the first line, counts twice.
        if let Some((weight, inside)) = levels(own.search_weights, term).first() {
            let start = format!("% {}", inside.trim_start_matches('%'));
            place = place.text(format!(" WHEN ' ' || {}.search_text LIKE ", own.table)).bind(Bind::Text(Some(start)));
            place = place.text(format!(" ESCAPE '\\' THEN {}", 2 * u16::from(*weight)));
        }
        for (weight, pattern) in levels(own.search_weights, term) {
            place = place.text(format!(" WHEN {}.search_text LIKE ", own.table)).bind(Bind::Text(Some(pattern)));
            place = place.text(format!(" ESCAPE '\\' THEN {weight}"));
        }
        place = place.text(" ELSE 0 END");
    }
    Some(place.text(")"))
}

/// Whether some fields are heavier than others.
pub fn has_weights(own: &Declaration) -> bool {
    own.search_weights.iter().any(|weight| own.search_weights.first() != Some(weight))
}

/// Each weight, with the pattern for a term in one of the fields that have at least this weight. These fields are the first
/// lines of the searched text, so as many line ends follow the term as there are other fields.
fn levels(weights: &[u8], term: &str) -> Vec<(u8, String)> {
    let mut levels: Vec<(u8, String)> = Vec::new();
    for (place, weight) in weights.iter().enumerate() {
        let pattern = format!("{}{}", pattern(term), "\n%".repeat(weights.len() - place - 1));
        match levels.last_mut().filter(|(known, _)| known == weight) {
            Some(level) => level.1 = pattern,
            None => levels.push((*weight, pattern)),
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn the_lines_that_follow_tell_the_field() {
        assert_eq!(levels(&[4, 4, 1], "zola"), [(4, "%zola%\n%".into()), (1, "%zola%".into())]);
        assert_eq!(levels(&[9, 3, 1], "a").iter().map(|(weight, _)| *weight).collect::<Vec<_>>(), [9, 3, 1]);
    }
}
