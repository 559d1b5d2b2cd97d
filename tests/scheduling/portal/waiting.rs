//! The waiting list fills itself: the first to accept has the time, and the clinic steers it.

use diesel::prelude::*;
use praxis::db::schema::{appointment_offers, patients, waiting_entries};
use praxis::resource::Value;
use serde_json::json;

use super::{booked_now, choose, latest_link, mails_to, open_kind, patient_with_account, times};
use crate::scheduling::messages::telling::reachable;
use crate::scheduling::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;

stories![
    a_cancelled_time_goes_to_the_first_who_accepts,
    the_order_of_the_list_decides_who_is_asked,
    nobody_is_offered_what_does_not_suit,
    a_patient_waits_and_stops_waiting,
    who_has_a_later_appointment_gets_an_earlier_one,
    the_desk_offers_times_to_somebody_who_waits,
    the_list_can_be_switched_off,
    who_waits_no_longer_is_offered_nothing_any_more,
    a_note_that_cannot_be_stored_is_refused_with_a_sentence,
];

async fn waits(clinic: &Clinic, patient: i64, kind: i64, more: Vec<(&'static str, Value)>) -> i64 {
    let mut values = vec![("patient_id", Value::Integer(patient)), ("type_id", Value::Integer(kind))];
    values.extend(more);
    clinic.record("waiting_entry", values).await
}

/// Who was offered a time, by the waiting entry, in order.
async fn offered(clinic: &Clinic) -> Vec<i64> {
    let entries = |c: &mut praxis::db::Connection| {
        let own = appointment_offers::table.filter(appointment_offers::cause.eq("waiting_list")).order(appointment_offers::id);
        own.select(appointment_offers::waiting_entry_id.assume_not_null()).load(c)
    };
    clinic.ask(entries).await
}

async fn cancel(clinic: &Clinic, id: i64) {
    let done = clinic.program_of("ada").await.post(&format!("/api/appointments/{id}/cancel/"), json!({})).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

async fn a_cancelled_time_goes_to_the_first_who_accepts(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let hugo = reachable(&clinic, "Victor Hugo", "victor@example.org").await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let (first, second) = (waits(&clinic, sand, checkup, vec![]).await, waits(&clinic, hugo, checkup, vec![]).await);
    cancel(&clinic, id).await;
    assert_eq!(offered(&clinic).await, [first, second]);
    let mail = mails_to(&clinic, "george@example.org").await.pop().expect("an email");
    assert!(
        mail.subject.starts_with("A time has become free") && !mail.text_body.contains("Check-up") && mail.text_body.contains("09:00"),
        "{}",
        mail.text_body
    );
    let (george, victor) = (clinic.visitor(), clinic.visitor());
    let (his, hers) = (latest_link(&clinic, "victor@example.org").await, latest_link(&clinic, "george@example.org").await);
    let (page, other) = (victor.open(&his).await, george.open(&hers).await);
    page.see("The first to accept it has it");
    choose(&victor, &page, &times(&page)[0].clone()).await.is(303);
    // The other one is told, and sees what else is free.
    let late = choose(&george, &other, &times(&other)[0].clone()).await;
    late.is(409).see("Other free times");
    let instead = times(&late).into_iter().find(|time| *time != times(&other)[0]).expect("another time");
    choose(&george, &late, &instead).await.is(303);
    let states: Vec<(i64, String, bool)> = booked_now(&clinic).await;
    assert_eq!(
        states.iter().map(|(patient, state, _)| (*patient, state.as_str())).collect::<Vec<_>>(),
        [(zola, "cancelled"), (hugo, "booked"), (sand, "booked")]
    );
    let waiting: Vec<String> =
        clinic.ask(|c| waiting_entries::table.order(waiting_entries::id).select(waiting_entries::state).load(c)).await;
    assert_eq!(waiting, ["booked", "booked"]);
}

async fn the_order_of_the_list_decides_who_is_asked(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.complete("/admin/booking-rules", &[("offers_at_once", "2")]).await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let mut ids = Vec::new();
    for (name, email) in [("A", "a@example.org"), ("B", "b@example.org"), ("C", "c@example.org"), ("D", "d@example.org")] {
        ids.push(reachable(&clinic, name, email).await);
    }
    let any = waits(&clinic, ids[0], checkup, vec![]).await;
    let with_hopper = waits(&clinic, ids[1], checkup, vec![("doctor_id", Value::Integer(hopper))]).await;
    let urgent = waits(&clinic, ids[2], checkup, vec![("is_urgent", Value::Bool(true))]).await;
    waits(&clinic, ids[3], checkup, vec![("state", Value::Text("paused".into()))]).await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    cancel(&clinic, id).await;
    assert_eq!(offered(&clinic).await, [urgent, with_hopper]);
    // Booked again and cancelled again: nobody is asked twice for one time, so it is the next one's turn.
    desk.post(&format!("/api/appointments/{id}/book/"), json!({})).await.is(200);
    cancel(&clinic, id).await;
    assert_eq!(offered(&clinic).await, [urgent, with_hopper, any]);
}

async fn nobody_is_offered_what_does_not_suit(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let other = doctor(&clinic, "Ada Byron").await;
    let long = kind(&clinic, "Long visit", 60, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let clock = |hours: i64| Value::Integer(hours * 60);
    let date = |days: i64| Value::Date(day + time::Duration::days(days));
    let unsuitable: [Vec<(&'static str, Value)>; 5] = [
        vec![("doctor_id", Value::Integer(other))],
        vec![("from_time", clock(10))],
        vec![("to_time", clock(9))],
        vec![("from_day", date(1))],
        vec![("to_day", date(-1))],
    ];
    for (place, more) in unsuitable.into_iter().enumerate() {
        let name: &'static str = ["A", "B", "C", "D", "E"][place];
        let patient = reachable(&clinic, name, "x@example.org").await;
        waits(&clinic, patient, checkup, more).await;
    }
    // Too long for the gap, without consent, with another appointment at that time.
    waits(&clinic, reachable(&clinic, "F", "f@example.org").await, long, vec![]).await;
    let silent = reachable(&clinic, "G", "g@example.org").await;
    clinic
        .arrange(move |c| diesel::update(patients::table.find(silent)).set(patients::may_contact.eq(false)).execute(c))
        .await
        .expect("changed");
    waits(&clinic, silent, checkup, vec![]).await;
    let busy = reachable(&clinic, "H", "h@example.org").await;
    waits(&clinic, busy, checkup, vec![]).await;
    booked(&book(&desk, busy, other, checkup, &at(day, "09:00")).await);
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    booked(&book(&desk, clinic.patient("I", clinic.user_id("ada").await).await, hopper, checkup, &at(day, "09:20")).await);
    cancel(&clinic, id).await;
    assert!(offered(&clinic).await.is_empty());
    let mails = clinic.outbox().await;
    assert!(mails.iter().all(|mail| mail.kind != "appointment offer"), "{mails:?}");
}

async fn a_patient_waits_and_stops_waiting(clinic: Clinic) {
    let ada = clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "Check-up", "patient", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open("/my/appointments/new?part=morning").await;
    let (_, fields) = page.form();
    for _ in 0..2 {
        let answer = pia.post_pairs("/my/appointments/wait", &fields).await;
        pia.open(answer.location()).await.see("You are on the waiting list");
    }
    let known: Vec<(i64, Option<i64>, Option<i64>)> = clinic
        .ask(|c| {
            let columns = (waiting_entries::patient_id, waiting_entries::from_time, waiting_entries::to_time);
            waiting_entries::table.select(columns).load(c)
        })
        .await;
    assert_eq!(known, [(pia_id, Some(0), Some(720))]);
    ada.open("/waiting-list").await.see("Pia Own");
    let id: i64 = clinic.ask(|c| waiting_entries::table.select(waiting_entries::id).first(c)).await;
    let (_, max) = patient_with_account(&clinic, "Max Other", "max").await;
    max.post(&format!("/my/waiting/{id}/end"), &[]).await.is(404);
    max.get(&format!("/my/waiting/{id}")).await.is(404);
    pia.open(&format!("/my/waiting/{id}")).await.see("Check-up").see("Leave the waiting list");
    pia.post(&format!("/my/waiting/{id}/end"), &[]).await.is(303);
    pia.open("/").await.see("You are not on the waiting list any more");
    pia.open("/").await.miss("You are on the waiting list");
    pia.get(&format!("/my/waiting/{id}")).await.is(404);
}

async fn who_has_a_later_appointment_gets_an_earlier_one(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let early = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let late = booked(&book(&desk, sand, hopper, checkup, &at(day + time::Duration::days(3), "10:00")).await);
    waits(&clinic, sand, checkup, vec![]).await;
    cancel(&clinic, early).await;
    let (george, path) = (clinic.visitor(), latest_link(&clinic, "george@example.org").await);
    let page = george.open(&path).await;
    choose(&george, &page, &times(&page)[0].clone()).await.is(303);
    let moved = desk.read(&format!("/api/appointments/{late}/")).await;
    assert!(moved["starts_at"].as_str().is_some_and(|at| at.starts_with(&format!("{day}T09:00"))), "{moved}");
    assert_eq!(booked_now(&clinic).await.len(), 2);
}

async fn the_desk_offers_times_to_somebody_who_waits(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let entry = waits(&clinic, sand, checkup, vec![("doctor_id", Value::Integer(hopper)), ("from_time", Value::Integer(600))]).await;
    ada.open(&format!("/waiting-list/{entry}")).await.see("Offer the next free times").see("Nothing was offered yet");
    ada.post(&format!("/waiting-list/{entry}/offer"), &[]).await.is(303);
    ada.open(&format!("/waiting-list/{entry}")).await.see("Offered by email:").see("No answer yet");
    let page = clinic.visitor().open(&latest_link(&clinic, "george@example.org").await).await;
    let walls: Vec<i64> = times(&page)
        .iter()
        .map(|time| time.split_once('-').and_then(|(_, minute)| minute.parse::<i64>().ok()).expect("a minute") % 1_440)
        .collect();
    assert!(walls.len() == 3 && walls.iter().all(|wall| *wall >= 600), "{walls:?}");
    // Whoever does not see the patient does not see that they wait.
    let rosa = clinic.receptionist().await;
    rosa.get(&format!("/waiting-list/{entry}")).await.is(404);
    rosa.post(&format!("/waiting-list/{entry}/offer"), &[]).await.is(404);
}

async fn the_list_can_be_switched_off(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.open("/admin/booking-rules").await;
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "fills_waiting_list");
    ada.post_pairs(&action, &fields).await.is(303);
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    waits(&clinic, sand, checkup, vec![]).await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    cancel(&clinic, id).await;
    assert!(offered(&clinic).await.is_empty());
}

async fn who_waits_no_longer_is_offered_nothing_any_more(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let id = booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let entry = waits(&clinic, sand, checkup, vec![]).await;
    cancel(&clinic, id).await;
    let path = latest_link(&clinic, "george@example.org").await;
    let george = clinic.visitor();
    let page = george.open(&path).await;
    ada.complete(&format!("/waiting-list/{entry}/edit"), &[("state", "ended")]).await;
    let states: Vec<String> = clinic.ask(|c| appointment_offers::table.select(appointment_offers::state).load(c)).await;
    assert_eq!(states, ["withdrawn"]);
    choose(&george, &page, &times(&page)[0].clone()).await.is(422).see("This offer has ended");
    assert_eq!(booked_now(&clinic).await.len(), 1);
}

async fn a_note_that_cannot_be_stored_is_refused_with_a_sentence(clinic: Clinic) {
    clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "Check-up", "patient", 0).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open("/my/appointments/new").await;
    for (note, sentence) in [("a\0b", "characters that cannot be read"), (&"x".repeat(3_000), "characters or fewer")] {
        let (_, mut fields) = page.form();
        fields.retain(|(name, _)| name != "note");
        fields.push(("note".into(), note.into()));
        let waiting = pia.post_pairs("/my/appointments/wait", &fields).await;
        pia.open(waiting.location()).await.see(sentence);
        fields.push(("at".into(), times(&page)[0].clone()));
        pia.post_pairs("/my/appointments/new", &fields).await.is(422).see(sentence);
    }
    let waiting: i64 = clinic.ask(|c| waiting_entries::table.count().get_result(c)).await;
    assert_eq!((waiting, booked_now(&clinic).await.len()), (0, 0));
}
