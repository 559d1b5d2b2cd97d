//! Revoking tokens: which events do, and how soon.

use std::time::{Duration, Instant};

use diesel::prelude::*;
use serde_json::json;

use crate::stories;
use crate::support::binary::Running;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic, Program};
use praxis::accounts::password::{self, Reason};
use praxis::accounts::revoke;
use praxis::db::schema::{sessions, user_groups, users};
use praxis::resource::Actor;

stories![
    signing_out_ends_every_token_of_the_sign_in,
    a_deactivated_account_has_no_valid_tokens,
    a_deleted_account_has_no_valid_tokens,
    a_new_password_revokes_every_token,
    withdrawn_permissions_apply_to_tokens_at_once,
    a_user_keeps_one_session_and_ends_the_others,
    a_token_revoked_in_one_process_is_refused_by_another_within_a_second,
    a_recently_seen_token_needs_no_database_query,
];

async fn rosa(clinic: &Clinic) -> (i64, Program) {
    let id = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    (id, clinic.program_of("rosa").await)
}

async fn signing_out_ends_every_token_of_the_sign_in(clinic: Clinic) {
    let (_, rosa) = rosa(&clinic).await;
    let other = clinic.program_of("rosa").await;
    let next = rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.refresh })).await;
    rosa.me().await.is(200);
    let out = clinic.program().post("/api/auth/logout/", json!({ "refresh": next.member("refresh") })).await;
    assert_eq!(out.is(200).json(), json!({}));
    for token in [&rosa.access, &next.member("access")] {
        rosa.holding(token).me().await.refuses(401, "token_not_valid");
    }
    rosa.post("/api/auth/token/refresh/", json!({ "refresh": next.member("refresh") })).await.refuses(401, "token_not_valid");
    clinic.program().post("/api/auth/logout/", json!({ "refresh": next.member("refresh") })).await.refuses(401, "token_not_valid");
    // With the access token only.
    other.me().await.is(200);
    other.post("/api/auth/logout/", json!({})).await.is(200);
    other.me().await.refuses(401, "token_not_valid");
    other.post("/api/auth/logout/", json!({})).await.refuses(401, "token_not_valid");
}

async fn a_deactivated_account_has_no_valid_tokens(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    let ada = clinic.administrator().await;
    rosa.me().await.is(200);
    ada.fill(&format!("/admin/users/{id}"), &[("is_active", "false")]).await.is(303);
    rosa.me().await.refuses(401, "user_inactive");
    rosa.patch("/api/auth/me/", json!({ "phone": "1" })).await.refuses(401, "user_inactive");
    rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.refresh })).await.refuses(401, "no_active_account");
    clinic.program().post("/api/auth/login/", json!({ "email": "rosa", "password": PASSWORD })).await.refuses(401, "no_active_account");
    // Old tokens stay revoked when the account is activated again.
    ada.fill(&format!("/admin/users/{id}"), &[("is_active", "true")]).await.is(303);
    rosa.me().await.refuses(401, "token_not_valid");
    clinic.program_of("rosa").await.me().await.is(200);
}

async fn a_deleted_account_has_no_valid_tokens(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    let ada = clinic.administrator().await;
    rosa.me().await.is(200);
    ada.complete(&format!("/admin/users/{id}/delete"), &[]).await.see("was deleted");
    rosa.me().await.refuses(401, "user_not_found");
    rosa.patch("/api/auth/me/", json!({ "phone": "1" })).await.refuses(401, "user_not_found");
    rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.refresh })).await.refuses(401, "no_active_account");
    rosa.post("/api/auth/token/verify/", json!({ "token": rosa.access })).await.refuses(401, "token_not_valid");
    rosa.post("/api/auth/logout/", json!({ "refresh": rosa.refresh })).await.refuses(401, "token_not_valid");
}

async fn a_new_password_revokes_every_token(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    rosa.me().await.is(200);
    let ada = clinic.administrator().await;
    let new = [("password", "another-purple-otter-40"), ("password_again", "another-purple-otter-40")];
    ada.complete(&format!("/users/{id}/password"), &new).await;
    rosa.me().await.refuses(401, "token_not_valid");
    rosa.post("/api/auth/token/refresh/", json!({ "refresh": rosa.refresh })).await.refuses(401, "token_not_valid");
    // Even if only the hash in the table was changed.
    let colin = clinic.account("colin", Rights::default()).await;
    let program = clinic.program_of("colin").await;
    program.me().await.is(200);
    clinic
        .arrange(move |c| diesel::update(users::table.find(colin)).set(users::password_hash.eq("$other")).execute(c))
        .await
        .expect("a hash");
    program.me().await.refuses(401, "token_not_valid");
}

async fn withdrawn_permissions_apply_to_tokens_at_once(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    assert_eq!(rosa.me().await.json()["groups"], json!(["Staff"]));
    clinic.arrange(move |c| diesel::delete(user_groups::table.filter(user_groups::user_id.eq(id))).execute(c)).await.expect("taken");
    let me = rosa.me().await.json();
    assert_eq!((&me["groups"], &me["permissions"]), (&json!([]), &json!([])));
}

async fn a_user_keeps_one_session_and_ends_the_others(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    let (here, there) = (clinic.sign_in("rosa").await, clinic.sign_in("rosa").await);
    let mine =
        clinic.ask(move |c| sessions::table.filter(sessions::user_id.eq(id)).select(sessions::id).order(sessions::id).load::<i64>(c)).await;
    clinic.arrange(move |c| revoke::end_others(c, id, mine[0])).await.expect("ended");
    here.open("/").await;
    assert!(there.get("/").await.location().starts_with("/login"));
    rosa.me().await.refuses(401, "token_not_valid");
}

async fn a_token_revoked_in_one_process_is_refused_by_another_within_a_second(clinic: Clinic) {
    let (id, _) = rosa(&clinic).await;
    let mut processes = [Running::start(&clinic.database), Running::start(&clinic.database)];
    processes.iter_mut().for_each(|process| assert!(process.line().starts_with("Praxis is ready")));
    let at = |number: usize| Program::new(Browser::new(([127, 0, 0, 1], processes[number].port).into()));
    let here = at(0).sign_in("rosa").await;
    let there = at(1).holding(&here.access);
    there.me().await.is(200);
    // A token of one process can be renewed by the other, to the same successor.
    let next = at(1).post("/api/auth/token/refresh/", json!({ "refresh": here.refresh })).await;
    at(0).post("/api/auth/token/refresh/", json!({ "refresh": here.refresh })).await.is(200);
    there.me().await.is(200);
    here.post("/api/auth/logout/", json!({ "refresh": next.is(200).member("refresh") })).await.is(200);
    let ended = Instant::now();
    here.me().await.refuses(401, "token_not_valid");
    // Changes always query the database.
    there.patch("/api/auth/me/", json!({ "phone": "1" })).await.refuses(401, "token_not_valid");
    while there.me().await.status == 200 {
        assert!(ended.elapsed() < Duration::from_millis(1500), "the other process goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // A password that was set in one process is valid in the other.
    let there = at(1).sign_in("rosa").await;
    there.me().await.is(200);
    let row = {
        let app = clinic.app.clone();
        clinic.ask(move |c| app.registry.find(c, app.registry.get("user").expect("users"), id, None)).await.expect("rosa")
    };
    let app = clinic.app.clone();
    let set = clinic.app.db.write(move |c| password::set(c, &app, &Actor::system(), &row, "$another", &Reason::SetByOther));
    set.await.expect("set");
    let ended = Instant::now();
    while there.me().await.status == 200 {
        assert!(ended.elapsed() < Duration::from_millis(1500), "the other process goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Recently seen tokens are cached for a second, although another process may have revoked them.
async fn a_recently_seen_token_needs_no_database_query(clinic: Clinic) {
    let (id, rosa) = rosa(&clinic).await;
    clinic.stop_the_clock();
    rosa.me().await.is(200);
    let mut elsewhere = praxis::db::connection::open(clinic.app.db.url(), praxis::db::connection::Purpose::Write).expect("a connection");
    let taken = diesel::delete(user_groups::table.filter(user_groups::user_id.eq(id))).execute(&mut elsewhere).expect("taken");
    assert_eq!(taken, 1);
    assert_eq!(rosa.me().await.json()["groups"], json!(["Staff"]));
    assert_eq!(rosa.patch("/api/auth/me/", json!({})).await.is(200).json()["groups"], json!([]));
    clinic.wait(time::Duration::seconds(1));
    assert_eq!(rosa.me().await.json()["groups"], json!([]));
}
