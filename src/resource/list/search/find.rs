//! Searching with the trigram index of a table: FTS5 on SQLite, pg_trgm on PostgreSQL.
//!
//! Few matches are best read from the index and sorted; many are found soon by scanning the list in its order. So the index
//! is queried for a limited number of matches first, and the result decides.

use diesel::QueryResult;

use super::identity::{dated, digits, in_rows, number};
use super::index::containing;
use super::matching::{MANY, Matching};
use super::term::SearchTerm;
use super::through::matching_through;
use crate::db::Connection;
use crate::resource::declare::declaration::Declaration;

/// Queries the index. Terms of one or two characters are tested later, because trigrams need three.
pub fn matching(c: &mut Connection, own: &Declaration, terms: &[String]) -> QueryResult<Matching> {
    let number = number(own, terms);
    if let Some(number) = number.as_ref().filter(|number| number.is_certain) {
        // A document may have a number of the same form.
        let mut ids = in_rows(c, own, terms)?;
        ids.extend(Some(number.id).filter(|id| !ids.contains(id)));
        return Ok(Matching::only(ids));
    }
    if let Some((mut ids, rest)) = dated(c, own, terms)? {
        if rest.is_empty() {
            ids.extend(in_rows(c, own, terms)?);
        }
        let terms: Vec<SearchTerm> = rest.iter().map(|term| SearchTerm::new(own, term)).collect();
        return Ok(Matching { ids: Some(ids), ranked: terms.clone(), terms, is_dated: true, ..Matching::default() });
    }
    let wanted: Vec<SearchTerm> = match digits(own, terms) {
        Some(digits) => vec![SearchTerm::new(own, &digits)],
        None => terms.iter().map(|term| SearchTerm::new(own, term)).collect(),
    };
    let mut found = indexed(c, own, wanted)?;
    // The record with this number, and those with an identifier like this, beside those that contain it.
    let others = number.map(|number| number.id).into_iter().chain(in_rows(c, own, terms)?);
    match &mut found.ids {
        Some(ids) => {
            found.certain = others.filter(|id| !ids.contains(id)).collect();
            ids.extend(&found.certain);
        }
        None => found.certain = others.collect(),
    }
    Ok(found)
}

/// The same search with words that differ by one letter from those that were typed; `None` if there are none.
pub fn similar(
    c: &mut Connection,
    own: &Declaration,
    matching: &Matching,
    near: impl Fn(&str) -> Vec<String>,
) -> QueryResult<Option<Matching>> {
    let mut terms = matching.ranked.clone();
    for term in &mut terms {
        term.add_similar(near(&term.text));
    }
    if terms.iter().all(SearchTerm::is_exact) {
        return Ok(None);
    }
    let found = match matching.is_dated {
        true => Matching { ranked: terms.clone(), terms, ..matching.clone() },
        false => indexed(c, own, terms)?,
    };
    Ok(Some(Matching { is_similar: true, ..found }))
}

/// Records whose own text contains one of these folded texts; of more than [`MANY`] for a hundred texts, the rest is left out.
pub fn containing_any(c: &mut Connection, own: &Declaration, texts: &[String]) -> QueryResult<Vec<i64>> {
    let mut found = Vec::new();
    // A statement has only so many values.
    for some in texts.chunks(100) {
        let any = some.iter().map(String::as_str).collect();
        found.extend(containing(c, own, &[any]).text(format!(" LIMIT {MANY}")).load_ids(c)?);
    }
    Ok(found)
}

fn indexed(c: &mut Connection, own: &Declaration, terms: Vec<SearchTerm>) -> QueryResult<Matching> {
    if !own.search_through.is_empty() {
        return matching_through(c, own, terms);
    }
    let (long, short): (Vec<SearchTerm>, Vec<SearchTerm>) = terms.iter().cloned().partition(SearchTerm::is_indexed);
    // A year is tested later beside other words; alone, it is a number as any other.
    let (years, words): (Vec<SearchTerm>, Vec<SearchTerm>) = long.into_iter().partition(|term| term.year.is_some());
    let (long, late) = if words.is_empty() { (years, short) } else { (words, [short, years].concat()) };
    let all = |many| Matching { terms: terms.clone(), ranked: terms.clone(), many, ..Matching::default() };
    if !own.search_index || long.is_empty() {
        return Ok(all(false));
    }
    let texts: Vec<Vec<&str>> = long.iter().map(|term| term.texts().collect()).collect();
    let asked = containing(c, own, &texts);
    let found = asked.text(format!(" LIMIT {}", MANY + 1)).load_ids(c)?;
    if found.len() > MANY {
        return Ok(all(true));
    }
    // The index does not tell where in the text a word is.
    let late = if own.search_spellings.is_empty() { late } else { terms.clone() };
    Ok(Matching { ids: Some(found), terms: late, ranked: terms, ..Matching::default() })
}
