//! Calendar feeds: what a calendar program reads at a secret address, and who has one.

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::schema::{calendar_feeds, doctors, log_entries};
use praxis::resource::Value;
use serde_json::{Value as Json, json};
use time::Duration;

use super::calendars::read;
use super::telling::{Appointment, reachable};
use crate::scheduling::{at, doctor, kind, monday};
use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![
    a_user_creates_and_revokes_a_feed,
    a_feed_shows_as_much_as_was_chosen,
    a_program_that_has_the_calendar_is_sent_nothing,
    a_feed_ends_with_the_rights_of_its_owner,
    an_administrator_revokes_the_feeds_of_others,
    a_doctor_sees_only_their_own_calendar,
    a_feed_has_the_holidays_of_a_site_if_the_doctor_works_there_only,
];
stories![Calendar: a_calendar_program_reads_a_feed];

/// Creates a feed; returns the path of its address.
pub async fn feed(browser: &Browser, chosen: &[(&str, &str)]) -> String {
    let page = browser.fill("/calendar-feeds/new", chosen).await;
    page.is(200).see("It is not shown again");
    let address = page.value_of("#address");
    let path = address.find("/feeds/").map(|start| address[start..].to_string());
    path.expect("an address")
}

async fn a_user_creates_and_revokes_a_feed(clinic: Clinic) {
    let (ada, visitor) = (clinic.administrator().await, clinic.visitor());
    ada.open("/calendar-feeds").await.see("No calendar feeds.");
    ada.fill("/calendar-feeds/new", &[("subject", "doctor"), ("content", "busy")]).await.is(422).see("Choose a doctor");
    let path = feed(&ada, &[("subject", "person"), ("content", "busy")]).await;
    let hint = path.trim_end_matches(".ics")[path.len() - 8..].to_string();
    ada.open("/calendar-feeds").await.see("My appointments").see("Never").see(&hint);
    let calendar = visitor.get(&path).await;
    calendar.is(200);
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    assert!(calendar.body.starts_with("BEGIN:VCALENDAR\r\n") && calendar.body.ends_with("END:VCALENDAR\r\n"), "{}", calendar.body);
    ada.open("/calendar-feeds").await.miss("Never");
    let known =
        clinic.ask(|c| calendar_feeds::table.select((calendar_feeds::id, calendar_feeds::token_hash)).first::<(i64, String)>(c)).await;
    assert!(!path.contains(&known.1));
    // Nobody else can revoke it, and nothing but the whole address opens it.
    clinic.receptionist().await.post(&format!("/calendar-feeds/{}/delete", known.0), &[]).await.is(404);
    for wrong in [path.trim_end_matches(".ics").to_string(), path.replace("/feeds/", "/feeds/x"), format!("/feeds/{}.ics", known.1)] {
        visitor.get(&wrong).await.is(404);
    }
    ada.open(&format!("/calendar-feeds/{}/delete", known.0)).await.see("stops working immediately");
    ada.post(&format!("/calendar-feeds/{}/delete", known.0), &[]).await.is(303);
    visitor.get(&path).await.is(404);
    let logged = clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("calendar_feed")).count().get_result::<i64>(c)).await;
    assert_eq!(logged, 2);
}

async fn a_feed_shows_as_much_as_was_chosen(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, removal) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Wart removal", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, removal, &at(day, "09:00")).await;
    let (hopper, visitor) = (hopper.to_string(), clinic.visitor());
    let of = |content| [("subject", "doctor"), ("doctor_id", hopper.as_str()), ("content", content)];
    let mut shown = Vec::new();
    for content in ["busy", "type", "initials"] {
        let path = feed(&ada, &of(content)).await;
        let body = visitor.get(&path).await.body;
        assert!(!body.contains("Zola") && body.contains("X-WR-CALNAME:Grace Hopper – Praxis"), "{body}");
        shown.push(body.lines().find(|line| line.starts_with("SUMMARY")).unwrap_or_default().to_string());
    }
    assert_eq!(shown, ["SUMMARY:Busy", "SUMMARY:Wart removal", "SUMMARY:Wart removal · ÉZ"]);
    // Calendars learn that it was cancelled, for thirty days.
    let path = feed(&ada, &of("type")).await;
    visit.change(&desk, json!({ "state": "cancelled" })).await;
    let body = visitor.get(&path).await.body;
    assert!(body.contains("STATUS:CANCELLED") && body.contains("SEQUENCE:1"), "{body}");
    clinic.wait(Duration::days(31));
    assert!(!visitor.get(&path).await.body.contains("VEVENT"), "it is still there");
}

async fn a_program_that_has_the_calendar_is_sent_nothing(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, follow_up) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await;
    let visitor = clinic.visitor();
    let tag = visitor.get(&path).await.header("etag").to_string();
    let ask = async |tag: &str| visitor.send(Method::GET, &path, &[("if-none-match", tag)], Vec::new()).await;
    let again = ask(&tag).await;
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()));
    Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    let changed = ask(&tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(visitor.send(Method::HEAD, &path, &[], Vec::new()).await.status, 200);
}

async fn a_feed_ends_with_the_rights_of_its_owner(clinic: Clinic) {
    clinic.administrator().await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let rights = Rights { permissions: &["appointment.view", "clinic.view_all_patients", "doctor.view"], ..Rights::default() };
    let nora = clinic.account("nora", rights).await;
    let browser = clinic.sign_in("nora").await;
    let path = feed(&browser, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "busy")]).await;
    let visitor = clinic.visitor();
    visitor.get(&path).await.is(200);
    let own = feed(&browser, &[("subject", "person"), ("content", "initials")]).await;
    visitor.get(&own).await.is(200);
    clinic
        .arrange(move |c| {
            use praxis::db::schema::user_permissions;
            diesel::delete(user_permissions::table.filter(user_permissions::user_id.eq(nora))).execute(c)
        })
        .await
        .expect("changed");
    visitor.get(&path).await.is(404);
    visitor.get(&own).await.is(404);
}

async fn an_administrator_revokes_the_feeds_of_others(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let path = feed(&rosa, &[("subject", "person"), ("content", "busy")]).await;
    let id = clinic.ask(|c| calendar_feeds::table.select(calendar_feeds::id).first::<i64>(c)).await.to_string();
    ada.open("/admin/calendar-feeds").await.see("My appointments").see("rosa");
    let page = ada.post("/admin/calendar-feeds/actions", &[("_action", "revoke"), ("_id", &id)]).await;
    let (action, data) = page.form();
    ada.post_pairs(&action, &data).await.is(303);
    clinic.visitor().get(&path).await.is(404);
}

async fn a_doctor_sees_only_their_own_calendar(clinic: Clinic) {
    clinic.administrator().await;
    let (hopper, curie) = (doctor(&clinic, "Grace Hopper").await, doctor(&clinic, "Marie Curie").await);
    let room = clinic.record("room", vec![("name", Value::Text("Room 1".into())), ("kind", Value::Text(String::new()))]).await;
    let account = clinic.account("grace", Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let link = move |c: &mut praxis::db::Connection| {
        diesel::update(doctors::table.find(hopper)).set(doctors::user_id.eq(Some(account))).execute(c)
    };
    clinic.arrange(link).await.expect("linked");
    let grace = clinic.sign_in("grace").await;
    feed(&grace, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "initials")]).await;
    let other = [("subject", "doctor"), ("doctor_id", &*curie.to_string()), ("content", "busy")];
    grace.fill("/calendar-feeds/new", &other).await.is(422).see("You can only choose yourself");
    let of_room = [("subject", "room"), ("room_id", &*room.to_string()), ("content", "busy")];
    grace.fill("/calendar-feeds/new", &of_room).await.is(422).see("You need access to every patient");
}

async fn a_feed_has_the_holidays_of_a_site_if_the_doctor_works_there_only(clinic: Clinic) {
    let (ada, day) = (clinic.administrator().await, monday(&clinic));
    let site = async |name: &str| clinic.record("site", vec![("name", Value::Text(name.into()))]).await;
    let (north, south) = (site("North").await, site("South").await);
    let works = async |doctor: i64, day: &str, site: i64| {
        let values = vec![
            ("doctor_id", Value::Integer(doctor)),
            ("weekday", Value::Text(day.into())),
            ("from_time", Value::Integer(540)),
            ("to_time", Value::Integer(720)),
            ("site_id", Value::Integer(site)),
        ];
        clinic.record("working_hours", values).await
    };
    let (hopper, curie) = (clinic.doctor("Grace Hopper").await, clinic.doctor("Marie Curie").await);
    works(hopper, "monday", north).await;
    works(curie, "monday", north).await;
    works(curie, "tuesday", south).await;
    let closes = async |name: &str, day: time::Date, site: Option<i64>| {
        let site = site.map_or(Value::Null, Value::Integer);
        clinic.record("holiday", vec![("name", Value::Text(name.into())), ("day", Value::Date(day)), ("site_id", site)]).await
    };
    closes("Flood", day, Some(north)).await;
    closes("Feast", day + Duration::days(1), Some(north)).await;
    closes("Fair", day + Duration::days(1), Some(south)).await;
    closes("Holiday", day + Duration::days(2), None).await;
    let visitor = clinic.visitor();
    let shown = async |doctor: i64| {
        let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &doctor.to_string()), ("content", "type")]).await;
        let body = visitor.get(&path).await.body;
        body.lines().filter_map(|line| line.strip_prefix("SUMMARY:")).map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(shown(hopper).await, ["Flood", "Feast", "Holiday"]);
    // She works in the south on Tuesdays.
    assert_eq!(shown(curie).await, ["Flood", "Fair", "Holiday"]);
}

async fn a_calendar_program_reads_a_feed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let title = format!("Grüße 😀; a, b \\ {}", "ß".repeat(40));
    let (hopper, odd) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, &title, 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, odd, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "starts_at": at(day, "09:40") })).await;
    let off = |first, last, times: Option<(i64, i64)>| {
        let time = |minutes: Option<i64>| minutes.map_or(Value::Null, |hour| Value::Integer(hour * 60));
        vec![
            ("doctor_id", Value::Integer(hopper)),
            ("kind", Value::Text("off".into())),
            ("first_day", Value::Date(first)),
            ("last_day", Value::Date(last)),
            ("from_time", time(times.map(|(from, _)| from))),
            ("to_time", time(times.map(|(_, to)| to))),
            ("reason", Value::Text("Operation".into())),
        ]
    };
    let next = |days| day + Duration::days(days);
    clinic.record("schedule_exception", off(next(1), next(3), None)).await;
    clinic.record("schedule_exception", off(next(4), next(4), Some((10, 12)))).await;
    clinic.record("holiday", vec![("name", Value::Text("Feast".into())), ("day", Value::Date(next(7)))]).await;
    let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await;
    let body = clinic.visitor().get(&path).await.body;
    assert!(!body.contains("Operation"), "the reason is for the clinic");
    let found = read(body.as_bytes());
    assert_eq!((&found["errors"], &found["found"], &found["method"]), (&json!([]), &json!(4), &json!("")));
    let of = |event: &Json| (event["summary"].clone(), event["start"].clone(), event["end"].clone(), event["sequence"].clone());
    let time = |day, clock: &str| json!(at(day, clock).replace('Z', "+00:00"));
    let all: Vec<_> = found["events"].as_array().expect("events").iter().map(of).collect();
    assert_eq!(
        all,
        [
            (json!(title), time(day, "09:40"), time(day, "10:00"), json!(1)),
            (json!("Time off"), json!(next(1).to_string()), json!(next(4).to_string()), json!(0)),
            (json!("Time off"), time(next(4), "10:00"), time(next(4), "12:00"), json!(0)),
            (json!("Feast"), json!(next(7).to_string()), json!(next(8).to_string()), json!(0)),
        ]
    );
}
