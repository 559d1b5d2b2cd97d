//! Routes that require re-authentication.

use actix_web::http::Method;
use diesel::prelude::*;
use praxis::db::schema::{groups, sessions, users};
use praxis::routes::routes;

use crate::stories;
use crate::support::factors::{grow_stale, set_up};
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_recent_sign_in_needs_no_reauthentication,
    a_submitted_form_is_completed_after_reauthentication,
    a_wrong_password_at_reauthentication_keeps_the_form_and_is_counted,
    a_code_from_an_app_reauthenticates_like_a_password,
    a_requested_page_opens_after_reauthentication,
    an_upload_is_chosen_again_after_reauthentication,
    a_waiting_form_belongs_to_its_user_and_its_page,
    reauthentication_renews_the_session_key,
    reauthentication_does_not_sign_anyone_in,
    every_sensitive_page_requires_reauthentication,
    a_remembered_session_is_reauthenticated_too,
];

/// Authenticates on the page that asks for it.
async fn prove(browser: &Browser, page: &Page, name: &str, proof: &str) -> Page {
    let (action, mut data) = page.form();
    data.retain(|(known, _)| known != name);
    data.push((name.into(), proof.into()));
    browser.post_pairs(&action, &data).await
}

async fn a_recent_sign_in_needs_no_reauthentication(clinic: Clinic) {
    clinic.stop_the_clock();
    let ada = clinic.administrator().await;
    clinic.wait(time::Duration::seconds(599));
    ada.complete("/admin/groups/new", &[("name", "Nurses")]).await.see("was added");
    clinic.wait(time::Duration::seconds(1));
    ada.fill("/admin/groups/new", &[("name", "Cleaners")]).await.is(401).see("Confirm your identity");
    assert_eq!(clinic.ask(|c| groups::table.filter(groups::name.eq("Cleaners")).count().get_result::<i64>(c)).await, 0);
}

async fn a_submitted_form_is_completed_after_reauthentication(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    grow_stale(&clinic).await;
    let page = ada.fill(&format!("/admin/users/{id}"), &[("first_name", "Rosa"), ("last_name", "“Zoë” & <co>")]).await;
    page.is(401).see("What you typed is kept");
    assert!(!page.body.contains("Zoë"), "what waits is sealed");
    let page = prove(&ada, &page, "proof", PASSWORD).await;
    ada.open(page.location()).await.see("Rosa “Zoë” & <co> (rosa)").see("was changed");
    let name = clinic.ask(move |c| users::table.find(id).select(users::last_name).first::<String>(c)).await;
    assert_eq!(name, "“Zoë” & <co>");
    // It counts for another ten minutes, also for setting another user's password.
    let path = format!("/users/{id}/password");
    let filled = [("password", "seven-green-kettles"), ("password_again", "seven-green-kettles")];
    let (_, mut form) = ada.open(&path).await.form();
    form.retain(|(name, _)| !name.starts_with("password"));
    form.extend(filled.map(|(name, value)| (name.to_string(), value.to_string())));
    grow_stale(&clinic).await;
    let page = ada.post_pairs(&path, &form).await;
    assert!(!page.is(401).body.contains("kettles"));
    let page = prove(&ada, &page, "proof", PASSWORD).await;
    ada.open(page.location()).await.see("Password set for Rosa");
}

async fn a_wrong_password_at_reauthentication_keeps_the_form_and_is_counted(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.stop_the_clock();
    grow_stale(&clinic).await;
    let mut page = ada.fill("/admin/groups/new", &[("name", "Nurses")]).await;
    for wrong in ["", "wrong-password", "wrong-password", "wrong-password", "wrong-password", "wrong-password"] {
        page = prove(&ada, &page, "proof", wrong).await;
        page.is(422).see(if wrong.is_empty() { "Enter your password" } else { "Your password is incorrect" });
    }
    page = prove(&ada, &page, "proof", PASSWORD).await;
    page.is(429).see("Try again in 1 second");
    clinic.wait(time::Duration::seconds(1));
    let page = prove(&ada, &page, "proof", PASSWORD).await;
    ada.open(page.location()).await.see("The group “Nurses” was added");
}

async fn a_code_from_an_app_reauthenticates_like_a_password(clinic: Clinic) {
    clinic.stop_the_clock();
    let ada = clinic.administrator().await;
    let (phone, codes) = set_up(&clinic, &ada).await;
    grow_stale(&clinic).await;
    let page = ada.fill("/admin/groups/new", &[("name", "Nurses")]).await;
    page.is(401).see("Code from your authenticator app");
    let page = prove(&ada, &page, "code", "000000").await;
    assert_eq!(page.is(422).all("#code-error"), ["The code is incorrect or has already been used"]);
    let page = prove(&ada, &page, "code", &phone.code(&clinic)).await;
    ada.open(page.location()).await.see("The group “Nurses” was added");
    grow_stale(&clinic).await;
    let page = ada.fill("/admin/groups/new", &[("name", "Cleaners")]).await;
    let page = prove(&ada, &page, "code", &codes[0]).await;
    ada.open(page.location()).await.see("The group “Cleaners” was added");
}

async fn a_requested_page_opens_after_reauthentication(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights::default()).await;
    grow_stale(&clinic).await;
    let path = format!("/users/{id}/password");
    let page = ada.get(&path).await;
    assert_eq!(page.location(), format!("/confirm?next=%2Fusers%2F{id}%2Fpassword"));
    let place = page.location().to_string();
    ada.fill(&place, &[("proof", "wrong-password")]).await.is(422).see("Your password is incorrect");
    assert_eq!(ada.fill(&place, &[("proof", PASSWORD)]).await.location(), path);
    ada.open(&path).await.see("Set a password for rosa");
    assert_eq!(ada.get(&place).await.location(), path, "nobody is asked twice");
    grow_stale(&clinic).await;
    for evil in ["//evil.example", "https://evil.example", "/\\evil"] {
        let page = ada.fill("/confirm", &[("proof", PASSWORD), ("next", evil)]).await;
        assert_eq!(page.location(), "/");
        grow_stale(&clinic).await;
    }
}

async fn an_upload_is_chosen_again_after_reauthentication(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.upload("/admin/users/import", "users.csv", b"Username,Email\r\nzoe,zoe@example.org\r\n").await.is(303);
    grow_stale(&clinic).await;
    let page = ada.upload("/admin/users/import", "users.csv", b"Username,Email\r\nzoe,zoe@example.org\r\n").await;
    assert_eq!(page.location(), "/confirm?next=%2Fadmin%2Fusers%2Fimport");
    ada.upload("/admin/patients/import", "patients.csv", b"Name\r\nZola\r\n").await.is(303);
}

async fn a_waiting_form_belongs_to_its_user_and_its_page(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.account("eve", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let eve = clinic.sign_in("eve").await;
    grow_stale(&clinic).await;
    let page = ada.fill("/admin/groups/new", &[("name", "Nurses")]).await;
    let waits = page.value("_waits");
    let send = |browser: Browser, path: &'static str, waits: String| async move {
        browser.post(path, &[("_waits", &waits), ("proof", PASSWORD)]).await
    };
    send(eve, "/admin/groups/new", waits.clone()).await.is(400).see("could not be restored");
    send(ada.clone(), "/admin/users/new", waits.clone()).await.is(400);
    send(ada.clone(), "/admin/groups/new", format!("{waits}x")).await.is(400);
    assert_eq!(clinic.ask(|c| groups::table.filter(groups::name.eq("Nurses")).count().get_result::<i64>(c)).await, 0);
    send(ada, "/admin/groups/new", waits).await.is(303);
}

async fn reauthentication_renews_the_session_key(clinic: Clinic) {
    let ada = clinic.administrator().await.saying("user-agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
    let (stolen, before) = (ada.copy(), ada.cookie("sid"));
    grow_stale(&clinic).await;
    ada.fill("/confirm", &[("proof", PASSWORD)]).await.is(303);
    assert_ne!(ada.cookie("sid"), before);
    assert!(stolen.get("/").await.location().starts_with("/login"));
    ada.open("/sessions").await.see("Firefox on Linux").see("this browser");
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 1);
}

async fn reauthentication_does_not_sign_anyone_in(clinic: Clinic) {
    clinic.stop_the_clock();
    let ada = clinic.administrator().await;
    let came = clinic.app.now();
    let (phone, _) = set_up(&clinic, &ada).await;
    grow_stale(&clinic).await;
    ada.fill("/confirm", &[("proof", "wrong-password")]).await.is(422);
    ada.fill("/confirm", &[("proof", PASSWORD)]).await.is(303);
    grow_stale(&clinic).await;
    ada.fill("/confirm", &[("code", &phone.code(&clinic))]).await.is(303);
    let page = ada.open("/sessions").await;
    page.see("Confirmed with password").see("Confirmed with code").see("Wrong password or code");
    assert_eq!(page.text().matches("Signed in").count(), 1, "{}", page.text());
    ada.open("/admin/sign-ins").await.see("Confirmation");
    // The last sign-in is the last real one, not the last re-authentication.
    let last = clinic.app.settings.time_zone.show(came);
    ada.open("/profile").await.miss(&format!("Last sign-in: {}", clinic.app.settings.time_zone.show(clinic.app.now())));
    let id = clinic.user_id("ada").await;
    let before = clinic.ask(move |c| praxis::accounts::throttle::attempt::before_this(c, id)).await;
    assert!(before.is_none(), "{before:?} is taken for a sign-in before {last}");
}

/// The full list, so that a route that loses the requirement is noticed.
async fn every_sensitive_page_requires_reauthentication(clinic: Clinic) {
    let asking: Vec<String> =
        routes().iter().filter(|route| route.reauthenticated).map(|route| format!("{} {}", route.method, route.path)).collect();
    for route in [
        "POST /security/app",
        "GET /security/app",
        "POST /security/app/confirm",
        "POST /security/app/remove",
        "POST /security/passkeys",
        "POST /security/passkeys/{id}/remove",
        "POST /security/recovery",
        "POST /identities/link/{provider}",
        "POST /identities/{id}/unlink",
        "POST /admin/identities/{id}/unlink",
        "GET /profile/email",
        "POST /profile/email",
        "POST /profile/data",
        "POST /tokens/new",
        "POST /users/{id}/invitation",
        "POST /users/{id}/sessions",
        "POST /users/{id}/unlock",
        "POST /patients/new/account",
        "POST /doctors/new/account",
        "POST /admin/invitations",
        "GET /users/{id}/password",
        "POST /users/{id}/password",
        "POST /users/{id}/second-step",
        "POST /users/{id}/view-as",
        "POST /admin/{resource}/export",
    ] {
        assert!(asking.contains(&route.to_string()), "{route} does not ask");
    }
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights::default()).await;
    grow_stale(&clinic).await;
    for route in routes().into_iter().filter(|route| route.reauthenticated) {
        let path = route.path.replace("{id}", &id.to_string()).replace("{resource}", "patients").replace("{provider}", "x");
        if route.method == Method::GET {
            assert!(ada.get(&path).await.location().starts_with("/confirm?next="), "{path}");
        } else if path == "/admin/clinic" {
            // A file has to be chosen again, so the page asks first.
            assert!(ada.post(&path, &[]).await.location().starts_with("/confirm?next="), "{path}");
        } else {
            ada.post(&path, &[]).await.is(401).see("Confirm your identity");
        }
    }
    // Access is decided by users and groups, so all of their forms require it.
    // A password in the form itself is enough, and ending one's own sessions needs none.
    for path in ["/password", "/profile/deactivate"] {
        ada.post(path, &[]).await.is(422);
    }
    ada.post("/sessions", &[]).await.is(303);
    for path in ["/admin/users/new", "/admin/groups/1/edit", "/admin/users/actions", "/admin/groups/1/delete"] {
        ada.post(path, &[]).await.is(401);
    }
    ada.post("/admin/patients/new", &[]).await.is(422);
}

async fn a_remembered_session_is_reauthenticated_too(clinic: Clinic) {
    clinic.account("ada", Rights { is_staff: true, is_superuser: true, ..Rights::default() }).await;
    let ada = clinic.visitor();
    ada.fill("/login", &[("username", "ada"), ("password", PASSWORD), ("remember", "on")]).await.is(303);
    clinic.wait(time::Duration::days(14));
    ada.open("/admin").await;
    ada.fill("/admin/groups/new", &[("name", "Nurses")]).await.is(401);
    let page = ada.fill("/confirm", &[("proof", PASSWORD)]).await;
    assert!(page.headers.iter().any(|(name, value)| name == "set-cookie" && value.starts_with("sid=") && value.contains("Max-Age=")));
    clinic.wait(time::Duration::hours(25));
    assert!(ada.get("/admin").await.location().starts_with("/login"), "it lasts longer than it was meant to");
}
