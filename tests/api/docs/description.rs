//! The OpenAPI description: complete, correct, and the same for everybody.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::praxis;
use crate::support::people::Rights;
use praxis::api::routes::routes;
use praxis::api::state::State;

stories![
    the_description_lists_every_route_and_no_other,
    the_description_is_the_same_for_everybody,
    a_setting_makes_the_description_public,
    the_description_is_available_as_yaml,
    the_descriptions_examples_can_be_sent_unchanged,
    the_descriptions_references_resolve,
    a_command_prints_the_description,
];

/// The description as an administrator gets it.
async fn description(clinic: &Clinic) -> Value {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    clinic.program_of("ada").await.read("/api/schema/").await
}

async fn the_description_lists_every_route_and_no_other(clinic: Clinic) {
    let told = description(&clinic).await;
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, item) in told["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            described.insert(format!("{} {path}", method.to_uppercase()));
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_string()), "{name} comes twice");
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{name}");
            assert!(operation["responses"].as_object().is_some_and(|answers| answers.len() > 4), "{name}");
        }
    }
    let all = routes(&State::new(clinic.app.clone(), praxis::api::describe));
    let routes: BTreeSet<String> =
        all.iter().filter(|route| route.method != Method::OPTIONS).map(|route| format!("{} /api{}/", route.method, route.path)).collect();
    assert_eq!(described, routes);
}

async fn the_description_is_the_same_for_everybody(clinic: Clinic) {
    let told = description(&clinic).await;
    clinic.account("nora", Rights::default()).await;
    let nora = clinic.program_of("nora").await;
    let answer = nora.get("/api/schema/").await;
    assert_eq!(answer.json(), told);
    let tag = answer.header("etag").to_string();
    assert_eq!(nora.call_saying(Method::GET, "/api/schema/", &[("if-none-match", &tag)], None).await.status, 304);
    clinic.program().get("/api/schema/").await.refuses(401, "not_authenticated");
}

async fn a_setting_makes_the_description_public(clinic: Clinic) {
    let open = Clinic::open_with(clinic.backend, &[("API_DOCS", "public")]).await;
    let answer = open.program().get("/api/schema").await;
    assert_eq!((answer.status, answer.json()["openapi"].as_str()), (200, Some("3.1.0")));
    open.program().get("/api/patients/").await.refuses(401, "not_authenticated");
    open.server.stop(false).await;
}

async fn the_description_is_available_as_yaml(clinic: Clinic) {
    clinic.account("nora", Rights::default()).await;
    let nora = clinic.program_of("nora").await;
    let named = nora.get("/api/schema/?format=yaml").await;
    let asked = nora.call_saying(Method::GET, "/api/schema/", &[("accept", "application/yaml")], None).await;
    for answer in [&named, &asked] {
        assert_eq!(answer.header("content-type"), "application/yaml");
        assert!(answer.body.starts_with("openapi: 3.1.0"));
    }
    nora.get("/api/schema/?format=xml").await.refuses(404, "not_found");
    nora.get("/api/patients/?format=yaml").await.refuses(404, "not_found");
}

async fn the_descriptions_examples_can_be_sent_unchanged(clinic: Clinic) {
    let told = description(&clinic).await;
    let ada = clinic.program_of("ada").await;
    let example = |path: &str, method: &str| told["paths"][path][method]["requestBody"]["content"]["application/json"]["example"].clone();
    for path in ["/api/patients/", "/api/doctors/", "/api/mappings/"] {
        let answer = ada.post(path, example(path, "post")).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    }
    for path in ["/api/patients/", "/api/doctors/"] {
        let one = format!("{path}{{id}}/");
        assert_eq!(ada.put(&format!("{path}1/"), example(&one, "put")).await.status, 200, "{one}");
        assert_eq!(ada.patch(&format!("{path}1/"), example(&one, "patch")).await.status, 200, "{one}");
    }
    assert_eq!(clinic.patient_names().await, ["Émile Durand"]);
}

async fn the_descriptions_references_resolve(clinic: Clinic) {
    let told = description(&clinic).await;
    let mut waiting = vec![&told];
    let mut found = 0;
    while let Some(value) = waiting.pop() {
        if let Some(place) = value["$ref"].as_str() {
            assert!(told.pointer(place.trim_start_matches('#')).is_some(), "{place} is not there");
            found += 1;
        }
        match value {
            Value::Object(members) => waiting.extend(members.values()),
            Value::Array(items) => waiting.extend(items),
            _ => {}
        }
    }
    assert!(found > 100, "{found}");
    let patient = &told["components"]["schemas"]["Patient"];
    assert_eq!(patient["properties"]["age"]["type"], "integer");
    assert_eq!(patient["properties"]["primary_doctor"]["type"], json!(["integer", "null"]));
    let body = &told["components"]["schemas"]["PatientNew"];
    assert_eq!(body["required"], json!(["name", "gender"]));
    assert!(body["properties"]["owner"].is_null(), "nobody chooses the owner");
}

async fn a_command_prints_the_description(clinic: Clinic) {
    let output = praxis(&clinic.database, &["openapi"], &[], "");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["openapi"], "3.1.0");
    assert!(told["paths"]["/api/patients/{id}/"]["patch"].is_object());
    let yaml = praxis(&clinic.database, &["openapi", "--yaml"], &[], "");
    assert!(String::from_utf8_lossy(&yaml.stdout).starts_with("openapi: 3.1.0"));
}
