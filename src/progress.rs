//! The progress of running imports, in memory. It is for display only, because the rows are not visible until the import commits.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct Progress(Mutex<HashMap<i64, i64>>);

impl Progress {
    fn all(&self) -> MutexGuard<'_, HashMap<i64, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn begin(&self, import: i64) {
        self.all().insert(import, 0);
    }

    pub fn add(&self, import: i64, rows: i64) {
        *self.all().entry(import).or_default() += rows;
    }

    pub fn end(&self, import: i64) {
        self.all().remove(&import);
    }

    /// Rows written so far; `None` if this process is not running the import.
    pub fn of(&self, import: i64) -> Option<i64> {
        self.all().get(&import).copied()
    }
}
