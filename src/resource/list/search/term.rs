//! One word of a search, and what else it may be spelled as.

use time::{Date, Month};

use super::spelling::{compact, is_name};
use crate::db::sql::{Bind, Sql};
use crate::resource::declare::declaration::Declaration;
use crate::resource::list::query::{escaped, like, pattern};

/// The letters of a trigram; shorter spellings would be found in every second name, too.
pub const LEAST: usize = 3;

#[derive(Clone, Debug)]
pub struct SearchTerm {
    /// As it was typed, folded.
    pub text: String,
    /// The same without marks and umlauts, for a word of a name.
    spelling: Option<String>,
    /// Words with one other letter.
    similar: Vec<String>,
    /// The year of a date that may be meant.
    pub year: Option<i32>,
}

impl SearchTerm {
    pub fn new(own: &Declaration, text: &str) -> Self {
        // A phrase in quotes is meant as it is, and so are marks that no name has.
        let has_others = !own.search_spellings.is_empty() && is_name(text);
        let spelling = Some(compact(text)).filter(|spelling| has_others && spelling.len() >= LEAST);
        let is_year = !own.search_date.is_empty() && text.len() == 4;
        let year = text.parse().ok().filter(|year| is_year && (1880..=2100).contains(year));
        Self { text: text.into(), spelling, similar: Vec::new(), year }
    }

    /// Everything that the searched text may contain for this term.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [self.text.as_str()]
            .into_iter()
            .chain(self.spelling.as_deref().filter(|word| *word != self.text))
            .chain(self.similar.iter().map(String::as_str))
    }

    pub fn add_similar(&mut self, words: Vec<String>) {
        let known: Vec<String> = self.texts().map(Into::into).collect();
        self.similar.extend(words.into_iter().filter(|word| !known.contains(word)));
    }

    pub fn spelling(&self) -> Option<&str> {
        self.spelling.as_deref()
    }

    pub fn similar(&self) -> &[String] {
        &self.similar
    }

    pub fn is_exact(&self) -> bool {
        self.similar.is_empty()
    }

    /// Whether a trigram index knows all that it may be.
    pub fn is_indexed(&self) -> bool {
        self.texts().all(|text| text.chars().count() >= LEAST)
    }

    /// The conditions, one of which is true for a record with this term.
    pub fn tests(&self, own: &Declaration) -> Vec<Sql> {
        let place = format!("{}.search_text", own.table);
        // The last line has the names run together, where two of them may make a third: only what begins there counts, and digits.
        let is_number = self.text.bytes().all(|letter| letter.is_ascii_digit());
        let has_last = !own.search_spellings.is_empty();
        let after = if has_last && !is_number { "\n%" } else { "" };
        let mut tests = vec![like(&place, format!("{}{after}", pattern(&self.text)))];
        // As it was typed as well: "oe" at the seam of two names is no umlaut.
        let typed = Some(&self.text).filter(|_| has_last && !is_number);
        for word in typed.into_iter().chain(&self.spelling).chain(&self.similar).map(|word| escaped(word)) {
            tests.push(like(&format!("' ' || {place}"), format!("% {word}%")));
            tests.push(like(&place, format!("%\n{word}%")));
        }
        let first = |year: i32| Date::from_calendar_date(year, Month::January, 1).ok();
        if let Some((from, until)) = self.year.and_then(|year| first(year).zip(first(year + 1))) {
            let place = format!("{}.{}", own.table, own.search_date);
            let since = Sql::new(format!("({place} >= ")).bind(Bind::Date(Some(from)));
            tests.push(since.text(format!(" AND {place} < ")).bind(Bind::Date(Some(until))).text(")"));
        }
        tests
    }
}
