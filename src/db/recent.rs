//! Answers of the database that are still right as far as this process knows, so that they need not be asked for again.
//!
//! An entry holds until this process writes ([`Db::writes`]) and at most for a stated time, which is how late the writes of other
//! processes show.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::Duration;

use super::pool::Db;
use super::time::UtcDateTime;

/// The most entries; beyond it the oldest are forgotten.
const MOST: usize = 10_000;

/// When a question was asked: the time, and the number of writes by this process until then.
#[derive(Clone, Copy)]
pub struct Moment {
    at: UtcDateTime,
    writes: u64,
}

impl Moment {
    /// To be taken before the database is asked.
    pub fn now(db: &Db, at: UtcDateTime) -> Self {
        Self { at, writes: db.writes() }
    }

    pub fn at(self) -> UtcDateTime {
        self.at
    }

    /// Setting the clock back does not extend an entry.
    fn holds_at(self, now: Moment, lasts: Duration) -> bool {
        let age = now.at.since(self.at);
        self.writes == now.writes && !age.is_negative() && age < lasts
    }
}

/// Answers by question.
pub struct Recent<V> {
    lasts: Duration,
    entries: Mutex<HashMap<String, (Moment, V)>>,
}

impl<V: Clone> Recent<V> {
    /// Answers that hold for this long at most.
    pub fn new(lasts: Duration) -> Self {
        Self { lasts, entries: Mutex::default() }
    }

    pub fn get(&self, key: &str, now: Moment) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|(since, _)| since.holds_at(now, self.lasts)).map(|(_, value)| value.clone())
    }

    /// `since` is from before the query.
    pub fn put(&self, key: String, since: Moment, value: V) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.retain(|_, (then, _)| then.holds_at(since, self.lasts));
        }
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, (since, value));
    }

    pub fn clear(&self) {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64, writes: u64) -> Moment {
        Moment { at: UtcDateTime::parse("2026-11-21T08:00:00Z").unwrap().plus(Duration::seconds(seconds)), writes }
    }

    #[test]
    fn an_answer_holds_until_a_write_or_for_its_time() {
        let recent = Recent::new(Duration::seconds(2));
        recent.put("patients".into(), moment(0, 7), 3);
        assert_eq!(recent.get("patients", moment(1, 7)), Some(3));
        assert_eq!(recent.get("patients", moment(2, 7)), None);
        assert_eq!(recent.get("patients", moment(1, 8)), None);
        assert_eq!(recent.get("patients", moment(-1, 7)), None);
        assert_eq!(recent.get("doctors", moment(1, 7)), None);
        recent.clear();
        assert_eq!(recent.get("patients", moment(1, 7)), None);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let recent = Recent::new(Duration::seconds(2));
        for number in 0..3 * MOST {
            recent.put(number.to_string(), moment(0, 7), number);
        }
        assert!(recent.entries.lock().unwrap().len() <= MOST);
        assert_eq!(recent.get(&(3 * MOST - 1).to_string(), moment(0, 7)), Some(3 * MOST - 1));
    }
}
