//! When and where, in words. Times are those on the wall of the place; the time zone is named if the reader has another one.

use super::occasion::Occasion;
use crate::db::{UtcDateTime, Zone};

/// Date, time, doctor and place, each on a line.
pub fn lines(occasion: &Occasion, reader: &Zone) -> Vec<String> {
    let mut lines = vec![
        format!("Date: {}", date(occasion, occasion.starts_at, reader)),
        format!(
            "Time: {} to {}{}",
            clock(occasion, occasion.starts_at, reader),
            clock(occasion, occasion.ends_at, reader),
            named(occasion, reader)
        ),
    ];
    if is_elsewhere(occasion, reader) {
        lines.push(format!("Your time ({}): {}", reader.name(), reader.show(occasion.starts_at)));
    }
    lines.push(format!("Doctor: {}", occasion.doctor));
    if !occasion.place.is_empty() {
        lines.push(format!("Place: {}", occasion.place));
    }
    lines
}

/// `Monday 7 December 2026, 09:00`
pub fn moment(occasion: &Occasion, at: UtcDateTime, reader: &Zone) -> String {
    format!("{}, {}{}", date(occasion, at, reader), clock(occasion, at, reader), named(occasion, reader))
}

fn date(occasion: &Occasion, at: UtcDateTime, reader: &Zone) -> String {
    let date = occasion.zone.date(at);
    format!("{} {}", date.weekday(), reader.long_date(date))
}

fn clock(occasion: &Occasion, at: UtcDateTime, reader: &Zone) -> String {
    reader.clock(occasion.zone.on_wall(at.unix_minutes()).1)
}

fn named(occasion: &Occasion, reader: &Zone) -> String {
    if is_elsewhere(occasion, reader) { format!(" ({})", occasion.zone.name()) } else { String::new() }
}

fn is_elsewhere(occasion: &Occasion, reader: &Zone) -> bool {
    occasion.zone.name() != reader.name()
}
