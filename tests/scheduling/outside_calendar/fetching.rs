//! Fetching outside calendars: what goes wrong is shown on the page, and the busy times stay.

use diesel::prelude::*;
use praxis::db::schema::{doctors, outside_calendars};
use praxis::scheduling::outside_calendar::address::Address;
use praxis::scheduling::outside_calendar::worker::{FETCH_EVERY, fetch_due};
use time::Duration;

use super::server::{CalendarServer, calendar};
use super::{add, busy, plain, prepared};
use crate::scheduling::{doctor, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    what_goes_wrong_is_shown_and_the_busy_times_stay,
    a_server_that_does_not_answer_is_given_up,
    a_private_network_is_not_asked,
    a_calendar_that_has_not_changed_is_not_sent_again,
    a_calendar_is_fetched_every_half_hour_by_one_process,
    one_of_very_many_calendars_is_found,
];

async fn what_goes_wrong_is_shown_and_the_busy_times_stay(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (server, day) = (CalendarServer::open(), monday(&clinic));
    let event = format!("BEGIN:VEVENT\nUID:a\nDTSTART:{}Z\nDURATION:PT1H\nEND:VEVENT", plain(day, "09:00"));
    let address = server.has_calendar("/duty.ics", &event);
    add(&clinic, &ada, hopper, &address).await;
    let known = busy(&clinic).await;
    assert_eq!(known.len(), 1);
    let fetch = async || {
        clinic.wait(FETCH_EVERY);
        assert_eq!(fetch_due(&clinic.app).await.expect("fetched"), 1);
        ada.open("/outside-calendars").await
    };
    let page = format!("{}/loop.ics", server.url);
    server.has("/loop.ics", "302 Found", &format!("Location: {page}\r\n"), "");
    for (status, headers, body, why) in [
        ("200 OK", String::new(), "x".repeat(5 << 20), "The file is larger than 2 MB"),
        ("200 OK", String::new(), "<!doctype html><title>Sign in</title>".into(), "The file is not a calendar"),
        ("200 OK", String::new(), calendar(&event).replace("END:VCALENDAR", ""), "The calendar is incomplete"),
        ("410 Gone", String::new(), String::new(), "The server answered with the status 410"),
        ("302 Found", format!("Location: {page}\r\n"), String::new(), "The server redirects too often"),
        ("302 Found", "Location: file:///etc/passwd\r\n".into(), String::new(), "without encryption"),
    ] {
        server.has("/duty.ics", status, &headers, &body);
        fetch().await.see(why);
        assert_eq!(busy(&clinic).await, known, "{why}");
    }
    // An event that cannot be read is told of, and the others count.
    server.has_calendar("/duty.ics", &format!("{event}\nBEGIN:VEVENT\nDTSTART;TZID=Nowhere:20260101T090000\nEND:VEVENT"));
    fetch().await.see("Not everything could be read: 1 event was left out");
    server.has_calendar("/duty.ics", &event);
    fetch().await.miss("Not everything").miss("The server");
    assert_eq!(busy(&clinic).await, known);
}

async fn a_server_that_does_not_answer_is_given_up(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (server, day) = (CalendarServer::open(), monday(&clinic));
    let event = format!("BEGIN:VEVENT\nUID:a\nDTSTART:{}Z\nDURATION:PT1H\nEND:VEVENT", plain(day, "09:00"));
    add(&clinic, &ada, hopper, &server.has_calendar("/duty.ics", &event)).await;
    server.is_silent("/duty.ics");
    clinic.wait(FETCH_EVERY);
    fetch_due(&clinic.app).await.expect("fetched");
    ada.open("/outside-calendars").await.see("The server did not answer within 10 seconds");
    assert_eq!(busy(&clinic).await.len(), 1);
}

/// As if the name had led to the internet when it was entered.
async fn a_private_network_is_not_asked(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (hopper, server) = (doctor(&clinic, "Grace Hopper").await, CalendarServer::open());
    let address = server.has_calendar("/duty.ics", "").replace("127.0.0.1", "localhost");
    let address = Address::parse(&address, true).expect("an address");
    let (sealed, now) = (address.seal(&clinic.app.keys, hopper).expect("sealed"), clinic.app.now());
    let row = move |c: &mut praxis::db::Connection| {
        use outside_calendars as own;
        let row = (
            own::doctor_id.eq(hopper),
            own::name.eq("Duty"),
            own::address.eq(sealed),
            own::address_hash.eq(address.hash()),
            own::host.eq(address.host()),
            own::hint.eq(address.hint()),
            own::due_at.eq(now),
            own::created_at.eq(now),
            own::updated_at.eq(now),
        );
        diesel::insert_into(own::table).values(row).execute(c)
    };
    clinic.arrange(row).await.expect("a row");
    fetch_due(&clinic.app).await.expect("fetched");
    ada.open("/outside-calendars").await.see("The address leads to a private network, which is not allowed");
    assert_eq!(server.asked(), [""; 0]);
}

async fn a_calendar_that_has_not_changed_is_not_sent_again(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (server, day) = (CalendarServer::open(), monday(&clinic));
    let event = format!("BEGIN:VEVENT\nUID:a\nDTSTART:{}Z\nDURATION:PT1H\nEND:VEVENT", plain(day, "09:00"));
    let address =
        server.has("/duty.ics", "200 OK", "ETag: \"seven\"\r\nLast-Modified: Tue, 01 Dec 2026 08:00:00 GMT\r\n", &calendar(&event));
    add(&clinic, &ada, hopper, &address).await;
    server.has("/duty.ics", "304 Not Modified", "", "");
    clinic.wait(FETCH_EVERY);
    fetch_due(&clinic.app).await.expect("fetched");
    let asked = server.asked();
    let last = asked.last().expect("a request").to_lowercase();
    assert!(last.contains("if-none-match: \"seven\"") && last.contains("if-modified-since: tue, 01 dec 2026 08:00:00 gmt"), "{last}");
    assert!(!asked[0].to_lowercase().contains("if-none-match"));
    assert_eq!(busy(&clinic).await.len(), 1);
    // After a day the file is wanted again, because there is another day ahead.
    server.has("/duty.ics", "200 OK", "", &calendar(&event));
    clinic.wait(Duration::days(1));
    fetch_due(&clinic.app).await.expect("fetched");
    assert!(!server.asked().last().expect("a request").to_lowercase().contains("if-none-match"));
}

async fn a_calendar_is_fetched_every_half_hour_by_one_process(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let server = CalendarServer::open();
    add(&clinic, &ada, hopper, &server.has_calendar("/duty.ics", "")).await;
    let fetch = async || {
        let (one, other) = (fetch_due(&clinic.app).await.expect("fetched"), fetch_due(&clinic.app).await.expect("fetched"));
        one + other
    };
    assert_eq!(fetch().await, 0);
    clinic.wait(FETCH_EVERY - Duration::minutes(1));
    assert_eq!(fetch().await, 0);
    clinic.wait(Duration::minutes(1));
    assert_eq!(fetch().await, 1);
    // The calendar of a doctor in the trash rests.
    let now = clinic.app.now();
    clinic
        .arrange(move |c| diesel::update(doctors::table.find(hopper)).set(doctors::deleted_at.eq(Some(now))).execute(c))
        .await
        .expect("gone");
    clinic.wait(FETCH_EVERY);
    assert_eq!(fetch().await, 0);
    assert_eq!(server.asked().len(), 2);
}

async fn one_of_very_many_calendars_is_found(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (hopper, now) = (clinic.doctor("Grace Hopper").await, clinic.app.now());
    let rows = move |c: &mut praxis::db::Connection| {
        use outside_calendars as own;
        for number in 0..=500 {
            let row = (
                own::doctor_id.eq(hopper),
                own::name.eq(format!("Calendar {number:03}")),
                own::address.eq(""),
                own::address_hash.eq(format!("{number:064}")),
                own::host.eq("calendar.example.org"),
                own::hint.eq(".ics"),
                own::due_at.eq(now.plus(Duration::days(1))),
                own::created_at.eq(now),
                own::updated_at.eq(now),
            );
            diesel::insert_into(own::table).values(row).execute(c)?;
        }
        own::table.order(own::id.desc()).select(own::id).first::<i64>(c)
    };
    let last = clinic.arrange(rows).await.expect("rows");
    ada.open(&format!("/outside-calendars/{last}/delete")).await.see("Calendar 500");
    ada.post(&format!("/outside-calendars/{last}/delete"), &[]).await.is(303);
    assert_eq!(clinic.ask(|c| outside_calendars::table.count().get_result::<i64>(c)).await, 500);
}
