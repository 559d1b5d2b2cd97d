//! The values of filters in an address, and the tests that they stand for.

use time::{Date, Duration, Month};

use crate::db::Zone;
use crate::db::locale::Locale;
use crate::resource::{Field, Kind, Test, Value};

/// The filter of one field: `gender=female&gender=male`, or `age__from=20&age__to=40`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub words: Vec<String>,
    pub from: String,
    pub to: String,
}

/// The field is blank; below, it is not.
pub const NONE: &str = "none";
pub const SOME: &str = "some";

/// Named date ranges. A year, a month or a day in digits is one as well: `2026`, `2026-03`, `2026-03-14`.
pub const SPANS: [(&str, &str); 4] = [("today", "Today"), ("7d", "Past 7 days"), ("month", "This month"), ("year", "This year")];

impl Asked {
    pub fn word(word: impl Into<String>) -> Self {
        Self { words: vec![word.into()], ..Self::default() }
    }

    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }

    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// The parameters of this field's filter.
    pub fn pairs(&self, name: &str) -> Vec<(String, String)> {
        let words = self.words.iter().map(|word| (name.to_string(), word.clone()));
        let ends = [("from", &self.from), ("to", &self.to)].into_iter().filter(|(_, text)| !text.is_empty());
        words.chain(ends.map(|(end, text)| (format!("{name}__{end}"), text.clone()))).collect()
    }

    /// The tests, all of which must pass; `None` if a value is not valid for this field.
    pub fn tests(&self, field: &Field, zone: Option<&Zone>, today: Date) -> Option<Vec<Test>> {
        let mut tests = Vec::new();
        if !self.words.is_empty() {
            tests.extend(self.of_words(field, zone, today)?);
        }
        if !self.from.is_empty() {
            tests.push(Test::AtLeast(end(field, &self.from, zone, false)?));
        }
        if !self.to.is_empty() {
            tests.push(Test::Below(end(field, &self.to, zone, true)?));
        }
        Some(tests)
    }

    fn of_words(&self, field: &Field, zone: Option<&Zone>, today: Date) -> Option<Vec<Test>> {
        let can_be_blank = field.nullable || field.kind == Kind::Many;
        let blank = can_be_blank && self.has(NONE);
        if can_be_blank && self.words == [SOME] {
            return Some(vec![Test::Blank(false)]);
        }
        let words = || self.words.iter().filter(|word| !(can_be_blank && *word == NONE));
        if words().next().is_none() {
            return Some(vec![Test::Blank(true)]);
        }
        if matches!(field.kind, Kind::Date | Kind::DateTime) {
            let [word] = self.words.as_slice() else { return None };
            let (first, after) = span(word, today)?;
            return Some(vec![Test::AtLeast(day(field, first, zone)?), Test::Below(day(field, after, zone)?)]);
        }
        let values = words().map(|word| value(field, word, zone)).collect::<Option<Vec<_>>>()?;
        Some(vec![if blank { Test::InOrBlank(values) } else { Test::In(values) }])
    }
}

/// One value of a filter.
fn value(field: &Field, word: &str, zone: Option<&Zone>) -> Option<Value> {
    match field.kind {
        Kind::Bool => match word {
            "yes" => Some(Value::Bool(true)),
            "no" => Some(Value::Bool(false)),
            _ => None,
        },
        Kind::Choice(choices) => choices.iter().find(|(stored, _)| *stored == word).map(|(stored, _)| Value::Text((*stored).into())),
        Kind::Integer | Kind::Many => word.parse().ok().map(Value::Integer),
        Kind::Measure(measure) => measure.parse(word, zone?).ok().map(Value::Integer),
        Kind::Text if word.contains(char::is_control) => None,
        Kind::Text => Some(Value::Text(word.into())),
        Kind::Date | Kind::DateTime | Kind::File => None,
    }
}

/// One end of a range; the upper one is the first value outside it.
fn end(field: &Field, text: &str, zone: Option<&Zone>, upper: bool) -> Option<Value> {
    match field.kind {
        Kind::Integer if field.reference.is_none() => {
            let number: i64 = text.trim().parse().ok()?;
            Some(Value::Integer(if upper { number.checked_add(1)? } else { number }))
        }
        Kind::Measure(measure) => {
            let number = measure.parse(text, zone?).ok()?;
            Some(Value::Integer(if upper { number.checked_add(1)? } else { number }))
        }
        Kind::Date | Kind::DateTime => {
            let (first, after) = figures(text.trim())?;
            day(field, if upper { after } else { first }, zone)
        }
        _ => None,
    }
}

fn day(field: &Field, date: Date, zone: Option<&Zone>) -> Option<Value> {
    Some(if field.kind == Kind::Date { Value::Date(date) } else { Value::DateTime(zone?.start_of(date)) })
}

/// The first day of a date range and the day after it.
pub fn span(word: &str, today: Date) -> Option<(Date, Date)> {
    let tomorrow = today.next_day().unwrap_or(today);
    Some(match word {
        "today" => (today, tomorrow),
        "7d" => (today.checked_sub(Duration::days(6)).unwrap_or(today), tomorrow),
        "month" => (today.replace_day(1).ok()?, tomorrow),
        "year" => (Date::from_ordinal_date(today.year(), 1).ok()?, tomorrow),
        figures_only => return figures(figures_only),
    })
}

/// `2026`, `2026-03` or `2026-03-14`.
fn figures(text: &str) -> Option<(Date, Date)> {
    let parts: Vec<u16> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (year, month, day) = match parts.as_slice() {
        [year] => (*year, None, None),
        [year, month] => (*year, Some(*month), None),
        [year, month, day] => (*year, Some(*month), Some(*day)),
        _ => return None,
    };
    let year = Some(i32::from(year)).filter(|year| (1000..=9998).contains(year))?;
    let named = |number: u16| Month::try_from(u8::try_from(number).ok()?).ok();
    let first = Date::from_calendar_date(year, month.map_or(Some(Month::January), named)?, u8::try_from(day.unwrap_or(1)).ok()?).ok()?;
    let after = match (month, day) {
        (_, Some(_)) => first.next_day()?,
        (Some(12), None) | (None, None) => Date::from_calendar_date(year + 1, Month::January, 1).ok()?,
        (Some(_), None) => Date::from_calendar_date(year, first.month().next(), 1).ok()?,
    };
    Some((first, after))
}

/// A date range for display: `This month`, `2026`, `Mar 2026`, `14 Mar 2026`.
pub fn show_span(word: &str, zone: &Zone) -> String {
    if let Some((_, label)) = SPANS.iter().find(|(known, _)| *known == word) {
        return (*label).into();
    }
    match (figures(word), word.len()) {
        (Some((first, _)), 4) => first.year().to_string(),
        (Some((first, _)), 5..=7) => {
            Locale::Britain.date(first).split_once(' ').map_or_else(|| word.into(), |(_, month)| month.to_string())
        }
        (Some((first, _)), _) => zone.show_date(first),
        (None, _) => word.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_span_ends_where_the_next_begins() {
        let today = date!(2026 - 11 - 21);
        assert_eq!(span("2026", today), Some((date!(2026 - 01 - 01), date!(2027 - 01 - 01))));
        assert_eq!(span("2026-12", today), Some((date!(2026 - 12 - 01), date!(2027 - 01 - 01))));
        assert_eq!(span("2026-02-28", today), Some((date!(2026 - 02 - 28), date!(2026 - 03 - 01))));
        assert_eq!(span("7d", today), Some((date!(2026 - 11 - 15), date!(2026 - 11 - 22))));
        for wrong in ["", "99999", "2026-13", "2026-02-30", "9999", "-1", "2026-1-1-1", "soon"] {
            assert_eq!(span(wrong, today), None, "{wrong}");
        }
    }

    #[test]
    fn a_span_has_words() {
        assert_eq!(
            ["7d", "2026", "2026-03", "2026-03-14"].map(|word| show_span(word, &Zone::named("UTC").unwrap())),
            ["Past 7 days", "2026", "Mar 2026", "14 Mar 2026"]
        );
    }
}
