//! The front desk: booking, moving, cancelling, and the board of arrivals.

use diesel::prelude::*;
use praxis::db::schema::appointments;
use praxis::scheduling::appointment::state::State;
use time::Duration;

use super::booking::overlaps;
use super::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::browser::Browser;
use crate::support::page::Page;

stories![
    a_receptionist_books_the_next_free_time,
    a_time_that_was_just_taken_costs_nothing_that_was_typed,
    a_double_press_books_once,
    a_receptionist_moves_an_appointment_and_takes_it_back,
    a_receptionist_cancels_and_books_another_time,
    a_receptionist_reaches_later_times,
    undo_is_offered_where_there_is_a_way_back,
    a_reason_that_is_too_long_is_told,
    a_board_shows_who_waits,
    nobody_books_for_a_patient_of_others,
    a_clinic_without_hours_says_what_is_missing,
    a_patient_record_and_today_show_the_appointments,
];

async fn states(clinic: &Clinic) -> Vec<(i64, String)> {
    clinic.ask(|c| appointments::table.order(appointments::id).select((appointments::id, appointments::state)).load(c)).await
}

/// What the buttons of a page send.
pub fn times(page: &Page) -> Vec<String> {
    page.attributes(".times button[name=at]", "value")
}

/// Presses a button of the form with what is in it.
pub async fn press(browser: &Browser, page: &Page, button: (&str, &str)) -> Page {
    let (action, mut fields) = page.form();
    fields.push((button.0.into(), button.1.into()));
    browser.post_pairs(&action, &fields).await
}

async fn a_receptionist_books_the_next_free_time(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    ada.open(&format!("/patients/{zola}")).await.see("No appointments yet");
    let page = ada.open(&format!("/appointments/new?patient_id={zola}")).await;
    page.see("Book an appointment for").see("Émile Zola").see("Free times").see("Any doctor");
    let first = times(&page).first().cloned().expect("a free time");
    let answer = press(&ada, &page, ("at", &first)).await;
    answer.is(303);
    let record = ada.open(answer.location()).await;
    record.see("Booked:").see("Grace Hopper").see("Follow-up").see("Arrived");
    assert_eq!(states(&clinic).await.iter().map(|(_, state)| state.as_str()).collect::<Vec<_>>(), ["booked"]);
    ada.open(&format!("/patients/{zola}")).await.see("Follow-up").see("Grace Hopper").see("Booked").miss("No appointments yet");
    ada.open(&format!("/doctors/{hopper}")).await.see("Calendar");
}

async fn a_time_that_was_just_taken_costs_nothing_that_was_typed(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let (zola, other) = (clinic.patient("Émile Zola", owner).await, clinic.patient("Somebody", owner).await);
    let page = ada.open(&format!("/appointments/new?patient_id={zola}")).await;
    let first = times(&page).first().cloned().expect("a free time");
    // Somebody else is faster.
    let minute: i64 = first.split_once('-').expect("a time").1.parse().expect("a minute");
    let starts = praxis::db::UtcDateTime::from_unix_minutes(minute).rfc3339();
    booked(&book(&clinic.program_of("ada").await, other, hopper, follow_up, &starts).await);
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "note");
    fields.extend([("note".into(), "Bring the diary".into()), ("at".into(), first.clone())]);
    let again = ada.post_pairs(&action, &fields).await;
    again.is(409).see("is not free any more").see("Nothing is booked, and everything you typed is still here");
    assert!(again.body.contains("Bring the diary"));
    let offered = again.attributes(".taken button[name=at]", "value");
    assert_eq!(offered.len(), 3);
    assert!(!offered.contains(&first));
    press(&ada, &again, ("at", &offered[0])).await.is(303);
    let notes: Vec<String> = clinic.ask(|c| appointments::table.order(appointments::id).select(appointments::note).load(c)).await;
    assert_eq!(notes, ["", "Bring the diary"]);
    assert_eq!(overlaps(&clinic).await, 0);
}

async fn a_double_press_books_once(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    doctor(&clinic, "Grace Hopper").await;
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let page = ada.open(&format!("/appointments/new?patient_id={zola}")).await;
    let first = times(&page).first().cloned().expect("a free time");
    let (one, two) = futures_util::future::join(press(&ada, &page, ("at", &first)), press(&ada, &page, ("at", &first))).await;
    assert_eq!((one.status, two.status), (303, 303), "{} {}", one.body, two.body);
    assert_eq!(one.location(), two.location());
    assert_eq!(states(&clinic).await.len(), 1);
}

/// When it begins, and how many changes of it calendars have to know.
async fn when(clinic: &Clinic, id: i64) -> (praxis::db::UtcDateTime, i32) {
    clinic.ask(move |c| appointments::table.find(id).select((appointments::starts_at, appointments::sequence)).first(c)).await
}

async fn a_receptionist_moves_an_appointment_and_takes_it_back(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await);
    let page = ada.open(&format!("/appointments/{id}/move")).await;
    page.see("Move an appointment").see("Choosing a time moves the appointment at once");
    let last = times(&page).last().cloned().expect("a free time");
    let moved = press(&ada, &page, ("at", &last)).await;
    moved.is(303);
    let (now_at, sequence) = when(&clinic, id).await;
    assert_eq!(format!("{hopper}-{}", now_at.unix_minutes()), last);
    assert_eq!(sequence, 1);
    let page = ada.open(moved.location()).await;
    page.see("Moved:").see("Undo");
    let undo = page.attributes("form[action*='/undo/']", "action");
    ada.post(&undo[0], &[]).await.is(303);
    let (back, sequence) = when(&clinic, id).await;
    assert_eq!(back.rfc3339(), at(day, "09:00"));
    assert_eq!(sequence, 2, "calendars have to know");
    // What is over cannot be moved.
    ada.post(&format!("/appointments/{id}/arrive"), &[]).await.is(303);
    assert_eq!(ada.get(&format!("/appointments/{id}/move")).await.status, 409);
}

async fn a_receptionist_cancels_and_books_another_time(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await);
    let page = ada.open(&format!("/appointments/{id}/cancel")).await;
    page.see("Cancel the appointment").see("Cancel and book another time");
    let fields = [("cancelled_by", "patient"), ("cancel_reason", "Has to work"), ("rebook", "1")];
    let answer = ada.fill(&format!("/appointments/{id}/cancel"), &fields).await;
    answer.is(303);
    assert_eq!(answer.location(), format!("/appointments/new?patient_id={zola}&type_id={follow_up}&doctor_id={hopper}"));
    let page = ada.open(answer.location()).await;
    page.see("Cancelled:").see("Free times");
    press(&ada, &page, ("at", &times(&page)[0])).await.is(303);
    let reasons: Vec<(String, Option<String>, String)> = clinic
        .ask(|c| {
            use appointments as own;
            own::table.order(own::id).select((own::state, own::cancelled_by, own::cancel_reason)).load(c)
        })
        .await;
    assert_eq!(reasons[0], ("cancelled".into(), Some("patient".into()), "Has to work".into()));
    assert_eq!(reasons[1].0, "booked");
}

async fn a_receptionist_reaches_later_times(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let owner = clinic.user_id("ada").await;
    for name in ["Grace Hopper", "Samuel Okafor"] {
        doctor(&clinic, name).await;
    }
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let mut page = ada.open(&format!("/appointments/new?patient_id={zola}")).await;
    let minute = |value: &String| value.split_once('-').expect("a time").1.parse::<i64>().expect("a minute");
    let mut seen: Vec<i64> = Vec::new();
    // Page after page, each time is there once, in order, and none is left out.
    for _ in 0..3 {
        let times: Vec<i64> = times(&page).iter().map(minute).collect();
        assert_eq!(times.len(), 16);
        seen.extend(times);
        let later = page.attributes("button[name=later]", "value").remove(0);
        page = press(&ada, &page, ("later", &later)).await;
        page.is(200);
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(seen, sorted);
    // Nine times of 20 minutes each weekday morning.
    let days: std::collections::BTreeMap<i64, usize> = seen.iter().fold(Default::default(), |mut days, minute| {
        *days.entry(minute / 1_440).or_default() += 1;
        days
    });
    assert!(days.values().skip(1).rev().skip(1).all(|count| *count == 9), "{days:?}");
}

async fn undo_is_offered_where_there_is_a_way_back(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await);
    for (verb, has_undo) in [("arrive", true), ("finish", false), ("call-in", true), ("enter-in-error", false)] {
        let page = ada.open(ada.post(&format!("/appointments/{id}/{verb}"), &[]).await.location()).await;
        assert_eq!(page.has("form[action*='/undo/']"), has_undo, "{verb}");
    }
}

async fn a_reason_that_is_too_long_is_told(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await);
    let long = "so ".repeat(80);
    let fields = [("cancelled_by", "patient"), ("cancel_reason", long.as_str())];
    let page = ada.fill(&format!("/appointments/{id}/cancel"), &fields).await;
    page.is(422);
    assert!(page.error("cancel_reason").contains("200 characters"), "{}", page.error("cancel_reason"));
    assert_eq!(page.value("cancel_reason").trim(), long.trim());
    assert_eq!(states(&clinic).await, [(id, "booked".to_string())]);
}

async fn a_board_shows_who_waits(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    let owner = clinic.user_id("ada").await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    ada.open("/arrivals").await.see("Nobody is waiting").see("Nobody else is expected today");
    // Midnight may have passed ten minutes ago.
    let now = clinic.app.now();
    let begin = praxis::db::UtcDateTime::midnight(clinic.app.today());
    let minutes = now.since(begin).whole_minutes().min(30);
    let starts = now.plus(Duration::minutes(-minutes)).rfc3339();
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &starts).await);
    let board = ada.open("/arrivals").await;
    assert_eq!(board.all("#expected h3 a"), ["Émile Zola"]);
    let from_board = [("next", "/arrivals")];
    let answer = ada.post(&format!("/appointments/{id}/arrive"), &from_board).await;
    assert_eq!((answer.status, answer.location()), (303, "/arrivals"));
    clinic.wait(Duration::minutes(20));
    let board = ada.open("/arrivals").await;
    board.see("1 waiting, longest 20 min").see("Waiting 20 min");
    assert_eq!(board.all("#waiting .ticket.warn h3 a"), ["Émile Zola"]);
    ada.post(&format!("/appointments/{id}/call-in"), &from_board).await.is(303);
    assert_eq!(ada.open("/arrivals").await.all("#room h3 a"), ["Émile Zola"]);
    ada.post(&format!("/appointments/{id}/finish"), &from_board).await.is(303);
    assert_eq!(ada.open("/arrivals").await.all("#done h3 a"), ["Émile Zola"]);
    // What cannot be is told, and changes nothing; other sites are not led to.
    let answer = ada.post(&format!("/appointments/{id}/cancel"), &[("next", "//evil.example")]).await;
    assert_eq!(answer.location(), format!("/appointments/{id}"));
    ada.open(answer.location()).await.see("Nothing was changed");
    assert_eq!(states(&clinic).await[0].1, State::Done.as_str());
}

async fn nobody_books_for_a_patient_of_others(clinic: Clinic) {
    clinic.administrator().await;
    let (owner, day) = (clinic.user_id("ada").await, monday(&clinic));
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    let id = booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &at(day, "09:00")).await);
    let rosa = clinic.receptionist().await;
    assert_eq!(rosa.get(&format!("/appointments/new?patient_id={zola}")).await.status, 404);
    assert_eq!(rosa.get(&format!("/appointments/{id}/move")).await.status, 404);
    assert_eq!(rosa.post(&format!("/appointments/{id}/cancel"), &[]).await.status, 404);
    let minute = format!("{hopper}-{}", praxis::db::UtcDateTime::parse(&at(day, "10:00")).expect("a time").unix_minutes());
    let sent = [("patient_id", zola.to_string()), ("type_id", follow_up.to_string()), ("at", minute)];
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(rosa.post("/appointments/new", &sent).await.status, 404);
    assert_eq!(states(&clinic).await, [(id, "booked".to_string())]);
    // In the calendar the time is taken, by nobody that they know.
    let calendar = rosa.open(&format!("/calendar?date={day}")).await;
    calendar.see("Booked").miss("Zola");
}

async fn a_clinic_without_hours_says_what_is_missing(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.open("/appointments/new").await.see("There are no appointment types yet");
    kind(&clinic, "Follow-up", 20, (0, 0)).await;
    ada.open("/appointments/new").await.see("No doctor has working hours yet");
    ada.open("/calendar").await.see("No doctor works on this day");
    ada.open("/calendar/week").await.see("No doctor has working hours yet");
    ada.open("/calendar/month").await.see("0 appointments");
    doctor(&clinic, "Grace Hopper").await;
    // Without a patient, one is asked for.
    let page = ada.open("/appointments/new").await;
    page.see("Choose a patient, then show the free times");
    let (action, fields) = page.form();
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| name != "at").chain([("show".to_string(), "times".to_string())]).collect();
    ada.post_pairs(&action, &fields).await.is(200).see("Choose a patient, then show the free times");
}

async fn a_patient_record_and_today_show_the_appointments(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    let owner = clinic.user_id("ada").await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = clinic.patient("Émile Zola", owner).await;
    ada.open("/today").await.see("Next appointments today").see("Nobody else is expected today");
    let begin = praxis::db::UtcDateTime::midnight(clinic.app.today()).rfc3339();
    booked(&book(&clinic.program_of("ada").await, zola, hopper, follow_up, &begin).await);
    ada.open("/today").await.see("Émile Zola").see("Grace Hopper · Follow-up");
    // A patient who signs in sees theirs.
    let patient = clinic.account("pia", crate::support::people::Rights { groups: &["Patient"], ..Default::default() }).await;
    let link = move |c: &mut praxis::db::Connection| {
        use praxis::db::schema::patients;
        diesel::update(patients::table.find(zola)).set(patients::user_id.eq(patient)).execute(c)
    };
    clinic.arrange(link).await.expect("an account");
    let pia = clinic.sign_in("pia").await;
    pia.open("/").await.see("Follow-up").see("Grace Hopper");
    assert_eq!(pia.get("/calendar").await.status, 403);
    assert_eq!(pia.get("/arrivals").await.status, 403);
}
