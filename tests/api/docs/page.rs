//! The page about the API.

use crate::stories;
use crate::support::Clinic;
use crate::support::people::Rights;

stories![a_member_reads_the_documentation_page, a_setting_makes_the_documentation_page_public, a_wrong_documentation_address_shows_a_page];

async fn a_member_reads_the_documentation_page(clinic: Clinic) {
    let visitor = clinic.visitor();
    assert!(visitor.get("/api/docs/").await.location().starts_with("/login"));
    assert!(visitor.get("/api/docs/openapi.json").await.location().starts_with("/login"));
    clinic.account("nora", Rights::default()).await;
    let nora = clinic.sign_in("nora").await;
    for path in ["/api/docs", "/api/docs/"] {
        let page = nora.get(path).await;
        page.is(200).see("List patients").see("/api/mappings/");
        assert!(page.has("header.sidebar") && page.has("#patients_partial_update a"));
    }
    let links = nora.open("/api/docs/").await.attributes("h2 a", "href");
    assert!(links.len() > 3 && links.contains(&"/api/docs/patients/".into()), "{links:?}");
    for link in &links {
        let page = nora.open(link).await;
        page.see("With curl").see("429");
        assert!(page.has("header.sidebar") && page.has("[data-operation]") && !page.body.contains("**"));
        assert!(!page.body.contains("style=") && !page.body.contains("onclick"), "it would not be drawn under the policy");
    }
    let page = nora.open("/api/docs/patients/").await;
    page.see("List patients").see("Only these members, separated by commas").see("curl -X POST").miss("/api/doctors/");
    nora.get("/api/docs/nothing/").await.is(404);
    let file = nora.get("/api/docs/openapi.json").await;
    assert_eq!((file.header("content-type"), file.json()["openapi"].as_str()), ("application/json", Some("3.1.0")));
    assert!(nora.get("/api/docs/openapi.yaml").await.body.starts_with("openapi: 3.1.0"));
    nora.get("/search?q=api").await.see("API documentation");
}

async fn a_setting_makes_the_documentation_page_public(clinic: Clinic) {
    let open = Clinic::open_with(clinic.backend, &[("API_DOCS", "public")]).await;
    for (path, text) in [("/api/docs/", "List patients"), ("/api/docs/patients/", "With curl")] {
        let page = open.visitor().open(path).await;
        page.see(text).see("Sign in");
        assert!(!page.has("header.sidebar"));
    }
    open.server.stop(false).await;
}

async fn a_wrong_documentation_address_shows_a_page(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.get("/api/docs/nothing").await;
    page.is(404).see("Page not found");
}
