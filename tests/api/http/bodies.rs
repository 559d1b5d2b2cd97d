//! Request bodies, and how errors in them are reported.

use actix_web::http::Method;
use praxis::api::http::body::{DEPTH, LIMIT};
use serde_json::json;

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;

stories![
    an_unreadable_body_is_rejected_and_writes_nothing,
    a_body_over_the_limits_is_refused,
    a_url_encoded_form_is_accepted,
    a_multipart_form_is_accepted,
    files_and_malformed_parts_are_refused,
    a_multipart_form_is_idempotent_whatever_its_boundary,
    an_empty_body_means_an_empty_object,
    a_list_in_place_of_an_object_is_refused,
];

const JSON: (&str, &str) = ("content-type", "application/json");

async fn an_unreadable_body_is_rejected_and_writes_nothing(clinic: Clinic) {
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
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=x", 400),
        ("multipart/mixed; boundary=x", 415),
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

async fn a_body_over_the_limits_is_refused(clinic: Clinic) {
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

async fn a_url_encoded_form_is_accepted(clinic: Clinic) {
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

/// A multipart body; each part with the rest of its header and its content.
fn in_parts(mark: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let part = |(head, text): &(&str, &str)| format!("--{mark}\r\nContent-Disposition: form-data; name={head}\r\n\r\n{text}\r\n");
    format!("{}--{mark}--\r\n", parts.iter().map(part).collect::<String>()).into_bytes()
}

const PARTS: (&str, &str) = ("content-type", "multipart/form-data; boundary=mark");

const ZOLA: [(&str, &str); 5] =
    [("name", "Émile Zola"), ("age", "62"), ("gender", "male"), ("date_of_birth", ""), ("photo; filename=\"\"", "")];

async fn a_multipart_form_is_accepted(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let made = program.send(Method::POST, "/api/patients/", &[PARTS], in_parts("mark", &ZOLA)).await.is(201).json();
    assert_eq!((&made["name"], &made["age"], &made["date_of_birth"]), (&json!("Émile Zola"), &json!(62), &json!(null)));
    let path = format!("/api/patients/{}/", made["id"]);
    let changed = program.send(Method::PATCH, &path, &[PARTS], in_parts("mark", &[("age", "63")])).await.is(200).json();
    assert_eq!((&changed["name"], &changed["age"]), (&json!("Émile Zola"), &json!(63)));
    let told = program.send(Method::PUT, &path, &[PARTS], in_parts("mark", &[("age", "old")])).await.is(400).json();
    assert!(told["age"].is_array() && told["name"].is_array() && told["gender"].is_array(), "{told}");
    // The content type of a part is ignored.
    let typed = [("name\r\nContent-Type: text/plain; charset=utf-8", "Zoë"), ("age", "5"), ("gender", "female")];
    assert_eq!(program.send(Method::POST, "/api/patients/", &[PARTS], in_parts("mark", &typed)).await.is(201).member("name"), "Zoë");
}

async fn files_and_malformed_parts_are_refused(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let send = async |body: Vec<u8>| program.send(Method::POST, "/api/patients/", &[PARTS], body).await;
    let with_file = [("name", "Émile Zola"), ("address; filename=\"a.txt\"\r\nContent-Type: text/plain", "Rue de Bruxelles")];
    assert_eq!(send(in_parts("mark", &with_file)).await.is(400).json(), json!({ "address": ["Files are not accepted. Send a string"] }));
    let whole = in_parts("mark", &ZOLA);
    let spoiled: Vec<u8> = whole.iter().map(|byte| if *byte == b'Z' { 0xff } else { *byte }).collect();
    let other = in_parts("other", &ZOLA);
    let nameless = b"--mark\r\n\r\ntext\r\n--mark--\r\n".to_vec();
    for body in [whole[..whole.len() - 20].to_vec(), whole[..30].to_vec(), spoiled, other, nameless, b"--mark".to_vec()] {
        send(body).await.refuses(400, "parse_error");
    }
    let null = send(in_parts("mark", &[("name", "a\0b"), ("age", "5"), ("gender", "male")])).await.is(400).json();
    assert!(null["name"].is_array(), "{null}");
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("x", ""), 1_001).collect();
    send(in_parts("mark", &many)).await.refuses(413, "too_large");
    let long = "x".repeat(LIMIT);
    send(in_parts("mark", &[("address", &long)])).await.refuses(413, "too_large");
    let near = "x".repeat(LIMIT - 200);
    assert!(send(in_parts("mark", &[("address", &near)])).await.is(400).json()["address"].is_array());
    assert!(clinic.patient_names().await.is_empty());
}

/// A program that repeats a request chooses another boundary.
async fn a_multipart_form_is_idempotent_whatever_its_boundary(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for mark in ["one", "another"] {
        let kind = format!("multipart/form-data; boundary={mark}");
        let said = [("content-type", kind.as_str()), ("idempotency-key", "key")];
        program.send(Method::POST, "/api/patients/", &said, in_parts(mark, &ZOLA)).await.is(201);
    }
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn an_empty_body_means_an_empty_object(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let empty = program.post("/api/doctors/", json!({})).await;
    assert_eq!(empty.json(), json!({ "name": ["Enter the doctor's name"], "specialization": ["Enter the specialty"] }));
    for headers in [vec![], vec![JSON], vec![("content-type", "text/plain")]] {
        let answer = program.send(Method::POST, "/api/doctors/", &headers, Vec::new()).await;
        assert_eq!((answer.status, answer.json()), (400, empty.json()));
    }
}

async fn a_list_in_place_of_an_object_is_refused(clinic: Clinic) {
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
