//! Making an account for oneself.

use diesel::prelude::*;
use praxis::db::schema::{groups, log_entries, user_groups, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::cast::PASSWORD;

stories![
    a_visitor_registers_and_is_signed_in,
    a_taken_name_is_told_at_the_field,
    what_was_typed_stays_and_every_rule_is_told,
    nobody_registers_as_more_than_staff,
    a_clinic_can_keep_registration_closed,
];

fn emile<'a>(username: &'a str, email: &'a str) -> [(&'a str, &'a str); 6] {
    [
        ("username", username),
        ("email", email),
        ("first_name", "Émile"),
        ("last_name", "Zola"),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ]
}

async fn a_visitor_registers_and_is_signed_in(clinic: Clinic) {
    let visitor = clinic.visitor();
    visitor.complete("/register", &emile("emile", "Emile@Example.org")).await.see("Your account is ready").see("Émile Zola");
    let group = clinic
        .ask(|c| {
            user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id))).select(groups::name).load::<String>(c)
        })
        .await;
    assert_eq!(group, ["Staff"]);
    let who = clinic.ask(|c| log_entries::table.select(log_entries::actor).first::<String>(c)).await;
    assert_eq!(who, "Registration");
    assert_eq!(visitor.get("/register").await.location(), "/");
}

async fn a_taken_name_is_told_at_the_field(clinic: Clinic) {
    clinic.visitor().complete("/register", &emile("emile", "emile@example.org")).await;
    let other = clinic.visitor();
    let page = other.fill("/register", &emile("EMILE", "other@example.org")).await;
    assert_eq!(page.is(422).error("username"), "This username is taken");
    let page = other.fill("/register", &emile("zola", "EMILE@example.ORG")).await;
    assert_eq!(page.is(422).error("email"), "An account with this email address exists already");
    page.see("Sign in");
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 1);
}

async fn what_was_typed_stays_and_every_rule_is_told(clinic: Clinic) {
    let visitor = clinic.visitor();
    let sent = [
        ("username", "émile zola"),
        ("email", "zola@"),
        ("first_name", "<b>Émile</b>"),
        ("password", "short"),
        ("password_again", "other"),
    ];
    let page = visitor.fill("/register", &sent).await;
    page.is(422);
    assert!(page.error("email").contains("name@example.org"));
    assert!(page.error("password").contains("at least 8 characters"));
    assert_eq!(page.value("first_name"), "<b>Émile</b>");
    assert_eq!(page.value("username"), "émile zola");
    assert_eq!(page.value("password"), "", "a password is never sent back");
    let page = visitor
        .fill("/register", &[("username", "émile"), ("email", "z@example.org"), ("password", PASSWORD), ("password_again", PASSWORD)])
        .await;
    assert!(page.is(422).error("username").contains("letters from a to z"));
    let page = visitor
        .fill(
            "/register",
            &[("username", "zola"), ("email", "z@example.org"), ("password", PASSWORD), ("password_again", "another-one-39")],
        )
        .await;
    assert_eq!(page.is(422).error("password_again"), "The two passwords are not the same");
    let long = "x".repeat(1_000);
    visitor
        .fill("/register", &[("username", &long), ("email", "z@example.org"), ("password", &long), ("password_again", &long)])
        .await
        .is(422);
    assert_eq!(clinic.ask(|c| users::table.count().get_result::<i64>(c)).await, 0);
}

async fn nobody_registers_as_more_than_staff(clinic: Clinic) {
    let visitor = clinic.visitor();
    let mut sent = emile("mallory", "mallory@example.org").to_vec();
    sent.extend([("is_superuser", "on"), ("is_staff", "on"), ("groups", "3"), ("permissions", "1"), ("password_hash", "x"), ("id", "77")]);
    visitor.complete("/register", &sent).await;
    let made = clinic.ask(|c| users::table.select((users::id, users::is_superuser, users::is_staff)).first::<(i64, bool, bool)>(c)).await;
    assert_eq!((made.1, made.2), (false, false));
    assert_ne!(made.0, 77);
    visitor.get("/admin").await.is(403).see("You may not do this");
}

async fn a_clinic_can_keep_registration_closed(clinic: Clinic) {
    let closed = Clinic::open_with(clinic.backend, &[("REGISTRATION", "closed")]).await;
    let visitor = closed.visitor();
    visitor.open("/login").await.miss("Create an account");
    visitor.get("/register").await.is(404);
    visitor.post("/register", &emile("emile", "emile@example.org")).await.is(404);
    closed.server.stop(false).await;
}
