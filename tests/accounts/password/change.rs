//! Somebody changes their own password.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, sessions, users};

use crate::stories;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_new_password_ends_all_other_sessions,
    a_password_change_requires_the_old_password,
    wrong_old_passwords_count_as_sign_in_attempts,
    a_weak_password_is_rejected_at_its_field,
    a_superuser_needs_the_old_password_to_change_their_own,
    a_password_may_not_consist_of_the_clinics_words,
    a_user_sees_the_password_strength_while_typing,
    password_strength_requests_are_limited,
];

const NEW: &str = "seven-green-kettles";

async fn change(browser: &Browser, old: &str, new: &str, again: &str) -> Page {
    browser.fill("/password", &[("current_password", old), ("password", new), ("password_again", again)]).await
}

async fn a_new_password_ends_all_other_sessions(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let elsewhere = clinic.sign_in("rosa").await;
    let stolen = rosa.copy();
    let before = rosa.cookie("sid");
    rosa.open("/password").await.see("Use 8 or more characters and not only digits");
    let page = change(&rosa, PASSWORD, NEW, NEW).await;
    assert_eq!(page.location(), "/profile");
    assert_ne!(rosa.cookie("sid"), before, "the session kept its key");
    rosa.open("/").await.see("Password changed. You are signed out everywhere else");
    for gone in [&elsewhere, &stolen] {
        assert!(gone.get("/").await.location().starts_with("/login"), "an old key still opens something");
    }
    let id = clinic.user_id("rosa").await;
    let (count, agent, ip) = clinic
        .ask(move |c| {
            let theirs = sessions::table.filter(sessions::user_id.eq(id));
            let count = theirs.count().get_result::<i64>(c)?;
            let (agent, ip) = theirs.select((sessions::user_agent, sessions::ip)).first::<(String, String)>(c)?;
            Ok((count, agent, ip))
        })
        .await;
    assert_eq!((count, ip.as_str()), (1, "127.0.0.1"), "{agent}");
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(422);
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", NEW)]).await.is(303);
    // The sign-in with the new password came from an unknown browser.
    let mail = clinic.outbox().await.into_iter().rfind(|mail| !mail.subject.starts_with("New sign-in")).expect("a notice");
    assert_eq!((mail.recipient.as_str(), mail.subject.as_str()), ("rosa@example.org", "Your password was changed at Praxis"));
    assert!(mail.text_body.contains("If this was not you, contact Praxis immediately"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("http") && !mail.html_body.contains("href"), "a notice has a link");
    let logged = clinic.ask(|c| log_entries::table.select(log_entries::changes).load::<String>(c)).await.join(" ");
    assert!(logged.contains("Password") && !logged.contains(NEW) && !logged.contains("argon2"), "{logged}");
}

async fn a_password_change_requires_the_old_password(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let before = hash(&clinic).await;
    let page = change(&rosa, "", NEW, NEW).await;
    assert_eq!(page.is(422).error("current_password"), "Enter your current password");
    let page = change(&rosa, "not-my-password", NEW, NEW).await;
    assert_eq!(page.is(422).error("current_password"), "Your current password is incorrect");
    assert!(!page.body.contains("not-my-password") && !page.body.contains(NEW), "a password was sent back");
    let page = change(&rosa, PASSWORD, PASSWORD, PASSWORD).await;
    assert_eq!(page.is(422).error("password"), "The new password must be different from your current password");
    assert_eq!(hash(&clinic).await, before);
    rosa.open("/").await;
}

async fn hash(clinic: &Clinic) -> String {
    clinic.ask(|c| users::table.filter(users::username.eq("rosa")).select(users::password_hash).first(c)).await
}

async fn wrong_old_passwords_count_as_sign_in_attempts(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.stop_the_clock();
    for _ in 0..5 {
        change(&rosa, "not-my-password", NEW, NEW).await.is(422);
    }
    let hashed = clinic.app.passwords.count();
    let page = change(&rosa, PASSWORD, NEW, NEW).await;
    assert!(page.is(429).error("current_password").starts_with("Too many failed attempts. Try again in"));
    assert!(page.header("retry-after").parse::<i64>().is_ok_and(|seconds| seconds >= 1));
    assert_eq!(clinic.app.passwords.count(), hashed, "a refused try was hashed");
    let login = [("username", "rosa"), ("password", PASSWORD)];
    let same_browser = rosa.copy();
    same_browser.post("/logout", &[]).await;
    same_browser.fill("/login", &login).await.is(429);
    clinic.wait(time::Duration::minutes(15));
    same_browser.fill("/login", &login).await.is(303);
}

async fn a_weak_password_is_rejected_at_its_field(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for (new, why) in [
        ("short", "at least 8 characters"),
        ("930174650281", "more than digits"),
        ("wonderwoman", "too easy to guess"),
        ("rosa-example", "too similar to your email address"),
        ("praxis-doctor-2026", "Avoid names and the name of the clinic"),
    ] {
        let said = change(&rosa, PASSWORD, new, new).await.is(422).error("password");
        assert!(said.contains(why), "{new}: {said}");
    }
    let page = change(&rosa, PASSWORD, NEW, "another-password").await;
    assert_eq!(page.is(422).error("password_again"), "The passwords do not match");
    let long = "é".repeat(300);
    assert!(change(&rosa, PASSWORD, &long, &long).await.is(422).error("password").contains("256 characters or fewer"));
    for good in ["x".repeat(3) + " otters 🦦 hum at dawn", "Ünïcödé läuft überall".into()] {
        let old = if good.starts_with('x') { PASSWORD } else { "xxx otters 🦦 hum at dawn" };
        assert_eq!(change(&rosa, old, &good, &good).await.location(), "/profile", "{good}");
    }
}

async fn a_superuser_needs_the_old_password_to_change_their_own(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let path = format!("/users/{}/password", clinic.user_id("ada").await);
    assert_eq!(ada.get(&path).await.location(), "/password");
    assert_eq!(ada.post(&path, &[("password", NEW), ("password_again", NEW)]).await.location(), "/password");
    clinic.sign_in("ada").await;
}

async fn a_password_may_not_consist_of_the_clinics_words(clinic: Clinic) {
    clinic.account("maria", Rights::default()).await;
    let maria = clinic.sign_in("maria").await;
    for wrong in ["Praxis!2026", "patient-clinic", "Maria-Doctor-77"] {
        assert!(change(&maria, PASSWORD, wrong, wrong).await.is(422).error("password").contains("password"), "{wrong}");
    }
}

async fn a_user_sees_the_password_strength_while_typing(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let ask = async |browser: &Browser, password: &str| -> serde_json::Value {
        let page = browser.post("/password/check", &[("password", password)]).await;
        serde_json::from_str(&page.is(200).body).expect("JSON")
    };
    let weak = ask(&rosa, "rosa-example").await;
    assert_eq!((weak["word"].as_str(), weak["broken"].as_array().map(Vec::len)), (Some("Not allowed"), Some(1)), "{weak}");
    let strong = ask(&rosa, NEW).await;
    assert_eq!((strong["score"].as_i64(), strong["word"].as_str()), (Some(4), Some("Strong")), "{strong}");
    assert!(strong["estimate"].as_str().is_some_and(|words| words.contains("could be guessed in")), "{strong}");
    // Whoever registers is not signed in yet, and sends their details with the password.
    let visitor = clinic.visitor();
    let page = visitor.post("/password/check", &[("password", "emile-zola-1"), ("first_name", "Emile"), ("last_name", "Zola")]).await;
    assert!(page.is(200).body.contains("too similar to") || page.body.contains("Avoid names"), "{}", page.body);
    visitor.post_pairs("/password/check", &[("password".into(), NEW.into())]).await.is(403);
    rosa.post("/password/check", &[("password", &"x".repeat(300))]).await.is(413);
    clinic.settle().await;
    let logged = clinic.ask(|c| log_entries::table.select((log_entries::changes, log_entries::note)).load::<(String, String)>(c)).await;
    assert!(!format!("{logged:?}").contains(NEW), "what was typed stands in the log");
}

async fn password_strength_requests_are_limited(clinic: Clinic) {
    clinic.stop_the_clock();
    let visitor = clinic.visitor();
    let token = visitor.token().await;
    let asked = [("password".to_string(), "x".to_string()), ("csrf_token".to_string(), token)];
    for _ in 0..120 {
        visitor.post_pairs("/password/check", &asked).await.is(200);
    }
    visitor.post_pairs("/password/check", &asked).await.is(429);
    clinic.wait(time::Duration::seconds(60));
    visitor.post_pairs("/password/check", &asked).await.is(200);
}
