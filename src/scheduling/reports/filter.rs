//! What a report is about: days, and perhaps one doctor, one type or one site. All of it is in the address.

use time::{Date, Duration};

use crate::resource::FormData;
use crate::resource::form::time_input::iso_date;

/// Without an answer, the last four weeks are shown.
const USUAL_DAYS: i64 = 28;
const MOST_DAYS: i64 = 3_660;

#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub from: Date,
    /// The last day.
    pub to: Date,
    pub doctor_id: Option<i64>,
    pub type_id: Option<i64>,
    pub site_id: Option<i64>,
}

/// The field with a mistake, and what to enter.
pub type Mistake = (&'static str, &'static str);

impl Filter {
    /// Reads the query string. Where it has a mistake, the usual days take its place.
    pub fn read(query: &str, today: Date) -> (Self, Option<Mistake>) {
        let asked = FormData::parse(query.as_bytes()).unwrap_or_default();
        let id = |name: &str| asked.text(name).parse().ok();
        let day = |name: &str| match asked.text(name).trim() {
            "" => Ok(None),
            typed => iso_date(typed).map(Some).ok_or(()),
        };
        let usual = today.saturating_sub(Duration::days(USUAL_DAYS - 1));
        let (mut from, mut to, mut mistake) = (usual, today, None);
        match (day("from"), day("to")) {
            (Err(_), _) => mistake = Some(("from", "Enter the first day as a date, such as 2026-11-02")),
            (_, Err(_)) => mistake = Some(("to", "Enter the last day as a date, such as 2026-11-29")),
            (Ok(first), Ok(last)) => {
                let last = last.unwrap_or_else(|| today.max(first.unwrap_or(today)));
                let first = first.unwrap_or_else(|| last.saturating_sub(Duration::days(USUAL_DAYS - 1)));
                if first > last {
                    mistake = Some(("to", "The last day must not be before the first"));
                } else if (last - first).whole_days() >= MOST_DAYS {
                    mistake = Some(("to", "A report can be of ten years at most"));
                } else {
                    (from, to) = (first, last);
                }
            }
        }
        (Self { from, to, doctor_id: id("doctor"), type_id: id("type"), site_id: id("site") }, mistake)
    }

    /// The query string of this report.
    pub fn query(&self) -> String {
        let mut query = format!("from={}&to={}", self.from, self.to);
        for (name, id) in [("doctor", self.doctor_id), ("type", self.type_id), ("site", self.site_id)] {
            if let Some(id) = id {
                query.push_str(&format!("&{name}={id}"));
            }
        }
        query
    }

    /// The same report of other days.
    pub fn during(&self, from: Date, to: Date) -> Self {
        Self { from, to, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 30);

    #[test]
    fn the_address_says_what_a_report_is_about() {
        let (usual, mistake) = Filter::read("", TODAY);
        assert_eq!((usual.from, usual.to, mistake), (date!(2026 - 11 - 03), TODAY, None));
        let (asked, mistake) = Filter::read("from=2026-01-01&to=2026-03-31&doctor=7&type=&site=x", TODAY);
        assert_eq!(mistake, None);
        assert_eq!((asked.doctor_id, asked.type_id, asked.site_id), (Some(7), None, None));
        assert_eq!(Filter::read(&asked.query(), TODAY), (asked, None));
        let (later, _) = Filter::read("from=2027-01-01", TODAY);
        assert_eq!((later.from, later.to), (date!(2027 - 01 - 01), date!(2027 - 01 - 01)));
    }

    #[test]
    fn a_mistake_is_named_with_its_field() {
        for (query, field) in [
            ("from=soon", "from"),
            ("to=2026-02-30", "to"),
            ("from=2026-05-02&to=2026-05-01", "to"),
            ("from=1801-01-01&to=9999-12-31", "to"),
        ] {
            let (filter, mistake) = Filter::read(query, TODAY);
            assert_eq!(mistake.map(|(name, _)| name), Some(field), "{query}");
            assert_eq!(filter.to, TODAY);
        }
    }
}
