//! When an event begins, again and again. The rules are followed on the wall of the place, where they are meant.

use std::collections::BTreeSet;
use std::time::Instant;

use rrule::{RRule, RRuleSet, Tz, Unvalidated};

use chrono::TimeZone;

use super::event::{Event, LeftOut, Length, WallMinute, at, date, midnight};
use super::lines::ReadError;
use crate::db::wall::Minute;

/// Repeats that are looked at in one file, most of them in the past.
const MOST_STEPS: usize = 300_000;
const DAY: i64 = 1_440;
/// Bytes of a rule, and how many times of a day it may name. The crate cannot be interrupted while it looks for the next repeat, and
/// works out those of a whole year at once; what nobody's calendar has is refused before.
const LONGEST_RULE: usize = 1_000;
const MOST_TIMES: usize = 288;

/// What may still be done for one file.
pub struct Effort {
    steps: usize,
    until: Instant,
}

impl Effort {
    pub fn until(until: Instant) -> Self {
        Self { steps: MOST_STEPS, until }
    }

    pub fn has_time(&self) -> Result<(), ReadError> {
        if Instant::now() < self.until { Ok(()) } else { Err(ReadError::TooMany) }
    }

    /// Before one more repeat is looked at.
    fn step(&mut self) -> Result<(), ReadError> {
        self.steps = self.steps.checked_sub(1).ok_or(ReadError::TooMany)?;
        self.has_time()
    }
}

/// The beginnings within the range, and those before it that may reach into it. `None` if the rule cannot be understood.
pub fn starts(event: &Event, (from, to): (Minute, Minute), effort: &mut Effort) -> Result<Option<Vec<Minute>>, ReadError> {
    let length = match event.length {
        Length::Minutes(0) | Length::Days(0) => return Ok(Some(Vec::new())),
        Length::Minutes(minutes) => minutes,
        // A day has an hour more when the clocks go back.
        Length::Days(days) => days * DAY + 120,
    };
    let mut walls: BTreeSet<WallMinute> = event.added.iter().copied().collect();
    walls.insert(event.starts);
    if let Some(text) = &event.rule {
        if is_too_much(text) {
            return Err(ReadError::TooMany);
        }
        let Some(rule) = rule(event, text) else { return Ok(None) };
        // No place is further from UTC than a day.
        let (first, last) = (from.saturating_sub(length + DAY), to.saturating_add(DAY));
        for start in &rule {
            effort.step()?;
            let wall = start.timestamp().div_euclid(60);
            if wall > last {
                break;
            }
            if wall >= first {
                walls.insert(wall);
            }
        }
    }
    let is_left_out = |wall: WallMinute, start: Minute| {
        event.left_out.iter().any(|one| match one {
            LeftOut::At(left_out) => *left_out == start,
            LeftOut::On(day) => *day == date(wall),
        })
    };
    let starts = walls.into_iter().map(|wall| (wall, at(&event.zone, wall))).filter(|(wall, start)| !is_left_out(*wall, *start));
    Ok(Some(starts.map(|(_, start)| start).filter(|start| *start < to && start.saturating_add(length) > from).collect()))
}

/// Every second, so many times a day, or so long that a step may take minutes.
fn is_too_much(rule: &str) -> bool {
    let rule = rule.to_ascii_uppercase();
    let parts = || rule.split(';').filter_map(|part| part.split_once('=')).map(|(name, value)| (name.trim(), value.trim()));
    let count = |name: &str| parts().filter(|(known, _)| *known == name).map(|(_, value)| value.split(',').count()).sum::<usize>().max(1);
    let times = count("BYHOUR") * count("BYMINUTE") * count("BYSECOND");
    rule.len() > LONGEST_RULE || times > MOST_TIMES || parts().any(|part| part == ("FREQ", "SECONDLY"))
}

/// The rule from the beginning of the event, with the wall as if it were in UTC.
fn rule(event: &Event, text: &str) -> Option<RRuleSet> {
    let start = Tz::UTC.timestamp_opt(event.starts * 60, 0).single()?;
    let parts: Option<Vec<String>> =
        text.split(';').filter(|part| !part.trim().is_empty()).map(|part| on_wall(event, part.trim())).collect();
    let rule: RRule<Unvalidated> = parts?.join(";").parse().ok()?;
    Some(RRuleSet::new(start).rrule(rule.validate(start).ok()?).limit())
}

/// `UNTIL` is an instant, or a date; here it becomes a time on the wall.
fn on_wall(event: &Event, part: &str) -> Option<String> {
    let Some(until) = part.get(..6).filter(|name| name.eq_ignore_ascii_case("UNTIL=")).and_then(|_| part.get(6..)) else {
        return Some(part.to_ascii_uppercase());
    };
    let until = until.to_ascii_uppercase();
    match (until.strip_suffix('Z'), until.contains('T')) {
        (Some(utc), true) => {
            let utc = chrono::NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S").ok()?.and_utc();
            let (day, minutes) = event.zone.on_wall(utc.timestamp().div_euclid(60));
            let wall = Tz::UTC.timestamp_opt((midnight(day) + minutes) * 60 + utc.timestamp().rem_euclid(60), 0).single()?;
            Some(format!("UNTIL={}", wall.format("%Y%m%dT%H%M%SZ")))
        }
        (None, true) => Some(format!("UNTIL={until}Z")),
        _ => Some(format!("UNTIL={}T235959Z", until.trim_end_matches('Z'))),
    }
}
