//! What a search found.

use super::term::SearchTerm;

/// With more matches than this, the list is scanned in its order. It stands in the text of the statements: PostgreSQL plans a
/// statement anew for unknown values only five times, and an unknown limit makes it prefer a scan to the index.
pub const MANY: usize = 2_000;

/// How the terms of a search are found.
#[derive(Clone, Debug, Default)]
pub struct Matching {
    /// The ids of all records that contain the indexed terms; `None` if there are too many, or no index.
    pub ids: Option<Vec<i64>>,
    /// Terms that must still be tested for each record.
    pub terms: Vec<SearchTerm>,
    /// Every term that is a word, by which the matches are ranked.
    pub ranked: Vec<SearchTerm>,
    /// The records that are meant whatever their text says, because of their number or an identifier.
    pub certain: Vec<i64>,
    /// There are more than [`MANY`] matches.
    pub many: bool,
    /// Nothing matches what was typed, so words with one other letter match as well.
    pub is_similar: bool,
    /// The ids are those with the date that was typed.
    pub is_dated: bool,
}

impl Matching {
    pub fn only(ids: Vec<i64>) -> Self {
        Self { ids: Some(ids), ..Self::default() }
    }

    /// Whether nothing can match, so that no record has to be read.
    pub fn is_empty(&self) -> bool {
        self.ids.as_ref().is_some_and(Vec::is_empty)
    }
}
