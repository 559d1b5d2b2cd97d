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
        page.is(200).see("List patients").see("Only these members, separated by commas").see("curl -X POST").see("429");
        assert!(page.has("header.sidebar") && page.has("#patients_partial_update") && !page.body.contains("**"));
        assert!(!page.body.contains("style=") && !page.body.contains("onclick"), "it would not be drawn under the policy");
    }
    let file = nora.get("/api/docs/openapi.json").await;
    assert_eq!((file.header("content-type"), file.json()["openapi"].as_str()), ("application/json", Some("3.1.0")));
    assert!(nora.get("/api/docs/openapi.yaml").await.body.starts_with("openapi: 3.1.0"));
    nora.get("/search?q=api").await.see("API documentation");
}

async fn a_setting_makes_the_documentation_page_public(clinic: Clinic) {
    let open = Clinic::open_with(clinic.backend, &[("API_DOCS", "public")]).await;
    let page = open.visitor().get("/api/docs/").await;
    page.is(200).see("List patients").see("Sign in");
    assert!(!page.has("header.sidebar"));
    open.server.stop(false).await;
}

async fn a_wrong_documentation_address_shows_a_page(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.get("/api/docs/nothing").await;
    page.is(404).see("Page not found");
}
