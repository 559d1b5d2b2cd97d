//! Calendars as programs write them.

use super::*;
use time::macros::{date, datetime};

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

/// From the beginning of 2026 for two years.
fn read_all(events: &str) -> Result<BusyTimes, ReadError> {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", events.trim().replace('\n', "\r\n"));
    let at = |at: time::OffsetDateTime| at.unix_timestamp() / 60;
    read(&text, &berlin(), (at(datetime!(2026-01-01 00:00 UTC)), at(datetime!(2028-01-01 00:00 UTC))))
}

/// The times as they are in UTC.
fn shown(events: &str) -> Vec<String> {
    let found = read_all(events).unwrap();
    assert_eq!((found.unread, found.is_cut), (0, false));
    let utc = |minute: i64| {
        let at = time::OffsetDateTime::from_unix_timestamp(minute * 60).unwrap();
        format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
    };
    found.times.into_iter().map(|(from, to)| format!("{} to {}", utc(from), utc(to))).collect()
}

#[test]
fn a_weekly_event_stays_at_its_hour_when_the_clocks_change() {
    let event = "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Europe/Berlin:20261019T090000\nDTEND;TZID=Europe/Berlin:20261019T100000\n\
                 RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261102T090000\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:a\nRECURRENCE-ID;TZID=Europe/Berlin:20261109T090000\nSEQUENCE:3\n\
                 DTSTART;TZID=Europe/Berlin:20261110T140000\nDURATION:PT90M\nEND:VEVENT";
    assert_eq!(
        shown(event),
        ["2026-10-19 07:00 to 2026-10-19 08:00", "2026-10-26 08:00 to 2026-10-26 09:00", "2026-11-10 13:00 to 2026-11-10 14:30"]
    );
}

#[test]
fn what_takes_no_time_is_not_busy() {
    let event =
        |more: &str| format!("BEGIN:VEVENT\nUID:{}\nDTSTART:20260601T090000Z\nDTEND:20260601T093000Z\n{more}\nEND:VEVENT", more.len());
    assert_eq!(shown(&event("STATUS:TENTATIVE")).len(), 1);
    for more in ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"] {
        assert_eq!(shown(&event(more)), [""; 0], "{more}");
    }
    assert_eq!(shown("BEGIN:VEVENT\nDTSTART:20260601T090000Z\nEND:VEVENT"), [""; 0]);
    let series = "BEGIN:VEVENT\nUID:b\nDTSTART:20260601T090000Z\nDTEND:20260601T093000Z\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\n\
                  BEGIN:VEVENT\nUID:b\nRECURRENCE-ID:20260602T090000Z\nDTSTART:20260602T090000Z\nSTATUS:CANCELLED\nEND:VEVENT";
    assert_eq!(shown(series), ["2026-06-01 09:00 to 2026-06-01 09:30"]);
}

#[test]
fn whole_days_are_those_of_the_clinic() {
    let event = "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026\nEND:VEVENT";
    // The Sunday has 25 hours, and no piece is longer than 24.
    assert_eq!(
        shown(event),
        ["2026-10-23 22:00 to 2026-10-24 22:00", "2026-10-24 22:00 to 2026-10-25 22:00", "2026-10-25 22:00 to 2026-10-25 23:00"]
    );
}

#[test]
fn rules_end_where_their_place_says() {
    let until = |until: &str| {
        let rule = format!("RRULE:FREQ=DAILY;UNTIL={until}");
        shown(&format!("BEGIN:VEVENT\nUID:u\nDTSTART;TZID=America/New_York:20260601T220000\nDURATION:PT1H\n{rule}\nEND:VEVENT")).len()
    };
    // Ten in the evening of 3 June is two in the morning of the fourth in UTC.
    assert_eq!([until("20260604T020000Z"), until("20260604T015959Z"), until("20260603"), until("20260603T220000")], [3, 2, 3, 3]);
    let months = "BEGIN:VEVENT\nUID:m\nDTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=1MO;COUNT=3\nRDATE:20260301T080000Z\n\
                  EXDATE;VALUE=DATE:20260202\nEND:VEVENT";
    assert_eq!(shown(months).iter().map(|time| &time[..10]).collect::<Vec<_>>(), ["2026-01-05", "2026-03-01", "2026-03-02"]);
}

#[test]
fn a_time_zone_may_come_with_the_file() {
    let zone = "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
                RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n\
                TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE";
    let event = |name: &str, day: &str| format!("BEGIN:VEVENT\nUID:{day}\nDTSTART;TZID={name}:{day}T090000\nDURATION:PT1H\nEND:VEVENT");
    let outlook = format!("{zone}\n{}\n{}", event("\"W. Europe Standard Time\"", "20261023"), event("W. Europe Standard Time", "20261026"));
    assert_eq!(shown(&outlook), ["2026-10-23 07:00 to 2026-10-23 08:00", "2026-10-26 08:00 to 2026-10-26 09:00"]);
    assert_eq!(shown(&event("/mozilla.org/20050126_1/Europe/Berlin", "20261026")), ["2026-10-26 08:00 to 2026-10-26 09:00"]);
    assert_eq!(read_all(&event("Nowhere", "20261026")).unwrap().unread, 1);
}

#[test]
fn odd_lines_are_passed_over() {
    let event = "X-EMPTY\n:\nBEGIN:VEVENT\nUID:x\nno colon here\nSUMMARY;LANGUAGE=\"de:x\";X=:Grüße\n \\n folded\nDTSTART:20260601T090000Z\n\
                 DTEND:20260601T100000Z\nBEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT5M\nEND:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:today\nEND:VEVENT";
    let found = read_all(event).unwrap();
    assert_eq!((found.times.len(), found.unread), (1, 1));
}

#[test]
fn files_that_are_none_are_refused() {
    let own = berlin();
    let read = |text: &str| read(text, &own, (0, 1_000_000_000));
    for text in ["", "<html>BEGIN:VCALENDAR", "BEGIN:VCARD\nEND:VCARD", "ß"] {
        assert_eq!(read(text), Err(ReadError::NotACalendar), "{text}");
    }
    assert_eq!(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601T090000Z\n"), Err(ReadError::Incomplete));
    assert_eq!(read(&format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\n".repeat(100_000))), Err(ReadError::TooMany));
    let every_second = "BEGIN:VEVENT\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\nEND:VEVENT";
    assert_eq!(read_all(every_second), Err(ReadError::TooMany));
    // One step of these would take minutes, or fill the memory.
    let list = |to: usize| (0..to).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let days = vec!["366"; 8_000].join(",");
    for rule in [
        "FREQ=secondly;BYMONTH=2;BYMONTHDAY=30".to_string(),
        format!("FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}", list(24), list(60), list(60)),
        format!("FREQ=YEARLY;BYYEARDAY={days}"),
    ] {
        let event = format!("BEGIN:VEVENT\nDTSTART:20250101T000000Z\nDURATION:PT1M\nRRULE:{rule}\nEND:VEVENT");
        assert_eq!(read_all(&event), Err(ReadError::TooMany), "{rule:.60}");
    }
    let quarters =
        "BEGIN:VEVENT\nDTSTART:20260601T080000Z\nDURATION:PT5M\nRRULE:FREQ=DAILY;BYHOUR=8,9;BYMINUTE=0,15,30,45;COUNT=8\nEND:VEVENT";
    assert_eq!(shown(quarters).len(), 8);
    // It never happens.
    let never = "BEGIN:VEVENT\nUID:n\nDTSTART:20260601T090000Z\nDURATION:PT1H\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\nEND:VEVENT";
    assert_eq!(shown(never), ["2026-06-01 09:00 to 2026-06-01 10:00"]);
}

#[test]
fn there_are_at_most_so_many() {
    let event = "BEGIN:VEVENT\nDTSTART:20260101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY\nEND:VEVENT";
    let found = read_all(event).unwrap();
    assert_eq!((found.times.len(), found.is_cut), (MOST, true));
    assert_eq!(event::date(event::midnight(date!(2026 - 02 - 03))), date!(2026 - 02 - 03));
}

#[test]
fn a_rule_is_given_up_when_the_time_is_over() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601T080000Z\nDURATION:PT5M\nRRULE:FREQ=DAILY\nEND:VEVENT\nEND:VCALENDAR\n";
    let parts = lines::read(text).unwrap();
    let event = Event::read(&parts[0], &Zones::new(&parts, &berlin())).unwrap();
    let range = (event.start(), event.start() + 10 * 1_440);
    let now = Instant::now();
    assert_eq!(repeat::starts(&event, range, &mut Effort::until(now + PATIENCE)).map(|starts| starts.unwrap().len()), Ok(10));
    assert_eq!(repeat::starts(&event, range, &mut Effort::until(now)), Err(ReadError::TooMany));
}
