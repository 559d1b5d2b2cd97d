//! How often programs may call: each token has its own measure, and each network for calls without one.
//!
//! Counted in memory, by each process for itself: a count that all share would be a write for every call, which costs more
//! than what most calls ask for. Several processes behind one address together let through so many times as much; give each
//! its part in the setting. What guards secrets (sign-in, registration, codes) is counted in the database and is exact.

use std::collections::HashMap;
use std::sync::Mutex;

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::db::UtcDateTime;

/// So many holders are remembered. When there are more, those who are back at their full measure are forgotten.
const MOST: usize = 50_000;

/// `600/min`: so many calls, which come back evenly in that time.
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

/// What is left to a holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until all of it is there again.
    pub reset: u64,
    /// Seconds to wait where nothing was left for this call.
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

/// When each holder is back at the full measure, in microseconds.
#[derive(Default)]
pub struct Calls {
    full_at: Mutex<HashMap<String, i64>>,
}

impl Calls {
    /// Takes one call, if there is one.
    pub fn take(&self, key: String, rate: Rate, now: UtcDateTime) -> Left {
        let (now, each) = (now.unix_micros(), rate.window() / i64::from(rate.calls));
        let Ok(mut full_at) = self.full_at.lock() else { return left(rate, now, now, None) };
        if full_at.len() >= MOST {
            full_at.retain(|_, at| *at > now);
        }
        // Whoever fills the memory with names gains by it no more than this one process forgets.
        if full_at.len() >= MOST {
            full_at.clear();
        }
        // A clock that was set back does not make anybody wait longer than the whole measure takes.
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

/// Whole seconds, never too few.
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
