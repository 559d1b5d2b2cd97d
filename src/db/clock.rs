//! The clock, which tests replace.

use std::sync::Arc;

use time::OffsetDateTime;

use super::UtcDateTime;

/// Returns the current time; tests provide their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> OffsetDateTime + Send + Sync>);

impl Clock {
    pub fn system() -> Self {
        Self(Arc::new(OffsetDateTime::now_utc))
    }

    pub fn of(now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub fn now(&self) -> UtcDateTime {
        UtcDateTime::new((self.0)())
    }
}
