//! Counts over time as a bar chart, rendered by the server. Each range is counted with an index, and only as far as the user may
//! see.

use diesel::QueryResult;
use time::{Date, Duration};

use crate::app::App;
use crate::db::{Connection, Zone};
use crate::resource::Resource;
use crate::resource::declare::declaration::{Chart, Interval};
use crate::resource::{Actor, Condition, Kind, ListQuery, Test, Value};
use crate::web::list::pagination::{COUNTED, Total};

/// The units of the SVG.
const WIDTH: i64 = 320;
const HEIGHT: i64 = 72;
/// The baseline of the bars; counts are above them, dates below.
const GROUND: i64 = 92;

/// A rendered chart, and the table with the same numbers.
pub struct BarChart {
    pub title: &'static str,
    pub href: String,
    /// `Week of` or `Day`
    pub step: &'static str,
    /// `by week` or `by day`
    pub by: &'static str,
    pub bars: Vec<Bar>,
    /// A sentence that describes the chart.
    pub summary: String,
}

/// A chart of counts by name, such as by weekday.
pub struct Bars {
    pub title: &'static str,
    /// The heading of the names.
    pub step: &'static str,
    pub bars: Vec<Bar>,
    /// A sentence that describes the chart.
    pub summary: String,
}

impl Bars {
    pub fn of(title: &'static str, step: &'static str, counted: Vec<(String, i64)>, zone: &Zone) -> Self {
        let most = counted.iter().max_by_key(|(_, count)| *count);
        let summary = match most {
            Some((name, count)) if *count > 0 => format!("{title}: most {} ({name})", zone.figure(*count)),
            _ => format!("{title}: none"),
        };
        Self { title, step, bars: bars(&counted, |count| zone.figure(count)), summary }
    }
}

pub struct Bar {
    /// `16 Nov`
    pub when: String,
    pub count: String,
    pub x: i64,
    pub y: i64,
    pub width: i64,
    pub height: i64,
    pub middle: i64,
    /// Whether the count is shown above the bar.
    pub is_labelled: bool,
}

impl BarChart {
    /// The declared chart, for users who see every record; for others each bar would cost a search through all.
    pub fn load(c: &mut Connection, app: &App, resource: &Resource, declared: Chart, actor: &Actor, href: String) -> QueryResult<Self> {
        let kind = resource.declaration().field(declared.field).map_or(Kind::DateTime, |field| field.kind);
        let zone = app.zone(actor);
        let edge = |date: Date| match kind {
            Kind::Date => Value::Date(date),
            _ => Value::DateTime(zone.start_of(date)),
        };
        let ranges = ranges(app.today_of(actor), declared.interval);
        let within = |(from, until): &(Date, Date)| {
            let test = |test| Condition { field: declared.field, test };
            let conditions = vec![test(Test::AtLeast(edge(*from))), test(Test::Below(edge(*until)))];
            (resource, ListQuery { conditions, ..ListQuery::default() })
        };
        let lists: Vec<_> = ranges.iter().map(within).collect();
        let counts = app.counts.all_up_to(c, app.moment(), &lists, COUNTED + 1, actor)?;
        let counted: Vec<(Date, i64)> = ranges.iter().map(|(from, _)| *from).zip(counts).collect();
        Ok(Self::rendered(declared, &counted, href, &zone))
    }

    fn rendered(declared: Chart, counted: &[(Date, i64)], href: String, zone: &Zone) -> Self {
        let most = counted.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let highest = counted.iter().rposition(|(_, count)| *count == most).unwrap_or(0);
        let text = |count: i64| Total::capped(count, COUNTED).short(zone);
        let named: Vec<(String, i64)> = counted.iter().map(|(date, count)| (zone.short_date(*date), *count)).collect();
        let bars = bars(&named, text);
        let (step, by, now, each) = match declared.interval {
            Interval::Week => ("Week of", "by week", "this week", "weeks"),
            Interval::Day => ("Day", "by day", "today", "days"),
        };
        let newest = counted.last().map_or(0, |(_, count)| *count);
        let peak = bars.get(highest).map_or("", |bar| bar.when.as_str());
        let summary = match most {
            0 => format!("{}: none in the last {} {each}", declared.title, bars.len()),
            _ => format!(
                "{} over {} {each}: {} {now}, at most {} ({} {peak})",
                declared.title,
                bars.len(),
                text(newest),
                text(most),
                step.to_lowercase()
            ),
        };
        Self { title: declared.title, href, step, by, bars, summary }
    }
}

/// Bars from left to right. The highest and the last one show their counts.
fn bars(counted: &[(String, i64)], text: impl Fn(i64) -> String) -> Vec<Bar> {
    let most = counted.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let highest = counted.iter().rposition(|(_, count)| *count == most).unwrap_or(0);
    let edge = |place: usize| place as i64 * WIDTH / (counted.len().max(1) as i64);
    let mut bars: Vec<Bar> = Vec::with_capacity(counted.len());
    for (place, (name, count)) in counted.iter().enumerate() {
        // A count above 0 stays visible, however small beside the others.
        let height = if *count == 0 { 1 } else { (count * HEIGHT / most.max(1)).max(3) };
        let (from, until) = (edge(place), edge(place + 1));
        // A count wider than its bar would overlap a higher neighbour.
        let has_room = text(*count).len() <= 2 || bars.last().is_none_or(|before| before.height < height);
        let is_last = place + 1 == counted.len();
        bars.push(Bar {
            when: name.clone(),
            count: text(*count),
            x: from + 2,
            y: GROUND - height,
            width: until - from - 4,
            height,
            middle: i64::midpoint(from, until).clamp(18, WIDTH - 18),
            is_labelled: *count > 0 && (place == highest || (is_last && has_room)),
        });
    }
    bars
}

/// Twelve weeks from Monday to Monday, or fourteen days; the last is still running.
fn ranges(today: Date, step: Interval) -> Vec<(Date, Date)> {
    let (length, count, first) = match step {
        Interval::Day => (1, 14, today),
        Interval::Week => (7, 12, today.saturating_sub(Duration::days(today.weekday().number_days_from_monday().into()))),
    };
    let begin = |back: i64| first.saturating_sub(Duration::days(length * back));
    (0..count).rev().map(|back| (begin(back), begin(back - 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn weeks_begin_on_monday_and_hold_today() {
        let weeks = ranges(date!(2026 - 11 - 21), Interval::Week);
        assert_eq!(weeks.len(), 12);
        assert_eq!(weeks.last(), Some(&(date!(2026 - 11 - 16), date!(2026 - 11 - 23))));
        assert_eq!(ranges(date!(2026 - 11 - 21), Interval::Day).last(), Some(&(date!(2026 - 11 - 21), date!(2026 - 11 - 22))));
    }

    #[test]
    fn the_tallest_bar_is_as_high_as_there_is_room() {
        let declared = Chart { title: "New patients", field: "created_at", interval: Interval::Day };
        let days: Vec<(Date, i64)> =
            (1..=14).map(|day| (date!(2026 - 11 - 01).replace_day(day).unwrap(), i64::from(day) * 2_000)).collect();
        let chart = BarChart::rendered(declared, &days, String::new(), &Zone::named("UTC").unwrap());
        let heights: Vec<i64> = chart.bars.iter().map(|bar| bar.height).collect();
        assert_eq!((heights.first(), heights.last()), (Some(&5), Some(&HEIGHT)));
        assert_eq!(chart.bars.iter().filter(|bar| bar.is_labelled).count(), 1);
        assert_eq!(chart.summary, "New patients over 14 days: 10,000+ today, at most 10,000+ (day 14 Nov)");
    }
}
