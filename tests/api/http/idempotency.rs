//! Repeating a request after a lost connection.

use actix_web::http::Method;
use diesel::prelude::*;
use serde_json::{Value, json};

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::page::Page;
use crate::support::people::Rights;
use crate::support::{Clinic, Program};
use praxis::api::http;
use praxis::db::schema::api_replies;

stories![
    a_repeated_request_is_executed_once,
    simultaneous_repeats_have_one_effect,
    an_idempotency_key_belongs_to_one_request,
    an_idempotency_key_belongs_to_its_caller,
    a_refused_request_may_be_corrected_under_the_same_key,
    an_idempotency_key_expires_after_a_day,
    a_repeated_registration_creates_one_account,
];

async fn post(program: &Program, path: &str, key: &str, body: Value) -> Page {
    program.call_saying(Method::POST, path, &[("idempotency-key", key)], Some(body)).await
}

fn hopper() -> Value {
    json!({ "name": "Dr Grace Hopper", "specialization": "Surgery" })
}

async fn count(clinic: &Clinic) -> usize {
    clinic.program_of("rosa").await.read("/api/doctors/").await.as_array().map_or(0, Vec::len)
}

async fn a_repeated_request_is_executed_once(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let first = post(&program, "/api/doctors/", "key-1", hopper()).await;
    let second = post(&program, "/api/doctors", "key-1", hopper()).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("etag"), second.header("etag"));
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
    assert_eq!(count(&clinic).await, 1);
    assert_eq!(post(&program, "/api/doctors/", "key-2", hopper()).await.status, 201);
    assert_eq!(count(&clinic).await, 2);
    let many = json!([hopper(), hopper()]);
    let (first, second) =
        (post(&program, "/api/doctors/", "key-3", many.clone()).await, post(&program, "/api/doctors/", "key-3", many).await);
    assert_eq!(first.body, second.body);
    assert_eq!(count(&clinic).await, 4);
}

async fn simultaneous_repeats_have_one_effect(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let answers = futures_util::future::join_all((0..8).map(|_| post(&program, "/api/doctors/", "key", hopper()))).await;
    let first = answers[0].body.clone();
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &first));
    }
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty()).count(), 1);
    assert_eq!(count(&clinic).await, 1);
}

async fn an_idempotency_key_belongs_to_one_request(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(post(&program, "/api/doctors/", "key", hopper()).await.status, 201);
    post(&program, "/api/doctors/", "key", json!({ "name": "Dr Other", "specialization": "Surgery" }))
        .await
        .refuses(409, "idempotency_key_reused");
    post(&program, "/api/patients/", "key", hopper()).await.refuses(409, "idempotency_key_reused");
    post(&program, "/api/doctors/", "", hopper()).await.refuses(400, "idempotency_key_invalid");
    for wrong in [&"k".repeat(256), "two words"] {
        post(&program, "/api/doctors/", wrong, hopper()).await.refuses(400, "idempotency_key_invalid");
    }
    assert_eq!(count(&clinic).await, 1);
}

async fn an_idempotency_key_belongs_to_its_caller(clinic: Clinic) {
    rosa(&clinic).await;
    clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let (rosa, colin) = (clinic.program_of("rosa").await, clinic.program_of("colin").await);
    let body = json!({ "name": "Émile Zola", "age": 62, "gender": "male" });
    let one = post(&rosa, "/api/patients/", "key", body.clone()).await;
    let other = post(&colin, "/api/patients/", "key", body).await;
    assert_eq!((one.status, other.status), (201, 201));
    assert_ne!(one.json()["id"], other.json()["id"]);
}

async fn a_refused_request_may_be_corrected_under_the_same_key(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    assert_eq!(post(&program, "/api/doctors/", "key", json!({ "name": "Dr Grace Hopper" })).await.status, 400);
    assert_eq!(post(&program, "/api/doctors/", "key", hopper()).await.status, 201);
    assert_eq!(count(&clinic).await, 1);
}

async fn an_idempotency_key_expires_after_a_day(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    post(&program, "/api/doctors/", "key", hopper()).await;
    post(&program, "/api/doctors/", "other", hopper()).await;
    clinic.wait(time::Duration::hours(23));
    let program = clinic.program_of("rosa").await;
    assert_eq!(post(&program, "/api/doctors/", "key", hopper()).await.header("idempotent-replayed"), "true");
    clinic.wait(time::Duration::hours(2));
    let program = clinic.program_of("rosa").await;
    assert_eq!(post(&program, "/api/doctors/", "key", hopper()).await.header("idempotent-replayed"), "");
    assert_eq!(count(&clinic).await, 3);
    let now = clinic.app.now();
    assert_eq!(clinic.arrange(move |c| http::idempotency::clear(c, now)).await.ok(), Some(1));
    assert_eq!(clinic.ask(|c| api_replies::table.count().get_result::<i64>(c)).await, 1);
}

async fn a_repeated_registration_creates_one_account(clinic: Clinic) {
    let program = clinic.program();
    let body = json!({ "name": "Rosa Luz", "email": "rosa@example.org", "password": crate::support::people::PASSWORD });
    let answers = futures_util::future::join_all((0..3).map(|_| post(&program, "/api/auth/register/", "key", body.clone()))).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
    }
    let other = json!({ "name": "Rosa Luz", "email": "rosa@example.org", "password": "another-otter-hums-40" });
    post(&program, "/api/auth/register/", "key", other).await.refuses(409, "idempotency_key_reused");
    assert_eq!(post(&program, "/api/auth/register/", "other", body).await.status, 400, "the address is taken");
}
