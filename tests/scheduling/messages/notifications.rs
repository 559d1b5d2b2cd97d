//! Notifications in Praxis: doctors hear what others did to their appointments, and those who approve hear of requests.

use diesel::prelude::*;
use praxis::db::schema::{doctors, notifications};
use serde_json::json;

use super::telling::{Appointment, reachable};
use crate::scheduling::{at, booked, doctor, kind, monday, wish};
use crate::stories;
use crate::support::people::Rights;
use crate::support::{Browser, Clinic};

stories![a_doctor_hears_what_others_did, a_request_is_for_those_who_can_approve_it, nobody_reads_of_patients_whom_they_may_not_see,];

/// A doctor with an account; returns the doctor and their browser.
pub async fn with_account(clinic: &Clinic, name: &str, username: &str) -> (i64, Browser) {
    let id = doctor(clinic, name).await;
    let account = clinic.account(username, Rights { groups: &["Doctor"], ..Rights::default() }).await;
    let link =
        move |c: &mut praxis::db::Connection| diesel::update(doctors::table.find(id)).set(doctors::user_id.eq(Some(account))).execute(c);
    clinic.arrange(link).await.expect("linked");
    (id, clinic.sign_in(username).await)
}

/// The number at the bell; `None` without one.
async fn bell(browser: &Browser) -> Option<String> {
    browser.open("/profile").await.all(".toolbar .bell .badge").pop().map(|text| text.replace(" unread", ""))
}

async fn a_doctor_hears_what_others_did(clinic: Clinic) {
    clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, grace) = with_account(&clinic, "Grace Hopper", "grace").await;
    let (curie, marie) = with_account(&clinic, "Marie Curie", "marie").await;
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    assert_eq!(bell(&grace).await, None);
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "note": "By phone" })).await;
    visit.change(&desk, json!({ "starts_at": at(day, "10:00"), "doctor": curie })).await;
    visit.change(&desk, json!({ "state": "cancelled" })).await;
    // What is over, and what they did themselves, is no news.
    Appointment::book(&desk, zola, hopper, follow_up, "2026-03-02T09:00:00Z").await;
    Appointment::book(&clinic.program_of("grace").await, zola, hopper, follow_up, &at(day, "11:00")).await;
    assert_eq!((bell(&grace).await.as_deref(), bell(&marie).await.as_deref()), (Some("2"), Some("2")));
    // Whoever looks at the head only has not read it.
    grace.send(actix_web::http::Method::HEAD, "/notifications", &[], Vec::new()).await.is(200);
    assert_eq!(bell(&grace).await.as_deref(), Some("2"));
    let page = grace.open("/notifications").await;
    page.see("Booked: Émile Zola, Follow-up").see("Changed: Émile Zola, Follow-up").see("ada").see("new").see(", 10:00");
    assert!(!page.has(".toolbar .bell .badge"), "the bell counts what is being read");
    assert_eq!((bell(&grace).await, bell(&marie).await.as_deref()), (None, Some("2")));
    grace.open("/notifications").await.see("Booked: Émile Zola").miss("new");
    marie.open("/notifications").await.see("Changed: Émile Zola").see("Cancelled: Émile Zola");
}

async fn a_request_is_for_those_who_can_approve_it(clinic: Clinic) {
    clinic.administrator().await;
    let (hopper, grace) = with_account(&clinic, "Grace Hopper", "grace").await;
    clinic.account("rita", Rights { groups: &["Receptionist"], ..Rights::default() }).await;
    clinic.account("bill", Rights { groups: &["Billing"], ..Rights::default() }).await;
    let (rita, bill) = (clinic.sign_in("rita").await, clinic.sign_in("bill").await);
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let follow_up = kind(&clinic, "Follow-up", 20, (0, 0)).await;
    let mut request = wish(reachable(&clinic, "Émile Zola", "").await, hopper, follow_up, &at(day, "09:00"));
    request["state"] = json!("requested");
    let id = booked(&desk.post("/api/appointments/", request).await);
    for browser in [&grace, &rita] {
        browser.open("/notifications").await.see("Requested: Émile Zola, Follow-up");
    }
    bill.open("/notifications").await.see("No notifications.");
    // Approved, it is booked.
    assert_eq!(desk.patch(&format!("/api/appointments/{id}/"), json!({ "state": "booked" })).await.status, 200);
    grace.open("/notifications").await.see("Booked: Émile Zola, Follow-up");
    assert_eq!(bell(&rita).await, None);
}

async fn nobody_reads_of_patients_whom_they_may_not_see(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (day, desk) = (monday(&clinic), clinic.program_of("ada").await);
    let (hopper, grace) = with_account(&clinic, "Grace Hopper", "grace").await;
    let (curie, follow_up) = (doctor(&clinic, "Marie Curie").await, kind(&clinic, "Follow-up", 20, (0, 0)).await);
    let zola = reachable(&clinic, "Émile Zola", "emile@example.org").await;
    let visit = Appointment::book(&desk, zola, hopper, follow_up, &at(day, "09:00")).await;
    visit.change(&desk, json!({ "doctor": curie })).await;
    assert_eq!(bell(&grace).await.as_deref(), Some("2"));
    // Somebody who views Praxis as the doctor reads nothing for them.
    let doctor_account = clinic.user_id("grace").await;
    ada.complete(&format!("/users/{doctor_account}/view-as"), &[]).await;
    ada.open("/notifications").await.see("that was deleted or that you cannot see").miss("Zola");
    assert_eq!(bell(&grace).await.as_deref(), Some("2"));
    grace.open("/notifications").await.see("that was deleted or that you cannot see").miss("Zola");
    clinic.wait(time::Duration::days(91));
    let now = clinic.app.now();
    clinic.arrange(move |c| praxis::scheduling::notification::clear_old(c, now)).await.expect("cleared");
    assert_eq!(clinic.ask(|c| notifications::table.count().get_result::<i64>(c)).await, 0);
}
