//! Renewing a sign-in: each refresh token works once.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::stories;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Clinic, Program};
use praxis::accounts::api_token;
use praxis::db::schema::token_families;

stories![
    a_refresh_token_works_once,
    a_reused_refresh_token_ends_the_sign_in,
    a_refresh_whose_answer_was_lost_is_repeated,
    a_late_repeat_of_a_refresh_keeps_the_sign_in,
    a_refresh_token_used_by_many_at_once_works_once,
    a_sign_in_lasts_thirty_days_at_most,
    a_program_verifies_a_token,
    expired_sign_ins_are_removed,
    an_account_keeps_at_most_fifty_sign_ins,
];

async fn rosa(clinic: &Clinic) -> Program {
    clinic.account("rosa", Rights::default()).await;
    clinic.program_of("rosa").await
}

async fn refresh(program: &Program, token: &str) -> Page {
    program.post("/api/auth/token/refresh/", json!({ "refresh": token })).await
}

async fn families(clinic: &Clinic) -> i64 {
    clinic.ask(|c| token_families::table.count().get_result(c)).await
}

async fn a_refresh_token_works_once(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let next = refresh(&rosa, &rosa.refresh).await;
    assert_eq!(
        next.is(200).json().as_object().map(|members| members.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["access".into(), "refresh".into()])
    );
    assert!(next.member("refresh") != rosa.refresh && next.member("access") != rosa.access);
    rosa.holding(&next.member("access")).me().await.is(200);
    // An earlier access token is valid until it expires.
    rosa.me().await.is(200);
    clinic.wait(time::Duration::hours(23));
    refresh(&rosa, &next.member("refresh")).await.is(200);
    assert_eq!(families(&clinic).await, 1);
}

async fn a_reused_refresh_token_ends_the_sign_in(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let other = clinic.program_of("rosa").await;
    let thief = refresh(&rosa, &rosa.refresh).await;
    let thief = refresh(&rosa, &thief.is(200).member("refresh")).await;
    thief.is(200);
    clinic.wait(time::Duration::minutes(5));
    let refused = refresh(&rosa, &rosa.refresh).await;
    assert_eq!(refused.refuses(401, "token_not_valid").member("detail"), "Token is blacklisted");
    // The newer tokens are no longer valid either; other sign-ins continue.
    refresh(&rosa, &thief.member("refresh")).await.refuses(401, "token_not_valid");
    rosa.holding(&thief.member("access")).me().await.refuses(401, "token_not_valid");
    rosa.me().await.refuses(401, "token_not_valid");
    other.me().await.is(200);
    refresh(&other, &other.refresh).await.is(200);
}

/// The answer may have arrived elsewhere: the successor decides, not the clock.
async fn a_late_repeat_of_a_refresh_keeps_the_sign_in(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let next = refresh(&rosa, &rosa.refresh).await;
    next.is(200);
    for _ in 0..2 {
        clinic.wait(time::Duration::minutes(5));
        let refused = refresh(&rosa, &rosa.refresh).await;
        assert_eq!(refused.refuses(401, "token_not_valid").member("detail"), "Token is blacklisted");
        rosa.holding(&next.member("access")).me().await.is(200);
        assert_eq!(families(&clinic).await, 1);
    }
    let third = refresh(&rosa, &next.member("refresh")).await;
    // Now the successor was used, so this is somebody with a copy, however early it comes.
    rosa.holding(&third.is(200).member("access")).me().await.is(200);
    refresh(&rosa, &rosa.refresh).await.refuses(401, "token_not_valid");
    rosa.holding(&third.member("access")).me().await.refuses(401, "token_not_valid");
    assert_eq!(families(&clinic).await, 0);
}

async fn a_refresh_whose_answer_was_lost_is_repeated(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    clinic.stop_the_clock();
    let next = refresh(&rosa, &rosa.refresh).await;
    let again = refresh(&rosa, &rosa.refresh).await;
    assert_eq!(again.is(200).member("refresh"), next.member("refresh"), "the same successor");
    clinic.wait(time::Duration::seconds(55));
    let again = refresh(&rosa, &rosa.refresh).await;
    rosa.holding(&again.is(200).member("access")).me().await.is(200);
    rosa.holding(&next.member("access")).me().await.is(200);
    // Once the successor was used, whoever sends the old one has a copy.
    let third = refresh(&rosa, &next.member("refresh")).await;
    third.is(200);
    refresh(&rosa, &rosa.refresh).await.refuses(401, "token_not_valid");
    refresh(&rosa, &third.member("refresh")).await.refuses(401, "token_not_valid");
    assert_eq!(families(&clinic).await, 0);
}

async fn a_refresh_token_used_by_many_at_once_works_once(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let tries = (0..64).map(|_| {
        let program = Program::new(clinic.visitor());
        let token = rosa.refresh.clone();
        async move { refresh(&program, &token).await }
    });
    let answers = futures_util::future::join_all(tries).await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    // A busy machine may refuse some.
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401 | 503)), "{statuses:?}");
    let won: Vec<&Page> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert!(!won.is_empty(), "{statuses:?}");
    // All of them have the same successor, which works once.
    let jti = |page: &Page| {
        use base64::Engine;
        let token = page.member("refresh");
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64");
        serde_json::from_slice::<serde_json::Value>(&claims).expect("JSON")["jti"].clone()
    };
    assert!(won.iter().all(|page| jti(page) == jti(won[0])));
    rosa.holding(&won[0].member("access")).me().await.is(200);
    refresh(&rosa, &won[0].member("refresh")).await.is(200);
}

async fn a_sign_in_lasts_thirty_days_at_most(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let mut token = rosa.refresh.clone();
    for _ in 0..32 {
        clinic.wait(time::Duration::hours(22));
        token = refresh(&rosa, &token).await.is(200).member("refresh");
    }
    clinic.wait(time::Duration::hours(20));
    refresh(&rosa, &token).await.refuses(401, "token_not_valid");
    assert_eq!(families(&clinic).await, 0);
}

async fn a_program_verifies_a_token(clinic: Clinic) {
    let rosa = rosa(&clinic).await;
    let verify = async |token: &str| rosa.post("/api/auth/token/verify/", json!({ "token": token })).await;
    assert_eq!(verify(&rosa.access).await.is(200).json(), json!({}));
    assert_eq!(verify(&rosa.refresh).await.is(200).json(), json!({}));
    verify("x").await.refuses(401, "token_not_valid");
    verify(&format!("{}x", rosa.access)).await.refuses(401, "token_not_valid");
    let next = refresh(&rosa, &rosa.refresh).await;
    assert_eq!(verify(&rosa.refresh).await.refuses(401, "token_not_valid").member("detail"), "Token is blacklisted");
    verify(&next.member("refresh")).await.is(200);
    rosa.post("/api/auth/logout/", json!({ "refresh": next.member("refresh") })).await.is(200);
    verify(&rosa.access).await.refuses(401, "token_not_valid");
    verify(&next.member("refresh")).await.refuses(401, "token_not_valid");
    for body in [json!({ "token": 5 }), json!({ "token": Value::Null }), json!([])] {
        let answer = rosa.post("/api/auth/token/verify/", body).await;
        assert!(matches!(answer.status, 400 | 401), "{}", answer.body);
    }
}

async fn expired_sign_ins_are_removed(clinic: Clinic) {
    rosa(&clinic).await;
    clinic.wait(time::Duration::hours(23));
    clinic.program_of("rosa").await;
    clinic.wait(time::Duration::hours(2));
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| api_token::family::clear_expired(c, now)).await.expect("cleared"), 1);
    assert_eq!(families(&clinic).await, 1);
}

async fn an_account_keeps_at_most_fifty_sign_ins(clinic: Clinic) {
    let first = rosa(&clinic).await;
    let second = clinic.program_of("rosa").await;
    for _ in 0..49 {
        clinic.program_of("rosa").await;
    }
    first.me().await.refuses(401, "token_not_valid");
    second.me().await.is(200);
    assert_eq!(families(&clinic).await, 50);
}
