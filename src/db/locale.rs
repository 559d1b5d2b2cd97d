//! Formats of dates and numbers. The language is always English.

use time::{Date, Month};

crate::text_enum! {
    pub enum Locale {
        Britain = "en-GB" / "20 Nov 2026, 08:44 · 12,345 (English)",
        America = "en-US" / "Nov 20, 2026, 8:44 AM · 12,345 (English, United States)",
        German = "de" / "20.11.2026, 08:44 · 12.345 (German)",
        French = "fr" / "20/11/2026, 08:44 · 12 345 (French)",
        Iso = "iso" / "2026-11-20, 08:44 · 12 345 (ISO 8601)",
    }
}

#[expect(clippy::derivable_impls, reason = "the macro writes the enum")]
impl Default for Locale {
    fn default() -> Self {
        Self::Britain
    }
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(month: Month) -> &'static str {
    MONTHS.get(usize::from(u8::from(month)) - 1).unwrap_or(&"")
}

impl Locale {
    /// `20 Nov 2026`
    pub fn date(self, date: Date) -> String {
        let (day, number, year) = (date.day(), u8::from(date.month()), date.year());
        match self {
            Self::Britain => format!("{day} {} {year}", month(date.month())),
            Self::America => format!("{} {day}, {year}", month(date.month())),
            Self::German => format!("{day:02}.{number:02}.{year}"),
            Self::French => format!("{day:02}/{number:02}/{year}"),
            Self::Iso => format!("{year:04}-{number:02}-{day:02}"),
        }
    }

    /// `20 Nov`
    pub fn short_date(self, date: Date) -> String {
        let (day, number) = (date.day(), u8::from(date.month()));
        match self {
            Self::Britain => format!("{day} {}", month(date.month())),
            Self::America => format!("{} {day}", month(date.month())),
            Self::German => format!("{day:02}.{number:02}."),
            Self::French => format!("{day:02}/{number:02}"),
            Self::Iso => format!("{number:02}-{day:02}"),
        }
    }

    /// `08:44`
    pub fn clock(self, hour: i8, minute: i8) -> String {
        match self {
            Self::America => {
                let half = if hour < 12 { "AM" } else { "PM" };
                format!("{}:{minute:02} {half}", if hour % 12 == 0 { 12 } else { hour % 12 })
            }
            _ => format!("{hour:02}:{minute:02}"),
        }
    }

    /// What stands between thousands, and before decimals.
    fn separators(self) -> (char, char) {
        match self {
            Self::Britain | Self::America => (',', '.'),
            Self::German => ('.', ','),
            // A narrow space that does not break a line.
            Self::French => ('\u{202f}', ','),
            Self::Iso => ('\u{202f}', '.'),
        }
    }

    /// `1,234.50`
    pub fn decimal(self, number: i64, places: u8, grouped: bool) -> String {
        let scale = 10_u64.pow(places.into());
        let (whole, rest) = (number.unsigned_abs() / scale, number.unsigned_abs() % scale);
        let whole = if grouped { self.figure(i64::try_from(whole).unwrap_or(i64::MAX)) } else { whole.to_string() };
        let sign = if number < 0 { "-" } else { "" };
        match places {
            0 => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}{}{rest:0width$}", self.separators().1, width = usize::from(places)),
        }
    }

    /// Reads a number with at most so many decimal places. One separator alone is the decimal one, unless three digits follow
    /// the separator of thousands.
    pub fn parse_decimal(self, typed: &str, places: u8) -> Option<i64> {
        let text: String = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '\'').collect();
        let (group, point) = self.separators();
        let last = text.rfind(['.', ',']);
        let is_decimal = |place: usize| {
            let (mark, rest) = (text.get(place..=place).unwrap_or(""), text.get(place + 1..).unwrap_or(""));
            let alone = text.matches(['.', ',']).count() == 1;
            let mixed = text.contains('.') && text.contains(',');
            mixed || (alone && (mark.starts_with(point) || !(mark.starts_with(group) && rest.len() == 3)))
        };
        let (whole, rest) = match last.filter(|place| is_decimal(*place)) {
            Some(place) => (text.get(..place)?, text.get(place + 1..)?),
            None => (text.as_str(), ""),
        };
        let whole: String = whole.chars().filter(|letter| !matches!(letter, '.' | ',')).collect();
        let (sign, whole) = whole.strip_prefix('-').map_or((1, whole.as_str()), |whole| (-1, whole));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(rest) || rest.len() > usize::from(places) {
            return None;
        }
        let scaled = format!("{whole}{rest:0<width$}", width = usize::from(places));
        scaled.parse::<i64>().ok().map(|number| sign * number)
    }

    /// `12,345`
    pub fn figure(self, number: i64) -> String {
        let separator = self.separators().0;
        let digits = number.unsigned_abs().to_string();
        let mut text = String::from(if number < 0 { "-" } else { "" });
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn dates_and_figures_are_written_as_people_know_them() {
        let written = |locale: Locale| {
            let day = date!(2026 - 11 - 02);
            (locale.date(day), locale.short_date(day), locale.clock(8, 4), locale.clock(12, 30), locale.figure(1_234_567))
        };
        let text =
            |one: &str, two: &str, three: &str, four: &str, five: &str| (one.into(), two.into(), three.into(), four.into(), five.into());
        assert_eq!(written(Locale::Britain), text("2 Nov 2026", "2 Nov", "08:04", "12:30", "1,234,567"));
        assert_eq!(written(Locale::America), text("Nov 2, 2026", "Nov 2", "8:04 AM", "12:30 PM", "1,234,567"));
        assert_eq!(written(Locale::German), text("02.11.2026", "02.11.", "08:04", "12:30", "1.234.567"));
        assert_eq!(written(Locale::French), text("02/11/2026", "02/11", "08:04", "12:30", "1\u{202f}234\u{202f}567"));
        assert_eq!(written(Locale::Iso), text("2026-11-02", "11-02", "08:04", "12:30", "1\u{202f}234\u{202f}567"));
        assert_eq!((Locale::America.clock(0, 5), Locale::Iso.figure(-999)), ("12:05 AM".into(), "-999".into()));
    }
}
