//! Appointments that are booked together: the dates are shown first, and booked all together or not at all.

use diesel::prelude::*;
use praxis::db::UtcDateTime;
use praxis::db::schema::appointments;
use praxis::resource::Value;
use time::{Date, Duration};

use super::booking::overlaps;
use super::desk::{press, times};
use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::page::Page;
use crate::support::{Browser, Clinic};

stories![
    a_receptionist_sees_what_is_in_the_way_and_books_the_rest,
    a_date_that_was_just_taken_costs_nothing_that_was_ticked,
    a_double_press_books_the_series_once,
    what_cannot_be_repeated_is_told_at_its_field,
    a_receptionist_cancels_this_and_the_following,
    no_time_is_offered_instead_of_two_dates,
    what_is_in_the_way_is_that_of_the_place,
    a_series_can_be_taken_back,
    nobody_books_a_series_for_a_patient_of_others,
];

/// A clinic with a doctor, a type and a patient.
async fn furnish(clinic: &Clinic) -> (Browser, [i64; 3]) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let ids =
        [clinic.patient("Émile Zola", owner).await, doctor(clinic, "Grace Hopper").await, kind(clinic, "Follow-up", 20, (0, 0)).await];
    (ada, ids)
}

/// Chooses the first time of the day, so many times every so many weeks.
async fn preview(ada: &Browser, patient: i64, day: Date, weeks: &str, count: &str) -> Page {
    let page = ada.open(&format!("/appointments/new?patient_id={patient}&from={day}")).await;
    let first = times(&page).first().cloned().expect("a free time");
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| !name.starts_with("repeat_"));
    let more = [("repeat_weeks", weeks), ("repeat_times", count), ("at", first.as_str())];
    fields.extend(more.map(|(name, value)| (name.to_string(), value.to_string())));
    ada.post_pairs(&action, &fields).await
}

async fn stored(clinic: &Clinic) -> Vec<(UtcDateTime, String, Option<String>)> {
    use appointments as own;
    clinic.ask(|c| own::table.order((own::starts_at, own::id)).select((own::starts_at, own::state, own::series)).load(c)).await
}

async fn a_receptionist_sees_what_is_in_the_way_and_books_the_rest(clinic: Clinic) {
    let (ada, [zola, hopper, follow_up]) = furnish(&clinic).await;
    let (day, owner) = (monday(&clinic), clinic.user_id("ada").await);
    let week = |weeks: i64| day + Duration::weeks(weeks);
    let other = clinic.patient("Somebody", owner).await;
    booked(&book(&clinic.program_of("ada").await, other, hopper, follow_up, &at(week(1), "09:00")).await);
    clinic.record("holiday", vec![("name", Value::Text("Spring day".into())), ("day", Value::Date(week(2)))]).await;
    let off = vec![("doctor_id", Value::Integer(hopper)), ("first_day", Value::Date(week(3))), ("last_day", Value::Date(week(3)))];
    clinic.record("schedule_exception", off).await;
    let page = preview(&ada, zola, day, "1", "5").await;
    page.is(200).see("Nothing is booked yet").see("Book 2 appointments");
    page.see("Grace Hopper is booked 09:00–09:20").see("Closed: Spring day").see("Grace Hopper has time off");
    assert_eq!(stored(&clinic).await.len(), 1);
    // The nearest time of that day is offered, and the next day that is free; where nobody works, the next day alone.
    let instead = |place: usize| page.attributes(&format!("input[type=radio][name=date-{place}]"), "value");
    let value = |day: Date, clock: &str| value(hopper, day, clock);
    assert_eq!(instead(1), ["".to_string(), value(week(1), "09:20"), value(week(1) + Duration::days(1), "09:00")]);
    assert_eq!(instead(2), ["".to_string(), value(week(2) + Duration::days(1), "09:00")]);
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "date-1" && name != "note");
    fields.extend([("date-1".to_string(), value(week(1), "09:20")), ("note".into(), "Physiotherapy".into()), ("book".into(), "1".into())]);
    let answer = ada.post_pairs(&action, &fields).await;
    answer.is(303);
    let record = ada.open(answer.location()).await;
    record.see("Booked 3 appointments").see("1 of 3, Mondays").see("Undo").see("Physiotherapy");
    let found = stored(&clinic).await;
    let own: Vec<_> = found.iter().filter(|(_, _, series)| series.is_some()).collect();
    assert_eq!(
        own.iter().map(|(starts, _, _)| starts.rfc3339()).collect::<Vec<_>>(),
        [at(day, "09:00"), at(week(1), "09:20"), at(week(4), "09:00")]
    );
    assert!(own.iter().all(|(_, state, series)| state == "booked" && *series == own[0].2));
    assert_eq!(overlaps(&clinic).await, 0);
    // The others of the series are links.
    assert_eq!(record.all(".timed a").len(), 2);
}

async fn a_date_that_was_just_taken_costs_nothing_that_was_ticked(clinic: Clinic) {
    let (ada, [zola, hopper, follow_up]) = furnish(&clinic).await;
    let (day, owner) = (monday(&clinic), clinic.user_id("ada").await);
    let page = preview(&ada, zola, day, "2", "3").await;
    let other = clinic.patient("Somebody", owner).await;
    booked(&book(&clinic.program_of("ada").await, other, hopper, follow_up, &at(day + Duration::weeks(2), "09:00")).await);
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "note");
    fields.extend([("note".to_string(), "Bring the diary".to_string()), ("book".into(), "1".into())]);
    let again = ada.post_pairs(&action, &fields).await;
    again.is(409).see("Somebody else has one of these times now").see("Grace Hopper is booked 09:00–09:20").see("Book 2 appointments");
    assert!(again.body.contains("Bring the diary"));
    assert_eq!(stored(&clinic).await.len(), 1, "all or nothing");
    press(&ada, &again, ("book", "1")).await.is(303);
    assert_eq!(stored(&clinic).await.len(), 3);
}

async fn a_double_press_books_the_series_once(clinic: Clinic) {
    let (ada, [zola, ..]) = furnish(&clinic).await;
    let page = preview(&ada, zola, monday(&clinic), "1", "4").await;
    let (one, two) = futures_util::future::join(press(&ada, &page, ("book", "1")), press(&ada, &page, ("book", "1"))).await;
    assert_eq!((one.status, two.status), (303, 303), "{} {}", one.body, two.body);
    assert_eq!(one.location(), two.location());
    assert_eq!(stored(&clinic).await.len(), 4);
}

async fn what_cannot_be_repeated_is_told_at_its_field(clinic: Clinic) {
    let (ada, [zola, ..]) = furnish(&clinic).await;
    let day = monday(&clinic);
    let page = preview(&ada, zola, day, "1", "27").await;
    assert_eq!(page.is(422).error("repeat_times"), "Number of appointments must be between 2 and 26");
    assert_eq!(page.value("repeat_times"), "27");
    let page = preview(&ada, zola, day, "13", "3").await;
    assert_eq!(page.is(422).error("repeat_weeks"), "Choose every how many weeks");
    // Who changes the number has to see the new dates first.
    let page = preview(&ada, zola, day, "1", "3").await;
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "repeat_times");
    fields.extend([("repeat_times".to_string(), "4".to_string()), ("book".into(), "1".into())]);
    let again = ada.post_pairs(&action, &fields).await;
    again.is(422).see("These are other dates than before").see("Book 4 appointments");
    // Nothing ticked is nothing to book.
    let (action, mut fields) = again.form();
    fields.retain(|(name, _)| !name.starts_with("date-"));
    fields.push(("book".into(), "1".into()));
    ada.post_pairs(&action, &fields).await.is(422).see("Tick at least one date");
    assert!(stored(&clinic).await.is_empty());
    // Without a number, a time is booked at once as ever.
    let page = preview(&ada, zola, day, "2", "").await;
    page.is(303);
    assert_eq!(stored(&clinic).await.iter().map(|(_, _, series)| series.clone()).collect::<Vec<_>>(), [None]);
}

async fn a_receptionist_cancels_this_and_the_following(clinic: Clinic) {
    let (ada, [zola, ..]) = furnish(&clinic).await;
    let page = preview(&ada, zola, monday(&clinic), "1", "5").await;
    press(&ada, &page, ("book", "1")).await.is(303);
    let ids: Vec<i64> = clinic.ask(|c| appointments::table.order(appointments::starts_at).select(appointments::id).load(c)).await;
    ada.open(&format!("/appointments/{}", ids[2])).await.see("3 of 5, Mondays").see("Cancel this and the following");
    ada.open(&format!("/appointments/{}", ids[4])).await.see("5 of 5, Mondays").miss("Cancel this and the following");
    let path = format!("/appointments/{}/series/cancel", ids[2]);
    ada.open(&path).await.see("Cancel 3 appointments");
    let long = "so ".repeat(80);
    ada.fill(&path, &[("cancelled_by", "patient"), ("cancel_reason", long.as_str())]).await.is(422);
    let page = ada.complete(&path, &[("cancelled_by", "patient"), ("cancel_reason", "Moved away")]).await;
    page.see("Cancelled: 3 appointments");
    use appointments as own;
    let found: Vec<(String, String)> =
        clinic.ask(|c| own::table.order(own::starts_at).select((own::state, own::cancel_reason)).load(c)).await;
    let states: Vec<&str> = found.iter().map(|(state, _)| state.as_str()).collect();
    assert_eq!(states, ["booked", "booked", "cancelled", "cancelled", "cancelled"]);
    assert!(found[2..].iter().all(|(_, reason)| reason == "Moved away"));
    // A second press finds nothing to cancel.
    ada.post(&path, &[("cancelled_by", "patient")]).await.is(303);
    ada.open("/today").await.see("Nothing was changed");
}

/// What a button for this time sends.
fn value(doctor: i64, day: Date, clock: &str) -> String {
    format!("{doctor}-{}", UtcDateTime::parse(&at(day, clock)).expect("a time").unix_minutes())
}

async fn no_time_is_offered_instead_of_two_dates(clinic: Clinic) {
    let (ada, [zola, hopper, _]) = furnish(&clinic).await;
    let day = monday(&clinic);
    let (away, back) = (day + Duration::weeks(1), day + Duration::days(15));
    let days = [("first_day", away), ("last_day", back - Duration::days(1))].map(|(name, day)| (name, Value::Date(day)));
    let off = days.into_iter().chain([("doctor_id", Value::Integer(hopper))]).collect();
    clinic.record("schedule_exception", off).await;
    let page = preview(&ada, zola, day, "1", "4").await;
    let instead = |place: usize| page.attributes(&format!("input[type=radio][name=date-{place}]"), "value");
    let times = [value(hopper, back, "09:00"), value(hopper, back, "09:20")];
    assert_eq!((instead(1), instead(2)), (vec![String::new(), times[0].clone()], vec![String::new(), times[1].clone()]));
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "date-1" && name != "date-2");
    let with = |first: &str, second: &str| {
        let more = [("date-1", first), ("date-2", second), ("book", "1")].map(|(name, value)| (name.to_string(), value.to_string()));
        fields.iter().cloned().chain(more).collect::<Vec<_>>()
    };
    // Who asks for one time twice sees why nothing is booked, and that nobody else is to blame.
    let again = ada.post_pairs(&action, &with(&times[0], &times[0])).await;
    again.is(409).see("Nothing is booked. The patient has another appointment at this time").miss("Somebody else");
    assert!(stored(&clinic).await.is_empty());
    ada.post_pairs(&action, &with(&times[0], &times[1])).await.is(303);
    assert_eq!(stored(&clinic).await.len(), 4);
}

async fn what_is_in_the_way_is_that_of_the_place(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let site = async |name: &str| clinic.record("site", vec![("name", Value::Text(name.into()))]).await;
    let (north, south) = (site("North").await, site("South").await);
    let (zola, hopper) = (clinic.patient("Émile Zola", owner).await, clinic.doctor("Grace Hopper").await);
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let hours = [("doctor_id", hopper), ("from_time", 540), ("to_time", 720), ("site_id", north)];
    let mut hours: Vec<_> = hours.into_iter().map(|(name, number)| (name, Value::Integer(number))).collect();
    hours.push(("weekday", Value::Text("monday".into())));
    clinic.record("working_hours", hours).await;
    let week = |weeks: i64| day + Duration::weeks(weeks);
    for (name, place, weeks) in [("South day", south, 1), ("South week", south, 2), ("North day", north, 2), ("South rest", south, 3)] {
        let closed = vec![("name", Value::Text(name.into())), ("day", Value::Date(week(weeks))), ("site_id", Value::Integer(place))];
        clinic.record("holiday", closed).await;
    }
    for (weeks, from, to) in [(1, 540, 600), (2, 660, 720)] {
        let days = [("first_day", week(weeks)), ("last_day", week(weeks))].map(|(name, day)| (name, Value::Date(day)));
        let numbers = [("doctor_id", hopper), ("from_time", from), ("to_time", to)].map(|(name, number)| (name, Value::Integer(number)));
        clinic.record("schedule_exception", days.into_iter().chain(numbers).collect()).await;
    }
    let page = preview(&ada, zola, day, "1", "4").await;
    assert_eq!(page.is(200).all(".series-why"), ["Grace Hopper has time off", "Closed: North day"]);
    page.see("Book 2 appointments").miss("South");
}

async fn a_series_can_be_taken_back(clinic: Clinic) {
    let (ada, [zola, ..]) = furnish(&clinic).await;
    let page = preview(&ada, zola, monday(&clinic), "1", "3").await;
    let answer = press(&ada, &page, ("book", "1")).await;
    let undo = ada.open(answer.location()).await.attributes("form[action$='/series/undo']", "action").remove(0);
    ada.post(&undo, &[]).await.is(303);
    assert!(stored(&clinic).await.iter().all(|(_, state, _)| state == "entered_in_error"));
}

async fn nobody_books_a_series_for_a_patient_of_others(clinic: Clinic) {
    let (_, [zola, hopper, follow_up]) = furnish(&clinic).await;
    let rosa = clinic.receptionist().await;
    let slot = value(hopper, monday(&clinic), "09:00");
    let sent = [
        ("patient_id", zola.to_string()),
        ("type_id", follow_up.to_string()),
        ("at", slot.clone()),
        ("repeat_times", "2".into()),
        ("repeat_weeks", "1".into()),
        ("shown", "1-2".into()),
        ("date-0", slot),
        ("book", "1".into()),
    ];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    rosa.post("/appointments/series", &sent).await.is(404).miss("Zola");
    assert!(stored(&clinic).await.is_empty());
}
