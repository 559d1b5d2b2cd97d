//! Listing active sessions, and ending them.

use diesel::prelude::*;
use praxis::db::schema::sessions;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_receptionist_ends_her_other_sessions,
    an_administrator_ends_somebodys_sessions,
    nobody_ends_the_sessions_of_a_more_privileged_user,
];

async fn session_ids(clinic: &Clinic, user: i64) -> Vec<i64> {
    clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(user)).order(sessions::id).select(sessions::id).load(c)).await
}

async fn a_receptionist_ends_her_other_sessions(clinic: Clinic) {
    let here = clinic.receptionist().await;
    let phone = clinic.visitor().saying("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) Version/26.0 Safari/604.1");
    phone.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    let third = clinic.sign_in("rosa").await;
    assert!(here.open("/").await.has("a[href='/sessions']"));
    let page = here.open("/sessions").await;
    page.see("Safari on iPhone").see("Signed in");
    assert_eq!(page.all(".badge.ok").iter().filter(|text| *text == "this browser").count(), 1);
    let rosa = clinic.user_id("rosa").await;
    let ids = session_ids(&clinic, rosa).await;
    let end = |number: i64| number.to_string();
    here.post("/sessions", &[("session", &end(ids[1]))]).await.is(303);
    here.open("/sessions").await.see("Session signed out");
    assert!(phone.get("/").await.location().starts_with("/login"));
    here.post("/sessions", &[("session", &end(ids[1]))]).await.is(303);
    here.open("/sessions").await.see("had already ended");
    here.post("/sessions", &[]).await.is(303);
    assert!(third.get("/").await.location().starts_with("/login"));
    assert_eq!(session_ids(&clinic, rosa).await, [ids[0]]);
    // Another user's session is not found.
    let colin = clinic.colleague().await;
    colin.post("/sessions", &[("session", &end(ids[0]))]).await.is(303);
    here.open("/").await;
}

async fn an_administrator_ends_somebodys_sessions(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let (rosa, again) = (clinic.receptionist().await, clinic.sign_in("rosa").await);
    let id = clinic.user_id("rosa").await;
    let path = format!("/users/{id}/sessions");
    ada.open(&path).await.see("Sign-ins of rosa").see("Sign out all");
    let first = session_ids(&clinic, id).await[0];
    ada.post(&path, &[("session", &first.to_string())]).await.is(303);
    ada.open(&path).await.see("Session signed out");
    assert!(rosa.get("/").await.location().starts_with("/login"));
    again.open("/").await;
    ada.post(&path, &[]).await.is(303);
    assert!(again.get("/").await.location().starts_with("/login"));
    ada.open(&path).await.see("No active sessions");
    let history = ada.open(&format!("/admin/users/{id}/history")).await;
    history.see("Ended a session").see("ada");
    // The id of another account's session is not found under this user.
    let own = session_ids(&clinic, clinic.user_id("ada").await).await[0];
    ada.post(&path, &[("session", &own.to_string())]).await.is(303);
    ada.open("/").await;
}

async fn nobody_ends_the_sessions_of_a_more_privileged_user(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let clerk = clinic.clerk("clerk", &["user.change"]).await;
    let id = clinic.user_id("ada").await;
    let session = session_ids(&clinic, id).await[0];
    let path = format!("/users/{id}/sessions");
    clerk.get(&path).await.is(403).see("permissions that you do not have").miss("Unknown browser");
    clerk.post(&path, &[]).await.is(403);
    clerk.post(&path, &[("session", &session.to_string())]).await.is(403);
    clerk.post("/users/77/sessions", &[]).await.is(404);
    ada.open("/").await;
    clinic.account("plain", Rights::default()).await;
    let plain = clinic.user_id("plain").await;
    clerk.open(&format!("/users/{plain}/sessions")).await.see("No sign-ins yet");
}
