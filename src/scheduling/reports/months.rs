//! Which part of a report is counted by month, and which day by day.

use std::collections::BTreeSet;

use time::{Date, Duration, Month};

/// A month as a number: the year times 12, and the months before it.
pub fn month_of(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(u8::from(day.month())) - 1
}

/// Its first day.
pub fn first_of(month: i64) -> Option<Date> {
    let (year, number) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let number = Month::try_from(u8::try_from(number).ok()?).ok()?;
    Date::from_calendar_date(i32::try_from(year).ok()?, number, 1).ok()
}

/// Its last day.
pub fn last_of(month: i64) -> Option<Date> {
    first_of(month + 1)?.previous_day()
}

/// The months that lie wholly within these days.
pub fn whole(from: Date, to: Date) -> BTreeSet<i64> {
    let first = month_of(from) + i64::from(from.day() > 1);
    let last = month_of(to.saturating_add(Duration::days(1))) - 1;
    (first..=last).collect()
}

/// The days that are in none of these months, as ranges whose last day is included.
pub fn rest(from: Date, to: Date, counted: &BTreeSet<i64>) -> Vec<(Date, Date)> {
    let mut rest: Vec<(Date, Date)> = Vec::new();
    for month in month_of(from)..=month_of(to) {
        let (Some(first), Some(last)) = (first_of(month), last_of(month)) else { continue };
        if counted.contains(&month) {
            continue;
        }
        let (first, last) = (first.max(from), last.min(to));
        match rest.last_mut() {
            Some((_, end)) if end.next_day() == Some(first) => *end = last,
            _ => rest.push((first, last)),
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn whole_months_and_the_rest_are_all_days_once() {
        let (from, to) = (date!(2025 - 11 - 15), date!(2026 - 03 - 31));
        let months = whole(from, to);
        assert_eq!(months.len(), 4);
        assert_eq!(rest(from, to, &months), [(from, date!(2025 - 11 - 30))]);
        let without: BTreeSet<i64> = months.iter().copied().filter(|month| *month != month_of(date!(2026 - 01 - 01))).collect();
        assert_eq!(rest(from, to, &without), [(from, date!(2025 - 11 - 30)), (date!(2026 - 01 - 01), date!(2026 - 01 - 31))]);
        assert_eq!(rest(from, to, &BTreeSet::new()), [(from, to)]);
        let day = date!(2026 - 02 - 11);
        assert!(whole(day, day).is_empty());
        assert_eq!(rest(day, day, &BTreeSet::new()), [(day, day)]);
        assert_eq!(whole(date!(2026 - 02 - 01), date!(2026 - 02 - 28)), BTreeSet::from([month_of(day)]));
        assert_eq!((first_of(month_of(day)), last_of(month_of(day))), (Some(date!(2026 - 02 - 01)), Some(date!(2026 - 02 - 28))));
    }
}
