//! Outside calendars: while a doctor has an event in one, they are not booked.

mod fetching;
pub mod server;

use diesel::prelude::*;
use praxis::db::schema::{busy_times, doctors, log_entries, outside_calendars};
use praxis::scheduling::outside_calendar::worker::fetch_due;
use serde_json::json;
use time::{Date, Duration, Month, Weekday};

use self::server::CalendarServer;
use super::{at, book, booked, doctor, kind, monday, wish};
use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_doctor_is_not_booked_while_they_are_busy_elsewhere,
    a_weekly_event_stays_on_the_wall_when_clocks_change,
    a_doctor_adds_calendars_for_themselves_only,
    nobody_sees_the_address_again,
    bad_addresses_are_refused_at_their_field,
];

/// The same clinic, where calendars on this machine may be fetched.
pub async fn prepared(clinic: &Clinic) -> (Clinic, Browser, i64) {
    let clinic = Clinic::open_with(clinic.backend, &[("OUTSIDE_CALENDARS_PRIVATE", "true"), ("SESSION_IDLE_MINUTES", "1440")]).await;
    let ada = clinic.administrator().await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    (clinic, ada, hopper)
}

/// Adds a calendar on the page and fetches it; returns its id.
pub async fn add(clinic: &Clinic, browser: &Browser, doctor: i64, address: &str) -> i64 {
    let typed = [("doctor_id", &*doctor.to_string()), ("name", "Hospital duty"), ("address", address)];
    browser.complete("/outside-calendars/new", &typed).await;
    assert_eq!(fetch_due(&clinic.app).await.expect("fetched"), 1);
    clinic.ask(|c| outside_calendars::table.select(outside_calendars::id).order(outside_calendars::id.desc()).first(c)).await
}

pub async fn busy(clinic: &Clinic) -> Vec<(i64, i64)> {
    clinic.ask(|c| busy_times::table.select((busy_times::starts, busy_times::ends)).order(busy_times::starts).load(c)).await
}

/// `20261207T093000`
pub fn plain(day: Date, clock: &str) -> String {
    format!("{}T{}00", day.to_string().replace('-', ""), clock.replace(':', ""))
}

async fn a_doctor_is_not_booked_while_they_are_busy_elsewhere(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (owner, day, server) = (clinic.user_id("ada").await, monday(&clinic), CalendarServer::open());
    let follow_up = kind(&clinic, "Follow-up", 20, (10, 10)).await;
    let (zola, desk) = (clinic.patient("Émile Zola", owner).await, clinic.program_of("ada").await);
    let event =
        format!("BEGIN:VEVENT\nUID:a\nSUMMARY:Dentist\nDTSTART:{}Z\nDTEND:{}Z\nEND:VEVENT", plain(day, "09:30"), plain(day, "10:30"));
    let other = format!("BEGIN:VEVENT\nUID:b\nDTSTART:{}Z\nDURATION:PT1H\nTRANSP:TRANSPARENT\nEND:VEVENT", plain(day, "11:00"));
    let address = server.has_calendar("/private-1a2b.ics", &format!("{event}\n{other}"));
    let id = add(&clinic, &ada, hopper, &address).await;
    ada.open("/outside-calendars").await.see("Hospital duty").see("Grace Hopper").see("127.0.0.1 ….ics").miss("Not yet");
    assert_eq!(busy(&clinic).await.len(), 1);
    // It is not offered, on the page or to programs, and cannot be booked.
    let question = format!("/api/slots/?type={follow_up}&doctor={hopper}&from={day}&to={day}");
    let free = desk.read(&question).await;
    let starts: Vec<String> =
        free.as_array().expect("a list").iter().filter_map(|slot| slot["starts_at"].as_str().map(String::from)).collect();
    assert_eq!(starts, ["09:00", "10:30", "11:00", "11:30"].map(|clock| at(day, clock).replace('Z', ".000000Z")));
    let refused = desk.post("/api/appointments/", wish(zola, hopper, follow_up, &at(day, "09:20"))).await;
    refused.refuses(409, "collision");
    let said = refused.json()["errors"]["starts_at"][0].as_str().unwrap_or_default().to_string();
    assert!(said.contains("Grace Hopper is busy then (outside calendar)"), "{said}");
    assert_eq!(refused.json()["next_free"][0]["starts_at"], json!(at(day, "10:30").replace('Z', ".000000Z")));
    let page = ada.open(&format!("/calendar?date={day}")).await;
    page.see("Busy").miss("Dentist");
    assert_eq!(page.all(".gap").iter().filter(|gap| gap.contains("Busy")).count(), 1);
    ada.open(&format!("/calendar/week?doctor={hopper}&date={day}")).await.see("Busy");
    // What is moved there in the other calendar is free, and the time that it had can be booked.
    server.has_calendar("/private-1a2b.ics", &event.replace("T0930", "T1100").replace("T1030", "T1130"));
    ada.post(&format!("/outside-calendars/{id}/fetch"), &[]).await.is(303);
    assert_eq!(fetch_due(&clinic.app).await.expect("fetched"), 1);
    booked(&book(&desk, zola, hopper, follow_up, &at(day, "09:30")).await);
    book(&desk, zola, hopper, follow_up, &at(day, "11:10")).await.refuses(409, "collision");
    // Without the calendar all of it is free.
    ada.open(&format!("/outside-calendars/{id}/delete")).await.see("can be booked immediately");
    ada.post(&format!("/outside-calendars/{id}/delete"), &[]).await.is(303);
    assert_eq!(busy(&clinic).await, []);
    booked(&book(&desk, zola, hopper, follow_up, &at(day, "11:10")).await);
    let logged = clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("outside_calendar")).count().get_result::<i64>(c)).await;
    assert_eq!(logged, 2);
}

/// The Sunday on which the clocks in London go forward, at least two weeks ahead.
fn change_day(today: Date) -> Date {
    let of_year = |year| {
        let last = Date::from_calendar_date(year, Month::March, 31).expect("a day");
        last - Duration::days(i64::from(last.weekday().number_days_from_sunday()))
    };
    let this = of_year(today.year());
    if this > today + Duration::days(14) { this } else { of_year(today.year() + 1) }
}

async fn a_weekly_event_stays_on_the_wall_when_clocks_change(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (owner, server) = (clinic.user_id("ada").await, CalendarServer::open());
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let desk = clinic.program_of("ada").await;
    let sunday = change_day(clinic.app.today());
    let monday = |week: i64| sunday + Duration::days(week * 7 - 6);
    assert_eq!(monday(0).weekday(), Weekday::Monday);
    let (london, end) = ("TZID=Europe/London", plain(monday(0), "11:00"));
    let series = format!(
        "BEGIN:VEVENT\nUID:w\nDTSTART;{london}:{}\nDTEND;{london}:{end}\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;{london}:{}\nEND:VEVENT\n\
         BEGIN:VEVENT\nUID:w\nRECURRENCE-ID;{london}:{}\nDTSTART;{london}:{}\nDURATION:PT1H\nEND:VEVENT",
        plain(monday(0), "10:00"),
        plain(monday(2), "10:00"),
        plain(monday(3), "10:00"),
        plain(monday(3) + Duration::days(1), "12:00"),
    );
    let address = server.has_calendar("/duty.ics", &series);
    add(&clinic, &ada, hopper, &address).await;
    let mut seen = Vec::new();
    for (day, clock) in [
        (monday(0), "10:00"),
        (monday(0), "09:00"),
        (monday(1), "09:00"),
        (monday(1), "10:00"),
        (monday(2), "09:00"),
        (monday(3), "09:00"),
        (monday(3) + Duration::days(1), "11:00"),
        (monday(3) + Duration::days(1), "10:00"),
    ] {
        let patient = clinic.patient("Émile Zola", owner).await;
        seen.push(book(&desk, patient, hopper, follow_up, &at(day, clock)).await.status);
    }
    assert_eq!(seen, [409, 201, 409, 201, 201, 201, 409, 201]);
}

async fn a_doctor_adds_calendars_for_themselves_only(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (curie, server) = (doctor(&clinic, "Marie Curie").await, CalendarServer::open());
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let link = move |c: &mut praxis::db::Connection| {
        diesel::update(doctors::table.find(hopper)).set(doctors::user_id.eq(Some(account))).execute(c)
    };
    clinic.arrange(link).await.expect("linked");
    let of_curie = add(&clinic, &ada, curie, &server.has_calendar("/curie.ics", "")).await;
    let grace = clinic.sign_in("grace").await;
    grace.open("/outside-calendars").await.see("No outside calendars.");
    for path in ["delete", "fetch"] {
        grace.post(&format!("/outside-calendars/{of_curie}/{path}"), &[]).await.is(404);
    }
    // The doctor is not asked for, and who is sent all the same does not count.
    let address = server.has_calendar("/grace.ics", "");
    grace.open("/outside-calendars/new").await.miss("Doctor *");
    let wish = [("name", "My own"), ("address", address.as_str()), ("doctor_id", &*curie.to_string())];
    grace.post("/outside-calendars/new", &wish).await.is(303);
    let owner: i64 = clinic
        .ask(|c| outside_calendars::table.filter(outside_calendars::name.eq("My own")).select(outside_calendars::doctor_id).first(c))
        .await;
    assert_eq!(owner, hopper);
    grace.open("/outside-calendars").await.see("My own").miss("Marie Curie");
    grace.post("/outside-calendars/new", &wish).await.is(422).see("This calendar was added already");
    // Whoever is no doctor and plans nobody's hours has nothing to add, and whoever plans nothing has no such page.
    clinic.account("dora", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let dora = clinic.sign_in("dora").await;
    dora.fill("/outside-calendars/new", &wish[..2]).await.is(422).see("your account belongs to no doctor");
    clinic.account("nina", Rights { groups: &["Nurse"], ..Rights::default() }).await;
    clinic.sign_in("nina").await.get("/outside-calendars").await.is(403);
}

async fn nobody_sees_the_address_again(clinic: Clinic) {
    let (clinic, ada, hopper) = prepared(&clinic).await;
    let (server, desk) = (CalendarServer::open(), clinic.program_of("ada").await);
    let address = server.has_calendar("/private-8f3kq29x.ics", "");
    let id = add(&clinic, &ada, hopper, &address).await;
    let mut shown = vec![desk.get(&format!("/api/outside-calendars/{id}/")).await.body, desk.get("/api/outside-calendars/").await.body];
    for path in ["/outside-calendars", "/admin/outside-calendars", &format!("/admin/outside-calendars/{id}"), "/admin/log"] {
        shown.push(ada.open(path).await.body);
    }
    let (sealed, log) = clinic
        .ask(|c| {
            let sealed: String = outside_calendars::table.select(outside_calendars::address).first(c)?;
            let log: Vec<(String, String, String)> =
                log_entries::table.select((log_entries::object_label, log_entries::changes, log_entries::note)).load(c)?;
            Ok((sealed, format!("{log:?}")))
        })
        .await;
    shown.extend([sealed, log]);
    assert!(shown[0].contains("127.0.0.1") && shown[0].contains(".ics"), "{}", shown[0]);
    assert!(shown.iter().all(|text| !text.contains("8f3kq29x")), "the address is shown");
}

async fn bad_addresses_are_refused_at_their_field(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let hopper = doctor(&clinic, "Grace Hopper").await.to_string();
    for (address, why) in [
        ("", "Enter"),
        ("calendar.example.org/a.ics", "begins with https://"),
        ("http://calendar.example.org/a.ics", "begins with https://"),
        ("https://ann:secret@calendar.example.org/a.ics", "without a username and password"),
        ("https://127.0.0.1/a.ics", "Private networks are not allowed"),
        ("https://[fd00::1]/a.ics", "Private networks are not allowed"),
    ] {
        let typed = [("doctor_id", hopper.as_str()), ("name", "Duty"), ("address", address)];
        let page = ada.fill("/outside-calendars/new", &typed).await;
        page.is(422);
        let said = page.error("address");
        assert!(said.contains(why), "{address}: {said}");
        assert_eq!((page.value("name").as_str(), page.value("address").as_str()), ("Duty", address));
    }
    ada.fill("/outside-calendars/new", &[("name", "Duty"), ("address", "https://calendar.example.org/a.ics")])
        .await
        .is(422)
        .see("Choose a doctor");
}
