//! Writes iCalendar. The crate folds lines at 75 octets and escapes texts; what it would pass through is removed here.

use icalendar::{Calendar, Component, Property};
use time::{Date, OffsetDateTime};

use super::{Event, EventTime, Method, Organizer, Status};
use crate::db::UtcDateTime;

const PRODUCT: &str = "-//Praxis//Praxis//EN";
/// How often programs should ask for a calendar.
const ASK_AGAIN: &str = "PT1H";

/// An invitation to one person, or its cancellation.
pub fn invitation(event: &Event, method: Method, organizer: &Organizer, attendee: &str) -> String {
    let mut file = empty();
    file.append_property(Property::new("METHOD", method.as_str()));
    let mut entry = entry(event);
    let by = Property::new("ORGANIZER", mailto(&organizer.address)).add_parameter("CN", &parameter(&organizer.name)).done();
    entry.append_property(by);
    // The clinic and the patient have agreed already, so that no answer is asked for: nobody would read it.
    let invited = Property::new("ATTENDEE", mailto(attendee))
        .add_parameter("ROLE", "REQ-PARTICIPANT")
        .add_parameter("PARTSTAT", "ACCEPTED")
        .add_parameter("RSVP", "FALSE")
        .done();
    entry.append_multi_property(invited);
    file.push(entry);
    file.to_string()
}

/// A whole calendar, for programs that subscribe to it.
pub fn calendar(name: &str, events: &[Event]) -> String {
    let mut file = empty();
    file.append_property(Property::new("X-WR-CALNAME", plain(name)));
    file.append_property(Property::new("REFRESH-INTERVAL", ASK_AGAIN).add_parameter("VALUE", "DURATION").done());
    file.append_property(Property::new("X-PUBLISHED-TTL", ASK_AGAIN));
    events.iter().for_each(|event| {
        file.push(entry(event));
    });
    file.to_string()
}

/// One event as a file of its own, as CalDAV has them.
pub fn object(event: &Event) -> String {
    let mut file = empty();
    file.push(entry(event));
    file.to_string()
}

fn empty() -> Calendar {
    let mut file = Calendar::empty();
    for property in [("VERSION", "2.0"), ("PRODID", PRODUCT), ("CALSCALE", "GREGORIAN")] {
        file.append_property(property);
    }
    file
}

fn entry(event: &Event) -> icalendar::Event {
    let mut entry = icalendar::Event::new();
    entry.uid(&plain(&event.uid)).add_property("SEQUENCE", event.sequence.to_string());
    entry.add_property("DTSTAMP", instant(event.changed_at)).add_property("LAST-MODIFIED", instant(event.changed_at));
    match event.time {
        EventTime::Between(starts, ends) => {
            entry.add_property("DTSTART", instant(starts)).add_property("DTEND", instant(ends));
        }
        // The end is the first day that is free again.
        EventTime::Days(first, last) => {
            entry.append_property(whole_day("DTSTART", first));
            entry.append_property(whole_day("DTEND", last.next_day().unwrap_or(last)));
        }
    }
    let status = match event.status {
        Status::Tentative => "TENTATIVE",
        Status::Confirmed => "CONFIRMED",
        Status::Cancelled => "CANCELLED",
    };
    entry.add_property("STATUS", status).add_property("TRANSP", if event.status == Status::Cancelled { "TRANSPARENT" } else { "OPAQUE" });
    let texts = [("SUMMARY", &event.summary), ("LOCATION", &event.location), ("DESCRIPTION", &event.description)];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        entry.add_property(name, plain(text));
    }
    entry.done()
}

/// `20261207T090000Z`
fn instant(at: UtcDateTime) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.unix_seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!("{}T{:02}{:02}{:02}Z", day(at.date()), at.hour(), at.minute(), at.second())
}

fn whole_day(name: &str, date: Date) -> Property {
    Property::new(name, day(date)).add_parameter("VALUE", "DATE").done()
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

fn mailto(address: &str) -> String {
    format!("mailto:{}", plain(address).replace('\n', ""))
}

/// Without control characters other than line breaks, which the crate escapes.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect()
}

/// A parameter cannot hold quotation marks.
fn parameter(text: &str) -> String {
    plain(text).replace('"', "'").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    fn event(summary: &str) -> Event {
        Event {
            uid: "a1b2c3d4".into(),
            sequence: 2,
            changed_at: UtcDateTime::new(datetime!(2026-11-30 08:00 UTC)),
            time: EventTime::Between(UtcDateTime::new(datetime!(2026-12-07 09:00 UTC)), UtcDateTime::new(datetime!(2026-12-07 09:20 UTC))),
            status: Status::Confirmed,
            summary: summary.into(),
            location: String::new(),
            description: String::new(),
        }
    }

    #[test]
    fn a_line_has_at_most_75_octets_and_no_letter_is_cut() {
        let title = "Grüße; 😀, \\ ß ".repeat(12);
        let text = calendar("Clinic", &[event(&title)]);
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert!(text.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "{text}");
        let unfolded = text.replace("\r\n ", "");
        let escaped = title.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
        assert!(unfolded.contains(&format!("SUMMARY:{escaped}")), "{unfolded}");
    }

    #[test]
    fn a_text_cannot_add_lines() {
        let organizer = Organizer { name: "Clinic\r\nATTENDEE:mailto:b@example.org\"".into(), address: "clinic@example.org".into() };
        let text = invitation(&event("One\r\nSTATUS:CANCELLED\rMETHOD:X"), Method::Request, &organizer, "a@example.org");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.iter().filter(|line| line.starts_with("STATUS:") || line.starts_with("METHOD:")).count(), 2, "{text}");
        assert!(text.contains("SUMMARY:One\\nSTATUS:CANCELLED\\nMETHOD:X\r\n"), "{text}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("ATTENDEE")).count(), 1, "{text}");
    }

    #[test]
    fn whole_days_end_with_the_day_after_the_last() {
        let leave = Event { time: EventTime::Days(date!(2026 - 06 - 10), date!(2026 - 06 - 12)), ..event("Leave") };
        let text = calendar("Clinic", &[leave]);
        assert!(text.contains("DTSTART;VALUE=DATE:20260610\r\n") && text.contains("DTEND;VALUE=DATE:20260613\r\n"), "{text}");
    }
}
