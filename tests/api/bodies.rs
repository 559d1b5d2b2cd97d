//! What a program may send, and how its mistakes are told.

use actix_web::http::Method;
use praxis::api::body::{DEPTH, LIMIT};
use serde_json::json;

use super::records::rosa;
use crate::stories;
use crate::support::Clinic;

stories![
    what_cannot_be_read_is_told_and_nothing_is_written,
    a_body_has_limits,
    a_form_is_taken_as_well,
    nothing_is_the_same_as_an_empty_object,
    a_list_where_one_is_wanted_is_refused,
];

const JSON: (&str, &str) = ("content-type", "application/json");

async fn what_cannot_be_read_is_told_and_nothing_is_written(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for body in [
        "{",
        "nonsense",
        "{'name': 'x'}",
        "{\"name\": \"a\", \"name\": \"b\"}",
        "{\"name\": NaN}",
        "{\"age\": 1e999}",
        "[1,]",
        "{} trailing",
        "\"\\ud800\"",
    ] {
        let answer = program.send(Method::POST, "/api/patients/", &[JSON], body.into()).await;
        answer.refuses(400, "parse_error");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    program.send(Method::POST, "/api/patients/", &[JSON], b"{\"name\": \"\xff\"}".to_vec()).await.refuses(400, "parse_error");
    for (kind, status) in [
        ("text/plain", 415),
        ("application/xml", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json; charset=latin-1", 415),
        ("application/jsonp", 415),
        ("", 415),
        ("application/json; charset=utf-8", 400),
        ("Application/JSON", 400),
    ] {
        let headers: Vec<(&str, &str)> = if kind.is_empty() { Vec::new() } else { vec![("content-type", kind)] };
        let answer = program.send(Method::POST, "/api/patients/", &headers, b"{\"x\": 1}".to_vec()).await;
        assert_eq!(answer.status, status, "{kind}: {}", answer.body);
        assert!(status == 400 || answer.member("code") == "unsupported_media_type");
    }
    program
        .send(Method::POST, "/api/patients/", &[JSON, ("content-encoding", "gzip")], b"xx".to_vec())
        .await
        .refuses(415, "unsupported_media_type");
    assert!(clinic.patient_names().await.is_empty());
}

async fn a_body_has_limits(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let of = |length: usize| format!("{{\"name\": \"{}\"}}", "x".repeat(length - 12)).into_bytes();
    assert_eq!(program.send(Method::POST, "/api/patients/", &[JSON], of(LIMIT)).await.status, 400);
    program.send(Method::POST, "/api/patients/", &[JSON], of(LIMIT + 1)).await.refuses(413, "too_large");
    let nested = |levels: usize| format!("{{\"x\": {}{}}}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    assert!(program.send(Method::POST, "/api/patients/", &[JSON], nested(DEPTH - 1)).await.json()["name"].is_array());
    program.send(Method::POST, "/api/patients/", &[JSON], nested(DEPTH)).await.refuses(400, "parse_error");
    program.send(Method::POST, "/api/patients/", &[JSON], nested(100_000)).await.refuses(400, "parse_error");
    assert_eq!(program.get("/api/patients/").await.status, 200);
}

async fn a_form_is_taken_as_well(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = "name=%C3%89mile+Zola&age=62&gender=male&date_of_birth=&primary_doctor=&address=";
    let made = program.send(Method::POST, "/api/patients/", &form, body.into()).await;
    assert_eq!((made.status, made.member("name").as_str()), (201, "Émile Zola"), "{}", made.body);
    let answer = program.send(Method::POST, "/api/patients/", &form, b"name=a&name=b&gender=male&age=".to_vec()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.json()["name"].is_array() && answer.json()["age"].is_array(), "{}", answer.body);
}

async fn nothing_is_the_same_as_an_empty_object(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let empty = program.post("/api/doctors/", json!({})).await;
    assert_eq!(empty.json(), json!({ "name": ["Enter the doctor's name"], "specialization": ["Enter the specialization"] }));
    for headers in [vec![], vec![JSON], vec![("content-type", "text/plain")]] {
        let answer = program.send(Method::POST, "/api/doctors/", &headers, Vec::new()).await;
        assert_eq!((answer.status, answer.json()), (400, empty.json()));
    }
}

async fn a_list_where_one_is_wanted_is_refused(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let patient = clinic.patient("Émile Zola", user).await;
    let program = clinic.program_of("rosa").await;
    let path = format!("/api/patients/{patient}/");
    for body in [json!([]), json!([1, 2]), json!("text"), json!(5), json!(null), json!(true)] {
        for answer in [
            program.post("/api/patients/", body.clone()).await,
            program.put(&path, body.clone()).await,
            program.patch(&path, body.clone()).await,
        ] {
            assert_eq!(answer.status, 400, "{body}: {}", answer.body);
            let told = answer.json();
            assert_eq!(told.as_object().expect("an object").keys().collect::<Vec<_>>(), ["non_field_errors"], "{body}");
        }
    }
    assert_eq!(program.patch(&path, json!([{ "age": 1 }])).await.status, 400);
    assert_eq!(program.read(&path).await["age"], json!(40));
}
