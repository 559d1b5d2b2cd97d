//! The week as a picture, in the grid of the calendar. It shows what the inputs say; with script, hours are dragged in it.

use super::form::{HoursRow, Period};
use crate::db::Zone;
use crate::resource::value::Measure;
use crate::scheduling::calendar::place::position;
use crate::scheduling::slots::span::Span;
use crate::scheduling::working_hours::Day;

const DAY: i64 = 1_440;

pub struct Picture {
    /// The hours that it shows.
    pub first: i64,
    pub last: i64,
    pub days: Vec<PictureDay>,
}

pub struct PictureDay {
    pub day: Day,
    /// `Mon`
    pub short: String,
    pub blocks: Vec<Block>,
}

pub struct Block {
    pub class: String,
    pub text: String,
}

impl Picture {
    pub fn of(period: &Period, zone: &Zone) -> Self {
        let spans = || period.days.iter().flat_map(|day| &day.rows).filter_map(|row| span(row, zone));
        let first = spans().map(|span| span.from.div_euclid(60)).chain([7]).min().unwrap_or(7);
        let last = spans().map(|span| (span.to + 59).div_euclid(60)).chain([19]).max().unwrap_or(19);
        let days = period.days.iter().map(|day| PictureDay {
            day: day.day,
            short: day.day.label().chars().take(3).collect(),
            blocks: day.rows.iter().filter_map(|row| block(row, zone)).collect(),
        });
        Self { first, last, days: days.collect() }
    }

    pub fn hours(&self) -> impl Iterator<Item = i64> {
        self.first..self.last
    }
}

/// `None` for times that cannot be drawn.
fn span(row: &HoursRow, zone: &Zone) -> Option<Span> {
    let minutes = |text: &str| Measure::TimeOfDay.parse(text, zone).ok();
    let (from, to) = (minutes(&row.from)?, minutes(&row.to)?);
    let to = if to == 0 { DAY } else { to };
    (from < to).then(|| Span::new(from, to))
}

fn block(row: &HoursRow, zone: &Zone) -> Option<Block> {
    let kind = if row.is_break() { "week-block rest" } else { "week-block" };
    let span = span(row, zone)?;
    Some(Block { class: format!("{kind} {}", position(span)), text: format!("{}–{}", row.from, row.to) })
}
