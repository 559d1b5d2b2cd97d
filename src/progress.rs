//! How far an import is that is being written: kept beside its transaction, for whoever watches. Nothing hangs on it.

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

    /// Rows that are written by now; `None` when this process does not write it.
    pub fn of(&self, import: i64) -> Option<i64> {
        self.all().get(&import).copied()
    }
}
