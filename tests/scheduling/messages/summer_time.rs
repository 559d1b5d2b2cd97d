//! The same time on the wall over the end of summer time, wherever it is read.

use diesel::prelude::*;
use praxis::db::schema::{appointments, mails};
use praxis::db::{UtcDateTime, Zone};
use praxis::resource::Value;
use time::Duration;
use time::macros::date;

use super::feeds::feed;
use super::telling::{Appointment, reachable};
use crate::scheduling::desk::{press, times};
use crate::scheduling::{hours, kind};
use crate::stories;
use crate::support::Clinic;

stories![ten_mondays_are_at_the_same_time_in_mail_file_feed_and_api, ten_mondays_that_are_booked_on_one_page_stay_at_their_time,];

async fn ten_mondays_are_at_the_same_time_in_mail_file_feed_and_api(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TIME_ZONE", "America/New_York")]).await;
    let ada = clinic.administrator().await;
    let zone = Zone::named("America/New_York").expect("a zone");
    let (hopper, follow_up) = (clinic.doctor("Grace Hopper").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    hours(&clinic, hopper, "monday", (14, 16)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let desk = clinic.program_of("ada").await;
    let mut instants = Vec::new();
    for week in 0..10 {
        let day = date!(2027 - 09 - 27) + Duration::weeks(week);
        let instant = UtcDateTime::from_unix_minutes(zone.at_wall(day, 14 * 60 + 10)).rfc3339();
        let visit = Appointment::book(&desk, zola, hopper, follow_up, &instant).await;
        let stored = desk.read(&format!("/api/appointments/{}/", visit.id)).await;
        assert_eq!(stored["starts_at"], instant.replace('Z', ".000000Z"));
        instants.push(instant);
    }
    // The clocks go back on 7 November.
    assert_eq!((&instants[5][11..16], &instants[6][11..16]), ("18:10", "19:10"));
    let body = clinic
        .visitor()
        .get(&feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await)
        .await
        .body;
    let sent: Vec<(String, String)> =
        clinic.ask(|c| mails::table.order(mails::id).select((mails::text_body, mails::calendar)).load(c)).await;
    let sent: Vec<_> = sent.into_iter().filter(|(_, calendar)| !calendar.is_empty()).collect();
    assert_eq!(sent.len(), 10);
    for (instant, (text, calendar)) in instants.iter().zip(sent) {
        let line = format!("DTSTART:{}\r\n", instant.replace(['-', ':'], ""));
        assert!(calendar.contains(&line) && body.contains(&line), "{line}: {calendar}");
        assert!(text.contains("Time: 14:10 to 14:30\n"), "{text}");
    }
}

async fn ten_mondays_that_are_booked_on_one_page_stay_at_their_time(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("TIME_ZONE", "America/New_York")]).await;
    let ada = clinic.administrator().await;
    let zone = Zone::named("America/New_York").expect("a zone");
    let hopper = clinic.doctor("Grace Hopper").await;
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let hours = vec![
        ("doctor_id", Value::Integer(hopper)),
        ("weekday", Value::Text("monday".into())),
        ("from_time", Value::Integer(14 * 60 + 10)),
        ("to_time", Value::Integer(16 * 60)),
    ];
    clinic.record("working_hours", hours).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let page = ada.open(&format!("/appointments/new?patient_id={zola}&from=2027-09-27")).await;
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| !name.starts_with("repeat_"));
    let first = times(&page).first().cloned().expect("a free time");
    fields.extend([("repeat_weeks".to_string(), "1".to_string()), ("repeat_times".into(), "10".into()), ("at".into(), first)]);
    let page = ada.post_pairs(&action, &fields).await;
    page.is(200).see("Book 10 appointments");
    assert_eq!(page.all(".series strong"), ["14:10"; 10]);
    let answer = press(&ada, &page, ("book", "1")).await;
    answer.is(303);
    let record = ada.open(answer.location()).await;
    record.see("1 of 10, Mondays").see("14:10");
    let desk = clinic.program_of("ada").await;
    let path = feed(&ada, &[("subject", "doctor"), ("doctor_id", &hopper.to_string()), ("content", "type")]).await;
    let body = clinic.visitor().get(&path).await.body;
    let sent: Vec<(String, String)> = clinic
        .ask(|c| mails::table.filter(mails::calendar.ne("")).order(mails::id).select((mails::text_body, mails::calendar)).load(c))
        .await;
    assert_eq!(sent.len(), 10);
    let ids: Vec<i64> = clinic.ask(|c| appointments::table.order(appointments::starts_at).select(appointments::id).load(c)).await;
    for ((week, id), (text, calendar)) in (0..).zip(ids).zip(sent) {
        let day = date!(2027 - 09 - 27) + Duration::weeks(week);
        let instant = UtcDateTime::from_unix_minutes(zone.at_wall(day, 14 * 60 + 10)).rfc3339();
        let stored = desk.read(&format!("/api/appointments/{id}/")).await;
        assert_eq!(stored["starts_at"], instant.replace('Z', ".000000Z"));
        let line = format!("DTSTART:{}\r\n", instant.replace(['-', ':'], ""));
        assert!(calendar.contains(&line) && body.contains(&line), "{line}: {calendar}");
        assert!(text.contains("Time: 14:10 to 14:30\n"), "{text}");
        let shown = ada.open(&format!("/calendar?date={day}")).await;
        assert!(shown.body.contains("h-14 m-10"), "{day}");
    }
}
