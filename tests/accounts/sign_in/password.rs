//! Signing in and out.

use diesel::prelude::*;
use praxis::db::schema::{sessions, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_receptionist_signs_in_with_username_or_email,
    an_address_with_letters_of_its_language_is_written_as_people_know_it,
    a_wrong_password_and_an_unknown_username_get_the_same_answer,
    a_deactivated_account_gets_the_same_answer_as_a_wrong_password,
    a_return_address_leads_only_to_our_own_pages,
    signing_out_deletes_the_session,
    blank_sign_in_fields_are_reported,
    a_new_password_ends_sessions_of_the_old_one,
    a_passkey_is_offered_only_where_passkeys_work,
];

async fn a_passkey_is_offered_only_where_passkeys_work(clinic: Clinic) {
    let at = |host: String| clinic.visitor().saying("host", &host);
    let port = clinic.address.port();
    assert!(at(format!("localhost:{port}")).open("/login").await.has("[data-passkey]"));
    for address in [format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
        assert!(!at(address.clone()).open("/login").await.has("[data-passkey], script[src*=passkey]"), "{address}");
    }
    for (url, works) in [("https://clinic.example.org", true), ("http://clinic.example.org", false), ("https://10.0.0.5", false)] {
        let other = Clinic::open_with(clinic.backend, &[("PUBLIC_URL", url)]).await;
        let host = url.rsplit('/').next().expect("a host");
        assert_eq!(other.visitor().saying("host", host).open("/login").await.has("[data-passkey]"), works, "{url}");
    }
}

async fn a_receptionist_signs_in_with_username_or_email(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    for name in ["rosa", "ROSA", "rosa@example.org", " Rosa@Example.org "] {
        let visitor = clinic.visitor();
        visitor.complete("/login", &[("username", name), ("password", PASSWORD)]).await.see("rosa");
    }
    let last = clinic.ask(|c| users::table.select(users::last_login).first::<Option<praxis::db::UtcDateTime>>(c)).await;
    assert!(last.is_some());
}

async fn an_address_with_letters_of_its_language_is_written_as_people_know_it(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.fill("/profile/email", &[("email", "Rosa@Bücher.example"), ("current_password", PASSWORD)]).await.is(303);
    let recipients: Vec<String> = clinic.outbox().await.into_iter().map(|mail| mail.recipient).collect();
    assert!(recipients.contains(&"Rosa@xn--bcher-kva.example".to_string()), "{recipients:?}");
    clinic
        .arrange(|c| diesel::update(users::table).set(users::email.eq("rosa@xn--bcher-kva.example")).execute(c))
        .await
        .expect("an address");
    for name in ["rosa@bücher.example", "Rosa@BÜCHER.example", "rosa@xn--bcher-kva.example"] {
        let visitor = clinic.visitor();
        visitor.complete("/login", &[("username", name), ("password", PASSWORD)]).await;
        visitor.open("/profile").await.see("rosa@bücher.example");
    }
    let page = rosa.fill("/profile/email", &[("email", "zoë@example.org"), ("current_password", PASSWORD)]).await;
    assert!(page.is(422).error("email").contains("without accents or other special letters before the @"));
}

async fn a_wrong_password_and_an_unknown_username_get_the_same_answer(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let wrong = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", "wrong-password")]).await;
    let hashed = clinic.app.passwords.count();
    let unknown = clinic.visitor().fill("/login", &[("username", "nobody"), ("password", "wrong-password")]).await;
    assert_eq!((wrong.status, unknown.status), (422, 422));
    assert_eq!(wrong.text(), unknown.text());
    // The time is that of hashing, which happens in both cases.
    assert_eq!((hashed, clinic.app.passwords.count()), (1, 2));
    wrong.see("Incorrect username or password");
    assert_eq!(wrong.value("username"), "rosa");
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 0);
}

async fn a_deactivated_account_gets_the_same_answer_as_a_wrong_password(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    clinic.arrange(|c| diesel::update(users::table).set(users::is_active.eq(false)).execute(c)).await.expect("deactivated");
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(422).see("Incorrect username or password");
}

async fn a_return_address_leads_only_to_our_own_pages(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let visitor = clinic.visitor();
    let page = visitor.get("/patients?q=zola").await;
    assert_eq!(page.location(), "/login?next=%2Fpatients%3Fq%3Dzola");
    let path = page.location().to_string();
    let page = visitor.fill(&path, &[("username", "rosa"), ("password", PASSWORD)]).await;
    assert_eq!(page.location(), "/patients?q=zola");
    for evil in ["//evil.example", "/\\evil.example", "https://evil.example", "%09//evil.example", "javascript:alert(1)"] {
        let page = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD), ("next", evil)]).await;
        assert_eq!(page.location(), "/", "{evil}");
    }
}

async fn signing_out_deletes_the_session(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let stolen = rosa.copy();
    stolen.open("/patients").await;
    rosa.get("/logout").await.is(405).see("Method not allowed");
    let page = rosa.post("/logout", &[]).await;
    assert_eq!(page.location(), "/login?signed_out=1");
    assert_eq!(page.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 0);
    assert!(stolen.get("/patients").await.location().starts_with("/login"), "a kept cookie still works");
    rosa.open("/login?signed_out=1").await.see("You were signed out");
}

async fn blank_sign_in_fields_are_reported(clinic: Clinic) {
    let page = clinic.visitor().fill("/login", &[]).await;
    page.is(422).see("Enter your username or email address").see("Enter your password");
    clinic
        .visitor()
        .fill("/login", &[("username", "a\0b"), ("password", &"x".repeat(5_000))])
        .await
        .is(422)
        .see("Incorrect username or password");
}

/// Even a session that was opened while the password changed: the session stores which password it was opened with.
async fn a_new_password_ends_sessions_of_the_old_one(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.open("/").await;
    let other = clinic.app.passwords.hash("seven-green-kettles".into()).await.expect("a hash");
    clinic.arrange(move |c| diesel::update(users::table).set(users::password_hash.eq(other)).execute(c)).await.expect("another password");
    assert!(rosa.get("/").await.location().starts_with("/login"));
}
