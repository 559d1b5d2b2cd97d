//! Instants are UTC in the database; users see them in their time zone and format. All conversions are here.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Timestamp;
use time::{Date, PrimitiveDateTime};

use super::currency::Currency;
use super::locale::Locale;

/// An instant in UTC with microseconds, the precision of both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Timestamp)]
pub struct UtcDateTime(PrimitiveDateTime);

impl UtcDateTime {
    /// Truncates it to microseconds.
    pub fn new(at: time::OffsetDateTime) -> Self {
        let at = at.to_offset(time::UtcOffset::UTC);
        let cut = at.replace_nanosecond(at.nanosecond() / 1000 * 1000).unwrap_or(at);
        Self(PrimitiveDateTime::new(cut.date(), cut.time()))
    }

    /// Midnight in UTC of a date.
    pub fn midnight(date: Date) -> Self {
        Self(PrimitiveDateTime::new(date, time::Time::MIDNIGHT))
    }

    pub fn unix_seconds(self) -> i64 {
        self.0.assume_utc().unix_timestamp()
    }

    pub fn unix_micros(self) -> i64 {
        self.unix_seconds() * 1_000_000 + i64::from(self.0.microsecond())
    }

    /// RFC 3339 in UTC with six digits, for programs: such texts sort like the times.
    pub fn rfc3339_micros(self) -> String {
        let (date, clock) = (self.0.date(), self.0.time());
        let (hour, minute, second) = clock.as_hms();
        format!("{date}T{hour:02}:{minute:02}:{second:02}.{:06}Z", clock.microsecond())
    }

    /// RFC 3339 in UTC, as short as it can be; the log is sealed with it.
    pub fn rfc3339(self) -> String {
        self.0.assume_utc().format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
    }

    /// Parses the format of [`Self::rfc3339`].
    pub fn parse(text: &str) -> Option<Self> {
        time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok().map(Self::new)
    }

    /// Saturates at the end of representable time.
    pub fn plus(self, span: time::Duration) -> Self {
        self.0.checked_add(span).map_or(self, Self)
    }

    /// The time from the other instant to this one.
    pub fn since(self, other: Self) -> time::Duration {
        self.0 - other.0
    }
}

impl<DB: diesel::backend::Backend> FromSql<Timestamp, DB> for UtcDateTime
where
    PrimitiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        PrimitiveDateTime::from_sql(bytes).map(Self)
    }
}

impl<DB: diesel::backend::Backend> ToSql<Timestamp, DB> for UtcDateTime
where
    PrimitiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// A time zone, the clinic's or a person's, how dates and figures are written there, and the clinic's currency.
#[derive(Clone, Debug)]
pub struct Zone {
    pub(super) place: jiff::tz::TimeZone,
    locale: Locale,
    currency: Currency,
}

impl Zone {
    /// By IANA name, such as `Europe/Paris`.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(|place| Self { place, locale: Locale::default(), currency: Currency::default() })
    }

    /// By a rule in the form of POSIX, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    pub fn by_rule(rule: &str) -> Option<Self> {
        jiff::tz::TimeZone::posix(rule).ok().map(|place| Self { place, locale: Locale::default(), currency: Currency::default() })
    }

    /// The time zone and format of a user; a blank name means this zone, a blank locale this format.
    pub fn read_by(&self, name: &str, locale: &str) -> Self {
        let place = if name.is_empty() { None } else { jiff::tz::TimeZone::get(name).ok() };
        let place = place.unwrap_or_else(|| self.place.clone());
        Self { place, locale: Locale::parse(locale).unwrap_or(self.locale), currency: self.currency.clone() }
    }

    /// The names to choose from: current ones, without aliases.
    pub fn names() -> Vec<String> {
        let is_place = |name: &str| name == "UTC" || (name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("US/"));
        let mut names: Vec<String> =
            jiff::tz::db().available().map(|name| name.as_str().to_string()).filter(|name| is_place(name)).collect();
        names.sort();
        names
    }

    /// Its IANA name.
    pub fn name(&self) -> String {
        self.place.iana_name().unwrap_or("UTC").to_string()
    }

    /// `20 Nov 2026, 08:44`
    pub fn show(&self, at: UtcDateTime) -> String {
        self.local(at)
            .map(|local| format!("{}, {}", self.locale.date(self.date(at)), self.locale.clock(local.hour(), local.minute())))
            .unwrap_or_default()
    }

    /// `20 Nov 2026`
    pub fn show_date(&self, date: Date) -> String {
        self.locale.date(date)
    }

    /// `20 November 2026`
    pub fn long_date(&self, date: Date) -> String {
        self.locale.long_date(date)
    }

    /// Whether 4/2/1964 is 2 April here.
    pub fn is_month_first(&self) -> bool {
        self.locale == Locale::America
    }

    /// What stands between the cells of a CSV file.
    pub fn list_separator(&self) -> u8 {
        self.locale.list_separator()
    }

    /// `20 Nov`
    pub fn short_date(&self, date: Date) -> String {
        self.locale.short_date(date)
    }

    /// `12,345`
    pub fn figure(&self, number: i64) -> String {
        self.locale.figure(number)
    }

    pub fn with_currency(self, currency: Currency) -> Self {
        Self { currency, ..self }
    }

    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// `09:30` or `9:30 AM`, of minutes since midnight.
    pub fn clock(&self, minutes: i64) -> String {
        let part = |number: i64| i8::try_from(number).unwrap_or(0);
        self.locale.clock(part(minutes / 60), part(minutes % 60))
    }

    /// `1,234.50`, of a number with so many decimal places; in thousands or without.
    pub fn decimal(&self, number: i64, places: u8, grouped: bool) -> String {
        self.locale.decimal(number, places, grouped)
    }

    /// Reads what [`Self::decimal`] wrote, and what people write instead; `None` with more places, or out of range.
    pub fn parse_decimal(&self, typed: &str, places: u8) -> Option<i64> {
        self.locale.parse_decimal(typed, places)
    }

    /// The local date at that instant.
    pub fn date(&self, at: UtcDateTime) -> Date {
        self.local(at)
            .and_then(|local| {
                let month = time::Month::try_from(u8::try_from(local.month()).ok()?).ok()?;
                Date::from_calendar_date(local.year().into(), month, u8::try_from(local.day()).ok()?).ok()
            })
            .unwrap_or_else(|| at.0.date())
    }

    /// The local hour, 0 to 23.
    pub fn hour(&self, at: UtcDateTime) -> i8 {
        self.local(at).map_or(0, |local| local.hour())
    }

    /// The first instant of a day: midnight, or the end of a gap that contains it.
    pub fn start_of(&self, date: Date) -> UtcDateTime {
        let start = i16::try_from(date.year())
            .ok()
            .and_then(|year| jiff::civil::Date::new(year, u8::from(date.month()) as i8, date.day() as i8).ok())
            .and_then(|day| day.to_zoned(self.place.clone()).ok())
            .and_then(|zoned| time::OffsetDateTime::from_unix_timestamp(zoned.timestamp().as_second()).ok());
        start.map_or_else(|| UtcDateTime::midnight(date), UtcDateTime::new)
    }

    /// The instant of a local date and time: the first of two when the clocks go back, `None` in the gap when they go forward.
    pub fn instant(&self, date: Date, time: time::Time) -> Option<UtcDateTime> {
        let year = i16::try_from(date.year()).ok()?;
        let day = jiff::civil::Date::new(year, u8::from(date.month()) as i8, date.day() as i8).ok()?;
        let clock = jiff::civil::Time::new(time.hour() as i8, time.minute() as i8, time.second() as i8, 0).ok()?;
        let wall = self.place.to_ambiguous_timestamp(day.to_datetime(clock));
        if matches!(wall.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
            return None;
        }
        time::OffsetDateTime::from_unix_timestamp(wall.earlier().ok()?.as_second()).ok().map(UtcDateTime::new)
    }

    /// The values of date and time fields: `2026-11-21` and `08:44`, with seconds if they are not 0.
    pub fn wall(&self, at: UtcDateTime) -> (String, String) {
        let shown = |local: &jiff::Zoned, form: &str| local.strftime(form).to_string();
        let clock = |local: &jiff::Zoned| shown(local, if local.second() == 0 { "%H:%M" } else { "%H:%M:%S" });
        self.local(at).map(|local| (shown(&local, "%Y-%m-%d"), clock(&local))).unwrap_or_default()
    }

    fn local(&self, at: UtcDateTime) -> Option<jiff::Zoned> {
        jiff::Timestamp::from_second(at.unix_seconds()).ok().map(|instant| instant.to_zoned(self.place.clone()))
    }
}

/// An age in words, in a unit that says something about the youngest: `62 years`, `14 months`, `5 weeks`, `3 days`.
pub fn age_in_words(day: Date, born: Date) -> String {
    let (years, days) = (age_on(day, born), (day - born).whole_days().max(0));
    let count = |number: i64, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    let is_before = day.day() < born.day();
    let months = i64::from(day.year() - born.year()) * 12 + i64::from(u8::from(day.month())) - i64::from(u8::from(born.month()));
    match () {
        () if years >= 2 => count(years.into(), "year"),
        () if days < 14 => count(days, "day"),
        () if days < 92 => count(days / 7, "week"),
        () => count(months - i64::from(is_before), "month"),
    }
}

/// Whole years from a date of birth to a day; the birthday of somebody born on 29 February is 1 March in common years.
pub fn age_on(day: Date, born: Date) -> i32 {
    let before_birthday = (u8::from(day.month()), day.day()) < (u8::from(born.month()), born.day());
    day.year() - born.year() - i32::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn people_see_the_clinics_wall_clock() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let at = UtcDateTime::new(datetime!(2026-11-20 23:30:00.123456789 UTC));
        assert_eq!(zone.show(at), "21 Nov 2026, 00:30");
        assert_eq!(zone.date(at), date!(2026 - 11 - 21));
        assert_eq!(at.rfc3339(), "2026-11-20T23:30:00.123456Z");
        assert_eq!(zone.start_of(date!(2026 - 11 - 21)).rfc3339(), "2026-11-20T23:00:00Z");
    }

    #[test]
    fn somebody_reads_times_where_they_are() {
        let at = UtcDateTime::new(datetime!(2026-11-20 23:30:00 UTC));
        let paris = Zone::named("Europe/Paris").unwrap();
        assert_eq!(paris.read_by("America/New_York", "en-US").show(at), "Nov 20, 2026, 6:30 PM");
        assert_eq!(paris.read_by("", "de").show(at), "21.11.2026, 00:30");
        assert_eq!(paris.read_by("Nowhere/Land", "xx").show(at), "21 Nov 2026, 00:30");
        let names = Zone::names();
        assert!(names.len() > 300 && names.contains(&"Europe/Paris".into()), "{}", names.len());
    }

    #[test]
    fn the_youngest_have_days_weeks_and_months() {
        let age = |born: Date| age_in_words(date!(2026 - 11 - 28), born);
        assert_eq!(age(date!(2026 - 11 - 28)), "0 days");
        assert_eq!(age(date!(2026 - 11 - 27)), "1 day");
        assert_eq!(age(date!(2026 - 11 - 01)), "3 weeks");
        assert_eq!(age(date!(2026 - 02 - 28)), "9 months");
        assert_eq!(age(date!(2024 - 11 - 29)), "23 months");
        assert_eq!(age(date!(2024 - 11 - 28)), "2 years");
    }

    #[test]
    fn programs_read_six_digits() {
        assert_eq!(UtcDateTime::new(datetime!(2026-11-20 23:30:00.276900 UTC)).rfc3339_micros(), "2026-11-20T23:30:00.276900Z");
        assert_eq!(UtcDateTime::midnight(date!(2026 - 11 - 20)).rfc3339_micros(), "2026-11-20T00:00:00.000000Z");
    }

    #[test]
    fn an_age_changes_on_the_birthday() {
        let born = date!(1964 - 04 - 02);
        assert_eq!(age_on(date!(2026 - 04 - 01), born), 61);
        assert_eq!(age_on(date!(2026 - 04 - 02), born), 62);
        assert_eq!(age_on(date!(2027 - 02 - 28), date!(2024 - 02 - 29)), 2);
        assert_eq!(age_on(date!(2027 - 03 - 01), date!(2024 - 02 - 29)), 3);
    }
}
