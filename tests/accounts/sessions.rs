//! What a session is worth, and when it ends.

use diesel::prelude::*;
use praxis::db::schema::{group_permissions, sessions, users};
use praxis::keys::digest;

use crate::stories;
use crate::support::Clinic;
use crate::support::cast::{PASSWORD, Rights};

stories![
    the_table_holds_the_hash_of_a_key_that_changes_at_sign_in,
    a_session_ends_after_fifteen_days,
    a_deactivated_user_is_out_at_once,
    rights_that_change_count_at_the_next_click,
    a_forged_cookie_is_nobody,
    last_seen_is_written_once_a_minute,
    expired_sessions_are_cleared,
];

async fn the_table_holds_the_hash_of_a_key_that_changes_at_sign_in(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let first = rosa.cookie("sid").expect("a cookie");
    rosa.post("/logout", &[]).await;
    rosa.set_cookie("sid", &first);
    rosa.complete("/login", &[("username", "rosa"), ("password", PASSWORD)]).await;
    let second = rosa.cookie("sid").expect("a cookie");
    assert_ne!(first, second, "a planted key was taken over");
    let stored = clinic.ask(|c| sessions::table.select(sessions::key_hash).load::<String>(c)).await;
    // The cookie is a signature and the key; only the key's hash is stored.
    let key: String = second.chars().rev().take(64).collect::<Vec<_>>().into_iter().rev().collect();
    assert_eq!(stored, [digest(&key)]);
    let state = clinic.ask(|c| sessions::table.select(sessions::state).first::<String>(c)).await;
    assert!(!state.contains("rosa"), "the session keeps a copy of the user: {state}");
}

async fn a_session_ends_after_fifteen_days(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.wait(time::Duration::days(15) - time::Duration::minutes(1));
    rosa.open("/patients").await;
    clinic.wait(time::Duration::minutes(2));
    assert!(rosa.get("/patients").await.location().starts_with("/login"));
}

async fn a_deactivated_user_is_out_at_once(clinic: Clinic) {
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

async fn rights_that_change_count_at_the_next_click(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/patients").await;
    clinic.arrange(|c| diesel::delete(group_permissions::table).execute(c)).await.expect("taken away");
    rosa.get("/patients").await.is(403);
    rosa.open("/").await.see("Your account is ready").miss("New patient");
}

async fn a_forged_cookie_is_nobody(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let visitor = clinic.visitor();
    for forged in ["x", "", "%00", &"A".repeat(64), &format!("{}{}", "A".repeat(44), "b".repeat(64)), &"é".repeat(100)] {
        visitor.set_cookie("sid", forged);
        assert!(visitor.get("/").await.location().starts_with("/login"), "{forged}");
    }
}

async fn last_seen_is_written_once_a_minute(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let seen = || clinic.ask(|c| sessions::table.select(sessions::last_seen_at).first::<praxis::db::UtcDateTime>(c));
    let first = seen().await;
    rosa.open("/").await;
    assert_eq!(seen().await, first);
    clinic.wait(time::Duration::seconds(61));
    rosa.open("/").await;
    assert!(seen().await > first);
}

async fn expired_sessions_are_cleared(clinic: Clinic) {
    clinic.receptionist().await;
    clinic.wait(time::Duration::days(16));
    clinic.sign_in("rosa").await;
    let now = clinic.app.now();
    let gone = clinic.arrange(move |c| praxis::web::sessions::clear_expired(c, now)).await.expect("cleared");
    assert_eq!(gone, 1);
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 1);
}
