//! Times on the wall of a place, and the instants that they are. Hours, appointments, mails, files and programs all ask here.
//!
//! When the clocks go forward, a time that they skip is the first instant after the gap. When they go back, a time that comes
//! twice is the first of the two.

use jiff::tz::AmbiguousOffset;
use time::{Date, Duration, OffsetDateTime};

use super::time::{UtcDateTime, Zone};

/// An instant in minutes since the beginning of 1970 in UTC.
pub type Minute = i64;

impl UtcDateTime {
    /// Without the seconds.
    pub fn unix_minutes(self) -> Minute {
        self.unix_seconds().div_euclid(60)
    }

    /// Saturates at the beginning of 1970, outside of representable time.
    pub fn from_unix_minutes(minute: Minute) -> Self {
        let at = OffsetDateTime::from_unix_timestamp(minute.saturating_mul(60));
        Self::new(at.unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }
}

impl Zone {
    /// The instant of a time on the wall, in minutes since midnight; 1,440 is the midnight after that day.
    pub fn at_wall(&self, day: Date, minutes: i64) -> Minute {
        let day = day.saturating_add(Duration::days(minutes.div_euclid(1_440)));
        let minutes = minutes.rem_euclid(1_440);
        self.instant_of(day, minutes).unwrap_or_else(|| UtcDateTime::midnight(day).unix_minutes() + minutes)
    }

    /// The day and the minutes since midnight that the clock on the wall shows.
    pub fn on_wall(&self, at: Minute) -> (Date, i64) {
        let instant = UtcDateTime::from_unix_minutes(at);
        let local = jiff::Timestamp::from_second(instant.unix_seconds()).ok().map(|at| at.to_zoned(self.place.clone()));
        let minutes = local.map_or(0, |local| i64::from(local.hour()) * 60 + i64::from(local.minute()));
        (self.date(instant), minutes)
    }

    /// `None` outside of the years that a time zone knows.
    fn instant_of(&self, day: Date, minutes: i64) -> Option<Minute> {
        let year = i16::try_from(day.year()).ok()?;
        let date = jiff::civil::Date::new(year, u8::from(day.month()) as i8, day.day() as i8).ok()?;
        let clock = jiff::civil::Time::new((minutes / 60) as i8, (minutes % 60) as i8, 0, 0).ok()?;
        let wall = self.place.to_ambiguous_timestamp(date.to_datetime(clock));
        let is_skipped = matches!(wall.offset(), AmbiguousOffset::Gap { .. });
        let first = wall.earlier().ok()?;
        // Read with the later offset, a skipped time is before the change, which is what follows it.
        let at = if is_skipped { self.place.following(first).next()?.timestamp() } else { first };
        Some(at.as_second().div_euclid(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn at(zone: &str, day: Date, minutes: i64) -> String {
        UtcDateTime::from_unix_minutes(Zone::named(zone).unwrap().at_wall(day, minutes)).rfc3339()
    }

    #[test]
    fn a_skipped_time_is_the_end_of_the_gap_and_a_double_one_the_first() {
        let new_york = "America/New_York";
        assert_eq!(at(new_york, date!(2026 - 03 - 08), 2 * 60 + 30), "2026-03-08T07:00:00Z");
        assert_eq!(at(new_york, date!(2026 - 03 - 08), 9 * 60), "2026-03-08T13:00:00Z");
        assert_eq!(at(new_york, date!(2026 - 11 - 01), 90), "2026-11-01T05:30:00Z");
        assert_eq!(at(new_york, date!(2026 - 11 - 01), 9 * 60), "2026-11-01T14:00:00Z");
        assert_eq!(at("Australia/Lord_Howe", date!(2026 - 10 - 04), 2 * 60 + 10), "2026-10-03T15:30:00Z");
        assert_eq!(at("Asia/Kathmandu", date!(2026 - 11 - 30), 10 * 60), "2026-11-30T04:15:00Z");
        assert_eq!(at("Europe/London", date!(2026 - 11 - 30), 24 * 60), "2026-12-01T00:00:00Z");
    }

    #[test]
    fn a_day_that_a_place_left_out_begins_with_the_next() {
        assert_eq!(at("Pacific/Apia", date!(2011 - 12 - 30), 9 * 60), "2011-12-30T10:00:00Z");
        assert_eq!(at("Pacific/Apia", date!(2011 - 12 - 31), 9 * 60), "2011-12-30T19:00:00Z");
    }

    #[test]
    fn the_wall_is_read_as_it_was_written() {
        let zone = Zone::named("America/New_York").unwrap();
        for day in [date!(2026 - 03 - 08), date!(2026 - 11 - 01), date!(2026 - 07 - 01)] {
            assert_eq!(zone.on_wall(zone.at_wall(day, 575)), (day, 575));
        }
        let instant = UtcDateTime::new(datetime!(1969-12-31 23:59:30 UTC));
        assert_eq!(instant.unix_minutes(), -1);
    }
}
