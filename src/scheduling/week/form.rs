//! The week as it was typed: periods, each with seven days, each with rows of hours and breaks. A row without times is removed.

use crate::resource::FormData;
use crate::resource::form::bind::Summary;
use crate::scheduling::working_hours::{Day, HoursKind};

pub const DAYS: [Day; 7] = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];

/// The most periods, and rows of a day, to which a button adds another one. All that a form sends are read.
const MOST_PERIODS: usize = 8;
const MOST_ROWS: usize = 12;

#[derive(Clone, Debug, Default)]
pub struct WeekForm {
    pub periods: Vec<Period>,
    /// The rows that were stored when the page was opened; see [`super::stored::fingerprint`].
    pub seen: String,
}

#[derive(Clone, Debug, Default)]
pub struct Period {
    /// `p0`
    pub name: String,
    /// Dates as inputs send them; blank for no limit.
    pub from: String,
    pub to: String,
    pub days: Vec<DayRows>,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct DayRows {
    pub day: Day,
    /// `p0-monday`
    pub name: String,
    pub rows: Vec<HoursRow>,
}

#[derive(Clone, Debug, Default)]
pub struct HoursRow {
    /// `p0-monday-0`
    pub name: String,
    /// What is stored already, and its version.
    pub stored: Option<(i64, i64)>,
    pub kind: String,
    pub from: String,
    pub to: String,
    pub site: String,
    pub error: Option<String>,
    /// The input with the error: `from`, `to` or `site`.
    pub wrong: &'static str,
    /// What somebody else did with it since.
    pub note: String,
}

impl Period {
    pub fn blank(from: String, to: String) -> Self {
        let days = DAYS.map(|day| DayRows { day, name: String::new(), rows: Vec::new() });
        Self { from, to, days: days.into(), ..Self::default() }
    }

    /// The first one, unless somebody gave it dates. Others are to get some.
    pub fn is_usual(&self) -> bool {
        self.name == "p0" && self.from.is_empty() && self.to.is_empty()
    }
}

impl HoursRow {
    pub fn new(kind: HoursKind) -> Self {
        Self { kind: kind.as_str().into(), ..Self::default() }
    }

    pub fn is_blank(&self) -> bool {
        self.from.is_empty() && self.to.is_empty()
    }

    pub fn is_break(&self) -> bool {
        self.kind == HoursKind::Break.as_str()
    }
}

impl WeekForm {
    pub fn read(typed: &FormData) -> Self {
        let named = (0..).map(|place| format!("p{place}")).take_while(|name| typed.has(&format!("{name}-valid_from")));
        let periods = named.map(|name| {
            let text = |part: &str| typed.text(&format!("{name}-{part}")).trim().to_string();
            let mut period = Period::blank(text("valid_from"), text("valid_to"));
            for day in &mut period.days {
                let rows = (0..).map(|place| format!("{name}-{}-{place}", day.day.as_str()));
                day.rows = rows.take_while(|row| typed.has(&format!("{row}-from"))).map(|row| read_row(typed, &row)).collect();
            }
            period
        });
        Self { periods: periods.collect(), seen: typed.text("seen").into() }.numbered()
    }

    /// Names everything by its place.
    pub fn numbered(mut self) -> Self {
        for (place, period) in self.periods.iter_mut().enumerate() {
            period.name = format!("p{place}");
            for day in &mut period.days {
                day.name = format!("{}-{}", period.name, day.day.as_str());
                for (place, row) in day.rows.iter_mut().enumerate() {
                    row.name = format!("{}-{place}", day.name);
                }
            }
        }
        self
    }

    /// Does what a button asks that saves nothing; `None` if none of them was pressed.
    pub fn pressed(&self, typed: &FormData) -> Option<Self> {
        let mut form = self.clone();
        if let Some(place) = typed.get("add") {
            let (place, kind) = match place.strip_suffix("-break") {
                Some(place) => (place, HoursKind::Break),
                None => (place, HoursKind::Hours),
            };
            if place == "period" && form.periods.len() < MOST_PERIODS {
                form.periods.push(Period::blank(String::new(), String::new()));
            }
            let days = form.periods.iter_mut().flat_map(|period| &mut period.days);
            days.filter(|day| day.name == place && day.rows.len() < MOST_ROWS).for_each(|day| day.rows.push(HoursRow::new(kind)));
        } else if let Some(name) = typed.get("remove") {
            for day in form.periods.iter_mut().flat_map(|period| &mut period.days) {
                day.rows.retain(|row| row.name != name || row.stored.is_some());
                day.rows.iter_mut().filter(|row| row.name == name).for_each(clear);
            }
        } else if let Some(name) = typed.get("copy") {
            form.periods.iter_mut().filter(|period| period.name == name).for_each(copy_monday);
        } else {
            return None;
        }
        Some(form.numbered())
    }

    /// Every row with its period and day.
    pub fn rows(&self) -> impl Iterator<Item = (&Period, Day, &HoursRow)> {
        self.periods
            .iter()
            .flat_map(|period| period.days.iter().flat_map(move |day| day.rows.iter().map(move |row| (period, day.day, row))))
    }

    /// The errors as links to their inputs, in the order of the page.
    pub fn summary(&self) -> Vec<Summary> {
        let mut lines = Vec::new();
        for period in &self.periods {
            lines.extend(period.error.iter().map(|text| Summary { target: format!("{}-valid_to", period.name), text: text.clone() }));
            for day in &period.days {
                let wrong = day.rows.iter().filter_map(|row| row.error.as_ref().map(|text| (row, text)));
                lines.extend(wrong.map(|(row, text)| Summary {
                    target: format!("{}-{}", row.name, row.wrong),
                    text: format!("{}: {text}", day.day.label()),
                }));
            }
        }
        lines
    }
}

fn read_row(typed: &FormData, name: &str) -> HoursRow {
    let text = |part: &str| typed.text(&format!("{name}-{part}")).trim().to_string();
    let id = text("id").parse().ok();
    let kind = HoursKind::parse(&text("kind")).unwrap_or(HoursKind::Hours);
    HoursRow {
        stored: id.map(|id| (id, text("version").parse().unwrap_or(0))),
        from: text("from"),
        to: text("to"),
        site: text("site"),
        ..HoursRow::new(kind)
    }
}

fn clear(row: &mut HoursRow) {
    (row.from, row.to) = (String::new(), String::new());
}

/// Tuesday to Friday as on Monday. What is stored is changed, not removed and added.
fn copy_monday(period: &mut Period) {
    let Some((monday, others)) = period.days.split_first_mut() else { return };
    let given: Vec<&HoursRow> = monday.rows.iter().filter(|row| !row.is_blank()).collect();
    for day in others.iter_mut().filter(|day| !matches!(day.day, Day::Saturday | Day::Sunday)) {
        let known: Vec<Option<(i64, i64)>> = day.rows.iter().map(|row| row.stored).collect();
        let mut rows: Vec<HoursRow> = given.iter().map(|row| HoursRow { stored: None, ..(*row).clone() }).collect();
        let mut stored = known.into_iter().flatten();
        rows.iter_mut().for_each(|row| row.stored = stored.next());
        rows.extend(stored.map(|known| HoursRow { stored: Some(known), ..HoursRow::new(HoursKind::Hours) }));
        day.rows = rows;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> (FormData, WeekForm) {
        let typed = FormData::parse(body.as_bytes()).unwrap();
        let form = WeekForm::read(&typed);
        (typed, form)
    }

    #[test]
    fn monday_is_copied_over_what_is_stored() {
        let (typed, week) = form(
            "p0-valid_from=&p0-valid_to=&p0-monday-0-from=09:00&p0-monday-0-to=12:00&p0-monday-1-from=13:00&p0-monday-1-to=17:00\
             &p0-tuesday-0-id=7&p0-tuesday-0-version=2&p0-tuesday-0-from=08:00&p0-tuesday-0-to=10:00&copy=p0",
        );
        let copied = week.pressed(&typed).unwrap();
        let tuesday = &copied.periods[0].days[1].rows;
        assert_eq!((tuesday.len(), tuesday[0].stored, tuesday[0].from.as_str()), (2, Some((7, 2)), "09:00"));
        assert_eq!((tuesday[1].stored, tuesday[1].to.as_str()), (None, "17:00"));
        assert!(copied.periods[0].days[5].rows.is_empty());
    }

    #[test]
    fn every_row_that_is_shown_is_read() {
        let sent = |name: String, clock: &str| format!("&{name}-from={clock}&{name}-to={clock}");
        let rows: String = (0..30).map(|place| sent(format!("p0-friday-{place}"), "09:00")).collect();
        let periods: String = (1..20).map(|place| format!("&p{place}-valid_from=2027-01-{place:02}")).collect();
        let (_, week) = form(&format!("p0-valid_from=&p0-valid_to={rows}{periods}"));
        assert_eq!((week.periods.len(), week.periods[0].days[4].rows.len()), (20, 30));
    }

    #[test]
    fn a_row_that_is_stored_stays_until_it_is_saved() {
        let (typed, week) =
            form("p0-valid_from=&p0-monday-0-from=09:00&p0-monday-0-to=12:00&p0-monday-1-id=3&p0-monday-1-from=13:00&remove=p0-monday-1");
        let removed = week.pressed(&typed).unwrap();
        let monday = &removed.periods[0].days[0].rows;
        assert!(monday.len() == 2 && monday[1].is_blank() && !monday[0].is_blank());
    }
}
