//! When a doctor works: the usual week, the exceptions and the days when the clinic is closed, as spans of time.

use std::collections::{HashMap, HashSet};

use time::{Date, Duration, Weekday};

use super::span::{Span, merged, without};
use crate::db::wall::Minute;
use crate::db::{UtcDateTime, Zone};

const DAY: i64 = 1_440;

/// Hours of a weekday, or a break in them, in minutes since midnight on the wall of the site.
#[derive(Clone, Debug)]
pub struct Hours {
    pub weekday: Weekday,
    pub is_break: bool,
    pub from: i64,
    pub to: i64,
    pub site_id: Option<i64>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
}

/// Days on which a doctor is off, or works extra hours.
#[derive(Clone, Debug)]
pub struct Exception {
    pub is_off: bool,
    pub first_day: Date,
    pub last_day: Date,
    /// In minutes since midnight; `None` is the whole day.
    pub times: Option<(i64, i64)>,
    pub site_id: Option<i64>,
}

/// A day on which a site is closed, or all of them.
#[derive(Clone, Debug)]
pub struct Closed {
    pub day: Date,
    pub site_id: Option<i64>,
}

/// Everything that says when one doctor works.
#[derive(Clone, Debug, Default)]
pub struct Rota {
    pub hours: Vec<Hours>,
    pub exceptions: Vec<Exception>,
}

/// The time zones of the sites; without a site, the clinic's.
#[derive(Clone, Debug)]
pub struct Zones {
    pub clinic: Zone,
    pub sites: HashMap<i64, Zone>,
}

impl Zones {
    pub fn of(&self, site_id: Option<i64>) -> &Zone {
        site_id.and_then(|id| self.sites.get(&id)).unwrap_or(&self.clinic)
    }
}

/// A time at which a doctor works at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub span: Span,
    pub site_id: Option<i64>,
}

impl Hours {
    fn is_on(&self, day: Date) -> bool {
        self.weekday == day.weekday() && self.valid_from.is_none_or(|first| day >= first) && self.valid_to.is_none_or(|last| day <= last)
    }
}

impl Exception {
    fn is_on(&self, day: Date) -> bool {
        self.first_day <= day && day <= self.last_day
    }
}

/// The times at which the doctor works, as far as they concern the range. They may begin before it and end after it.
pub fn windows(rota: &Rota, closed: &[Closed], zones: &Zones, range: Span) -> Vec<Window> {
    let mut sites: Vec<Option<i64>> = rota.hours.iter().filter(|hours| !hours.is_break).map(|hours| hours.site_id).collect();
    sites.extend(rota.exceptions.iter().filter(|exception| !exception.is_off).map(|exception| exception.site_id));
    sites.sort_unstable();
    sites.dedup();
    let mut windows = Vec::new();
    for site_id in sites {
        let zone = zones.of(site_id);
        let day_of = |minute| zone.date(UtcDateTime::from_unix_minutes(minute));
        let last = day_of(range.to).saturating_add(Duration::days(1));
        let mut wall = Wall::of(zone, day_of(range.from).saturating_sub(Duration::days(1)));
        let closed: HashSet<Date> =
            closed.iter().filter(|closed| closed.site_id.is_none() || closed.site_id == site_id).map(|closed| closed.day).collect();
        let mut spans = Vec::new();
        while wall.day <= last && wall.day < Date::MAX {
            spans.extend(on_day(rota, closed.contains(&wall.day), &wall, site_id));
            wall = wall.next();
        }
        windows.extend(merged(spans).into_iter().map(|span| Window { span, site_id }));
    }
    windows
}

/// A day on the wall of a place.
struct Wall<'a> {
    zone: &'a Zone,
    day: Date,
    /// When it and the day after it begin.
    starts: Minute,
    ends: Minute,
}

impl<'a> Wall<'a> {
    fn of(zone: &'a Zone, day: Date) -> Self {
        Self { zone, day, starts: zone.at_wall(day, 0), ends: zone.at_wall(day, DAY) }
    }

    fn next(self) -> Self {
        let day = self.day.saturating_add(Duration::days(1));
        Self { day, starts: self.ends, ends: self.zone.at_wall(day, DAY), ..self }
    }

    /// On a day without a change of the clocks, nothing has to be looked up.
    fn at(&self, minutes: i64) -> Minute {
        if self.ends - self.starts == DAY { self.starts + minutes } else { self.zone.at_wall(self.day, minutes) }
    }

    fn span(&self, from: i64, to: i64) -> Span {
        Span::new(self.at(from), self.at(if to == 0 { DAY } else { to }))
    }
}

/// The times of one day at one site.
fn on_day(rota: &Rota, is_closed: bool, wall: &Wall, site_id: Option<i64>) -> Vec<Span> {
    let day = wall.day;
    let span = |from: i64, to: i64| wall.span(from, to);
    let here = |site: Option<i64>| site.is_none() || site == site_id;
    let usual = rota.hours.iter().filter(|hours| !is_closed && hours.is_on(day));
    let (breaks, hours): (Vec<&Hours>, Vec<&Hours>) = usual.partition(|hours| hours.is_break);
    let breaks = merged(breaks.iter().filter(|hours| here(hours.site_id)).map(|hours| span(hours.from, hours.to)).collect());
    let worked = hours.iter().filter(|hours| hours.site_id == site_id).flat_map(|hours| without(span(hours.from, hours.to), &breaks));
    // Extra hours count on a day when the clinic is closed as well; nobody enters them by mistake.
    let today = || rota.exceptions.iter().filter(|exception| exception.is_on(day));
    let extra = today().filter(|exception| !exception.is_off && exception.site_id == site_id);
    let extra = extra.filter_map(|exception| exception.times).map(|(from, to)| span(from, to));
    let off = today().filter(|exception| exception.is_off && here(exception.site_id)).map(|exception| {
        let (from, to) = exception.times.unwrap_or((0, DAY));
        span(from, to)
    });
    let off = merged(off.collect());
    merged(worked.chain(extra).collect()).into_iter().flat_map(|span| without(span, &off)).collect()
}
