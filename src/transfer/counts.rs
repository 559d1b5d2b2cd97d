//! The number of rows of an import that are new, changed, unchanged or invalid.

/// The result of one batch of the trial run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub new: i64,
    pub changed: i64,
    pub same: i64,
    pub errors: i64,
    /// Of the new ones, those that are probably known.
    pub known: i64,
    /// Of the changed ones, those that change what names the record.
    pub renamed: i64,
}

impl Counts {
    pub fn sum(self) -> i64 {
        self.new + self.changed + self.same + self.errors
    }
}
