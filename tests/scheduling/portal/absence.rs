//! A doctor is ill: everybody is offered other times in one act, which can be undone until they are told.

use diesel::prelude::*;
use praxis::db::schema::{appointment_offers, log_entries, schedule_exceptions};

use super::{booked_now, choose, latest_link, mails_to, open_kind, patient_with_account, times};
use crate::scheduling::messages::telling::reachable;
use crate::scheduling::{at, book, booked, doctor, kind, monday};
use crate::stories;
use crate::support::page::Page;
use crate::support::{Browser, Clinic};

stories![
    everybody_is_offered_other_times_in_one_act,
    an_absence_is_undone_before_anybody_is_told,
    what_changed_since_the_list_was_shown_is_shown_again,
    wrong_days_are_told,
    doctors_are_away_themselves,
    who_only_asked_is_offered_other_times_and_stays_on,
];

/// Shows who is affected, and presses the button.
async fn declare(ada: &Browser, hopper: i64, first: &str, last: &str) -> Page {
    let shown = look(ada, hopper, first, last).await;
    let (action, fields) = shown.form();
    ada.post_pairs(&action, &fields).await
}

async fn look(ada: &Browser, hopper: i64, first: &str, last: &str) -> Page {
    let doctor = hopper.to_string();
    let fields = [("doctor_id", doctor.as_str()), ("first_day", first), ("last_day", last), ("reason", "Flu"), ("look", "1")];
    ada.fill("/absences/new", &fields).await
}

async fn everybody_is_offered_other_times_in_one_act(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let hopper = doctor(&clinic, "Grace Hopper").await;
    doctor(&clinic, "Ada Byron").await;
    let checkup = kind(&clinic, "Check-up", 20, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    let hugo = clinic.patient("Victor Hugo", clinic.user_id("ada").await).await;
    let ids = [
        booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await),
        booked(&book(&desk, sand, hopper, checkup, &at(day, "10:00")).await),
        booked(&book(&desk, hugo, hopper, checkup, &at(day + time::Duration::days(1), "09:00")).await),
    ];
    // The day after is not affected.
    let later = booked(&book(&desk, zola, hopper, checkup, &at(day + time::Duration::days(2), "09:00")).await);
    let (first, last) = (day.to_string(), (day + time::Duration::days(1)).to_string());
    let shown = look(&ada, hopper, &first, &last).await;
    shown.see("Émile Zola").see("George Sand").see("Victor Hugo").see("Cancel 3 appointments and offer other times");
    let done = declare(&ada, hopper, &first, &last).await;
    let page = ada.open(done.location()).await;
    page.see("Patients get an email in 10 minutes").see("Without an answer: 3").see("Must not be contacted");
    let states: Vec<String> = booked_now(&clinic).await.into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["cancelled", "cancelled", "cancelled", "booked"]);
    // One act in the log, and no time is offered to two of them.
    let notes: Vec<String> =
        clinic.ask(|c| log_entries::table.filter(log_entries::note.like("Doctor away from%")).select(log_entries::note).load(c)).await;
    assert_eq!(notes.len(), 4, "{notes:?}");
    let offered: Vec<String> = clinic
        .ask(|c| {
            praxis::db::sql::Sql::new("SELECT CAST(starts_at AS TEXT) || doctor_id FROM offered_times")
                .returning::<diesel::sql_types::Text>()
                .load(c)
        })
        .await;
    let distinct: std::collections::BTreeSet<&String> = offered.iter().collect();
    assert_eq!((offered.len(), distinct.len()), (9, 9));
    // The email waits as long as it can be undone, then it is one: the cancellation, with the times.
    let mails = mails_to(&clinic, "emile@example.org").await;
    let mail = mails.last().expect("an email");
    assert_eq!(mail.kind, "appointment cancellation");
    assert!(mail.next_attempt_at.is_some_and(|at| at.since(clinic.app.now()) > time::Duration::minutes(9)), "{mail:?}");
    for words in ["is cancelled", "Choose one of these times here", "with "] {
        assert!(mail.text_body.contains(words), "{words}: {}", mail.text_body);
    }
    assert!(mail.calendar.contains("METHOD:CANCEL") && !mail.text_body.contains("Flu"), "{}", mail.text_body);
    // One of them chooses: the same appointment has another time.
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, "emile@example.org").await);
    let offer = visitor.open(&path).await;
    offer.see("cannot take place");
    choose(&visitor, &offer, &times(&offer)[0].clone()).await.is(303);
    visitor.open(&path).await.see("Your appointment is booked");
    let now = desk.read(&format!("/api/appointments/{}/", ids[0])).await;
    assert_eq!(now["state"], "booked");
    assert!(mails_to(&clinic, "emile@example.org").await.last().is_some_and(|mail| mail.calendar.contains("METHOD:REQUEST")));
    ada.open(done.location()).await.see("Without an answer: 2").see("Accepted");
    // It is too late to undo.
    clinic.wait(time::Duration::minutes(11));
    ada.post(&format!("{}/undo", done.location()), &[]).await.is(303);
    ada.open("/calendar").await.see("Nothing was undone");
    assert_eq!(desk.read(&format!("/api/appointments/{later}/")).await["state"], "booked");
}

async fn an_absence_is_undone_before_anybody_is_told(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let before = clinic.outbox().await.len();
    let done = declare(&ada, hopper, &day.to_string(), "").await;
    assert_eq!(clinic.outbox().await.len(), before + 1);
    ada.open(done.location()).await.see("Undo");
    ada.post(&format!("{}/undo", done.location()), &[]).await.is(303);
    ada.open("/calendar").await.see("No patient was notified");
    assert_eq!(booked_now(&clinic).await, [(zola, "booked".to_string(), false)]);
    assert_eq!(clinic.outbox().await.len(), before);
    let off: i64 = clinic.ask(|c| schedule_exceptions::table.filter(schedule_exceptions::deleted_at.is_null()).count().get_result(c)).await;
    let open: i64 = clinic.ask(|c| appointment_offers::table.filter(appointment_offers::state.eq("open")).count().get_result(c)).await;
    assert_eq!((off, open), (0, 0));
    clinic.visitor().get("/offers/anything").await.is(404);
}

async fn what_changed_since_the_list_was_shown_is_shown_again(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, checkup) = (doctor(&clinic, "Grace Hopper").await, kind(&clinic, "Check-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let shown = look(&ada, hopper, &day.to_string(), "").await;
    let sand = reachable(&clinic, "George Sand", "george@example.org").await;
    booked(&book(&desk, sand, hopper, checkup, &at(day, "10:00")).await);
    let (action, fields) = shown.form();
    let again = ada.post_pairs(&action, &fields).await;
    again.is(409).see("Other appointments are affected now").see("George Sand");
    assert!(booked_now(&clinic).await.iter().all(|(_, state, _)| state == "booked"));
    // What is shown now can be done; a second press does nothing more.
    let (action, fields) = again.form();
    ada.post_pairs(&action, &fields).await.is(303);
    ada.post_pairs(&action, &fields).await.is(409);
    assert!(booked_now(&clinic).await.iter().all(|(_, state, _)| state == "cancelled"));
}

async fn wrong_days_are_told(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let day = monday(&clinic);
    let yesterday = (clinic.app.today() - time::Duration::days(1)).to_string();
    let (first, before) = (day.to_string(), (day - time::Duration::days(1)).to_string());
    for (doctor, first, last, field) in [
        ("", first.as_str(), "", "doctor_id"),
        ("7777", first.as_str(), "", "doctor_id"),
        ("x", "soon", "", "first_day"),
        (&hopper.to_string(), yesterday.as_str(), "", "first_day"),
        (&hopper.to_string(), first.as_str(), before.as_str(), "last_day"),
        (&hopper.to_string(), first.as_str(), "2099-01-01", "last_day"),
    ] {
        let page = ada.fill("/absences/new", &[("doctor_id", doctor), ("first_day", first), ("last_day", last), ("look", "1")]).await;
        assert_eq!(page.status, 422, "{doctor} {first} {last}");
        assert!(!page.error(field).is_empty(), "{doctor} {first} {last}");
    }
}

async fn doctors_are_away_themselves(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let user = clinic.account("grace", crate::support::people::Rights { groups: &["Doctor"], ..Default::default() }).await;
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let other = doctor(&clinic, "Ada Byron").await;
    clinic
        .arrange(move |c| {
            use praxis::db::schema::doctors;
            diesel::update(doctors::table.find(hopper)).set(doctors::user_id.eq(Some(user))).execute(c)
        })
        .await
        .expect("an account");
    let checkup = kind(&clinic, "Check-up", 20, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    booked(&book(&desk, zola, hopper, checkup, &at(day, "09:00")).await);
    let grace = clinic.sign_in("grace").await;
    let refused = declare(&grace, other, &day.to_string(), "").await;
    refused.is(422).see("You can only plan your own hours");
    let done = declare(&grace, hopper, &day.to_string(), "").await;
    grace.open(done.location()).await.see("Émile Zola");
    // Reception of a clinic where it sees its own patients only does not do half of it.
    let rosa = clinic.receptionist().await;
    rosa.get("/absences/new").await.is(403);
}

async fn who_only_asked_is_offered_other_times_and_stays_on(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let day = monday(&clinic);
    let hopper = doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open(&format!("/my/appointments/new?from={day}")).await;
    choose(&pia, &page, &times(&page)[0].clone()).await.is(303);
    let before = clinic.outbox().await.len();
    let done = declare(&ada, hopper, &day.to_string(), "").await;
    // The request is not cancelled, and no time of the absence is offered for it.
    assert_eq!(booked_now(&clinic).await, [(pia_id, "requested".to_string(), false)]);
    let offers = |state: &'static str| {
        clinic.ask(move |c| {
            let own = appointment_offers::table.filter(appointment_offers::state.eq(state)).select(appointment_offers::cause);
            own.load::<String>(c)
        })
    };
    assert_eq!(offers("open").await, ["request"]);
    let mail = mails_to(&clinic, "pia@example.org").await.pop().expect("an email");
    assert_eq!(mail.kind, "appointment offer");
    assert!(mail.next_attempt_at.is_some_and(|at| at.since(clinic.app.now()) > time::Duration::minutes(9)), "{mail:?}");
    let offered = times(&clinic.visitor().open(&super::link(&mail)).await);
    let absent = praxis::db::UtcDateTime::midnight(day).unix_minutes();
    let minute = |time: &String| time.split_once('-').and_then(|(_, minute)| minute.parse::<i64>().ok()).expect("a minute");
    assert_eq!(offered.len(), 3, "{offered:?}");
    assert!(offered.iter().all(|time| !(absent..absent + 1_440).contains(&minute(time))), "{offered:?}");
    // Undone, she waits for an answer as before, and hears nothing of it.
    ada.post(&format!("{}/undo", done.location()), &[]).await.is(303);
    assert_eq!(booked_now(&clinic).await, [(pia_id, "requested".to_string(), false)]);
    assert_eq!((offers("open").await.len(), offers("withdrawn").await.len()), (0, 1));
    assert_eq!(clinic.outbox().await.len(), before);
}
