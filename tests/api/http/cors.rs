//! Cross-origin requests (CORS).

use actix_web::http::Method;

use crate::api::records::record::rosa;
use crate::stories;
use crate::support::Clinic;
use crate::support::page::Page;

stories![no_other_site_may_call_the_api_by_default, only_listed_sites_may_call_the_api];

const SITE: &str = "https://app.example.org";

async fn asked(clinic: &Clinic, origin: &str) -> Page {
    let headers =
        [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", "authorization,content-type")];
    clinic.program().send(Method::OPTIONS, "/api/patients/", &headers, Vec::new()).await
}

async fn no_other_site_may_call_the_api_by_default(clinic: Clinic) {
    rosa(&clinic).await;
    assert_eq!(asked(&clinic, SITE).await.header("access-control-allow-origin"), "");
    let answer = clinic.program_of("rosa").await.send(Method::GET, "/api/patients/", &[("origin", SITE)], Vec::new()).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
    assert_eq!(answer.header("vary"), "Accept");
}

async fn only_listed_sites_may_call_the_api(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("CORS_ORIGINS", "https://app.example.org, http://localhost:3000")]).await;
    rosa(&clinic).await;
    let answer = asked(&clinic, SITE).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, SITE));
    assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, HEAD, OPTIONS");
    assert!(answer.header("access-control-allow-headers").contains("Authorization"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let program = clinic.program_of("rosa").await;
    for path in ["/api/patients/", "/api/nothing/"] {
        let answer = program.send(Method::GET, path, &[("origin", "http://localhost:3000")], Vec::new()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3000", "{path}");
        assert_eq!(answer.header("vary"), "Accept, Origin");
    }
    for origin in [
        "https://evil.example",
        "null",
        "https://app.example.org.evil.example",
        "http://app.example.org",
        "https://app.example.org/",
        "HTTPS://APP.EXAMPLE.ORG",
    ] {
        assert_eq!(asked(&clinic, origin).await.header("access-control-allow-origin"), "", "{origin}");
        let answer = program.send(Method::GET, "/api/patients/", &[("origin", origin)], Vec::new()).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
    }
}
