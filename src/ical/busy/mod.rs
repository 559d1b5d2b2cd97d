//! Reads when somebody is busy from a calendar of another program: every event of the file that takes time, with its repeats.
//!
//! What repeats does so by the clock on the wall of the event, and [`Zone::at_wall`] turns that into instants.

mod event;
mod lines;
mod repeat;
mod zones;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use self::event::Event;
use self::repeat::Effort;
use self::zones::Zones;
use crate::db::Zone;
use crate::db::wall::Minute;

pub use self::lines::ReadError;

/// The most busy times of one calendar, and the longest in minutes.
pub const MOST: usize = 5_000;
pub const LONGEST: i64 = 1_440;

/// How long it may take to work out the repeats; usually it is a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// The busy times of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct BusyTimes {
    /// In order, without overlaps, none longer than [`LONGEST`].
    pub times: Vec<(Minute, Minute)>,
    /// Events that could not be read and are left out.
    pub unread: usize,
    /// There are more than [`MOST`]; the later ones are left out.
    pub is_cut: bool,
}

/// The times in `range` at which somebody with this calendar is busy. `own` is the time zone of events that name none.
pub fn read(text: &str, own: &Zone, range: (Minute, Minute)) -> Result<BusyTimes, ReadError> {
    let parts = lines::read(text)?;
    let zones = Zones::new(&parts, own);
    let (mut unread, mut effort) = (0, Effort::until(Instant::now() + PATIENCE));
    let mut known: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for (number, part) in parts.iter().filter(|part| part.name == "VEVENT").enumerate() {
        let uid = part.value("UID").map_or_else(|| format!("\n{number}"), ToString::to_string);
        match Event::read(part, &zones) {
            Some(event) => known.entry(uid).or_default().push(event),
            None => unread += 1,
        }
    }
    let mut spans = Vec::new();
    for events in known.values() {
        unread += of_one(events, range, &mut effort, &mut spans)?;
    }
    let mut times: Vec<(Minute, Minute)> = merged(spans, range).into_iter().flat_map(pieces).take(MOST + 1).collect();
    let is_cut = times.len() > MOST;
    times.truncate(MOST);
    Ok(BusyTimes { times, unread, is_cut })
}

/// Adds the times of all events with one name: one that may repeat, and those that replace some of its repeats. Returns how many
/// could not be read.
fn of_one(events: &[Event], range: (Minute, Minute), effort: &mut Effort, spans: &mut Vec<(Minute, Minute)>) -> Result<usize, ReadError> {
    effort.has_time()?;
    if events.iter().any(|event| event.replaces.is_none() && event.is_cancelled) {
        return Ok(0);
    }
    // Of several versions, the one with the highest number counts.
    let mut instead: BTreeMap<Minute, &Event> = BTreeMap::new();
    for event in events {
        let Some(replaced) = event.replaces else { continue };
        let newest = instead.entry(replaced).or_insert(event);
        if newest.sequence < event.sequence {
            *newest = event;
        }
    }
    let mut unread = 0;
    for event in events.iter().filter(|event| event.replaces.is_none() && event.is_busy) {
        match repeat::starts(event, range, effort)? {
            Some(starts) => {
                let kept = starts.into_iter().filter(|start| !instead.contains_key(start));
                spans.extend(kept.map(|start| (start, event.end_of(start))));
            }
            None => unread += 1,
        }
    }
    spans.extend(instead.values().filter(|event| event.is_busy).map(|event| (event.start(), event.end_of(event.start()))));
    Ok(unread)
}

/// The same time within the range in order, without overlaps; times that touch become one.
fn merged(mut spans: Vec<(Minute, Minute)>, (from, to): (Minute, Minute)) -> Vec<(Minute, Minute)> {
    spans.iter_mut().for_each(|span| *span = (span.0.max(from), span.1.min(to)));
    spans.retain(|span| span.0 < span.1);
    spans.sort_unstable();
    let mut whole: Vec<(Minute, Minute)> = Vec::with_capacity(spans.len());
    for span in spans {
        match whole.last_mut() {
            Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
            _ => whole.push(span),
        }
    }
    whole
}

fn pieces((from, to): (Minute, Minute)) -> impl Iterator<Item = (Minute, Minute)> {
    std::iter::successors(Some(from), |start| Some(start + LONGEST)).take_while(move |start| *start < to).map(move |start| {
        let end = (start + LONGEST).min(to);
        (start, end)
    })
}

#[cfg(test)]
mod tests;
