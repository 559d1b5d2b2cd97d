//! The query of a list. Names are checked against the declaration before they get here.

use diesel::QueryResult;
use unicode_normalization::UnicodeNormalization;

use super::keyset::Seek;
use super::search::find::{matching, similar};
use super::search::matching::Matching;
use super::search::spelling::{is_optional_mark, plain_letter};
use super::search::vocabulary::Vocabulary;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, UtcDateTime};
use crate::resource::value::Value;
use crate::resource::{Actor, Declaration, Resource};

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Folded terms; a record must contain all of them.
    pub terms: Vec<String>,
    pub conditions: Vec<Condition>,
    /// Field and whether it descends. The id is always the last term.
    pub order: Vec<(&'static str, bool)>,
    /// A search begins with what is found in the heavier fields although there is an order. Without an order it always does.
    pub by_weight: bool,
    pub limit: i64,
    /// Records to skip, counted from where the page begins.
    pub offset: i64,
    /// Where the page begins; `None` is the beginning of the list.
    pub seek: Option<Seek>,
    /// Only records in the trash.
    pub trashed: bool,
    /// The result of the search index, if it was queried already.
    pub matching: Option<Matching>,
}

/// In place of a field's name: the first field of the natural key.
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
    /// In one of these ranges: from the first value up to, but not including, the second.
    Within(Vec<(Value, Value)>),
    AtLeast(Value),
    Below(Value),
    Blank(bool),
}

impl ListQuery {
    /// The first `limit` records that satisfy one condition.
    pub fn only(field: &'static str, test: Test, limit: i64) -> Self {
        Self { conditions: vec![Condition { field, test }], limit, ..Self::default() }
    }

    /// Queries the search index once, for callers that both list and count. If the actor sees nothing that matches, names with
    /// one mistake are found.
    pub fn searched(
        mut self,
        c: &mut Connection,
        resource: &Resource,
        actor: &Actor,
        words: (&Vocabulary, UtcDateTime),
    ) -> QueryResult<Self> {
        let own = resource.declaration();
        let exact = matching(c, own, &self.terms)?;
        let may_err = !own.search_spellings.is_empty() && !exact.ranked.is_empty() && !exact.many;
        self.matching = Some(exact.clone());
        // Without the filters: what they hide was spelled right.
        let unfiltered = Self { conditions: Vec::new(), seek: None, offset: 0, ..self.clone() };
        if may_err && resource.count_up_to(c, &unfiltered, 1, Some(actor))? == 0 {
            let (vocabulary, now) = words;
            vocabulary.refresh(c, own, now)?;
            if let Some(found) = similar(c, own, &exact, |word| vocabulary.near(own, word))? {
                self.matching = Some(found);
            }
        }
        Ok(self)
    }

    /// The stored result of the search index, or the result of querying it now.
    pub fn matching(&self, c: &mut Connection, declaration: &Declaration) -> QueryResult<Matching> {
        self.matching.clone().map_or_else(|| matching(c, declaration, &self.terms), Ok)
    }

    /// Whether records of this table are in the trash or not, as asked.
    pub(super) fn in_trash(&self, table: &str) -> String {
        format!("{table}.deleted_at IS {}", if self.trashed { "NOT NULL" } else { "NULL" })
    }

    pub fn order_by(mut self, field: &'static str, descending: bool) -> Self {
        self.order.push((field, descending));
        self
    }
}

/// Text as the search compares it: without case, accents and repeated spaces, the same on both databases.
pub fn fold(text: &str) -> String {
    let letters: String = text.nfkc().filter(|letter| !is_optional_mark(*letter)).map(plain_letter).collect();
    let plain = deunicode::deunicode_with_tofu(&letters, "").to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The most characters of a search; the rest is ignored.
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

/// A LIKE pattern that finds the term anywhere.
pub fn pattern(term: &str) -> String {
    format!("%{}%", escaped(term))
}

/// Whether this place matches a pattern.
pub fn like(place: &str, pattern: String) -> Sql {
    Sql::new(format!("{place} LIKE ")).bind(Bind::Text(Some(pattern))).text(" ESCAPE '\\'")
}

/// A text for LIKE, in which `%` and `_` are letters.
pub fn escaped(term: &str) -> String {
    term.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
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
