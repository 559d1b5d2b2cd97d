//! Rate limits of API calls: one budget for each token, and one for each network for calls without a token.
//!
//! Counted in memory by each process, because a shared count would cost a write for every call, which is more than most calls
//! cost. With several processes behind one address, the limit applies to each of them; divide the setting by their number. The
//! limits that protect secrets (sign-in, registration, codes) are counted in the database and are exact.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::db::UtcDateTime;

/// The most clients that are remembered. Beyond that, clients with a full budget are forgotten.
const MOST: usize = 50_000;

/// `600/min`: so many calls, which become available again evenly over that period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub calls: u32,
    pub seconds: u32,
}

impl Rate {
    pub fn parse(text: &str) -> Option<Self> {
        let (calls, unit) = text.split_once('/')?;
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1,
            "m" | "min" | "minute" => 60,
            "h" | "hour" => 3600,
            _ => return None,
        };
        let calls = calls.trim().parse().ok().filter(|calls| (1..=1_000_000).contains(calls))?;
        Some(Self { calls, seconds })
    }

    fn window(self) -> i64 {
        i64::from(self.seconds) * 1_000_000
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = match self.seconds {
            1 => "s",
            60 => "min",
            _ => "hour",
        };
        write!(f, "{}/{unit}", self.calls)
    }
}

/// What is left of a client's budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the budget is full again.
    pub reset: u64,
    /// Seconds to wait if this call was refused.
    pub wait: Option<u64>,
}

impl Left {
    pub fn headers(self) -> Vec<(HeaderName, HeaderValue)> {
        vec![
            (HeaderName::from_static("x-ratelimit-limit"), self.limit.into()),
            (HeaderName::from_static("x-ratelimit-remaining"), self.remaining.into()),
            (HeaderName::from_static("x-ratelimit-reset"), self.reset.into()),
        ]
    }
}

/// When each client's budget is full again, in microseconds.
#[derive(Default)]
pub struct Calls {
    full_at: Mutex<HashMap<String, i64>>,
}

impl Calls {
    /// Takes one call from the budget of `key`, if one is left.
    pub fn take(&self, key: String, rate: Rate, now: UtcDateTime) -> Left {
        let (now, each) = (now.unix_micros(), rate.window() / i64::from(rate.calls));
        let Ok(mut full_at) = self.full_at.lock() else { return left(rate, now, now, None) };
        if full_at.len() >= MOST {
            full_at.retain(|_, at| *at > now);
        }
        // Filling the map with keys achieves no more than that this process forgets its counts.
        if full_at.len() >= MOST {
            full_at.clear();
        }
        // When the clock was set back, nobody waits longer than one period.
        let before = full_at.get(&key).map_or(now, |at| (*at).clamp(now, now + rate.window()));
        let after = before + each;
        if after > now + rate.window() {
            return left(rate, before, now, Some(after - now - rate.window()));
        }
        full_at.insert(key, after);
        left(rate, after, now, None)
    }
}

fn left(rate: Rate, full_at: i64, now: i64, wait: Option<i64>) -> Left {
    let each = rate.window() / i64::from(rate.calls);
    let remaining = (now + rate.window() - full_at) / each.max(1);
    Left {
        limit: rate.calls,
        remaining: remaining.clamp(0, i64::from(rate.calls)) as u32,
        reset: seconds(full_at - now),
        wait: wait.map(seconds),
    }
}

/// Whole seconds, rounded up.
fn seconds(micros: i64) -> u64 {
    micros.max(0).unsigned_abs().div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for text in ["600/min", "5/s", "1000/hour"] {
            assert_eq!(Rate::parse(text).map(|rate| rate.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Rate::parse("60 / minute"), Rate::parse("60/min"));
        for text in ["", "600", "0/min", "-1/s", "1/day", "9999999/s", "/s"] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn calls_come_back_evenly() {
        let (calls, rate) = (Calls::default(), Rate { calls: 60, seconds: 60 });
        let start = UtcDateTime::parse("2026-11-21T08:00:00Z").unwrap();
        let take = |key: &str, after: i64| calls.take(key.into(), rate, start.plus(Duration::seconds(after)));
        for number in 0..60 {
            assert_eq!(take("a", 0), Left { limit: 60, remaining: 59 - number, reset: u64::from(number) + 1, wait: None });
        }
        assert_eq!(take("a", 0), Left { limit: 60, remaining: 0, reset: 60, wait: Some(1) });
        assert_eq!(take("b", 0).remaining, 59, "one holder's measure is another's");
        assert_eq!(take("a", 1).wait, None);
        assert_eq!(take("a", 1).wait, Some(1));
        assert_eq!(take("a", 3600).remaining, 59);
        // The clock is set back by an hour.
        assert!(take("a", 0).wait.is_some_and(|wait| wait <= 1));
    }
}
