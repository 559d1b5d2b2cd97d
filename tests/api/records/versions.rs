//! Versions, ETags and conditional requests.

use actix_web::http::Method;
use serde_json::json;

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;

stories![
    an_unchanged_record_is_not_sent_again,
    a_program_cannot_overwrite_an_unseen_change,
    a_version_in_the_body_is_checked_too,
    a_list_has_an_etag
];

async fn an_unchanged_record_is_not_sent_again(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let path = format!("/api/patients/{}/", clinic.patient("Émile Zola", user).await);
    let first = program.get(&path).await;
    let tag = first.header("etag").to_string();
    assert!(tag.starts_with("\"1-"), "{tag}");
    assert_eq!(first.header("cache-control"), "no-store");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
        let again = program.call_saying(Method::GET, &path, &[("if-none-match", &known)], None).await;
        assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", tag.as_str()), "{known}");
    }
    assert_eq!(program.patch(&path, json!({ "gender": "female", "age": 40 })).await.header("etag"), tag, "nothing has changed");
    let changed = program.patch(&path, json!({ "age": 41 })).await;
    assert!(changed.header("etag").starts_with("\"2-"));
    let again = program.call_saying(Method::GET, &path, &[("if-none-match", &tag)], None).await;
    assert_eq!((again.status, again.header("etag")), (200, changed.header("etag")));
    let other = program.call_saying(Method::GET, &format!("{path}?fields=id"), &[("if-none-match", changed.header("etag"))], None).await;
    assert_eq!(other.status, 200, "another view is another answer");
}

async fn a_program_cannot_overwrite_an_unseen_change(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let path = format!("/api/patients/{}/", clinic.patient("Émile Zola", user).await);
    let tag = program.get(&path).await.header("etag").to_string();
    let mine = [("if-match", tag.as_str())];
    let changed = program.call_saying(Method::PATCH, &path, &mine, Some(json!({ "age": 41 }))).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    for (method, body) in [(Method::PATCH, Some(json!({ "age": 42 }))), (Method::PUT, Some(changed.json())), (Method::DELETE, None)] {
        program.call_saying(method, &path, &mine, body).await.refuses(412, "precondition_failed");
    }
    program.call_saying(Method::PATCH, &path, &[("if-match", "\"nonsense\"")], Some(json!({}))).await.refuses(412, "precondition_failed");
    assert_eq!(program.read(&path).await["age"], json!(41));
    assert_eq!(program.call_saying(Method::PATCH, &path, &[("if-match", "*")], Some(json!({ "age": 43 }))).await.status, 200);
    let now = program.get(&path).await.header("etag").to_string();
    let said = format!("{tag}, {now}");
    assert_eq!(program.call_saying(Method::DELETE, &path, &[("if-match", &said)], None).await.status, 204);
    program.call_saying(Method::DELETE, &path, &[("if-match", &now)], None).await.refuses(404, "not_found");
}

async fn a_version_in_the_body_is_checked_too(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let path = format!("/api/patients/{}/", clinic.patient("Émile Zola", user).await);
    assert_eq!(program.patch(&path, json!({ "age": 41, "version": 1 })).await.status, 200);
    let answer = program.patch(&path, json!({ "age": 42, "version": 1 })).await;
    answer.refuses(409, "stale_version");
    assert_eq!((&answer.json()["version"], &answer.json()["current"]["age"]), (&json!(2), &json!(41)));
    assert_eq!(answer.json()["current"], program.read(&path).await);
    assert_eq!(program.patch(&path, json!({ "age": 42, "version": 2 })).await.status, 200);
    assert_eq!(program.patch(&path, json!({ "age": 43, "version": 3.0 })).await.status, 200, "a whole number, however it is written");
    assert_eq!(program.patch(&path, json!({ "age": 44, "version": "4" })).await.status, 200);
    program.patch(&path, json!({ "age": 45, "version": -1 })).await.refuses(409, "stale_version");
    for wrong in [json!(1.5), json!("x"), json!(true), json!([5]), json!(1e30)] {
        let answer = program.patch(&path, json!({ "age": 45, "version": wrong })).await;
        assert!(answer.status == 400 && answer.json()["version"].is_array(), "{wrong}: {}", answer.body);
    }
    assert_eq!(program.read(&path).await["age"], 44);
}

async fn a_list_has_an_etag(clinic: Clinic) {
    let user = rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    clinic.patient("Émile Zola", user).await;
    for path in ["/api/patients/", "/api/patients/?page=1"] {
        let first = program.get(path).await;
        let tag = first.header("etag").to_string();
        assert!(tag.starts_with("W/\""), "{tag}");
        assert_eq!(program.call_saying(Method::GET, path, &[("if-none-match", &tag)], None).await.status, 304);
        clinic.patient("Marie Curie", user).await;
        assert_eq!(program.call_saying(Method::GET, path, &[("if-none-match", &tag)], None).await.status, 200);
    }
}
