//! Every n weeks, n times: what is asked for, and the dates that follow from it.

use time::Duration;

use crate::db::Zone;
use crate::db::wall::Minute;
use crate::english::plural;
use crate::resource::FormData;
use crate::resource::form::bind::{BoundField, BoundSection, Choice, Control};

/// The names of the inputs.
pub const WEEKS: &str = "repeat_weeks";
pub const TIMES: &str = "repeat_times";

const MOST_WEEKS: i64 = 12;
const MOST_TIMES: usize = 26;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub weeks: i64,
    pub times: usize,
}

/// The field with the mistake, and what to enter.
pub type Wrong = (&'static str, &'static str);

impl Repeat {
    /// `None` if nothing is repeated.
    pub fn read(typed: &FormData) -> Result<Option<Self>, Wrong> {
        let times = typed.text(TIMES).trim();
        if times.is_empty() || times == "1" {
            return Ok(None);
        }
        let times = times.parse::<usize>().ok().filter(|times| (2..=MOST_TIMES).contains(times));
        let weeks = match typed.text(WEEKS).trim() {
            "" => Some(1),
            text => text.parse::<i64>().ok().filter(|weeks| (1..=MOST_WEEKS).contains(weeks)),
        };
        let times = times.ok_or((TIMES, "Number of appointments must be between 2 and 26"))?;
        let weeks = weeks.ok_or((WEEKS, "Choose every how many weeks"))?;
        Ok(Some(Self { weeks, times }))
    }

    /// The instants, at the same time on the wall of this zone.
    pub fn starts(self, first: Minute, zone: &Zone) -> Vec<Minute> {
        let (day, minutes) = zone.on_wall(first);
        let later = |place: usize| {
            let days = Duration::days(7 * self.weeks * i64::try_from(place).unwrap_or(0));
            // The first one stays what it is, also in the hour that comes twice.
            if place == 0 { first } else { zone.at_wall(day.saturating_add(days), minutes) }
        };
        (0..self.times).map(later).collect()
    }
}

/// The inputs, with what was typed.
pub fn section(typed: &FormData, wrong: Option<(&str, &str)>) -> BoundSection {
    let chosen = typed.text(WEEKS).trim();
    let choice = |weeks: i64| Choice {
        value: weeks.to_string(),
        label: if weeks == 1 { "Week".into() } else { plural(weeks, "week", "weeks") },
        chosen: chosen == weeks.to_string() || (chosen.is_empty() && weeks == 1),
    };
    let choices = (1..=MOST_WEEKS).map(choice).collect();
    let value = typed.text(TIMES).trim().to_string();
    let times = Control::Text { kind: "text", value, inputmode: "numeric", max: 0 };
    let mut fields = vec![
        BoundField::plain(WEEKS, "Every", "", Control::Select { choices }),
        BoundField::plain(TIMES, "Number of appointments", "2 to 26, with the first", times),
    ];
    for field in &mut fields {
        (field.opens_row, field.closes_row) = (field.name == WEEKS, field.name == TIMES);
        field.error = wrong.filter(|(name, _)| *name == field.name).map(|(_, text)| text.into());
    }
    BoundSection::plain("Repeat", fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Option<Repeat>, Wrong> {
        Repeat::read(&FormData::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn nothing_is_repeated_unless_somebody_says_so() {
        assert_eq!(read("repeat_weeks=2"), Ok(None));
        assert_eq!(read("repeat_weeks=2&repeat_times=10"), Ok(Some(Repeat { weeks: 2, times: 10 })));
        assert_eq!(read("repeat_times=27").unwrap_err().0, TIMES);
        assert_eq!(read("repeat_times=2&repeat_weeks=0").unwrap_err().0, WEEKS);
    }

    #[test]
    fn the_time_on_the_wall_stays() {
        let zone = Zone::named("America/New_York").unwrap();
        // 27 September 2027, 14:10; the clocks go back on 7 November.
        let first = zone.at_wall(time::macros::date!(2027 - 09 - 27), 850);
        let starts = Repeat { weeks: 1, times: 10 }.starts(first, &zone);
        assert!(starts.iter().all(|minute| zone.on_wall(*minute).1 == 850));
        assert_eq!((starts[6] - starts[5]) - (starts[5] - starts[4]), 60);
    }
}
