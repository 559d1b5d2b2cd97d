//! Many records in one body.

use diesel::prelude::*;
use praxis::api::records::create::MOST;
use praxis::db::schema::log_entries;
use serde_json::{Value, json};

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;

stories![
    a_program_adds_many_records_at_once,
    a_bulk_request_adds_all_records_or_none,
    a_database_error_is_reported_at_its_row,
    a_bulk_request_over_the_limit_is_refused,
    a_bulk_request_accepts_only_objects
];

fn doctor(name: &str) -> Value {
    json!({ "name": name, "specialization": "Surgery" })
}

async fn a_program_adds_many_records_at_once(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.post("/api/doctors/", json!([doctor("Dr One"), doctor("Dr Two")])).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((&made.json()[0]["name"], &made.json()[1]["name"]), (&json!("Dr One"), &json!("Dr Two")));
    assert_eq!(program.read("/api/doctors/").await, made.json());
    let added = clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("doctor")).count().get_result::<i64>(c)).await;
    assert_eq!(added, 2, "each is in the history");
}

async fn a_bulk_request_adds_all_records_or_none(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let answer = program.post("/api/doctors/", json!([doctor("Dr One"), { "name": "" }, doctor("Dr Three"), {}])).await;
    assert_eq!(answer.status, 400);
    let missing = json!({ "name": ["Enter the doctor's name"], "specialization": ["Enter the specialty"] });
    assert_eq!(answer.json(), json!([{}, missing, {}, missing]));
    assert_eq!(program.read("/api/doctors/").await, json!([]));
    let added = clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("doctor")).count().get_result::<i64>(c)).await;
    assert_eq!(added, 0);
}

async fn a_database_error_is_reported_at_its_row(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let (patient, doctor) = (clinic.patient("Émile Zola", user).await, clinic.doctor("Dr Grace Hopper").await);
    let program = clinic.program_of("rosa").await;
    let pair = json!({ "patient": patient, "doctor": doctor });
    let answer = program.post("/api/mappings/", json!([pair, pair, {}])).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let told = answer.json();
    assert_eq!(told[0], json!({}));
    assert_eq!(told[1], json!({ "non_field_errors": ["This doctor is already assigned to this patient"] }));
    assert!(told[2]["patient"].is_array());
    assert_eq!(program.read("/api/mappings/").await, json!([]));
}

async fn a_bulk_request_over_the_limit_is_refused(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let rows = |count: usize| Value::from((0..count).map(|number| doctor(&format!("Dr {number}"))).collect::<Vec<_>>());
    let answer = program.post("/api/doctors/", rows(MOST + 1)).await;
    assert_eq!((answer.status, answer.json()["non_field_errors"].is_array()), (400, true));
    let made = program.post("/api/doctors/", rows(MOST)).await;
    assert_eq!((made.status, made.json().as_array().map(Vec::len)), (201, Some(MOST)), "{}", &made.body[..200]);
}

async fn a_bulk_request_accepts_only_objects(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for body in [json!([]), json!([doctor("Dr One"), 2]), json!([[doctor("Dr One")]]), json!([null])] {
        let told = program.post("/api/doctors/", body.clone()).await.is(400).json();
        assert_eq!(told, json!({ "non_field_errors": ["Send one object, or a list of at least one object"] }), "{body}");
    }
    assert_eq!(program.read("/api/doctors/").await, json!([]));
}
