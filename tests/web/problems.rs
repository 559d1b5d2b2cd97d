//! Error pages.

use crate::support::Clinic;
use crate::support::browser::Browser;
use crate::support::page::Page;
use crate::{facts, stories};

facts![every_error_status_has_its_own_text];
stories![
    a_trailing_slash_is_removed,
    each_error_page_offers_a_way_on,
    every_error_status_has_a_page,
    user_input_is_never_rendered_as_markup,
    a_database_outage_is_reported,
    a_get_request_changes_nothing
];

async fn each_error_page_offers_a_way_on(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for (path, status, words) in
        [("/nothing", 404, "Page not found"), ("/admin", 403, "You do not have permission"), ("/logout", 405, "Method not allowed")]
    {
        let page = rosa.get(path).await;
        page.is(status).see(words);
        assert!(page.has("header.sidebar") && page.has(".notice-page a.button.primary"), "{path} leaves them alone");
        assert!(!page.body.contains("praxis::") && !page.body.contains(".rs"), "{path} shows its insides");
        // The page has a session: its form for signing out has a valid token.
        assert!(!page.value("csrf_token").is_empty());
    }
    let visitor = clinic.visitor();
    let page = visitor.get("/nothing").await;
    page.is(404).see("Go to the start page");
    assert!(!page.has("header.sidebar"));
}

async fn user_input_is_never_rendered_as_markup(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let canary = "\"'><x id=CANARY></textarea></script>{{7*7}}";
    let sent = [("name", canary), ("age", "40"), ("gender", "male"), ("address", canary)];
    let page = rosa.complete("/patients/new", &sent).await;
    let id = page.path.clone();
    let ada = clinic.administrator().await;
    let doctor = clinic.doctor(canary).await;
    for path in [
        id.clone(),
        format!("{id}/edit"),
        format!("{id}/delete"),
        "/patients".into(),
        "/".into(),
        format!("/doctors/{doctor}"),
        "/doctors".into(),
    ] {
        let page = rosa.open(&path).await;
        assert!(!page.has("x#CANARY"), "{path}");
    }
    let number = id.rsplit('/').next().unwrap_or("");
    for path in [
        "/admin/patients".to_string(),
        format!("/admin/patients/{number}"),
        format!("/admin/patients/{number}/history"),
        format!("/admin/patients/{number}/delete"),
        "/admin/log".into(),
        "/admin".into(),
    ] {
        assert!(!ada.open(&path).await.has("x#CANARY"), "{path}");
    }
    let page = rosa.open(&format!("/search?q={}", form_urlencoded::byte_serialize(canary.as_bytes()).collect::<String>())).await;
    assert!(!page.has("x#CANARY"));
    assert!(page.text().contains("{{7*7}}"));
}

async fn a_database_outage_is_reported(clinic: Clinic) {
    let wrong = match clinic.backend {
        crate::support::database::Backend::Sqlite => "sqlite:///nowhere/at/all/clinic.db",
        crate::support::database::Backend::Postgres => "postgres://postgres@127.0.0.1:1/nothing",
    };
    let away = Clinic::open_with(clinic.backend, &[("DATABASE_URL", wrong)]).await;
    let visitor = Browser::new(away.address);
    visitor.open("/login").await;
    visitor.get("/healthz").await.is(200);
    visitor.get("/readyz").await.is(503);
    let page = visitor.fill("/login", &[("username", "rosa"), ("password", "whatever-it-is")]).await;
    page.is(503).see("temporarily unavailable");
    assert_eq!(page.header("retry-after"), "5");
    // If the session cannot be loaded, the user is asked to wait, not to sign in again.
    let rosa = clinic.receptionist().await;
    visitor.set_cookie("sid", &rosa.cookie("sid").expect("a cookie"));
    visitor.get("/patients").await.is(503).see("temporarily unavailable");
    away.server.stop(false).await;
}

async fn a_get_request_changes_nothing(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let counts = || {
        clinic.ask(|c| {
            use diesel::prelude::*;
            use praxis::db::schema::{log_entries, patients, users};
            use praxis::resource::log::entry::LogAction;
            Ok((
                users::table.count().get_result::<i64>(c)?,
                patients::table.count().get_result::<i64>(c)?,
                // Views leave nothing but log entries.
                log_entries::table.filter(log_entries::action.ne(LogAction::View)).count().get_result::<i64>(c)?,
            ))
        })
    };
    let before = counts().await;
    for route in praxis::routes::routes().iter().filter(|route| route.method == actix_web::http::Method::GET) {
        ada.get(
            &route
                .path
                .replace("{resource}", "patients")
                .replace("{id}", &id.to_string())
                .replace("{token}", "x")
                .replace("{version}", "1"),
        )
        .await;
    }
    assert_eq!(counts().await, before);
}

fn every_error_status_has_its_own_text() {
    use praxis::web::middleware::error_pages::words;
    let mut titles: Vec<&str> = [400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503]
        .map(|code| words(actix_web::http::StatusCode::from_u16(code).expect("a status"), "", "/").title)
        .to_vec();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), 11, "{titles:?}");
}

/// Including those that no click causes: an internal error, and too many requests.
async fn every_error_status_has_a_page(clinic: Clinic) {
    use actix_web::body::to_bytes;
    use actix_web::http::StatusCode;
    use awc::http::header::HeaderMap;
    use praxis::web::middleware::error_pages::{without_request, words};
    for code in [400, 403, 404, 405, 408, 409, 413, 415, 429, 500, 503] {
        let status = StatusCode::from_u16(code).expect("a status");
        let response = without_request(&clinic.app, status, "", None);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers().contains_key("retry-after"), matches!(code, 429 | 503), "{code}");
        let body = to_bytes(response.into_body()).await.unwrap_or_else(|_| panic!("{code} has no body"));
        let page = Page::new(&code.to_string(), code, &HeaderMap::new(), &body);
        assert_eq!(page.all("h1"), [words(status, "", "/").title]);
        assert!(page.has(".actions a.button.primary[href='/']"), "{code} leaves them alone");
    }
}

/// People may type it, as in `/admin/`.
async fn a_trailing_slash_is_removed(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.get("/patients/?q=zola").await;
    assert_eq!((page.status, page.header("location")), (308, "/patients?q=zola"));
    rosa.get("/nothing-here/").await.is(308);
    rosa.get("/nothing-here").await.is(404);
    // Not to another site, and not for a form.
    for path in ["//evil.example/", "/%2Fevil.example/", "/\\evil.example/"] {
        let page = rosa.get(path).await;
        assert!(page.header("location").is_empty() || page.header("location") == "/%2Fevil.example", "{path}");
    }
    rosa.post("/patients/", &[]).await.is(404);
}
