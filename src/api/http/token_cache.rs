//! A cache of recent callers, so that reading with a token needs no query for it. An entry is valid for one second and until this
//! process writes; a token that another process revoked is refused within that second.

use std::collections::HashMap;
use std::sync::Mutex;

use time::Duration;

use super::caller::Caller;
use crate::db::UtcDateTime;

const HOLDS: Duration = Duration::seconds(1);
/// The most entries; beyond it the cache is emptied.
const MOST: usize = 10_000;

/// When an entry was read: the time, and the number of writes by this process until then.
#[derive(Clone, Copy)]
pub struct Moment {
    pub at: UtcDateTime,
    pub writes: u64,
}

impl Moment {
    /// Setting the clock back does not extend an entry.
    fn holds_at(self, now: Moment) -> bool {
        let age = now.at.since(self.at);
        self.writes == now.writes && !age.is_negative() && age < HOLDS
    }
}

#[derive(Default)]
pub struct Known {
    entries: Mutex<HashMap<String, (Moment, Caller)>>,
}

impl Known {
    pub fn get(&self, key: &str, now: Moment) -> Option<Caller> {
        let entries = self.entries.lock().ok()?;
        entries.get(key).filter(|(since, _)| since.holds_at(now)).map(|(_, caller)| caller.clone())
    }

    /// `since` is from before the query.
    pub fn put(&self, key: String, since: Moment, caller: Caller) {
        let Ok(mut entries) = self.entries.lock() else { return };
        if entries.len() >= MOST {
            entries.retain(|_, (known, _)| known.holds_at(since));
        }
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, (since, caller));
    }
}
