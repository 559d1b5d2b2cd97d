//! Free times as buttons, by day.

use crate::db::wall::Minute;
use crate::db::{UtcDateTime, Zone};
use crate::english::capital;
use crate::scheduling::slots::find::Slot;
use crate::scheduling::slots::offer::FreeTimes;
use crate::scheduling::slots::rota::Zones;

/// The free times of one day.
pub struct Day {
    /// `Today`, `Tomorrow` or `Monday`
    pub name: String,
    /// `23 Nov 2026`
    pub date: String,
    pub times: Vec<Time>,
}

/// A button that books this time.
#[derive(Clone)]
pub struct Time {
    /// What the button sends; see [`chosen`].
    pub value: String,
    pub clock: String,
    pub doctor: String,
    /// The clock of the place, if it is not the reader's: `09:00 in Asia/Kathmandu`
    pub elsewhere: String,
    /// `Monday 23 Nov 2026`
    pub day: String,
}

/// The days with free times.
pub fn days(found: &FreeTimes, doctors: &[(i64, String)], zone: &Zone, now: UtcDateTime) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let today = zone.date(now);
    for slot in &found.slots {
        let date = zone.on_wall(slot.starts).0;
        let shown = zone.show_date(date);
        if days.last().is_none_or(|day| day.date != shown) {
            let name = match (date - today).whole_days() {
                0 => "Today".into(),
                1 => "Tomorrow".into(),
                _ => date.weekday().to_string(),
            };
            days.push(Day { name, date: shown, times: Vec::new() });
        }
        let time = time(slot, &found.zones, doctors, zone);
        if let Some(day) = days.last_mut() {
            day.times.push(time);
        }
    }
    days
}

pub fn time(slot: &Slot, zones: &Zones, doctors: &[(i64, String)], zone: &Zone) -> Time {
    let (date, minutes) = zone.on_wall(slot.starts);
    let place = zones.of(slot.site_id);
    let elsewhere = match place.name() == zone.name() {
        true => String::new(),
        false => format!("{} in {}", place.clock(place.on_wall(slot.starts).1), place.name()),
    };
    Time {
        value: format!("{}-{}", slot.doctor_id, slot.starts),
        clock: zone.clock(minutes),
        doctor: doctors.iter().find(|(id, _)| *id == slot.doctor_id).map_or_else(String::new, |(_, name)| name.clone()),
        elsewhere,
        day: format!("{} {}", capital(&date.weekday().to_string()), zone.show_date(date)),
    }
}

/// The doctor and the time of a button.
pub fn chosen(value: &str) -> Option<(i64, Minute)> {
    let (doctor, minute) = value.split_once('-')?;
    Some((doctor.parse().ok()?, minute.parse().ok()?))
}
