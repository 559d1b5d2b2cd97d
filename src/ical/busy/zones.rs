//! The time zones that a file names: by their usual name, or by the rules that come with the file.

use std::collections::HashMap;

use super::lines::Part;
use crate::db::Zone;

pub struct Zones {
    pub own: Zone,
    pub utc: Zone,
    /// `None` for those that cannot be understood.
    named: HashMap<String, Option<Zone>>,
}

impl Zones {
    pub fn new(parts: &[Part], own: &Zone) -> Self {
        let zones = parts.iter().filter(|part| part.name == "VTIMEZONE");
        let named = zones.filter_map(|part| {
            let name = part.value("TZID")?;
            let known = by_name(name).or_else(|| part.value("X-LIC-LOCATION").and_then(by_name)).or_else(|| by_rules(part));
            Some((name.to_string(), known))
        });
        let named = named.collect();
        Self { own: own.clone(), utc: Zone::named("UTC").unwrap_or_else(|| own.clone()), named }
    }

    /// That of a line; without a name, it is the time wherever one is.
    pub fn of(&self, name: Option<&str>) -> Option<Zone> {
        let Some(name) = name else { return Some(self.own.clone()) };
        self.named.get(name).cloned().unwrap_or_else(|| by_name(name))
    }
}

/// `Europe/Berlin`, also at the end of a longer name, as in `/mozilla.org/20050126_1/Europe/Berlin`.
fn by_name(name: &str) -> Option<Zone> {
    let mut rest = name.trim();
    loop {
        if let Some(zone) = Some(rest).filter(|rest| !rest.is_empty()).and_then(Zone::named) {
            return Some(zone);
        }
        rest = rest.split_once('/')?.1;
    }
}

/// The rules that are in force last, as those of a time zone. Names like `W. Europe Standard Time` come with them.
fn by_rules(zone: &Part) -> Option<Zone> {
    let last = |name: &str| {
        let of_kind = zone.parts.iter().filter(|part| part.name == name);
        of_kind.max_by_key(|part| {
            (part.value("RRULE").is_some_and(|rule| !rule.contains("UNTIL")), part.value("DTSTART").map(ToString::to_string))
        })
    };
    let standard = last("STANDARD").or_else(|| last("DAYLIGHT"))?;
    let usual = offset(standard.value("TZOFFSETTO")?)?;
    let Some((summer, begins, ends)) = last("DAYLIGHT").and_then(|part| Some((part, change(part)?, change(standard)?))) else {
        return Zone::by_rule(&format!("<STD>{usual}"));
    };
    Zone::by_rule(&format!("<STD>{usual}<DST>{},{begins},{ends}", offset(summer.value("TZOFFSETTO")?)?))
}

/// `+0530` as `-5:30`, because POSIX counts westwards.
fn offset(text: &str) -> Option<String> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => ('-', digits),
        ("-", digits) => ('+', digits),
        _ => return None,
    };
    let (hours, minutes) = (digits.get(..2)?.parse::<u8>().ok()?, digits.get(2..4)?.parse::<u8>().ok()?);
    Some(format!("{sign}{hours}:{minutes:02}"))
}

/// When the clocks change: `M3.5.0/2:00` is the last Sunday of March, at two.
fn change(part: &Part) -> Option<String> {
    let rule = part.value("RRULE")?.to_ascii_uppercase();
    let value = |name: &str| rule.split(';').find_map(|piece| piece.strip_prefix(name)).map(ToString::to_string);
    let start = part.value("DTSTART")?;
    let month: u8 = value("BYMONTH=").or_else(|| start.get(4..6).map(ToString::to_string))?.parse().ok()?;
    let by_day = value("BYDAY=")?;
    let (week, weekday) = by_day.split_at_checked(by_day.len().checked_sub(2)?)?;
    let weekday = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"].iter().position(|name| *name == weekday)?;
    let week: i8 = match week {
        // The first of these days of the month is in the week that is meant.
        "" => (value("BYMONTHDAY=")?.split(',').next()?.parse::<i8>().ok()? - 1) / 7 + 1,
        "-1" => 5,
        week => week.trim_start_matches('+').parse().ok()?,
    };
    let clock = start.split_once('T')?.1;
    let (hours, minutes) = (clock.get(..2)?.parse::<u8>().ok()?, clock.get(2..4)?.parse::<u8>().ok()?);
    (1..=5).contains(&week).then(|| format!("M{month}.{week}.{weekday}/{hours}:{minutes:02}"))
}
