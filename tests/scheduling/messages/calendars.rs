//! Calendars and invitations, read by a program that reads them in practice: the Python package icalendar.

use std::io::Write;
use std::process::{Command, Stdio};

use praxis::db::UtcDateTime;
use praxis::ical::{Event, EventTime, Status, calendar};
use praxis::mail::queued::MailStatus;
use serde_json::{Value as Json, json};
use time::macros::{date, datetime};

use super::telling::{Appointment, moved, reachable};
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::mail_server::MailServer;
use crate::support::tools;

stories![Calendar:
    a_patient_gets_four_files_of_one_event,
    a_calendar_program_reads_any_text,
];

/// What the program found in a calendar, or in an email.
pub fn read(data: &[u8]) -> Json {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scheduling/messages/read_calendar.py");
    let mut python = Command::new(tools::calendar_reader().expect("a reader"));
    let mut python = python.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python");
    python.stdin.take().expect("its input").write_all(data).expect("written");
    let said = python.wait_with_output().expect("an answer");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(data));
    serde_json::from_slice(&said.stdout).expect("JSON")
}

async fn a_patient_gets_four_files_of_one_event(clinic: Clinic) {
    let server = MailServer::open("take");
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, curie) = (doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Marie Curie").await);
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let worker = clinic.worker(&server.url());
    clinic.all_are(MailStatus::Sent).await;
    for change in [json!({ "starts_at": at(day, "09:40") }), json!({ "starts_at": at(day, "10:20"), "doctor": curie })] {
        visit.change(&desk, change).await;
        clinic.all_are(MailStatus::Sent).await;
    }
    visit.change(&desk, json!({ "state": "cancelled", "cancel_reason": "Flood" })).await;
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let mut mails: Vec<Json> = server.received().iter().map(|mail| read(mail.as_bytes())).collect();
    mails.sort_by_key(|mail| mail["parts"][0]["events"][0]["sequence"].as_i64());
    let mut seen = Vec::new();
    for mail in &mails {
        assert_eq!(mail["to"], "emile@example.org");
        assert!(!mail["subject"].as_str().unwrap_or_default().contains("Zola"), "{mail}");
        // A form of the text, and the same as a file.
        let parts = mail["parts"].as_array().expect("parts");
        assert_eq!(parts.iter().map(|part| &part["file"]).collect::<Vec<_>>(), [&Json::Null, &json!("appointment.ics")], "{mail}");
        assert_eq!(parts[0]["events"], parts[1]["events"]);
        for part in parts {
            assert_eq!((&part["method"], &part["errors"], &part["found"]), (&part["type_method"], &json!([]), &json!(1)), "{part}");
        }
        let event = &parts[0]["events"][0];
        assert!(event["organizer"].as_str().is_some_and(|address| address.starts_with("mailto:")), "{event}");
        assert_eq!((&event["attendee"], &event["is_utc"]), (&json!("mailto:emile@example.org"), &json!(true)));
        assert!(!event["summary"].as_str().unwrap_or_default().contains("Follow-up"), "{event}");
        assert_eq!(event["uid"], mails[0]["parts"][0]["events"][0]["uid"]);
        seen.push((parts[0]["method"].clone(), event["sequence"].clone(), event["start"].clone(), event["description"].clone()));
    }
    let start = |clock: &str| json!(at(day, clock).replace('Z', "+00:00"));
    let with = |name: &str| json!(format!("With {name}"));
    assert_eq!(
        seen,
        [
            (json!("REQUEST"), json!(0), start("09:00"), with("Grace Hopper")),
            (json!("REQUEST"), json!(1), start("09:40"), with("Grace Hopper")),
            (json!("REQUEST"), json!(2), start("10:20"), with("Marie Curie")),
            (json!("CANCEL"), json!(3), start("10:20"), with("Marie Curie")),
        ]
    );
    assert_eq!(mails[3]["parts"][0]["events"][0]["status"], "CANCELLED");
    assert!(moved(&mails[1]).contains("has a new time"), "{}", mails[1]);
}

async fn a_calendar_program_reads_any_text(_: Clinic) {
    let title = "Grüße aus der Straße; 😀👩‍⚕️, ein \\ und noch eins\nzweite Zeile ".repeat(4);
    let at = |hour| UtcDateTime::new(datetime!(2026-03-08 00:00 UTC) + time::Duration::hours(hour));
    let event = |time, summary: &str| Event {
        uid: format!("uid-{summary:.5}"),
        sequence: 7,
        changed_at: at(1),
        time,
        status: Status::Confirmed,
        summary: summary.into(),
        location: "Room 2; Riverside, 1 River Road".into(),
        description: String::new(),
    };
    let leave = EventTime::Days(date!(2026 - 06 - 10), date!(2026 - 06 - 12));
    let events = [event(EventTime::Between(at(9), at(10)), &title), event(leave, "Leave")];
    let found = read(calendar("Praxis; Straße, 😀", &events).as_bytes());
    assert_eq!(found["errors"], json!([]));
    assert_eq!((&found["events"][0]["summary"], &found["events"][0]["location"]), (&json!(title), &json!(events[0].location)));
    assert_eq!((&found["events"][0]["start"], &found["events"][0]["sequence"]), (&json!("2026-03-08T09:00:00+00:00"), &json!(7)));
    assert_eq!((&found["events"][1]["start"], &found["events"][1]["end"]), (&json!("2026-06-10"), &json!("2026-06-13")));
}
