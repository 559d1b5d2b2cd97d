//! Plain values: numbers, booleans, rates.

use super::{Read, wrong};
use crate::rate_limit::Rate;

pub(super) fn parsed<T: std::str::FromStr>(name: &str, given: Option<String>, default: &str, what: &str) -> Read<T> {
    given.as_deref().unwrap_or(default).parse().or_else(|_| wrong(name, what))
}

pub(super) fn whole(name: &str, given: Option<String>, default: &str, unit: &str, range: std::ops::RangeInclusive<i64>) -> Read<i64> {
    let what = format!("give a whole number of {unit} from {} to {}", range.start(), range.end());
    let number: i64 = parsed(name, given, default, &what)?;
    if range.contains(&number) { Ok(number) } else { wrong(name, what) }
}

pub(super) fn rate(name: &str, given: Option<String>, default: &str) -> Read<Option<Rate>> {
    match given.as_deref().unwrap_or(default) {
        "off" => Ok(None),
        text => Rate::parse(text)
            .map_or_else(|| wrong(name, "give a number of requests per time, for example 600/min, or off"), |rate| Ok(Some(rate))),
    }
}

pub(super) fn minutes(count: i64) -> time::Duration {
    time::Duration::minutes(count)
}

pub(super) fn truth(name: &str, given: Option<String>) -> Read<Option<bool>> {
    match given.as_deref().map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes" | "on") => Ok(Some(true)),
        Some("0" | "false" | "no" | "off") => Ok(Some(false)),
        Some(_) => wrong(name, "give true or false"),
    }
}
