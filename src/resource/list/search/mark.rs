//! Why a record was found, if its name does not say so.

use super::spelling::compact;
use crate::english::{cut, isolated};
use crate::resource::declare::declaration::Declaration;
use crate::resource::declare::field::Field;
use crate::resource::list::query::fold;
use crate::resource::value::Row;

/// The most characters that are shown.
const SHOWN: usize = 60;

/// `Address: 78 Lena Street`: the first field with a word that the heaviest fields do not have. The terms are folded.
pub fn mark(own: &Declaration, terms: &[String], row: &Row) -> Option<String> {
    let heaviest = own.search_weights.iter().max().filter(|most| own.search_weights.iter().any(|weight| weight < most))?;
    let of_weight = |is_heavy: bool| {
        let weighed = own.search_fields.iter().zip(own.search_weights);
        weighed.filter(move |(_, weight)| (*weight == heaviest) == is_heavy).map(|(name, _)| *name)
    };
    let spelled = own.search_spellings.iter().copied().filter(|name| !own.search_fields.contains(name));
    let text = |field: &str| compact(&fold(row.values.at(field).as_text()));
    let names: Vec<String> = of_weight(true).map(text).collect();
    let elsewhere = |term: &&String| {
        let word = compact(term);
        !word.is_empty() && !names.iter().any(|name| name.contains(&word))
    };
    let term = compact(terms.iter().find(elsewhere)?);
    let field: &Field = of_weight(false).chain(spelled).find(|name| text(name).contains(&term)).and_then(|name| own.field(name))?;
    let shown = row.values.at(field.name).as_text().split_whitespace().collect::<Vec<_>>().join(" ");
    Some(format!("{}: {}", field.label, isolated(&cut(&shown, SHOWN))))
}
