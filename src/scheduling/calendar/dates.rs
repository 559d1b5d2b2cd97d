//! Dates as links: the days of a month, by week.

use time::{Date, Duration, Month, Weekday};

use crate::db::Zone;

/// A month as rows of seven days, with the days before and after that fill the first and the last row.
pub struct MonthTable {
    /// `November 2026`
    pub title: String,
    pub weeks: Vec<Week>,
    pub previous: (String, Date),
    pub next: (String, Date),
}

pub struct Week {
    pub number: u8,
    pub days: Vec<DayLink>,
}

pub struct DayLink {
    pub date: Date,
    pub number: u8,
    /// `20 Nov 2026`
    pub label: String,
    pub is_other: bool,
    pub is_today: bool,
    pub is_chosen: bool,
}

impl MonthTable {
    pub fn of(chosen: Date, today: Date, zone: &Zone) -> Self {
        let first = chosen.replace_day(1).unwrap_or(chosen);
        let next = first.saturating_add(Duration::days(31));
        let next = next.replace_day(1).unwrap_or(next);
        let previous = first.saturating_sub(Duration::days(1));
        let mut day = monday(first);
        let mut weeks = Vec::new();
        while day < next {
            let days = (0..7).map(|after| day.saturating_add(Duration::days(after))).map(|date| DayLink {
                date,
                number: date.day(),
                label: zone.show_date(date),
                is_other: date.month() != first.month(),
                is_today: date == today,
                is_chosen: date == chosen,
            });
            weeks.push(Week { number: day.iso_week(), days: days.collect() });
            day = day.saturating_add(Duration::days(7));
        }
        let (before, after) = (previous.replace_day(1).unwrap_or(previous), next);
        Self { title: title(first), weeks, previous: (name(before.month()), before), next: (name(after.month()), after) }
    }

    /// The first day that is shown, and the first that is not.
    pub fn range(&self) -> Option<(Date, Date)> {
        let mut days = self.weeks.iter().flat_map(|week| &week.days).map(|day| day.date);
        let first = days.next()?;
        Some((first, days.next_back().unwrap_or(first).saturating_add(Duration::days(1))))
    }
}

/// The Monday of the week.
pub fn monday(day: Date) -> Date {
    day.saturating_sub(Duration::days(day.weekday().number_days_from_monday().into()))
}

/// Saturday and Sunday.
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn title(day: Date) -> String {
    format!("{} {}", name(day.month()), day.year())
}

fn name(month: Month) -> String {
    month.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_month_is_whole_weeks() {
        let table = MonthTable::of(date!(2026 - 11 - 20), date!(2026 - 11 - 21), &Zone::named("UTC").unwrap());
        assert_eq!((table.title.as_str(), table.weeks.len()), ("November 2026", 6));
        assert_eq!(table.range(), Some((date!(2026 - 10 - 26), date!(2026 - 12 - 07))));
        assert_eq!((table.previous.1, table.next.1), (date!(2026 - 10 - 01), date!(2026 - 12 - 01)));
        assert_eq!(table.weeks[0].number, 44);
        let last = MonthTable::of(date!(2026 - 01 - 31), date!(2026 - 01 - 01), &Zone::named("UTC").unwrap());
        assert_eq!(last.next.1, date!(2026 - 02 - 01));
    }
}
