//! Patients ask for times: rules, approval, proposals, and what nobody answers.

use actix_web::web::Data;
use praxis::scheduling::portal::lapse::lapse;
use serde_json::json;

use super::{booked_now, choose, latest_link, mails_to, open_kind, patient_with_account, times};
use crate::scheduling::{at, book, booked, doctor, hours, monday};
use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![
    a_patient_asks_and_the_clinic_approves,
    a_request_keeps_its_time_and_lapses,
    the_clinic_proposes_other_times,
    a_patient_books_at_once,
    the_rules_for_patients_hold,
    preferred_hours_are_kept,
    an_administrator_sets_the_rules,
];

const PIA: &str = "pia@example.org";

async fn a_patient_asks_and_the_clinic_approves(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.account("rita", Rights { groups: &["Receptionist"], ..Rights::default() }).await;
    let rita = clinic.sign_in("rita").await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "First visit", "request", 60).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    pia.open("/").await.see("Book an appointment");
    let page = pia.open("/my/appointments/new").await;
    page.see("Choosing a time asks for it");
    let time = times(&page)[0].clone();
    let (action, mut fields) = page.form();
    fields.retain(|(name, _)| name != "note");
    fields.extend([("note".into(), "A cough".into()), ("at".into(), time)]);
    let asked = pia.post_pairs(&action, &fields).await;
    pia.open(asked.location()).await.see("We have received your request").see("We keep it for you and answer by");
    // Pressed twice, it is one request.
    pia.post_pairs(&action, &fields).await.is(303);
    assert_eq!(booked_now(&clinic).await, [(pia_id, "requested".to_string(), false)]);
    assert_eq!(mails_to(&clinic, PIA).await.last().map(|mail| mail.kind.as_str()), Some("appointment request"));
    // The desk sees it on Today, in the bell, and approves it with one press.
    let today = ada.open("/today").await;
    today.see("Patients ask for an appointment").see("Pia Own");
    rita.open("/notifications").await.see("Requested: Pia Own");
    let href = today.attributes("main a[href^='/appointments/']", "href").into_iter().find(|href| href[14..].parse::<i64>().is_ok());
    let record = href.expect("a request");
    ada.open(&record).await.see("Approve").see("Propose other times").see("A cough");
    ada.post(&format!("{record}/book"), &[]).await.is(303);
    assert_eq!(booked_now(&clinic).await, [(pia_id, "booked".to_string(), false)]);
    assert_eq!(mails_to(&clinic, PIA).await.last().map(|mail| mail.kind.as_str()), Some("appointment confirmation"));
    ada.open("/today").await.miss("Patients ask for an appointment");
}

async fn a_request_keeps_its_time_and_lapses(clinic: Clinic) {
    clinic.administrator().await;
    clinic.stop_the_clock();
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, first) = (doctor(&clinic, "Grace Hopper").await, open_kind(&clinic, "First visit", "request", 0).await);
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open(&format!("/my/appointments/new?from={day}")).await;
    choose(&pia, &page, &times(&page)[0].clone()).await.is(303);
    // Nobody else can have the time.
    let owner = clinic.user_id("ada").await;
    let other = clinic.patient("Émile Zola", owner).await;
    book(&desk, other, hopper, first, &at(day, "09:00")).await.is(409);
    let app: Data<praxis::app::App> = clinic.app.clone();
    assert_eq!(lapse(&app).await.expect("looked"), 0);
    clinic.wait(time::Duration::hours(49));
    assert_eq!(lapse(&app).await.expect("looked"), 1);
    assert_eq!(lapse(&app).await.expect("looked"), 0);
    let mail = mails_to(&clinic, PIA).await.pop().expect("an email");
    assert!(mail.text_body.contains("We cannot offer you the time that you asked for"), "{}", mail.text_body);
    booked(&book(&clinic.program_of("ada").await, other, hopper, first, &at(day, "09:00")).await);
}

async fn the_clinic_proposes_other_times(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let day = monday(&clinic);
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let first = open_kind(&clinic, "First visit", "request", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open(&format!("/my/appointments/new?from={day}")).await;
    let asked = choose(&pia, &page, &times(&page)[0].clone()).await;
    let id: i64 = asked.location().rsplit('/').next().and_then(|id| id.parse().ok()).expect("an id");
    ada.post(&format!("/appointments/{id}/propose"), &[]).await.is(303);
    ada.open(&format!("/appointments/{id}")).await.see("Proposed:");
    // Proposing again replaces the first proposal.
    ada.post(&format!("/appointments/{id}/propose"), &[]).await.is(303);
    let (visitor, path) = (clinic.visitor(), latest_link(&clinic, PIA).await);
    let page = visitor.open(&path).await;
    page.see("which is not possible");
    let offered = times(&page);
    assert_eq!(offered.len(), 3);
    // Somebody else takes the first of them meanwhile: the next free ones are shown.
    let minute: i64 = offered[0].split_once('-').and_then(|(_, minute)| minute.parse().ok()).expect("a minute");
    let taken = praxis::db::UtcDateTime::from_unix_minutes(minute).rfc3339();
    let owner = clinic.user_id("ada").await;
    booked(&book(&clinic.program_of("ada").await, clinic.patient("Émile Zola", owner).await, hopper, first, &taken).await);
    let late = choose(&visitor, &page, &offered[0]).await;
    late.is(409).see("There is a problem").see("Other free times");
    assert!(times(&late).len() > 6, "{:?}", times(&late));
    let chosen = choose(&visitor, &late, &offered[1]).await;
    visitor.open(chosen.location()).await.see("Your appointment is booked");
    assert_eq!(booked_now(&clinic).await[0], (pia_id, "booked".to_string(), false));
    // The answer was given; the link only shows it.
    choose(&visitor, &late, &offered[2]).await.is(422).see("You have chosen a time already");
    pia.open("/").await.miss("Times that we offer you");
}

async fn a_patient_books_at_once(clinic: Clinic) {
    clinic.administrator().await;
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "Check-up", "patient", 0).await;
    let (pia_id, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open("/my/appointments/new").await;
    let done = choose(&pia, &page, &times(&page)[0].clone()).await;
    pia.open(done.location()).await.see("Your appointment is booked").see("I will come");
    assert_eq!(booked_now(&clinic).await, [(pia_id, "booked".to_string(), false)]);
    pia.post(&format!("{}/confirm", done.location()), &[]).await.is(303);
    pia.fill(done.location(), &[("reason", "")]).await.is(303);
    assert_eq!(booked_now(&clinic).await[0].1, "cancelled");
}

async fn the_rules_for_patients_hold(clinic: Clinic) {
    clinic.administrator().await;
    clinic.stop_the_clock();
    let hopper = doctor(&clinic, "Grace Hopper").await;
    let checkup = open_kind(&clinic, "Check-up", "patient", 3 * 1_440).await;
    let surgery = crate::scheduling::kind(&clinic, "Surgery", 20, (0, 0)).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    let page = pia.open("/my/appointments/new").await;
    page.miss("Surgery");
    let now = clinic.app.now().unix_minutes();
    let minute = |time: &String| time.split_once('-').and_then(|(_, minute)| minute.parse::<i64>().ok()).expect("a minute");
    assert!(times(&page).iter().all(|time| minute(time) >= now + 3 * 1_440), "{:?}", times(&page));
    // What is not offered is not accepted: too soon, too far, a type for staff, a time that nobody works.
    let send = |kind: i64, minute: i64| [("type_id".to_string(), kind.to_string()), ("at".to_string(), format!("{hopper}-{minute}"))];
    let (action, fields) = page.form();
    let hidden: Vec<(String, String)> = fields.into_iter().filter(|(name, _)| name == "csrf_token").collect();
    let later = minute(&times(&page)[0]);
    for (kind, minute, status) in [
        (checkup, now + 60, 422),
        (checkup, later + 365 * 1_440, 422),
        (surgery, later, 404),
        (checkup, later - later % 1_440 + 1, 409),
        (checkup, i64::MAX, 422),
        (9_999, later, 404),
    ] {
        let mut sent = hidden.clone();
        sent.extend(send(kind, minute));
        let answer = pia.post_pairs(&action, &sent).await;
        assert_eq!(answer.status, status, "{kind} {minute}: {}", answer.text());
    }
    assert!(booked_now(&clinic).await.is_empty());
    // Three open ones are enough.
    for place in 0..4 {
        let page = pia.open("/my/appointments/new").await;
        let answer = choose(&pia, &page, &times(&page)[0].clone()).await;
        assert_eq!(answer.status, if place < 3 { 303 } else { 422 }, "{}", answer.text());
    }
    assert_eq!(booked_now(&clinic).await.len(), 3);
    // Staff are no patients.
    clinic.receptionist().await.get("/my/appointments/new").await.is(404);
    clinic.visitor().get("/my/appointments/new").await.is(303);
}

async fn preferred_hours_are_kept(clinic: Clinic) {
    clinic.administrator().await;
    let hopper = clinic.doctor("Grace Hopper").await;
    for day in ["monday", "tuesday", "wednesday"] {
        hours(&clinic, hopper, day, (8, 20)).await;
    }
    open_kind(&clinic, "Check-up", "patient", 0).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    for (part, from, to) in [("morning", 8, 12), ("afternoon", 12, 17), ("evening", 17, 20)] {
        let page = pia.open(&format!("/my/appointments/new?part={part}")).await;
        let wall = |time: &String| time.split_once('-').and_then(|(_, minute)| minute.parse::<i64>().ok()).expect("a minute") % 1_440 / 60;
        let walls: Vec<i64> = times(&page).iter().map(wall).collect();
        assert!(!walls.is_empty() && walls.iter().all(|hour| from <= *hour && *hour < to), "{part}: {walls:?}");
    }
}

async fn an_administrator_sets_the_rules(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.fill("/admin/booking-rules", &[("open_requests", "0"), ("hold_hours", "x")]).await;
    page.is(422);
    assert!(!page.error("open_requests").is_empty() && !page.error("hold_hours").is_empty());
    assert_eq!(page.value("hold_hours"), "x");
    ada.complete("/admin/booking-rules", &[("open_requests", "1"), ("hold_hours", "24")]).await.see("Booking rules saved");
    assert_eq!(ada.open("/admin/booking-rules").await.value("open_requests"), "1");
    doctor(&clinic, "Grace Hopper").await;
    open_kind(&clinic, "Check-up", "patient", 0).await;
    let (_, pia) = patient_with_account(&clinic, "Pia Own", "pia").await;
    for status in [303, 422] {
        let page = pia.open("/my/appointments/new").await;
        choose(&pia, &page, &times(&page)[0].clone()).await.is(status);
    }
    clinic.receptionist().await.get("/admin/booking-rules").await.is(403);
    assert_eq!(json!(booked_now(&clinic).await.len()), json!(1));
}
