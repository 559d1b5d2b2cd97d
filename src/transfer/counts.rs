//! How many rows of an import are new, changed, unchanged or wrong.

/// What a stretch of the trial run found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub new: i64,
    pub changed: i64,
    pub same: i64,
    pub errors: i64,
}

impl Counts {
    pub fn sum(self) -> i64 {
        self.new + self.changed + self.same + self.errors
    }
}
