//! Times in forms: a local date and time, and the instant they stand for.

use time::{Date, Month, Time};

use super::data::FormData;
use super::parse::Wrong;
use crate::db::{UtcDateTime, Zone};
use crate::resource::declare::field::Field;
use crate::resource::value::Value;

/// Parses `at-date` and `at-time`. A field `at` in the form 2026-11-21T08:30, with or without an offset, takes precedence.
/// Unchanged inputs keep the stored instant, with its microseconds, and also in the hour that occurs twice when clocks go
/// back.
pub fn read(field: &Field, data: &FormData, today: Date, zone: &Zone) -> Result<Value, Wrong> {
    let part = |part: &str| data.text(&format!("{}-{part}", field.name)).trim().to_string();
    let whole = data.text(field.name).trim();
    if let Some(at) = UtcDateTime::parse(whole) {
        return Ok(Value::DateTime(at));
    }
    let (day, clock) = match whole.split_once('T') {
        Some((day, clock)) => (day.to_string(), clock.to_string()),
        None => (part("date"), part("time")),
    };
    match (day.is_empty(), clock.is_empty()) {
        (true, true) if whole.is_empty() => return Ok(Value::Null),
        (true, _) => return Err(("date", format!("{} must include a date", field.label))),
        (_, true) => return Err(("time", format!("{} must include a time", field.label))),
        _ => {}
    }
    if let Some(was) = UtcDateTime::parse(&part("was")).filter(|was| zone.wall(*was) == (day.clone(), clock.clone())) {
        return Ok(Value::DateTime(was));
    }
    let date = iso_date(&day).ok_or_else(|| ("date", format!("{} must have a date, like 2026-11-21", field.label)))?;
    let time = clock_time(&clock).ok_or_else(|| ("time", format!("{} must have a time, like 08:30", field.label)))?;
    if field.not_in_future && date > today {
        return Err(("date", format!("{} must not be in the future", field.label)));
    }
    let skipped = || format!("There is no {clock} on {}, because the clocks go forward. Enter another time", zone.show_date(date));
    zone.instant(date, time).map(Value::DateTime).ok_or_else(|| ("time", skipped()))
}

/// `2026-11-21`
pub fn iso_date(text: &str) -> Option<Date> {
    let [year, month, day] = text.trim().splitn(3, '-').collect::<Vec<_>>().try_into().ok()?;
    let year = year.parse::<i32>().ok().filter(|year| (1800..=9999).contains(year))?;
    Date::from_calendar_date(year, Month::try_from(month.parse::<u8>().ok()?).ok()?, day.parse().ok()?).ok()
}

/// `08:30`, `8.30` or `08:30:15`
fn clock_time(text: &str) -> Option<Time> {
    let parts = text.split([':', '.']).map(str::parse::<u8>).collect::<Result<Vec<_>, _>>().ok()?;
    match parts.as_slice() {
        [hour, minute] => Time::from_hms(*hour, *minute, 0).ok(),
        [hour, minute, second] => Time::from_hms(*hour, *minute, *second).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::field;
    use crate::resource::value::Kind;
    use time::macros::date;

    fn said(body: &str) -> Result<String, Wrong> {
        let mut seen = field("Seen").optional();
        (seen.name, seen.kind) = ("at", Kind::DateTime);
        let zone = Zone::named("Europe/Paris").unwrap();
        match read(&seen, &FormData::parse(body.as_bytes()).unwrap(), date!(2026 - 11 - 21), &zone)? {
            Value::DateTime(at) => Ok(at.rfc3339()),
            other => Ok(format!("{other:?}")),
        }
    }

    #[test]
    fn a_time_is_that_of_the_clinics_wall() {
        for body in
            ["at-date=2026-11-21&at-time=08:30", "at-date=2026-11-21&at-time=8.30", "at=2026-11-21T08:30", "at=2026-11-21T07:30:00Z"]
        {
            assert_eq!(said(body), Ok("2026-11-21T07:30:00Z".into()), "{body}");
        }
        assert_eq!(said("at-date=2026-07-01&at-time=08:30:15"), Ok("2026-07-01T06:30:15Z".into()));
        assert_eq!(said(""), Ok("Null".into()));
    }

    #[test]
    fn a_wrong_time_says_which_part() {
        assert_eq!(said("at-date=2026-11-21"), Err(("time", "Seen must include a time".into())));
        assert_eq!(said("at-time=08:30"), Err(("date", "Seen must include a date".into())));
        assert_eq!(said("at-date=2026-02-30&at-time=08:30"), Err(("date", "Seen must have a date, like 2026-11-21".into())));
        assert_eq!(said("at-date=2026-11-21&at-time=25:00"), Err(("time", "Seen must have a time, like 08:30".into())));
        assert_eq!(said("at=soon").unwrap_err().0, "date");
    }

    #[test]
    fn an_hour_that_is_skipped_is_told_and_one_that_comes_twice_is_the_first() {
        let message = "There is no 02:30 on 29 Mar 2026, because the clocks go forward. Enter another time";
        assert_eq!(said("at-date=2026-03-29&at-time=02:30"), Err(("time", message.into())));
        assert_eq!(said("at-date=2026-10-25&at-time=02:30"), Ok("2026-10-25T00:30:00Z".into()));
    }

    #[test]
    fn what_was_not_touched_stays_what_it_was() {
        let untouched = "at-date=2026-10-25&at-time=02:30:05&at-was=2026-10-25T01:30:05.123456Z";
        assert_eq!(said(untouched), Ok("2026-10-25T01:30:05.123456Z".into()));
        let touched = "at-date=2026-10-25&at-time=02:31&at-was=2026-10-25T01:30:05.123456Z";
        assert_eq!(said(touched), Ok("2026-10-25T00:31:00Z".into()));
    }
}
