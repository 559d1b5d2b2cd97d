//! Calendars in programs that people use: vdirsyncer and the Python package caldav over CalDAV, and ical.js, which Thunderbird has.

use std::io::Write;
use std::process::{Command, Stdio};

use praxis::db::UtcDateTime;
use praxis::ical::{Event, EventTime, Status, calendar};
use praxis::resource::Value;
use serde_json::{Value as Json, json};
use time::macros::{date, datetime};
use time::{Date, Month};

use super::CalendarProgram;
use crate::scheduling::messages::clients::run;
use crate::scheduling::messages::feeds::feed;
use crate::scheduling::messages::telling::{Appointment, reachable};
use crate::scheduling::outside_calendar::server;
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::{Clinic, folder, tools};

stories![CalDav: vdirsyncer_reads_the_calendars_of_its_user, the_python_client_searches_a_calendar];
stories![IcalJs: ical_js_reads_a_feed_and_an_outside_calendar];

async fn vdirsyncer_reads_the_calendars_of_its_user(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Gespräch; kurz, 😀", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let place = folder::temporary();
    let (folder, name) = (place.path(), format!("doctor-{hopper}"));
    let settings = format!(
        "[general]\nstatus_path = \"{0}/status/\"\n\
         [pair clinic]\na = \"remote\"\nb = \"local\"\ncollections = [\"from a\"]\nconflict_resolution = \"a wins\"\nmetadata = [\"displayname\"]\n\
         [storage remote]\ntype = \"caldav\"\nurl = \"http://{1}/\"\nusername = \"ada\"\npassword = \"{2}\"\nread_only = true\n\
         [storage local]\ntype = \"filesystem\"\npath = \"{0}/calendars/\"\nfileext = \".ics\"\n",
        folder.display(),
        clinic.address,
        program.token
    );
    std::fs::write(folder.join("vdirsyncer.ini"), settings).expect("written");
    for calendar in ["mine", &name] {
        std::fs::create_dir_all(folder.join("calendars").join(calendar)).expect("a folder");
    }
    let said = run(folder, "vdirsyncer", &["discover"]).await;
    assert!(said.contains(&name) && said.contains("mine"), "{said}");
    let mut starts = Vec::new();
    for change in [json!({}), json!({ "starts_at": at(day, "10:40") })] {
        visit.change(&desk, change).await;
        run(folder, "vdirsyncer", &["sync"]).await;
        let files = std::fs::read_dir(folder.join("calendars").join(&name)).expect("a folder");
        let texts: Vec<String> = files
            .map(|file| file.expect("a file").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "ics"))
            .map(|path| std::fs::read_to_string(path).expect("a text"))
            .collect();
        assert_eq!(texts.len(), 1);
        assert!(texts[0].contains("SUMMARY:Gespräch\\; kurz\\, 😀 · ÉZ"), "{}", texts[0]);
        starts.push(texts[0].contains(if starts.is_empty() { "T090000Z" } else { "T104000Z" }));
    }
    assert_eq!(starts, [true, true]);
}

/// Runs a script with these arguments and this input; returns the JSON that it printed.
async fn script(program: std::path::PathBuf, script: &str, arguments: Vec<String>, input: String) -> Json {
    let mut command = Command::new(program);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg(format!("tests/scheduling/caldav/{script}")).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = move || {
        let mut child = command.spawn().expect("a program");
        child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
        child.wait_with_output().expect("an answer")
    };
    let done = actix_web::rt::task::spawn_blocking(run).await.expect("no panic");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

async fn the_python_client_searches_a_calendar(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    for clock in ["09:00", "11:00"] {
        Appointment::book(&desk, zola, hopper, follow_up, &at(day, clock)).await;
    }
    let program = CalendarProgram::of(&clinic, &ada, "ada").await;
    let address = format!("http://{}/caldav/", clinic.address);
    let arguments = vec![address, "ada".into(), program.token.clone(), day.to_string()];
    let found = script(tools::caldav().expect("a client"), "read_caldav.py", arguments, String::new()).await;
    assert_eq!(found["calendars"], json!(["Grace Hopper", "My appointments"]));
    assert_eq!(found["morning"], json!(["Follow-up · ÉZ 09:00"]));
    assert_eq!(found["all"], json!(2));
    assert_eq!((&found["synced"], &found["again"]), (&json!(2), &json!(0)));
    assert_eq!(found["refused"], json!(true));
}

async fn ical_js_reads_a_feed_and_an_outside_calendar(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    // Leave from 10 to 12 June.
    let today = clinic.app.today();
    let year = if Date::from_calendar_date(today.year(), Month::June, 9).expect("a day") > today { today.year() } else { today.year() + 1 };
    let june = |day| Date::from_calendar_date(year, Month::June, day).expect("a day");
    let leave = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("kind", Value::Text("off".into())),
        ("first_day", Value::Date(june(10))),
        ("last_day", Value::Date(june(12))),
        ("reason", Value::Text("Leave".into())),
    ];
    clinic.record("schedule_exception", leave).await;
    let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await;
    let body = clinic.visitor().get(&path).await.body;
    let read = async |text: String| script("node".into(), "read_ical.mjs", Vec::new(), text).await;
    assert_eq!(
        read(body).await,
        json!([{ "summary": "Time off", "start": june(10).to_string(), "end": june(13).to_string(), "times": [june(10).to_string()] }])
    );
    let title: String = "Grüße aus der Straße; 😀, ein \\ und noch eins ".repeat(3).chars().take(120).collect();
    let at = |hour| UtcDateTime::new(datetime!(2026-03-08 00:00 UTC) + time::Duration::hours(hour));
    let event = Event {
        uid: "a1b2".into(),
        sequence: 7,
        changed_at: at(1),
        time: EventTime::Between(at(9), at(10)),
        status: Status::Confirmed,
        summary: title.clone(),
        location: String::new(),
        description: String::new(),
    };
    let found = read(calendar("Praxis", &[event])).await;
    assert_eq!((&found[0]["summary"], &found[0]["start"]), (&json!(title), &json!("2026-03-08T09:00:00Z")));
    // What repeats in the calendar of another program is when ical.js says, whatever the clocks do.
    let outside = server::calendar(
        "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
         RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:+0100\n\
         TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
         BEGIN:VEVENT\nUID:w\nSUMMARY:Duty\nDTSTART;TZID=W. Europe Standard Time:20261012T090000\nDTEND;TZID=W. Europe Standard Time:20261012T100000\n\
         RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261104T080000Z\nEXDATE;TZID=W. Europe Standard Time:20261021T090000\nEND:VEVENT",
    );
    let minute = |day: Date| day.midnight().assume_utc().unix_timestamp() / 60;
    let zone = praxis::db::Zone::named("Europe/Paris").expect("a zone");
    let range = (minute(date!(2026 - 10 - 01)), minute(date!(2026 - 12 - 01)));
    let ours: Vec<String> = praxis::ical::busy::read(&outside, &zone, range)
        .expect("a calendar")
        .times
        .iter()
        .map(|(from, _)| UtcDateTime::from_unix_minutes(*from).rfc3339())
        .collect();
    let theirs = read(outside).await;
    assert_eq!(ours.len(), 7);
    assert_eq!(theirs[0]["times"], json!(ours));
}
