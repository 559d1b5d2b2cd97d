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

    /// `12,345`
    pub fn figure(self, number: i64) -> String {
        let separator = match self {
            Self::Britain | Self::America => ',',
            Self::German => '.',
            // A narrow no-break space.
            Self::French | Self::Iso => '\u{202f}',
        };
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
