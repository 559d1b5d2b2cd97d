//! An event: when it begins, how long it takes, and whether it takes time at all.

use time::Date;

use super::lines::{Line, Part};
use super::zones::Zones;
use crate::db::Zone;
use crate::db::wall::Minute;

const DAY: i64 = 1_440;

/// Minutes since the beginning of 1970 on the wall of a place.
pub type WallMinute = i64;

pub struct Event {
    pub zone: Zone,
    pub starts: WallMinute,
    pub length: Length,
    pub rule: Option<String>,
    /// More beginnings, and those that are left out.
    pub added: Vec<WallMinute>,
    pub left_out: Vec<LeftOut>,
    /// The beginning of the repeat that this event replaces.
    pub replaces: Option<Minute>,
    pub sequence: i64,
    pub is_busy: bool,
    pub is_cancelled: bool,
}

/// How long each repeat takes: so many minutes, or days by the clock on the wall, which may be shorter or longer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    Minutes(i64),
    Days(i64),
}

/// A repeat that is left out, or all of a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LeftOut {
    At(Minute),
    On(Date),
}

/// A date or a time as it is written.
struct Time {
    zone: Zone,
    minute: WallMinute,
    has_seconds: bool,
    is_day: bool,
}

impl Time {
    fn instant(&self) -> Minute {
        at(&self.zone, self.minute)
    }
}

/// The instant of a time on the wall.
pub fn at(zone: &Zone, minute: WallMinute) -> Minute {
    zone.at_wall(date(minute), minute.rem_euclid(DAY))
}

/// The day of a time on the wall.
pub fn date(minute: WallMinute) -> Date {
    let day = i32::try_from(minute.div_euclid(DAY)).unwrap_or(0);
    Date::from_julian_day(UNIX_DAY.saturating_add(day)).unwrap_or(Date::MIN)
}

/// The Julian day of 1 January 1970.
const UNIX_DAY: i32 = 2_440_588;

pub fn midnight(date: Date) -> WallMinute {
    i64::from(date.to_julian_day() - UNIX_DAY) * DAY
}

impl Event {
    /// `None` if it cannot be understood.
    pub fn read(part: &Part, zones: &Zones) -> Option<Self> {
        let starts = time(part.line("DTSTART")?, zones)?;
        let is = |name, word: &str| part.value(name).is_some_and(|value| value.eq_ignore_ascii_case(word));
        let is_cancelled = is("STATUS", "CANCELLED");
        let replaces = match part.line("RECURRENCE-ID") {
            Some(line) => Some(time(line, zones)?.instant()),
            None => None,
        };
        let added = part.all("RDATE").flat_map(|line| times(line, zones)).map(|time| Some(time?.minute)).collect::<Option<_>>()?;
        let left_out = |time: Option<Time>| {
            let time = time?;
            Some(if time.is_day && !starts.is_day { LeftOut::On(date(time.minute)) } else { LeftOut::At(time.instant()) })
        };
        Some(Self {
            length: length(part, &starts, zones)?,
            rule: part.value("RRULE").map(ToString::to_string),
            added,
            left_out: part.all("EXDATE").flat_map(|line| times(line, zones)).map(left_out).collect::<Option<_>>()?,
            replaces,
            sequence: part.value("SEQUENCE").and_then(|value| value.parse().ok()).unwrap_or(0),
            is_busy: !is_cancelled && !is("TRANSP", "TRANSPARENT") && !is("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
            is_cancelled,
            starts: starts.minute,
            zone: starts.zone,
        })
    }

    pub fn start(&self) -> Minute {
        at(&self.zone, self.starts)
    }

    /// The end of the repeat that begins at this instant.
    pub fn end_of(&self, start: Minute) -> Minute {
        match self.length {
            Length::Minutes(minutes) => start.saturating_add(minutes),
            Length::Days(days) => {
                let (day, minutes) = self.zone.on_wall(start);
                at(&self.zone, (midnight(day) + minutes).saturating_add(days * DAY))
            }
        }
    }
}

fn length(part: &Part, starts: &Time, zones: &Zones) -> Option<Length> {
    if let Some(line) = part.line("DTEND") {
        let ends = time(line, zones)?;
        if starts.is_day && ends.is_day {
            // Some programs write the last day, not the one after it.
            return Some(Length::Days(((ends.minute - starts.minute) / DAY).max(1)));
        }
        return Some(Length::Minutes((ends.instant() + i64::from(ends.has_seconds) - starts.instant()).max(0)));
    }
    match part.value("DURATION") {
        Some(value) => duration(value),
        None if starts.is_day => Some(Length::Days(1)),
        None => Some(Length::Minutes(0)),
    }
}

/// `PT1H30M`, `P1D`, `P2W`
fn duration(text: &str) -> Option<Length> {
    let text = text.trim_start_matches('+').strip_prefix('P')?;
    let (days, clock) = text.split_once('T').unwrap_or((text, ""));
    let (days, seconds) = (sum(days, &[('W', 7), ('D', 1)])?, sum(clock, &[('H', 3_600), ('M', 60), ('S', 1)])?);
    Some(if seconds == 0 { Length::Days(days) } else { Length::Minutes(days * DAY + (seconds + 59) / 60) })
}

fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut whole, mut digits) = (0_i64, String::new());
    for letter in text.chars() {
        if letter.is_ascii_digit() && digits.len() < 7 {
            digits.push(letter);
        } else {
            let (_, size) = units.iter().find(|(unit, _)| *unit == letter)?;
            whole += std::mem::take(&mut digits).parse::<i64>().ok()? * size;
        }
    }
    digits.is_empty().then_some(whole)
}

fn time(line: &Line, zones: &Zones) -> Option<Time> {
    read(line, &line.value, zones)
}

/// All times of a line. Of a period, its beginning.
fn times<'a>(line: &'a Line, zones: &'a Zones) -> impl Iterator<Item = Option<Time>> + 'a {
    line.value.split(',').filter(|text| !text.trim().is_empty()).map(|text| read(line, text.split('/').next().unwrap_or(text), zones))
}

/// `20261207`, `20261207T090000`, `20261207T090000Z`
fn read(line: &Line, text: &str, zones: &Zones) -> Option<Time> {
    let text = text.trim();
    let (plain, is_utc) = text.strip_suffix(['Z', 'z']).map_or((text, false), |plain| (plain, true));
    let (day, clock) = plain.split_once(['T', 't']).map_or((plain, None), |(day, clock)| (day, Some(clock)));
    let number = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    if day.len() != 8 || !day.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let month = time::Month::try_from(u8::try_from(number(day, 4, 6)?).ok()?).ok()?;
    let day = Date::from_calendar_date(number(day, 0, 4)?.into(), month, u8::try_from(number(day, 6, 8)?).ok()?).ok()?;
    let Some(clock) = clock else {
        return Some(Time { zone: zones.own.clone(), minute: midnight(day), has_seconds: false, is_day: true });
    };
    let (hours, minutes, seconds) = (number(clock, 0, 2)?, number(clock, 2, 4)?, number(clock, 4, 6).unwrap_or(0));
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    let zone = if is_utc { zones.utc.clone() } else { zones.of(line.parameter("TZID"))? };
    let minute = midnight(day) + i64::from(hours) * 60 + i64::from(minutes);
    Some(Time { zone, minute, has_seconds: seconds > 0, is_day: false })
}
