//! Who asked a moment ago, so that reading with a token costs no question to the database. What is known here holds for a
//! second, and in this process until it writes: what another process ended is refused within that second.

use std::collections::HashMap;
use std::sync::Mutex;

use time::Duration;

use super::caller::Caller;
use crate::db::UtcDateTime;

const HOLDS: Duration = Duration::seconds(1);
/// So many are remembered; then the memory starts anew.
const MOST: usize = 10_000;

/// When something was read, by the clock and by how often this process had written.
#[derive(Clone, Copy)]
pub struct Moment {
    pub at: UtcDateTime,
    pub writes: u64,
}

impl Moment {
    /// A clock that was set back makes nothing hold longer.
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

    /// `since` is from before the database was asked.
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
