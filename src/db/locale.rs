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

    /// `20 November 2026`, the same whatever the order of its parts.
    pub fn long_date(self, date: Date) -> String {
        match self {
            Self::America => format!("{} {}, {}", date.month(), date.day(), date.year()),
            _ => format!("{} {} {}", date.day(), date.month(), date.year()),
        }
    }

    /// What stands between the cells of a CSV file that spreadsheet programs open here.
    pub fn list_separator(self) -> u8 {
        if self.separators().1 == ',' { b';' } else { b',' }
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

    /// Reads a number with at most so many decimal places, as people write it here; `None` for anything else. One mark alone is
    /// the decimal one, unless three digits follow the mark that stands between thousands here. With three or more decimal
    /// places that would mean two numbers, so it is refused.
    pub fn parse_decimal(self, typed: &str, places: u8) -> Option<i64> {
        let text: String = typed.chars().filter(|letter| !letter.is_whitespace() && *letter != '\'').collect();
        let (sign, text) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        let marks: Vec<char> = text.chars().filter(|letter| matches!(letter, '.' | ',')).collect();
        let (whole, rest, group) = match marks.as_slice() {
            [] => (text, "", None),
            [mark] => {
                let (whole, rest) = text.split_once(*mark)?;
                let is_group = *mark == self.separators().0 && rest.len() == 3;
                match is_group {
                    true if places >= 3 => return None,
                    true => (text, "", Some(*mark)),
                    false => (whole, rest, None),
                }
            }
            [first, .., last] if first == last => (text, "", Some(*first)),
            [first, .., last] => {
                let (whole, rest) = text.rsplit_once(*last)?;
                (whole, rest, Some(*first))
            }
        };
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let groups: Vec<&str> = group.map_or_else(|| vec![whole], |mark| whole.split(mark).collect());
        let (first, others) = groups.split_first()?;
        let is_grouped = others.iter().all(|group| group.len() == 3 && is_number(group)) && (others.is_empty() || first.len() <= 3);
        if first.is_empty() || !is_number(first) || !is_grouped || !is_number(rest) || rest.len() > usize::from(places) {
            return None;
        }
        if rest.is_empty() && text.ends_with(['.', ',']) {
            return None;
        }
        let scaled = format!("{}{rest:0<width$}", groups.concat(), width = usize::from(places));
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
