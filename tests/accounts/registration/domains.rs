//! Addresses whose domain has letters of its language: stored as mail servers write them, typed and shown as people do.

use diesel::prelude::*;
use praxis::db::schema::users;
use serde_json::json;

use crate::stories;
use crate::support::Clinic;
use crate::support::people::PASSWORD;

stories![
    a_visitor_and_a_program_register_with_their_domain,
    an_invited_person_has_their_domain,
    an_administrator_types_a_domain_as_people_write_it,
    a_password_is_reset_under_either_spelling,
];

async fn emails(clinic: &Clinic) -> Vec<String> {
    let others = users::table.filter(users::username.ne("ada")).order(users::id).select(users::email);
    clinic.ask(move |c| others.load::<String>(c)).await
}

async fn recipients(clinic: &Clinic, kind: &str) -> Vec<String> {
    clinic.outbox().await.into_iter().filter(|mail| mail.kind == kind).map(|mail| mail.recipient).collect()
}

async fn a_visitor_and_a_program_register_with_their_domain(clinic: Clinic) {
    let visitor = clinic.visitor();
    let typed = [("username", "rosa"), ("email", "rosa@Bücher.example"), ("password", PASSWORD), ("password_again", PASSWORD)];
    visitor.complete("/register", &typed).await.see("Account created");
    visitor.open("/activation").await.see("rosa@bücher.example");
    let sent = json!({ "name": "Anna Weiss", "email": "anna@bücher.example", "password": PASSWORD });
    clinic.program().post("/api/auth/register/", sent).await.is(201);
    assert_eq!(emails(&clinic).await, ["rosa@xn--bcher-kva.example", "anna@xn--bcher-kva.example"]);
    for name in ["anna@bücher.example", "anna@xn--bcher-kva.example"] {
        clinic.program_of(name).await;
        clinic.visitor().complete("/login", &[("username", name), ("password", PASSWORD)]).await;
    }
    // The other spelling is the same address.
    for email in ["rosa@bücher.example", "rosa@xn--bcher-kva.example", "Rosa@BÜCHER.example"] {
        let typed = [("username", "other"), ("email", email), typed[2], typed[3]];
        let page = clinic.visitor().fill("/register", &typed).await;
        assert_eq!(page.is(422).error("email"), "An account with this email address already exists", "{email}");
    }
}

async fn an_invited_person_has_their_domain(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let role = ada.open("/admin/invitations").await.value("role");
    for email in ["rosa@bücher.example", "rosa@xn--bcher-kva.example"] {
        let page = ada.post("/admin/invitations", &[("email", email), ("role", &role)]).await;
        let page = ada.open(page.location()).await;
        page.see("Invitation sent to rosa@bücher.example");
        assert_eq!(page.all("td.main-cell"), ["rosa@bücher.example"], "the second replaces the first");
    }
    assert_eq!(recipients(&clinic, "registration link").await, ["rosa@xn--bcher-kva.example"; 2]);
    let mail = clinic.outbox().await.pop().expect("an invitation");
    let link = mail.text_body.lines().find(|line| line.contains("/register/")).expect("a link");
    let path = link.strip_prefix(clinic.app.settings.public_url.as_str().trim_end_matches('/')).expect("our address").to_string();
    let visitor = clinic.visitor();
    visitor.open(&path).await.see("For rosa@bücher.example");
    visitor.complete(&path, &[("username", "rosa"), ("password", PASSWORD), ("password_again", PASSWORD)]).await.see("Account created");
    assert_eq!(emails(&clinic).await, ["rosa@xn--bcher-kva.example"]);
    visitor.open("/profile").await.see("rosa@bücher.example");
}

async fn an_administrator_types_a_domain_as_people_write_it(clinic: Clinic) {
    let ada = clinic.administrator().await;
    ada.complete("/admin/users/new", &[("username", "rosa"), ("email", "rosa@bücher.example")]).await.see("was added");
    assert_eq!(emails(&clinic).await, ["rosa@xn--bcher-kva.example"]);
    let id = clinic.user_id("rosa").await;
    assert_eq!(ada.open(&format!("/admin/users/{id}")).await.value("email"), "rosa@bücher.example");
    // Saved as it is, nothing changes.
    ada.fill(&format!("/admin/users/{id}"), &[]).await.is(303);
    assert_eq!(emails(&clinic).await, ["rosa@xn--bcher-kva.example"]);
    let page = ada.fill("/admin/users/new", &[("username", "other"), ("email", "rosa@Bücher.example")]).await;
    assert!(!page.is(422).error("email").is_empty());
    ada.complete(&format!("/users/{id}/invitation"), &[]).await.see("Invitation sent to rosa@bücher.example");
    assert_eq!(recipients(&clinic, "invitation").await, ["rosa@xn--bcher-kva.example"]);
}

async fn a_password_is_reset_under_either_spelling(clinic: Clinic) {
    clinic.receptionist().await;
    let changed = diesel::update(users::table).set(users::email.eq("rosa@xn--bcher-kva.example"));
    clinic.arrange(move |c| changed.execute(c)).await.expect("an address");
    for email in ["rosa@bücher.example", "rosa@xn--bcher-kva.example"] {
        let visitor = clinic.visitor();
        let page = visitor.fill("/forgot-password", &[("username", "rosa"), ("email", email)]).await;
        assert_eq!(page.location(), "/reset-password");
        let mail = clinic.outbox().await.pop().expect("a mail");
        assert_eq!((mail.kind.as_str(), mail.recipient.as_str()), ("password reset", "rosa@xn--bcher-kva.example"), "{email}");
        clinic.wait(time::Duration::minutes(11));
    }
    assert_eq!(recipients(&clinic, "password reset").await.len(), 2);
}
