//! What a list is asked for, in values that cannot be wrong: names are checked against the declaration before.

use diesel::QueryResult;
use unicode_normalization::UnicodeNormalization;

use super::keyset::Seek;
use super::search::{Matching, matching};
use crate::db::Connection;
use crate::resource::Declaration;
use crate::resource::value::Value;

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Folded terms; a record matches when it holds them all.
    pub terms: Vec<String>,
    pub conditions: Vec<Condition>,
    /// Field and whether it descends; the id follows as the last word.
    pub order: Vec<(&'static str, bool)>,
    pub limit: i64,
    /// So many records are passed over first, counted from where the page begins.
    pub offset: i64,
    /// Where the page begins; `None` is the beginning of the list.
    pub seek: Option<Seek>,
    /// What is in the trash, and nothing else.
    pub trashed: bool,
    /// What the index says to the terms, where it was asked already.
    pub matching: Option<Matching>,
}

/// In place of a field's name: the first part of the natural key.
pub const NATURAL_KEY: &str = "natural key";

#[derive(Clone, Debug)]
pub struct Condition {
    pub field: &'static str,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub enum Test {
    In(Vec<Value>),
    InOrBlank(Vec<Value>),
    AtLeast(Value),
    Below(Value),
    Blank(bool),
}

impl ListQuery {
    /// The first so many records that satisfy one condition.
    pub fn only(field: &'static str, test: Test, limit: i64) -> Self {
        Self { conditions: vec![Condition { field, test }], limit, ..Self::default() }
    }

    /// Asks the index once for whoever lists and counts the same.
    pub fn searched(mut self, c: &mut Connection, declaration: &Declaration) -> QueryResult<Self> {
        self.matching = Some(matching(c, declaration, &self.terms)?);
        Ok(self)
    }

    /// What the index said, or says now.
    pub fn matching(&self, c: &mut Connection, declaration: &Declaration) -> QueryResult<Matching> {
        self.matching.clone().map_or_else(|| matching(c, declaration, &self.terms), Ok)
    }

    pub fn order_by(mut self, field: &'static str, descending: bool) -> Self {
        self.order.push((field, descending));
        self
    }
}

/// Text as the search sees it: without case, marks and doubled spaces, on both databases alike.
pub fn fold(text: &str) -> String {
    let plain = deunicode::deunicode_with_tofu(&text.nfkc().collect::<String>(), "").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest search that is looked at.
pub const SEARCH_LIMIT: usize = 200;

/// The terms of a search: words, or phrases in quotes.
pub fn terms(text: &str) -> Vec<String> {
    let text: String = text.chars().filter(|letter| !letter.is_control() || letter.is_whitespace()).take(SEARCH_LIMIT).collect();
    text.split('"')
        .enumerate()
        .flat_map(|(part, piece)| match part % 2 {
            0 => piece.split_whitespace().map(fold).collect::<Vec<_>>(),
            _ => vec![fold(piece)],
        })
        .filter(|term| !term.is_empty())
        .take(8)
        .collect()
}

/// A LIKE pattern that finds the term anywhere and takes `%` and `_` literally.
pub fn pattern(term: &str) -> String {
    format!("%{}%", term.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_forgives_case_and_marks() {
        assert_eq!(fold("  Émile   ZOLA "), "emile zola");
        assert_eq!(fold("Weiß"), "weiss");
        assert_eq!(terms("zola \"Rue de  Rennes\" PARIS"), ["zola", "rue de rennes", "paris"]);
    }

    #[test]
    fn wildcards_are_letters() {
        assert_eq!(pattern("50%_a\\b"), "%50\\%\\_a\\\\b%");
    }
}
