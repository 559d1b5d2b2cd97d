//! Every route of the API, with every kind of caller.

use actix_web::http::{Method, StatusCode};
use serde_json::json;

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;
use crate::support::database::Backend;
use crate::support::people::Rights;
use praxis::api::routes::routes;
use praxis::api::state::State;
use praxis::web::middleware::error_pages::for_programs;
use praxis::web::routing::access::Access;

stories![
    the_api_refuses_requests_without_a_token,
    a_program_without_permissions_is_refused_everywhere,
    a_session_cookie_does_not_open_the_api,
    the_api_answers_every_request_in_json,
    the_api_root_lists_the_resources,
    an_options_request_lists_the_accepted_methods,
    a_database_outage_tells_programs_to_retry,
];

/// The path with its placeholders filled in.
fn address(path: &str) -> String {
    format!("/api{}/", path.replace("{id}", "1"))
}

async fn the_api_refuses_requests_without_a_token(clinic: Clinic) {
    let program = clinic.program();
    let mut tried = 0;
    for route in routes(&State::new(clinic.app.clone(), praxis::api::describe)).iter().filter(|route| route.access != Access::Public) {
        for path in [address(&route.path), address(&route.path).trim_end_matches('/').to_string()] {
            let answer = program.call(route.method.clone(), &path, None).await;
            answer.refuses(401, "not_authenticated");
            assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"api\"");
        }
        let wrong = program.holding("nonsense").call(route.method.clone(), &address(&route.path), None).await;
        assert_eq!(wrong.status, 401, "{}", wrong.body);
        tried += 1;
    }
    assert!(tried > 30, "{tried} routes");
}

async fn a_program_without_permissions_is_refused_everywhere(clinic: Clinic) {
    clinic.account("nora", Rights::default()).await;
    let program = clinic.program_of("nora").await;
    for route in routes(&State::new(clinic.app.clone(), praxis::api::describe)) {
        let Access::Records(..) = route.access else { continue };
        program.call(route.method.clone(), &address(&route.path), None).await.refuses(403, "permission_denied");
    }
}

async fn a_session_cookie_does_not_open_the_api(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.get("/api/patients/").await;
    page.refuses(401, "not_authenticated");
    assert_eq!(page.header("set-cookie"), "");
}

async fn the_api_answers_every_request_in_json(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    for (method, path, status, code) in [
        (Method::GET, "/api/nothing/", 404, "not_found"),
        (Method::GET, "/api/patients/1/nothing/", 404, "not_found"),
        (Method::GET, "/api//patients/", 404, "not_found"),
        (Method::GET, "/api/patients/zola/", 404, "not_found"),
        (Method::GET, "/api/patients/99999999999999999999/", 404, "not_found"),
        (Method::GET, "/api/patients/1.0/", 404, "not_found"),
        (Method::GET, "/api/patients/%00/", 404, "not_found"),
        (Method::POST, "/api/nothing", 404, "not_found"),
        (Method::DELETE, "/api/patients/", 405, "method_not_allowed"),
        (Method::PUT, "/api/patients", 405, "method_not_allowed"),
        (Method::POST, "/api/patients/1/", 405, "method_not_allowed"),
        (Method::TRACE, "/api/patients/", 405, "method_not_allowed"),
        (Method::POST, "/api/", 405, "method_not_allowed"),
        (Method::GET, "/api/patients/?format=xml", 404, "not_found"),
    ] {
        let answer = program.call(method.clone(), path, None).await;
        answer.refuses(status, code);
        assert_eq!(answer.header("content-type"), "application/json", "{method} {path}");
        assert_eq!((answer.header("vary"), answer.header("cache-control")), ("Accept", "no-store"), "{method} {path}");
        assert!(status != 405 || answer.header("allow").ends_with("OPTIONS"), "{method} {path}: {}", answer.header("allow"));
    }
    let list = program.get("/api/patients/").await;
    assert_eq!((list.header("allow"), list.header("vary")), ("GET, POST, HEAD, OPTIONS", "Accept"));
    assert_eq!((list.header("content-type"), list.header("x-content-type-options")), ("application/json", "nosniff"));
    assert_eq!(program.get("/api/patients/7777/").await.header("allow"), "GET, PUT, PATCH, DELETE, HEAD, OPTIONS");
    for accept in ["text/html", "application/xml", "application/json;q=0"] {
        program.send(Method::GET, "/api/patients/", &[("accept", accept)], Vec::new()).await.refuses(406, "not_acceptable");
    }
    for accept in ["*/*", "application/json", "text/html, */*;q=0.1"] {
        assert_eq!(program.send(Method::GET, "/api/patients/", &[("accept", accept)], Vec::new()).await.status, 200, "{accept}");
    }
    assert_eq!(program.send(Method::GET, "/api/patients/?format=json", &[("accept", "text/html")], Vec::new()).await.status, 200);
    let head = program.call(Method::HEAD, "/api/patients/", None).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let elsewhere = program.send(Method::GET, "/api/patients/", &[("host", "evil.example")], Vec::new()).await;
    elsewhere.refuses(400, "bad_request");
    assert_eq!(elsewhere.header("content-type"), "application/json");
    for status in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE] {
        let lost = for_programs(status, "");
        assert_eq!(lost.headers().get("content-type").and_then(|kind| kind.to_str().ok()), Some("application/json"));
        assert_eq!(lost.headers().contains_key("retry-after"), status == StatusCode::SERVICE_UNAVAILABLE);
    }
}

async fn the_api_root_lists_the_resources(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let home = clinic.app.settings.public_url.to_string();
    let root = program.read("/api/").await;
    assert_eq!(root, program.read("/api").await);
    for slug in ["patients", "doctors", "mappings"] {
        assert_eq!(root[slug], json!(format!("{home}api/{slug}/")));
    }
}

async fn an_options_request_lists_the_accepted_methods(clinic: Clinic) {
    rosa(&clinic).await;
    let program = clinic.program_of("rosa").await;
    let told = program.call(Method::OPTIONS, "/api/patients/", None).await;
    assert_eq!((told.status, told.header("allow")), (200, "GET, POST, HEAD, OPTIONS"));
    let told = told.json();
    assert_eq!((&told["name"], &told["renders"]), (&json!("Patient List"), &json!(["application/json"])));
    let fields = &told["actions"]["POST"];
    assert_eq!(fields["id"], json!({ "type": "integer", "required": false, "read_only": true, "label": "Number" }));
    assert_eq!((&fields["name"]["required"], &fields["name"]["max_length"]), (&json!(true), &json!(120)));
    assert_eq!(fields["gender"]["choices"][0], json!({ "value": "female", "display_name": "Female" }));
    assert_eq!(fields["owner"]["read_only"], json!(true));
    assert_eq!((&fields["age"]["min_value"], &fields["age"]["max_value"]), (&json!(0), &json!(150)));
    let told = program.call(Method::OPTIONS, "/api/patients/1/", None).await.json();
    assert!(told["actions"]["PUT"]["name"].is_object());
    clinic.account("lena", Rights { permissions: &["patient.view"], ..Rights::default() }).await;
    let told = clinic.program_of("lena").await.call(Method::OPTIONS, "/api/patients/", None).await.json();
    assert_eq!(told["actions"], json!(null), "who may not add is not told how");
    clinic.program().call(Method::OPTIONS, "/api/patients/", None).await.refuses(401, "not_authenticated");
}

async fn a_database_outage_tells_programs_to_retry(clinic: Clinic) {
    rosa(&clinic).await;
    let token = clinic.program_of("rosa").await.access;
    let wrong = match clinic.backend {
        Backend::Sqlite => "sqlite:///nowhere/at/all/clinic.db",
        Backend::Postgres => "postgres://postgres@127.0.0.1:1/nothing",
    };
    let away = Clinic::open_with(clinic.backend, &[("DATABASE_URL", wrong)]).await;
    let program = away.program().holding(&token);
    for answer in [program.get("/api/patients/").await, program.post("/api/patients/", json!({})).await] {
        answer.refuses(503, "unavailable");
        assert_eq!((answer.header("retry-after"), answer.header("content-type")), ("5", "application/json"));
    }
    away.server.stop(false).await;
}
