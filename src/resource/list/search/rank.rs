//! The order of a search by the weights of the fields: `search_fields [name: 4, address]`.

use super::identity::number;
use super::matching::Matching;
use super::term::SearchTerm;
use crate::db::sql::Sql;
use crate::resource::declare::declaration::Declaration;
use crate::resource::list::query::{ListQuery, escaped, like, pattern};

/// The weight of the record whose number was typed.
const NUMBER: u16 = 1_000;

/// The sum over all terms of the weight of the heaviest field that has the term; `None` if the list keeps its own order.
///
/// The sum has to be known for every match before the first page. So there is none if the list was given an order, or if the
/// index found so many matches that the list is scanned instead. Tables without an index are small.
pub fn rank(own: &Declaration, query: &ListQuery, matching: &Matching) -> Option<Sql> {
    let is_few = matching.ids.is_some() || !own.search_index;
    let is_asked = query.order.is_empty() || query.by_weight;
    if !has_weights(own) || !is_few || !is_asked || matching.ranked.is_empty() || query.trashed {
        return None;
    }
    let mut place = Sql::new("(0");
    if let Some(number) = number(own, &query.terms) {
        place = place.text(format!(" + CASE {}.id WHEN ", own.table)).number(number.id).text(format!(" THEN {NUMBER} ELSE 0 END"));
    }
    for term in &matching.ranked {
        place = place.text(" + CASE");
        for (weight, tests) in weighed(own, term) {
            place = place.text(" WHEN ").append(tests).text(format!(" THEN {weight}"));
        }
        place = place.text(" ELSE 0 END");
    }
    Some(place.text(")"))
}

/// The conditions of one term, the weightiest first. The heaviest fields are names: a whole word counts more than the start of one,
/// that more than a word with one other letter, and that more than the inside of a word.
fn weighed(own: &Declaration, term: &SearchTerm) -> Vec<(u16, Sql)> {
    let spaced = format!("' ' || {}.search_text", own.table);
    let text = format!("{}.search_text", own.table);
    let after = usize::from(!own.search_spellings.is_empty());
    let exact = levels(own.search_weights, &term.text, after);
    let Some(heaviest) = exact.first().map(|(weight, _)| u16::from(*weight)) else { return Vec::new() };
    let begins = |word: &str| {
        let heavy = levels(own.search_weights, word, after).into_iter().next().map(|(_, pattern)| pattern).unwrap_or_default();
        like(&spaced, format!("% {}", heavy.trim_start_matches('%')))
    };
    let whole = Sql::new("(").append(begins(&term.text)).text(" AND ").append(like(
        &format!("' ' || replace(replace({}.search_text, ',', ' '), '\n', ' ')", own.table),
        format!("% {} %", escaped(&term.text)),
    ));
    let mut weighed = vec![(2 * heaviest + 2, whole.text(")")), (2 * heaviest, begins(&term.text))];
    if let Some(spelling) = term.spelling() {
        // The last line has the names without marks.
        let last = format!("%{}", "\n%".repeat(own.search_fields.len().saturating_sub(1)));
        let starts = ["\n", "\n% "].map(|start| like(&text, format!("{last}{start}{}%", escaped(spelling))));
        weighed.push((2 * heaviest, Sql::new("(").append(Sql::join(starts.into(), " OR ")).text(")")));
    }
    let similar: Vec<Sql> = term.similar().iter().map(|word| begins(word)).collect();
    if !similar.is_empty() {
        weighed.push((heaviest + 2, Sql::new("(").append(Sql::join(similar, " OR ")).text(")")));
    }
    weighed.extend(exact.into_iter().map(|(weight, pattern)| (weight.into(), like(&text, pattern))));
    weighed
}

/// Whether some fields are heavier than others.
pub fn has_weights(own: &Declaration) -> bool {
    own.search_weights.iter().any(|weight| own.search_weights.first() != Some(weight))
}

/// Each weight, with the pattern for a term in one of the fields that have at least this weight. These fields are the first
/// lines of the searched text, so as many line ends follow the term as there are other fields, and `after` more.
fn levels(weights: &[u8], term: &str, after: usize) -> Vec<(u8, String)> {
    let mut levels: Vec<(u8, String)> = Vec::new();
    for (place, weight) in weights.iter().enumerate() {
        let pattern = format!("{}{}", pattern(term), "\n%".repeat(weights.len() - place - 1 + after));
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
        assert_eq!(levels(&[4, 4, 1], "zola", 0), [(4, "%zola%\n%".into()), (1, "%zola%".into())]);
        assert_eq!(levels(&[9, 3, 1], "a", 1).iter().map(|(weight, _)| *weight).collect::<Vec<_>>(), [9, 3, 1]);
    }
}
