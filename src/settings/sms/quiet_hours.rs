//! `QUIET_HOURS`: when reminders wait.

use crate::settings::{Read, wrong};

/// A part of each day, in minutes since midnight on the wall. It may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuietHours {
    from: i64,
    to: i64,
}

impl QuietHours {
    pub fn contain(self, minutes: i64) -> bool {
        if self.from <= self.to { (self.from..self.to).contains(&minutes) } else { minutes >= self.from || minutes < self.to }
    }
}

impl std::fmt::Display for QuietHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}-{:02}:{:02}", self.from / 60, self.from % 60, self.to / 60, self.to % 60)
    }
}

pub(in crate::settings) fn quiet_hours(given: Option<String>) -> Read<Option<QuietHours>> {
    let minutes = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
    };
    let text = given.unwrap_or_else(|| "21:00-07:00".into());
    if text == "off" {
        return Ok(None);
    }
    let read = text.split_once('-').and_then(|(from, to)| Some(QuietHours { from: minutes(from)?, to: minutes(to)? }));
    read.map_or_else(|| wrong("QUIET_HOURS", "give a time of the day, for example 21:00-07:00, or off"), |hours| Ok(Some(hours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let quiet = |text: &str| quiet_hours(Some(text.into())).unwrap().unwrap();
        let night = quiet("21:00-07:30");
        assert_eq!([20, 21, 23, 0, 7, 8].map(|hour| night.contain(hour * 60)), [false, true, true, true, true, false]);
        assert_eq!([11, 12, 13, 14].map(|hour| quiet("12:00-14:00").contain(hour * 60)), [false, true, true, false]);
        assert_eq!((quiet_hours(Some("off".into())).unwrap(), night.to_string()), (None, "21:00-07:30".into()));
        for wrong in ["night", "21-7", "24:00-07:00", "21:00"] {
            assert!(quiet_hours(Some(wrong.into())).is_err(), "{wrong}");
        }
    }
}
