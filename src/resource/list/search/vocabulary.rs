//! The words of the names in each table, to find what was meant by one with a mistake. They are kept in memory and read when they
//! are first needed; new records are added before each question, changed ones within [`LASTS`].

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use time::Duration;

use super::spelling::{compact, is_name, is_one_edit};
use crate::db::sql::Sql;
use crate::db::{Connection, UtcDateTime};
use crate::resource::declare::declaration::Declaration;
use crate::resource::list::query::fold;

/// After this time all words are read again, for names that changed and records that are gone.
const LASTS: Duration = Duration::minutes(30);
/// Shorter words differ from half of the others by one letter.
const LEAST: usize = 4;
/// The longest word, in bytes.
const LONGEST: usize = 40;
/// The most words that are tried for one.
const MOST: usize = 24;
/// Records read in one statement.
const BATCH: i64 = 5_000;

#[derive(Default)]
pub struct Vocabulary(Mutex<HashMap<&'static str, Words>>);

struct Words {
    all: BTreeSet<Box<str>>,
    /// The last record that was read.
    last: i64,
    since: UtcDateTime,
}

impl Vocabulary {
    /// Reads what is new. The lock is not held meanwhile: two readers may read the same records.
    pub fn refresh(&self, c: &mut Connection, own: &Declaration, now: UtcDateTime) -> QueryResult<()> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(own.table).map(|words| (words.last, words.since));
        let fresh = known.filter(|(_, since)| !now.since(*since).is_negative() && now.since(*since) < LASTS);
        let mut last = fresh.map_or(0, |(last, _)| last);
        let mut read = BTreeSet::new();
        loop {
            let names: Vec<String> = own.search_spellings.iter().map(|name| format!("\"{name}\"")).collect();
            let statement = format!("SELECT id, {} FROM {} WHERE id > ", names.join(" || ' ' || "), own.table);
            let rows: Vec<(i64, String)> =
                Sql::new(statement).number(last).text(" ORDER BY id LIMIT ").number(BATCH).returning::<(BigInt, Text)>().load(c)?;
            last = rows.last().map_or(last, |(id, _)| *id);
            rows.iter().for_each(|(_, text)| read.extend(words(text)));
            if (rows.len() as i64) < BATCH {
                break;
            }
        }
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match tables.get_mut(own.table).filter(|_| fresh.is_some()) {
            Some(words) => {
                words.all.append(&mut read);
                words.last = words.last.max(last);
            }
            None => {
                tables.insert(own.table, Words { all: read, last, since: now });
            }
        }
        Ok(())
    }

    /// The words that differ from this one by one letter, those with the same beginning first.
    pub fn near(&self, own: &Declaration, text: &str) -> Vec<String> {
        // An umlaut may be part of the mistake.
        let typed = [compact(text), text.to_string()];
        let typed: Vec<&String> = typed.iter().filter(|word| is_name(text) && is_word(word)).collect();
        let Some(word) = typed.first() else { return Vec::new() };
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all = tables.get(own.table).into_iter().flat_map(|words| &words.all).map(AsRef::as_ref);
        let is_near = |other: &&str| typed.iter().any(|word| other.len().abs_diff(word.len()) <= 1 && is_one_edit(other, word));
        let mut near: Vec<String> = all.filter(is_near).map(ToString::to_string).collect();
        near.sort_by_key(|other| Reverse(other.bytes().zip(word.bytes()).take_while(|(left, right)| left == right).count()));
        near.truncate(MOST);
        near
    }
}

/// The words of names, each as it is compared, and the parts of those with a hyphen or an apostrophe.
fn words(text: &str) -> Vec<Box<str>> {
    let folded = fold(text);
    let whole = folded.split_whitespace().map(compact);
    let parts = folded.split(|letter: char| !letter.is_ascii_alphanumeric()).map(compact);
    whole.chain(parts).filter(|word| is_word(word)).map(String::into_boxed_str).collect()
}

fn is_word(text: &str) -> bool {
    (LEAST..=LONGEST).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_lowercase())
}
