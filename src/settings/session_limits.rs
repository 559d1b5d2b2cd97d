//! When a session ends: at a fixed time after the sign-in, and earlier without activity.

use serde::{Deserialize, Serialize};
use time::Duration;

use crate::db::UtcDateTime;

/// The configured limits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Without activity.
    pub idle: Duration,
    /// After the sign-in.
    pub hours: Duration,
    /// After a sign-in that is remembered, which has no idle limit.
    pub remembered: Duration,
}

/// When one session began, was last used, and ends, in seconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Standing {
    pub since: i64,
    pub seen: i64,
    pub ends: i64,
    /// When it ends without further activity.
    pub idle_ends: Option<i64>,
    pub remembered: bool,
}

/// Seconds until a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    pub seconds: i64,
    /// Whether activity postpones the end.
    pub can_stay: bool,
}

impl Limits {
    pub fn end(&self, since: UtcDateTime, remembered: bool) -> UtcDateTime {
        since.plus(if remembered { self.remembered } else { self.hours })
    }

    pub fn standing(&self, since: i64, seen: i64, ends: i64, remembered: bool) -> Standing {
        Standing { since, seen, ends, idle_ends: (!remembered).then_some(seen + self.idle.whole_seconds()), remembered }
    }
}

impl Standing {
    pub fn is_over(&self, now: i64) -> bool {
        now >= self.ends || self.idle_ends.is_some_and(|end| now >= end)
    }

    /// After activity at `now`.
    pub fn met(self, limits: &Limits, now: i64) -> Self {
        limits.standing(self.since, now, self.ends, self.remembered)
    }

    pub fn left(&self, now: i64) -> Left {
        match self.idle_ends.filter(|end| *end < self.ends) {
            Some(end) => Left { seconds: (end - now).max(0), can_stay: true },
            None => Left { seconds: (self.ends - now).max(0), can_stay: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { idle: Duration::minutes(30), hours: Duration::hours(12), remembered: Duration::days(15) };

    #[test]
    fn nobody_there_ends_it_before_its_time() {
        let standing = LIMITS.standing(0, 0, 12 * 3600, false);
        assert!(!standing.is_over(1799) && standing.is_over(1800));
        assert_eq!(standing.left(1700), Left { seconds: 100, can_stay: true });
        let late = standing.met(&LIMITS, 12 * 3600 - 60);
        assert_eq!(late.left(12 * 3600 - 60), Left { seconds: 60, can_stay: false });
        assert!(late.is_over(12 * 3600));
    }

    #[test]
    fn a_remembered_one_waits_for_days() {
        let standing = LIMITS.standing(0, 0, 15 * 86_400, true);
        assert!(!standing.is_over(15 * 86_400 - 1) && standing.is_over(15 * 86_400));
    }
}
