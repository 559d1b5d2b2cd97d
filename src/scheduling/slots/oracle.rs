//! Free times against an oracle that looks at every minute: what a clock on the wall of the place shows, and nothing clever.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use time::macros::date;
use time::{Date, Duration, Weekday};

use super::free::{Starts, Taken, Visit, offered, starts};
use super::rota::{Closed, Exception, Hours, Rota, Zones, windows};
use super::span::Span;
use crate::db::{UtcDateTime, Zone};

/// Places, and a day on which their clocks change or a day is left out.
const CHANGES: [(&str, Date); 13] = [
    ("America/New_York", date!(2026 - 03 - 08)),
    ("America/New_York", date!(2026 - 11 - 01)),
    ("Europe/London", date!(2027 - 03 - 28)),
    ("Europe/London", date!(2026 - 10 - 25)),
    ("Australia/Lord_Howe", date!(2026 - 04 - 05)),
    ("Australia/Lord_Howe", date!(2026 - 10 - 04)),
    ("Asia/Kathmandu", date!(2026 - 06 - 15)),
    ("America/Sao_Paulo", date!(2018 - 11 - 04)),
    ("America/Sao_Paulo", date!(2019 - 02 - 17)),
    ("Pacific/Apia", date!(2011 - 12 - 30)),
    ("Pacific/Apia", date!(2012 - 04 - 01)),
    ("Africa/Casablanca", date!(2026 - 02 - 15)),
    ("Africa/Casablanca", date!(2026 - 03 - 22)),
];

/// A minute with what the wall shows.
struct Tick {
    minute: i64,
    day: Date,
    clock: i64,
}

/// Every minute of the range and of two days around it.
fn ticks(zone: &TimeZone, range: Span) -> Vec<Tick> {
    (range.from - 2_880..range.to + 2_880)
        .map(|minute| {
            let local = Timestamp::from_second(minute * 60).unwrap().to_zoned(zone.clone());
            let month = time::Month::try_from(local.month() as u8).unwrap();
            let day = Date::from_calendar_date(local.year().into(), month, local.day() as u8).unwrap();
            Tick { minute, day, clock: i64::from(local.hour()) * 60 + i64::from(local.minute()) }
        })
        .collect()
}

/// The first minute at which the wall shows each time.
type Wall = BTreeMap<(Date, i64), i64>;

fn wall(ticks: &[Tick]) -> Wall {
    let mut wall = Wall::new();
    for tick in ticks {
        wall.entry((tick.day, tick.clock)).or_insert(tick.minute);
    }
    wall
}

/// The first minute at which the wall has reached this time of this day.
fn reached(wall: &Wall, day: Date, clock: i64) -> i64 {
    let place = if clock == 1_440 { (day + Duration::days(1), 0) } else { (day, clock) };
    wall.range(place..).next().map_or(i64::MAX, |(_, minute)| *minute)
}

/// Whether the doctor works at this minute, of which the wall shows the day.
fn works(rota: &Rota, closed: &[Closed], wall: &Wall, tick: &Tick) -> bool {
    let within = |day: Date, from: i64, to: i64| {
        reached(wall, day, from) <= tick.minute && tick.minute < reached(wall, day, if to == 0 { 1_440 } else { to })
    };
    let day = tick.day;
    let on = |hours: &Hours| hours.weekday == day.weekday() && within(day, hours.from, hours.to);
    let is_closed = closed.iter().any(|closed| closed.day == day);
    let usual = rota.hours.iter().any(|hours| !hours.is_break && on(hours));
    let pause = rota.hours.iter().any(|hours| hours.is_break && on(hours));
    let today = |exception: &Exception| exception.first_day <= day && day <= exception.last_day;
    let times = |exception: &Exception| exception.times.map_or_else(|| within(day, 0, 1_440), |(from, to)| within(day, from, to));
    let extra = rota.exceptions.iter().any(|exception| !exception.is_off && today(exception) && times(exception));
    let off = rota.exceptions.iter().any(|exception| exception.is_off && today(exception) && times(exception));
    ((usual && !pause && !is_closed) || extra) && !off
}

/// The minutes of the range at which the visit can begin.
fn by_the_minute(rota: &Rota, closed: &[Closed], zone: &TimeZone, taken: &[Taken], visit: Visit, range: Span) -> Vec<i64> {
    let ticks = ticks(zone, range);
    let wall = wall(&ticks);
    let worked: BTreeSet<i64> = ticks.iter().filter(|tick| works(rota, closed, &wall, tick)).map(|tick| tick.minute).collect();
    let is_free = |start: i64| {
        let end = start + visit.minutes;
        (start..end).all(|minute| worked.contains(&minute))
            && taken.iter().all(|taken| {
                let (from, to) = if taken.is_padded { (start, end) } else { (start - visit.before, end + visit.after) };
                to <= taken.span.from || taken.span.to <= from
            })
    };
    (range.from..range.to).filter(|start| is_free(*start)).collect()
}

fn quarter(most: i64) -> impl Strategy<Value = i64> {
    (0..most / 15).prop_map(|number| number * 15)
}

fn hours() -> impl Strategy<Value = Hours> {
    let weekday = prop::sample::select(vec![
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
        Weekday::Sunday,
    ]);
    (weekday, prop::bool::weighted(0.25), quarter(1_440), 1..40_i64).prop_map(|(weekday, is_break, from, length)| {
        let to = from + length * 15;
        Hours { weekday, is_break, from, to: if to >= 1_440 { 0 } else { to }, site_id: None, valid_from: None, valid_to: None }
    })
}

fn exception(around: Date) -> impl Strategy<Value = Exception> {
    (any::<bool>(), -2..3_i64, 0..2_i64, prop::option::of((quarter(1_200), 1..16_i64))).prop_map(move |(is_off, first, days, times)| {
        let first_day = around + Duration::days(first);
        let times = times.map(|(from, length)| (from, (from + length * 15).min(1_439))).or(if is_off { None } else { Some((600, 720)) });
        Exception { is_off, first_day, last_day: first_day + Duration::days(days), times, site_id: None }
    })
}

#[derive(Clone, Debug)]
struct Case {
    zone: &'static str,
    range: Span,
    rota: Rota,
    closed: Vec<Closed>,
    taken: Vec<Taken>,
    visit: Visit,
}

fn case() -> impl Strategy<Value = Case> {
    prop::sample::select(CHANGES.to_vec()).prop_flat_map(|(zone, day)| {
        let middle = Zone::named(zone).unwrap().at_wall(day, 0);
        let rota = (prop::collection::vec(hours(), 1..7), prop::collection::vec(exception(day), 0..3));
        let taken = prop::collection::vec((-600..2_400_i64, 5..120_i64, any::<bool>()), 0..8);
        let visit = (1..16_i64, 0..4_i64, 0..4_i64).prop_map(|(minutes, before, after)| Visit {
            minutes: minutes * 5,
            before: before * 5,
            after: after * 5,
        });
        let closed = prop::collection::vec(-1..3_i64, 0..2);
        (Just(zone), -700..700_i64, 1..900_i64, rota, taken, visit, closed).prop_map(
            move |(zone, from, length, (hours, exceptions), taken, visit, closed)| Case {
                zone,
                range: Span::new(middle + from, middle + from + length),
                rota: Rota { hours, exceptions },
                closed: closed.into_iter().map(|days| Closed { day: day + Duration::days(days), site_id: None }).collect(),
                taken: taken
                    .into_iter()
                    .map(|(from, length, is_padded)| Taken { span: Span::new(middle + from, middle + from + length), is_padded })
                    .collect(),
                visit,
            },
        )
    })
}

/// The free starts of a case as minutes, and the times that are offered.
fn free(case: &Case) -> (Vec<i64>, Vec<i64>) {
    let zones = Zones { clinic: Zone::named(case.zone).unwrap(), sites: Default::default() };
    let windows = windows(&case.rota, &case.closed, &zones, case.range);
    let free: Vec<Starts> = starts(&windows, &case.taken, case.visit, case.range);
    let mut minutes: Vec<i64> = free.iter().flat_map(|free| free.span.from..free.span.to).collect();
    minutes.sort_unstable();
    (minutes, offered(&free, case.visit).into_iter().map(|(minute, _)| minute).collect())
}

/// A sample on every run; `PRAXIS_ORACLE_CASES=100000 cargo test --release oracle` is the long run.
fn cases() -> u32 {
    std::env::var("PRAXIS_ORACLE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_free_is_what_every_minute_says(case in case()) {
        let zone = TimeZone::get(case.zone).unwrap();
        let expected = by_the_minute(&case.rota, &case.closed, &zone, &case.taken, case.visit, case.range);
        let (minutes, offered) = free(&case);
        prop_assert_eq!(&minutes, &expected);
        // Whatever is offered can be booked, and something is offered if more than a step of five minutes is free.
        prop_assert!(offered.iter().all(|minute| expected.contains(minute)));
        let widest = expected.chunk_by(|one, next| one + 1 == *next).map(<[i64]>::len).max().unwrap_or(0);
        prop_assert!(widest < 5 || !offered.is_empty());
    }
}

#[test]
fn a_sunday_in_new_york_begins_at_nine_on_the_wall() {
    let hours = |weekday| Hours { weekday, is_break: false, from: 540, to: 720, site_id: None, valid_from: None, valid_to: None };
    let rota = Rota { hours: vec![hours(Weekday::Sunday), hours(Weekday::Monday)], exceptions: Vec::new() };
    let zone = Zone::named("America/New_York").unwrap();
    let visit = Visit { minutes: 30, before: 0, after: 0 };
    for (sunday, first) in [(date!(2026 - 03 - 08), "2026-03-08T13:00:00Z"), (date!(2026 - 11 - 01), "2026-11-01T14:00:00Z")] {
        // Asked for the day as it is in Berlin.
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let range = Span::new(berlin.at_wall(sunday, 0), berlin.at_wall(sunday, 2_880));
        let case = Case { zone: "America/New_York", range, rota: rota.clone(), closed: Vec::new(), taken: Vec::new(), visit };
        let (minutes, offered) = free(&case);
        let walls: Vec<(Date, i64)> = offered.iter().map(|minute| zone.on_wall(*minute)).collect();
        let expected: Vec<(Date, i64)> = [540, 570, 600, 630, 660, 690].into_iter().map(|clock| (sunday, clock)).collect();
        assert_eq!(walls.get(..6), Some(expected.as_slice()), "{sunday}");
        assert_eq!(UtcDateTime::from_unix_minutes(offered[0]).rfc3339(), first);
        assert!(offered.iter().all(|minute| minutes.contains(minute)));
    }
}
