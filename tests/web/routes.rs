//! Every route, and who may use it.

use actix_web::http::Method;
use praxis::routes::{MOVED, routes};
use praxis::web::middleware::outermost::SECRET_LINKS;
use praxis::web::routing::access::Access;

use crate::support::Clinic;
use crate::support::people::Rights;
use crate::{facts, stories};

facts![the_list_of_public_routes_is_complete, no_path_is_declared_twice, a_page_with_a_title_can_be_opened_by_its_address];
stories![
    a_visitor_is_redirected_to_sign_in_on_every_other_route,
    a_user_without_permissions_passes_no_guarded_route,
    an_old_address_redirects_permanently,
    everybody_can_read_the_health_checks
];

/// The list of exceptions: a new public route has to be added here as well.
fn the_list_of_public_routes_is_complete() {
    let public: Vec<String> =
        routes().iter().filter(|route| route.access == Access::Public).map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(
        public,
        [
            "GET /login",
            "POST /login",
            "GET /login/passkey",
            "POST /login/passkey",
            "GET /login/second-factor",
            "POST /login/second-factor",
            "GET /login/second-factor/passkey",
            "POST /logout",
            "POST /login/oidc/{provider}",
            "GET /login/oidc/{provider}/callback",
            "POST /login/oidc/{provider}/account",
            "POST /password/check",
            "GET /cookies",
            "POST /cookies",
            "POST /cookies/forget",
            "GET /forgot-password",
            "POST /forgot-password",
            "GET /reset-password",
            "POST /reset-password",
            "GET /register",
            "POST /register",
            "GET /register/sent",
            "GET /register/{token}",
            "POST /register/{token}",
            "GET /setup/{token}",
            "POST /setup/{token}",
            "GET /invitation/{token}",
            "POST /invitation/{token}",
            "GET /feeds/{token}",
            "GET /dev/mail",
            "GET /dev/mail/{id}",
            "GET /dev/mail/{id}/html",
            "GET /clinic/logo/{hash}",
            "GET /visits/{token}",
            "POST /visits/{token}/confirm",
            "POST /visits/{token}/cancel",
            "GET /visits/{token}/move",
            "POST /visits/{token}/move",
            "GET /visits/{token}/new",
            "POST /visits/{token}/new",
            "POST /visits/{token}/wait",
            "GET /offers/{token}",
            "POST /offers/{token}",
        ]
    );
    // The log has no secret of a link.
    let secret = routes().into_iter().filter(|route| route.access == Access::Public && route.path.contains("{token}"));
    let logged: Vec<String> =
        secret.map(|route| route.path.to_string()).filter(|path| !SECRET_LINKS.iter().any(|start| path.starts_with(start))).collect();
    assert!(logged.is_empty(), "{logged:?}");
}

fn no_path_is_declared_twice() {
    let mut seen: Vec<String> = routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

fn a_page_with_a_title_can_be_opened_by_its_address() {
    for route in routes().iter().filter(|route| route.title.is_some()) {
        assert!(route.method == Method::GET && !route.path.contains('{'), "{} {}", route.method, route.path);
    }
}

/// The path with its placeholders filled in.
fn walk(path: &str) -> String {
    path.replace("{resource}", "patients")
        .replace("{id}", "1")
        .replace("{mapping}", "1")
        .replace("{token}", "x")
        .replace("{provider}", "x")
        .replace("{version}", "1")
}

async fn a_visitor_is_redirected_to_sign_in_on_every_other_route(clinic: Clinic) {
    let owner = clinic.account("rosa", Rights::default()).await;
    clinic.patient("Émile Zola", owner).await;
    let visitor = clinic.visitor();
    for route in routes().into_iter().filter(|route| route.access != Access::Public) {
        let path = walk(&route.path);
        let page = if route.method == Method::GET { visitor.get(&path).await } else { visitor.post(&path, &[("name", "x")]).await };
        assert!(page.location().starts_with("/login"), "{} {path}: {}", route.method, page.status);
        assert!(!page.body.contains("Zola"));
    }
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn a_user_without_permissions_passes_no_guarded_route(clinic: Clinic) {
    let owner = clinic.account("owner", Rights::default()).await;
    clinic.patient("Émile Zola", owner).await;
    clinic.account("nobody", Rights::default()).await;
    let nobody = clinic.sign_in("nobody").await;
    let clerk = clinic.clerk("clerk", &[]).await;
    for route in routes().into_iter().filter(|route| !matches!(route.access, Access::Public | Access::SignedIn | Access::Description)) {
        let path = walk(&route.path);
        for (who, staff) in [(&nobody, false), (&clerk, true)] {
            let page = if route.method == Method::GET { who.get(&path).await } else { who.post(&path, &[("name", "x")]).await };
            page.is(if staff && route.access == Access::Staff { 200 } else { 403 });
            assert!(!page.body.contains("Zola"), "{} {path}", route.method);
        }
    }
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
}

async fn an_old_address_redirects_permanently(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.patient("Émile Zola", clinic.user_id("ada").await).await;
    let known: Vec<String> = routes().iter().map(|route| route.path.to_string()).collect();
    for (method, from, to) in MOVED {
        assert!(known.iter().any(|path| path == to), "{to} is no route");
        let (old, new) = (walk(&from.replace(":[0-9]+", "")) + "?list=x%2Fy", walk(to) + "?list=x%2Fy");
        let page = if method == Method::GET { ada.get(&old).await } else { ada.post(&old, &[]).await };
        page.is(if method == Method::GET { 301 } else { 308 });
        if method == Method::GET {
            ada.send(Method::HEAD, &old, &[], Vec::new()).await.is(301);
        }
        assert_eq!(page.header("location"), new);
        // It says nothing about what is there, so a visitor is asked at the new address.
        assert_eq!(clinic.visitor().send(method, &old, &[], Vec::new()).await.header("location"), new);
    }
    // What is no record's number is no old address.
    ada.post("/admin/patients/actions", &[("_action", "")]).await.is(303);
    ada.open(&format!("/admin/patients/{id}")).await.see("Émile Zola");
    ada.open(&format!("/admin/patients/{id}/edit")).await.see("Émile Zola");
    ada.get("/admin/a%0d%0ab/add").await.is(301);
}

async fn everybody_can_read_the_health_checks(clinic: Clinic) {
    let visitor = clinic.visitor();
    assert_eq!(visitor.get("/healthz").await.is(200).body, "ok\n");
    assert_eq!(visitor.get("/readyz").await.is(200).body, "ready\n");
    let behind = clinic
        .arrange(|c| {
            diesel::RunQueryDsl::execute(diesel::sql_query("DELETE FROM __diesel_schema_migrations WHERE version = '20261121000003'"), c)
        })
        .await;
    assert_eq!(behind.expect("one migration fewer"), 1);
    assert!(visitor.get("/readyz").await.is(503).body.contains("praxis migrate"));
}
