//! Personal access tokens for scripts: shown once, limited, revoked.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::stories;
use crate::support::mail_server::until;
use crate::support::{Browser, Clinic, Program};
use praxis::accounts::api_token;
use praxis::crypto::keys::digest;
use praxis::db::UtcDateTime;
use praxis::db::schema::{api_tokens, mails};

stories![
    a_token_is_created_shown_once_and_used,
    a_read_only_token_changes_nothing,
    a_token_has_only_the_chosen_permissions,
    a_missing_or_taken_token_name_is_reported_at_its_field,
    a_token_is_revoked_by_its_owner,
    an_administrator_sees_tokens_and_revokes_them,
    a_user_cannot_reach_tokens_of_others,
    a_token_works_until_its_last_second,
    a_new_password_or_a_closed_account_ends_tokens,
    a_guessed_token_costs_no_database_query,
    a_tokens_last_use_is_stored_once_a_minute,
    a_user_signs_a_program_out_on_a_page,
];

const ALL: [(&str, &str); 3] = [("name", "Nightly export"), ("days", "30"), ("scope", "all")];

/// Creates a token on the page; returns the token.
async fn make(browser: &Browser, fields: &[(&str, &str)]) -> String {
    let page = browser.fill("/tokens/new", fields).await;
    page.is(200).see("Copy it now");
    page.value_of("#token")
}

async fn permissions(program: &Program) -> Vec<String> {
    let me = program.me().await.is(200).json();
    me["permissions"].as_array().expect("a list").iter().filter_map(Value::as_str).map(ToString::to_string).collect()
}

async fn a_token_is_created_shown_once_and_used(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/tokens").await.see("No access tokens");
    let token = make(&rosa, &ALL).await;
    assert!(api_token::secret::is_written_right(&token), "{token}");
    let script = clinic.program().holding(&token);
    let me = script.me().await.is(200).json();
    assert_eq!((&me["username"], &me["groups"]), (&json!("rosa"), &json!(["Staff"])));
    script.patch("/api/auth/me/", json!({ "phone": "1" })).await.is(200);
    script.post("/api/auth/token/verify/", json!({ "token": token })).await.is(200);
    let list = rosa.open("/tokens").await;
    list.see("Nightly export").see("Full access").see(&format!("…{}", &token[token.len() - 4..]));
    assert!(!list.body.contains(&token));
    // The table holds its digest, the log its name, and the email neither the token nor a link.
    let (hash, permissions) =
        clinic.ask(|c| api_tokens::table.select((api_tokens::token_hash, api_tokens::permissions)).first::<(String, String)>(c)).await;
    assert_eq!((hash, permissions.as_str()), (digest(&token), ""));
    let (subject, body) = clinic.ask(|c| mails::table.select((mails::subject, mails::text_body)).first::<(String, String)>(c)).await;
    assert_eq!(subject, "New access token for your account at Praxis");
    assert!(body.contains("Nightly export") && body.contains("127.0.0.1") && !body.contains("praxis_") && !body.contains("http"), "{body}");
    let ada = clinic.administrator().await;
    ada.open("/admin/log").await.see("Nightly export");
}

async fn a_read_only_token_changes_nothing(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let token = make(&ada, &[("name", "Reader"), ("days", "7"), ("scope", "read")]).await;
    let script = clinic.program().holding(&token);
    let may = permissions(&script).await;
    assert!(may.contains(&"patient.view".to_string()) && may.contains(&"clinic.view_all_patients".to_string()), "{may:?}");
    assert!(may.iter().all(|codename| codename.contains(".view")), "{may:?}");
    assert_eq!(script.me().await.json()["is_superuser"], json!(true), "the account is what it is");
    script.patch("/api/auth/me/", json!({ "phone": "1" })).await.refuses(403, "permission_denied");
    script.get("/api/patients/").await.is(200);
    script.post("/api/patients/", json!({ "name": "Zoë", "age": 4, "gender": "female" })).await.refuses(403, "permission_denied");
}

async fn a_token_has_only_the_chosen_permissions(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/tokens/new").await;
    let offered = page.attributes("[name='permission']", "value");
    assert!(offered.contains(&"patient.add".to_string()) && !offered.contains(&"user.view".to_string()), "{offered:?}");
    let fields = [("name", "Doctors"), ("days", "7"), ("scope", "chosen"), ("permission", "doctor.view"), ("permission", "user.delete")];
    let script = clinic.program().holding(&make(&rosa, &fields).await);
    assert_eq!(permissions(&script).await, ["doctor.view"]);
    rosa.open("/tokens").await.see("1 permission");
    script.get("/api/doctors/").await.is(200);
    script.get("/api/patients/").await.refuses(403, "permission_denied");
    // Permissions that the owner loses, the token loses too.
    let id = clinic.user_id("rosa").await;
    clinic.arrange(move |c| diesel::sql_query(format!("DELETE FROM user_groups WHERE user_id = {id}")).execute(c)).await.expect("taken");
    assert!(permissions(&script).await.is_empty());
    script.get("/api/doctors/").await.refuses(403, "permission_denied");
}

async fn a_missing_or_taken_token_name_is_reported_at_its_field(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.fill("/tokens/new", &[("name", ""), ("scope", "chosen")]).await;
    page.is(422);
    assert_eq!(page.error("name"), "Enter a name for the token");
    assert_eq!(page.error("permission"), "Choose at least one permission");
    for (name, value) in [("days", "4000"), ("scope", "everything")] {
        rosa.fill("/tokens/new", &[("name", "Odd"), (name, value)]).await.is(422);
    }
    make(&rosa, &ALL).await;
    let page = rosa.fill("/tokens/new", &[("name", "NIGHTLY export"), ("days", "90"), ("scope", "all")]).await;
    assert_eq!(page.is(422).error("name"), "You already have a token with this name");
    assert_eq!(page.value("name"), "NIGHTLY export");
    // Another user may use the same name.
    make(&clinic.colleague().await, &ALL).await;
    for number in 0..49 {
        make(&rosa, &[("name", &format!("Script {number}")), ("days", "7"), ("scope", "read")]).await;
    }
    rosa.fill("/tokens/new", &[("name", "One more"), ("days", "7"), ("scope", "read")]).await.is(422).see("You have 50 tokens");
}

async fn a_token_is_revoked_by_its_owner(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let script = clinic.program().holding(&make(&rosa, &ALL).await);
    script.me().await.is(200);
    let revoke = rosa.open("/tokens").await.attributes("main td a.button", "href").remove(0);
    rosa.open(&revoke).await.see("Revoke Nightly export?");
    // No program waits for this to be stored on a machine that is busy; it is stored at the next use, then.
    until("its last use is shown", async || {
        clinic.wait(time::Duration::seconds(2));
        script.me().await.is(200);
        rosa.open(&revoke).await.text().contains("It was last used on")
    })
    .await;
    rosa.complete(&revoke, &[]).await.see("Nightly export was revoked").see("No access tokens");
    script.me().await.refuses(401, "token_not_valid");
    rosa.post(&revoke, &[]).await.is(404);
}

async fn an_administrator_sees_tokens_and_revokes_them(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = make(&rosa, &ALL).await;
    let script = clinic.program().holding(&token);
    script.me().await.is(200);
    let ada = clinic.administrator().await;
    let list = ada.open("/admin/api-tokens").await;
    list.see("Nightly export").see("rosa").see("Full access");
    let place = list.attributes("td.main-cell a", "href").remove(0);
    let page = ada.open(&place).await;
    assert!(!page.body.contains(&digest(&token)) && page.text().contains(&token[token.len() - 4..]));
    ada.post("/admin/api-tokens/new", &[]).await.is(403);
    let id = place.rsplit('/').next().expect("a number").to_string();
    // A user who may only view tokens cannot revoke them.
    let clerk = clinic.clerk("clerk", &["api_token.view"]).await;
    assert!(!clerk.open("/admin/api-tokens").await.has("option[value='revoke']"));
    clerk.post("/admin/api-tokens/actions", &[("_action", "revoke"), ("_id", &id)]).await;
    script.me().await.is(200);
    let asked = ada.post("/admin/api-tokens/actions", &[("_action", "revoke"), ("_id", &id)]).await;
    asked.is(200).see("Revoke").see("lose access immediately");
    let (action, data) = asked.form();
    ada.post_pairs(&action, &data).await;
    script.me().await.refuses(401, "token_not_valid");
    ada.open("/admin/log").await.see("Nightly export");
}

async fn a_user_cannot_reach_tokens_of_others(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let script = clinic.program().holding(&make(&rosa, &ALL).await);
    let colin = clinic.colleague().await;
    let revoke = rosa.open("/tokens").await.attributes("main td a.button", "href").remove(0);
    colin.get(&revoke).await.is(404);
    colin.post(&revoke, &[]).await.is(404);
    colin.open("/tokens").await.miss("Nightly export");
    script.me().await.is(200);
    assert!(clinic.visitor().get("/tokens").await.location().starts_with("/login"));
}

async fn a_token_works_until_its_last_second(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.stop_the_clock();
    let token = make(&rosa, &[("name", "Short"), ("days", "7"), ("scope", "all")]).await;
    let script = clinic.program().holding(&token);
    clinic.wait(time::Duration::days(7) - time::Duration::seconds(1));
    script.me().await.is(200);
    clinic.wait(time::Duration::seconds(1));
    assert_eq!(script.me().await.refuses(401, "token_not_valid").json()["messages"][0]["message"], "Token is expired");
    script.post("/api/auth/token/verify/", json!({ "token": token })).await.refuses(401, "token_not_valid");
    clinic.sign_in("rosa").await.open("/tokens").await.see("expired");
    clinic.wait(time::Duration::days(91));
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| api_token::model::clear_expired(c, now)).await.expect("cleared"), 1);
}

async fn a_new_password_or_a_closed_account_ends_tokens(clinic: Clinic) {
    let (rosa, colin) = (clinic.receptionist().await, clinic.colleague().await);
    let of_rosa = clinic.program().holding(&make(&rosa, &ALL).await);
    let of_colin = clinic.program().holding(&make(&colin, &ALL).await);
    of_rosa.me().await.is(200);
    of_colin.me().await.is(200);
    let ada = clinic.administrator().await;
    let new = [("password", "another-purple-otter-40"), ("password_again", "another-purple-otter-40")];
    let (rosa, colin) = (clinic.user_id("rosa").await, clinic.user_id("colin").await);
    ada.complete(&format!("/users/{rosa}/password"), &new).await;
    of_rosa.me().await.refuses(401, "token_not_valid");
    clinic
        .arrange(move |c| diesel::sql_query(format!("UPDATE users SET is_active = FALSE WHERE id = {colin}")).execute(c))
        .await
        .expect("closed");
    of_colin.me().await.refuses(401, "user_inactive");
    ada.complete(&format!("/admin/users/{colin}/delete"), &[]).await.see("was deleted");
    of_colin.me().await.refuses(401, "token_not_valid");
}

async fn a_guessed_token_costs_no_database_query(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = make(&rosa, &ALL).await;
    let mut other = token.clone();
    other.replace_range(20..21, if &token[20..21] == "x" { "y" } else { "x" });
    for guess in ["praxis_", "praxis_x", &other, &token[..55], &api_token::secret::make()] {
        clinic.program().holding(guess).me().await.refuses(401, "token_not_valid");
    }
    clinic.program().holding(&token).post("/api/auth/logout/", json!({})).await.refuses(400, "parse_error");
    clinic.program().holding(&token).me().await.is(200);
}

async fn a_tokens_last_use_is_stored_once_a_minute(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let token = make(&rosa, &ALL).await;
    clinic.stop_the_clock();
    let script = clinic.program().holding(&token);
    let last = || clinic.ask(|c| api_tokens::table.select(api_tokens::last_used_at).first::<Option<UtcDateTime>>(c));
    assert_eq!(last().await, None);
    let first = clinic.app.now();
    script.me().await.is(200);
    assert_eq!(last().await, Some(first));
    clinic.wait(time::Duration::seconds(59));
    script.me().await.is(200);
    assert_eq!(last().await, Some(first));
    clinic.wait(time::Duration::seconds(1));
    script.me().await.is(200);
    assert_eq!(last().await, Some(clinic.app.now()));
}

async fn a_user_signs_a_program_out_on_a_page(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let phone = clinic.program_of("rosa").await;
    let page = rosa.open("/tokens").await;
    page.see("Signed-in programs").see("server");
    let place = page.form().0;
    let colin = clinic.colleague().await;
    colin.post(&place, &[]).await.is(303);
    phone.me().await.is(200);
    rosa.post(&place, &[]).await.is(303);
    rosa.open("/tokens").await.see("The program was signed out").see("No signed-in programs");
    phone.me().await.refuses(401, "token_not_valid");
    rosa.post(&place, &[]).await.is(303);
    rosa.open("/tokens").await.see("was already signed out");
}
