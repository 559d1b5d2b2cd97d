//! Sessions: their keys, and when they end.

use diesel::prelude::*;

use crate::stories;
use crate::support::mail_server::until;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};
use praxis::crypto::keys::digest;
use praxis::db::UtcDateTime;
use praxis::db::schema::{group_permissions, sessions, users};

stories![
    a_session_key_is_stored_hashed_and_renewed_at_sign_in,
    a_session_ends_after_inactivity,
    a_session_ends_after_a_working_day,
    a_remembered_session_lasts_for_days,
    background_requests_do_not_extend_a_session,
    a_page_shows_the_remaining_session_time,
    a_deactivated_user_is_signed_out_at_once,
    changed_rights_apply_to_the_next_request,
    a_forged_cookie_identifies_nobody,
    a_session_records_activity_once_a_minute,
    expired_sessions_are_deleted,
];

async fn a_session_key_is_stored_hashed_and_renewed_at_sign_in(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let first = rosa.cookie("sid").expect("a cookie");
    rosa.post("/logout", &[]).await;
    rosa.set_cookie("sid", &first);
    rosa.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    let second = rosa.cookie("sid").expect("a cookie");
    assert_ne!(first, second, "a planted key was taken over");
    let stored = clinic.ask(|c| sessions::table.select(sessions::key_hash).load::<String>(c)).await;
    // The cookie holds a signature and the key; the database stores only the key's hash.
    let key: String = second.chars().rev().take(64).collect::<Vec<_>>().into_iter().rev().collect();
    assert_eq!(stored, [digest(&key)]);
    let state = clinic.ask(|c| sessions::table.select(sessions::state).first::<String>(c)).await;
    assert!(!state.contains("rosa"), "the session keeps a copy of the user: {state}");
}

async fn a_session_ends_after_inactivity(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.wait(time::Duration::minutes(29));
    is_here(&clinic, &rosa).await;
    clinic.wait(time::Duration::minutes(29));
    is_here(&clinic, &rosa).await;
    clinic.wait(time::Duration::minutes(31));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
    let short = Clinic::open_with(clinic.backend, &[("SESSION_IDLE_MINUTES", "5")]).await;
    let rosa = short.receptionist().await;
    short.wait(time::Duration::minutes(5));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
    short.server.stop(false).await;
}

/// Somebody opens a page, and the session knows it: on a slow machine the page does not wait for that.
async fn is_here(clinic: &Clinic, browser: &Browser) {
    let now = clinic.app.now();
    until("the session was used", async || {
        browser.open("/patients").await;
        let seen: UtcDateTime = clinic.ask(|c| sessions::table.select(sessions::last_seen_at).first(c)).await;
        now.since(seen) < time::Duration::minutes(2)
    })
    .await;
}

async fn a_session_ends_after_a_working_day(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    for _ in 0..28 {
        clinic.wait(time::Duration::minutes(25));
        is_here(&clinic, &rosa).await;
    }
    clinic.wait(time::Duration::minutes(19));
    is_here(&clinic, &rosa).await;
    clinic.wait(time::Duration::minutes(2));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
}

/// As if the user had ticked 'Stay signed in'.
async fn remember(clinic: &Clinic) {
    let ends = clinic.app.now().plus(time::Duration::days(15));
    let all = diesel::update(sessions::table).set((sessions::remembered.eq(true), sessions::expires_at.eq(ends)));
    clinic.arrange(move |c| all.execute(c)).await.expect("remembered");
}

async fn a_remembered_session_lasts_for_days(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let cookie = |page: &crate::support::page::Page| {
        let sent = page.headers.iter().filter(|(name, value)| name == "set-cookie" && value.starts_with("sid="));
        sent.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let page = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    assert_eq!(cookie(&page).len(), 1);
    assert!(!cookie(&page)[0].contains("Max-Age"), "the cookie of a plain sign-in outlives the browser: {:?}", cookie(&page));
    remember(&clinic).await;
    rosa.open("/sessions").await.see("stays signed in");
    clinic.wait(time::Duration::days(15) - time::Duration::minutes(1));
    rosa.open("/patients").await;
    let now = clinic.app.now();
    let limits = clinic.app.settings.session_limits;
    let gone = clinic.arrange(move |c| praxis::web::sessions::end::clear_expired(c, &limits, now)).await;
    assert_eq!(gone.expect("cleared"), 0);
    clinic.wait(time::Duration::minutes(2));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
    // A renewed cookie is persistent as well, for the rest of the days.
    let ada = clinic.administrator().await;
    remember(&clinic).await;
    clinic.wait(time::Duration::days(1));
    let page = ada.fill("/confirm", &[("proof", PASSWORD)]).await;
    let age = cookie(&page)[0].split("Max-Age=").nth(1).and_then(|age| age.parse::<i64>().ok()).expect("an age");
    assert!((14 * 86_400 - 60..=14 * 86_400).contains(&age), "{age}");
}

async fn background_requests_do_not_extend_a_session(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.copy().saying("sec-fetch-dest", "empty");
    for _ in 0..2 {
        clinic.wait(time::Duration::minutes(14));
        page.get("/palette?q=a").await.is(200);
        page.get("/sessions/left").await.is(200);
        // A page that refreshes itself, without script.
        rosa.get("/patients?look=again").await.is(200);
    }
    clinic.wait(time::Duration::minutes(3));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
}

async fn a_page_shows_the_remaining_session_time(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.stop_the_clock();
    let script = rosa.copy().saying("sec-fetch-dest", "empty").saying("sec-fetch-site", "same-origin");
    let left = |page: crate::support::page::Page| serde_json::from_str::<serde_json::Value>(&page.is(200).body).expect("JSON");
    clinic.wait(time::Duration::minutes(28));
    let seconds = left(script.get("/sessions/left").await)["seconds"].as_i64().expect("seconds");
    assert!((100..=120).contains(&seconds), "{seconds}");
    let after = left(script.post("/sessions/stay", &[]).await);
    assert_eq!(after, serde_json::json!({ "seconds": 1800, "can_stay": true }));
    let page = rosa.open("/patients").await;
    assert_eq!(page.attributes("template[data-session-warning]", "data-session-warning"), ["1800"]);
    clinic.wait(time::Duration::minutes(31));
    assert!(script.get("/sessions/left").await.location().starts_with("/login"));
    assert!(script.post("/sessions/stay", &[]).await.is(401).body.contains("Sign in"));
}

async fn a_deactivated_user_is_signed_out_at_once(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    rosa.open("/").await;
    let page = ada.open(&format!("/admin/users/{id}")).await;
    let (action, mut data) = page.form();
    data.retain(|(name, _)| name != "is_active");
    let sent: Vec<(&str, &str)> =
        data.iter().filter(|(name, _)| name != "csrf_token").map(|(name, value)| (name.as_str(), value.as_str())).collect();
    ada.post(&action, &sent).await.is(303);
    assert!(!clinic.ask(move |c| users::table.find(id).select(users::is_active).first::<bool>(c)).await);
    assert!(rosa.get("/").await.location().starts_with("/login"));
    clinic.arrange(move |c| diesel::update(users::table.find(id)).set(users::is_active.eq(true)).execute(c)).await.expect("activated");
    assert!(rosa.get("/").await.location().starts_with("/login"), "the old session came back with the account");
}

async fn changed_rights_apply_to_the_next_request(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/patients").await;
    clinic.arrange(|c| diesel::delete(group_permissions::table).execute(c)).await.expect("taken away");
    rosa.get("/patients").await.is(403);
    rosa.open("/").await.see("You do not have access to any records yet").miss("New patient");
}

async fn a_forged_cookie_identifies_nobody(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let visitor = clinic.visitor();
    for forged in ["x", "", "%00", &"A".repeat(64), &format!("{}{}", "A".repeat(44), "b".repeat(64)), &"é".repeat(100)] {
        visitor.set_cookie("sid", forged);
        assert!(visitor.get("/").await.location().starts_with("/login"), "{forged}");
    }
}

async fn a_session_records_activity_once_a_minute(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let seen = || clinic.ask(|c| sessions::table.select(sessions::last_seen_at).first::<praxis::db::UtcDateTime>(c));
    let first = seen().await;
    rosa.open("/").await;
    assert_eq!(seen().await, first);
    clinic.wait(time::Duration::seconds(61));
    rosa.open("/").await;
    assert!(seen().await > first);
}

async fn expired_sessions_are_deleted(clinic: Clinic) {
    clinic.receptionist().await;
    clinic.wait(time::Duration::days(16));
    clinic.sign_in("rosa").await;
    let (now, limits) = (clinic.app.now(), clinic.app.settings.session_limits);
    let gone = clinic.arrange(move |c| praxis::web::sessions::end::clear_expired(c, &limits, now)).await.expect("cleared");
    assert_eq!(gone, 1);
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 1);
}
