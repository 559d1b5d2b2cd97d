//! Quantities that are stored as integers: decimals, amounts of money, times of day and durations. They are never rounded.

use super::column::Column;
use super::{Kind, Value};
use crate::db::Zone;
use crate::db::locale::Locale;
use crate::db::sql::ColumnType;

/// What a stored integer stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// With this many decimal places, 1 to 9: 1250 with two is 12.50.
    Decimal(u8),
    /// An amount in the smallest unit of the clinic's currency, such as cents.
    Money,
    /// Minutes since midnight, 0 to 1,439.
    TimeOfDay,
    /// Minutes.
    Duration,
}

/// A decimal number with this many places. The column is a BIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal<const PLACES: u8>(pub i64);

/// An amount of money in the smallest unit of the clinic's currency. The column is a BIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

/// A time of day in minutes since midnight. The column is a BIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay(pub i64);

/// A duration in minutes. The column is a BIGINT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minutes(pub i64);

macro_rules! measure {
    ({$($generic:tt)*} $type:ty, $measure:expr) => {
        impl<$($generic)*> Column for $type {
            const KIND: Kind = Kind::Measure($measure);
            const TYPE: ColumnType = ColumnType::BigInt;

            fn to_value(&self) -> Value {
                Value::Integer(self.0)
            }
        }

        impl<$($generic)* DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $type
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <i64 as diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>>::from_sql(bytes).map(Self)
            }
        }

        impl<$($generic)* DB: diesel::backend::Backend> diesel::deserialize::Queryable<diesel::sql_types::BigInt, DB> for $type
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

measure!({const PLACES: u8,} Decimal<PLACES>, Measure::Decimal(PLACES));
measure!({} Money, Measure::Money);
measure!({} TimeOfDay, Measure::TimeOfDay);
measure!({} Minutes, Measure::Duration);

impl Measure {
    /// Parses what a user typed. The error continues a sentence that begins with the label: `must be …`.
    pub fn parse(self, typed: &str, zone: &Zone) -> Result<i64, String> {
        let wrong = || format!("must be {}", self.expected(zone));
        match self {
            Self::Decimal(places) => zone.parse_decimal(typed, places).ok_or_else(wrong),
            Self::Money => zone.parse_decimal(typed, zone.currency().places).ok_or_else(wrong),
            Self::TimeOfDay => clock(typed).filter(|minutes| *minutes < 24 * 60).ok_or_else(wrong),
            Self::Duration => duration(typed).ok_or_else(wrong),
        }
    }

    /// The value of a form input.
    pub fn input(self, number: i64, zone: &Zone) -> String {
        match self {
            Self::Decimal(places) => zone.decimal(number, places, false),
            Self::Money => zone.decimal(number, zone.currency().places, false),
            Self::TimeOfDay | Self::Duration => hours_and_minutes(number),
        }
    }

    /// The text for users: `12.50 EUR`, `09:30`, `1 h 45 min`.
    pub fn show(self, number: i64, zone: &Zone) -> String {
        match self {
            Self::Decimal(places) => zone.decimal(number, places, true),
            Self::Money => format!("{}\u{a0}{}", zone.decimal(number, zone.currency().places, true), zone.currency().code),
            Self::TimeOfDay => zone.clock(number),
            Self::Duration => match (number / 60, number % 60) {
                (0, minutes) => format!("{minutes} min"),
                (hours, 0) => format!("{hours} h"),
                (hours, minutes) => format!("{hours} h {minutes} min"),
            },
        }
    }

    /// The exact value for JSON, the same for every reader. Money and durations are integers.
    pub fn to_json(self, number: i64) -> serde_json::Value {
        match self {
            Self::Decimal(places) => Locale::Britain.decimal(number, places, false).into(),
            Self::TimeOfDay => hours_and_minutes(number).into(),
            Self::Money | Self::Duration => number.into(),
        }
    }

    /// Parses what [`Self::to_json`] wrote.
    pub fn from_json(self, json: &serde_json::Value) -> Option<i64> {
        match self {
            Self::Decimal(places) => unplain(json.as_str()?, places),
            Self::TimeOfDay => clock(json.as_str()?).filter(|minutes| *minutes < 24 * 60),
            Self::Money | Self::Duration => json.as_i64(),
        }
    }

    /// Whether the JSON value is an integer.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Money | Self::Duration)
    }

    /// An example of the JSON value, for the API's documentation.
    pub fn example(self) -> serde_json::Value {
        self.to_json(match self {
            Self::Decimal(places) => 125 * 10_i64.pow(places.into()) / 10,
            Self::Money => 1_250,
            Self::TimeOfDay => 9 * 60 + 30,
            Self::Duration => 45,
        })
    }

    fn expected(self, zone: &Zone) -> String {
        let example = |places: u8| zone.decimal(1_250 * 10_i64.pow(places.into()) / 100, places, false);
        match self {
            Self::Decimal(places) => format!("a number with at most {places} decimal places, like {}", example(places)),
            Self::Money => format!("an amount in {}, like {}", zone.currency().code, example(zone.currency().places)),
            Self::TimeOfDay => "a time, like 09:30".into(),
            Self::Duration => "minutes, or hours and minutes like 1:45".into(),
        }
    }
}

/// Parses `12.5` or `12.50`.
fn unplain(text: &str, places: u8) -> Option<i64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    Some(text).filter(|_| is_plain).and_then(|text| Locale::Britain.parse_decimal(text, places))
}

/// Minutes of `9:30`, `09.30`, `0930` or `9`, also with `am` or `pm`.
fn clock(typed: &str) -> Option<i64> {
    let text: String = typed.to_lowercase().chars().filter(|letter| !letter.is_whitespace()).collect();
    let (text, half) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(rest), _) => (rest.to_string(), Some(12)),
        (_, Some(rest)) => (rest.to_string(), Some(0)),
        _ => (text, None),
    };
    let (hours, minutes) = match text.split_once([':', '.', 'h']) {
        Some((hours, minutes)) => (hours.to_string(), if minutes.is_empty() { "0".into() } else { minutes.to_string() }),
        None if text.len() == 4 => (text.get(..2)?.to_string(), text.get(2..)?.to_string()),
        None => (text, "0".into()),
    };
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let hours = match half {
        Some(_) if !(1..=12).contains(&hours) => return None,
        Some(half) => hours % 12 + half,
        None => hours,
    };
    (minutes < 60).then(|| i64::from(hours) * 60 + i64::from(minutes))
}

/// Minutes of `105` or `1:45`.
fn duration(typed: &str) -> Option<i64> {
    let text = typed.trim();
    match text.split_once(':') {
        None => text.parse::<u32>().ok().map(i64::from),
        Some((hours, minutes)) => {
            let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
            (minutes < 60).then(|| i64::from(hours) * 60 + i64::from(minutes))
        }
    }
}

fn hours_and_minutes(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(measure: Measure, locale: &str, typed: &str) -> Option<i64> {
        measure.parse(typed, &Zone::named("Europe/Paris").unwrap().read_by("", locale)).ok()
    }

    #[test]
    fn an_amount_is_read_as_people_write_it() {
        for (locale, typed, expected) in [
            ("en-GB", "12.5", Some(1_250)),
            ("en-GB", "1,234.50", Some(123_450)),
            ("en-GB", "1,234", Some(123_400)),
            ("de", "1.234,50", Some(123_450)),
            ("de", "12,5", Some(1_250)),
            ("de", "12.50", Some(1_250)),
            ("fr", "1\u{202f}234,5", Some(123_450)),
            ("en-GB", "-3", Some(-300)),
            ("en-GB", "12.505", None),
            ("en-GB", "1e3", None),
            ("en-GB", "99999999999999999999", None),
            ("en-GB", ".", None),
            ("en-GB", "12.50.", None),
            ("en-GB", "12..50", None),
            ("en-GB", "1,50,", None),
            ("en-GB", "12.05.20", None),
            ("en-GB", "1,23,456", None),
            ("en-GB", "1,234,567.8", Some(123_456_780)),
            ("de", "12,50,", None),
            ("en-GB", "12.", None),
        ] {
            assert_eq!(read(Measure::Money, locale, typed), expected, "{typed} in {locale}");
        }
        assert_eq!(read(Measure::Decimal(3), "de", "1,500"), Some(1_500));
        assert_eq!(read(Measure::Decimal(3), "de", "1.125"), None, "one thousand, or a bit more than one");
    }

    #[test]
    fn what_is_shown_is_read_back() {
        for locale in ["en-GB", "en-US", "de", "fr", "iso"] {
            let zone = Zone::named("Europe/Paris").unwrap().read_by("", locale);
            for measure in [Measure::Decimal(1), Measure::Decimal(3), Measure::Money, Measure::TimeOfDay, Measure::Duration] {
                for number in [0, 5, 999, 1_439] {
                    assert_eq!(measure.parse(&measure.input(number, &zone), &zone), Ok(number), "{measure:?} {locale}");
                    assert_eq!(measure.from_json(&measure.to_json(number)), Some(number));
                }
            }
        }
    }

    #[test]
    fn times_and_durations_are_read_and_shown() {
        for (typed, expected) in
            [("9:30", Some(570)), ("0930", Some(570)), ("9.30 pm", Some(1_290)), ("12am", Some(0)), ("24:00", None), ("9:60", None)]
        {
            assert_eq!(read(Measure::TimeOfDay, "en-GB", typed), expected, "{typed}");
        }
        for (typed, expected) in [("105", Some(105)), ("1:45", Some(105)), ("soon", None), ("-5", None)] {
            assert_eq!(read(Measure::Duration, "en-GB", typed), expected, "{typed}");
        }
        let zone = Zone::named("Europe/Paris").unwrap();
        assert_eq!(Measure::Duration.show(105, &zone), "1 h 45 min");
        assert_eq!(Measure::TimeOfDay.show(570, &zone.read_by("", "en-US")), "9:30 AM");
        assert_eq!(Measure::Money.show(-123_450, &zone.read_by("", "de")), "-1.234,50\u{a0}EUR");
    }
}
