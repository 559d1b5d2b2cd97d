//! Confirming an email address, and what is allowed before that.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, users};
use time::Duration;

use crate::stories;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_newcomer_confirms_the_address_with_a_code,
    a_new_code_replaces_the_old_one_and_codes_are_limited,
    a_clinic_can_require_a_confirmed_address,
    a_clinic_can_turn_address_confirmation_off,
    an_invitation_confirms_an_address_and_a_changed_one_needs_a_code,
    administrators_need_no_confirmation_code,
    a_newcomer_corrects_a_mistyped_address,
];

/// Registers a user, who is then signed in.
async fn newcomer(clinic: &Clinic, username: &str) -> Browser {
    let email = format!("{username}@example.org");
    let visitor = clinic.visitor();
    let typed = [("username", username), ("email", email.as_str()), ("password", PASSWORD), ("password_again", PASSWORD)];
    visitor.fill("/register", &typed).await.is(303);
    visitor
}

/// The code in the newest email that has one.
async fn code(clinic: &Clinic) -> String {
    let mail = clinic.outbox().await.into_iter().rfind(|mail| mail.kind == "activation").expect("a mail");
    mail.text_body.lines().find_map(|line| line.strip_prefix("    ")).expect("a code").to_string()
}

async fn is_confirmed(clinic: &Clinic, username: &'static str) -> bool {
    clinic.ask(move |c| users::table.filter(users::username.eq(username)).select(users::email_confirmed_at.is_not_null()).first(c)).await
}

async fn a_newcomer_confirms_the_address_with_a_code(clinic: Clinic) {
    let zoe = newcomer(&clinic, "zoe").await;
    zoe.open("/").await.see("Your email address is not confirmed yet. Enter the code we emailed you");
    let page = zoe.open("/activation").await;
    page.see("zoe@example.org").see("10 minutes").see("Skip for now").miss("not confirmed yet");
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert!(mail.text_body.contains("/activation\n") && mail.text_body.contains("IP address: the clinic's server"), "{mail:?}");
    let page = zoe.fill("/activation", &[("code", "AAAAA-AAAAA")]).await;
    assert_eq!(page.is(422).error("code"), "The code is incorrect. You have 4 attempts left");
    assert_eq!(zoe.fill("/activation", &[("code", "")]).await.is(422).error("code"), "Enter the code we emailed you");
    // On another device, where she signs in: the code belongs to the account, not to the browser.
    let phone = clinic.sign_in("zoe").await;
    let typed = code(&clinic).await.to_lowercase();
    phone.complete("/activation", &[("code", &typed)]).await.see("Email address confirmed.").miss("not confirmed yet");
    zoe.open("/").await.miss("not confirmed yet");
    assert!(is_confirmed(&clinic, "zoe").await);
    assert_eq!(zoe.get("/activation").await.location(), "/");
    zoe.post("/activation", &[("code", &typed)]).await.is(303);
    let logged = clinic
        .ask(|c| {
            let newest = log_entries::table.filter(log_entries::resource.eq("user")).order(log_entries::id.desc());
            newest.select((log_entries::actor, log_entries::changes)).first::<(String, String)>(c)
        })
        .await;
    assert!(logged.0 == "zoe" && logged.1.contains("\"confirmed\""), "{logged:?}");
    let ada = clinic.administrator().await;
    let id = clinic.user_id("zoe").await;
    ada.open(&format!("/admin/users/{id}")).await.see("Email confirmed");
}

async fn a_new_code_replaces_the_old_one_and_codes_are_limited(clinic: Clinic) {
    clinic.stop_the_clock();
    let zoe = newcomer(&clinic, "zoe").await;
    let first = code(&clinic).await;
    let page = zoe.post("/activation/resend", &[]).await;
    zoe.open(page.location()).await.see("We emailed a new code to zoe@example.org");
    let second = code(&clinic).await;
    assert!(zoe.fill("/activation", &[("code", &first)]).await.is(422).error("code").contains("4 attempts left"));
    // Another account's code confirms nothing.
    let ines = newcomer(&clinic, "ines").await;
    assert!(ines.fill("/activation", &[("code", &second)]).await.is(422).error("code").contains("4 attempts left"));
    zoe.post("/activation/resend", &[]).await.is(303);
    let page = zoe.post("/activation/resend", &[]).await;
    page.is(429);
    assert!(page.error("code").contains("try again in 60 minutes"), "{}", page.text());
    let third = code(&clinic).await;
    clinic.wait(Duration::minutes(10));
    let page = zoe.fill("/activation", &[("code", &third)]).await;
    assert_eq!(page.is(422).error("code"), "This code has expired or been used. Request a new one");
    clinic.wait(Duration::minutes(50));
    let zoe = clinic.sign_in("zoe").await;
    zoe.post("/activation/resend", &[]).await.is(303);
    let fourth = code(&clinic).await;
    zoe.complete("/activation", &[("code", &fourth)]).await.see("confirmed");
}

async fn a_clinic_can_require_a_confirmed_address(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("ACTIVATION", "required")]).await;
    let zoe = newcomer(&clinic, "zoe").await;
    for path in ["/", "/patients", "/patients/new", "/search?q=a"] {
        assert_eq!(zoe.get(path).await.location(), "/activation", "{path}");
    }
    zoe.post("/patients/new", &[("name", "Somebody")]).await.is(303);
    assert!(clinic.patient_names().await.is_empty());
    zoe.open("/activation").await.see("You need to enter it before").see("Sign out").miss("Skip for now");
    zoe.open("/sessions").await;
    let own = clinic.sign_in("zoe").await;
    own.post("/logout", &[]).await.is(303);
    assert!(own.get("/").await.location().starts_with("/login"));
    let typed = code(&clinic).await;
    zoe.complete("/activation", &[("code", &typed)]).await.see("Email address confirmed");
    zoe.open("/patients").await;
    clinic.server.stop(false).await;
}

async fn a_clinic_can_turn_address_confirmation_off(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("ACTIVATION", "off")]).await;
    let zoe = newcomer(&clinic, "zoe").await;
    zoe.open("/").await.miss("not confirmed");
    let kinds: Vec<_> = clinic.outbox().await.into_iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, ["welcome"]);
    clinic.server.stop(false).await;
}

async fn an_invitation_confirms_an_address_and_a_changed_one_needs_a_code(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("ACTIVATION", "required")]).await;
    let ada = clinic.administrator().await;
    ada.complete("/admin/users/new", &[("username", "ines"), ("email", "ines@example.org")]).await;
    let id = clinic.user_id("ines").await;
    assert!(!is_confirmed(&clinic, "ines").await);
    let link = clinic.invitation(id).await;
    clinic.visitor().complete(&link, &[("password", PASSWORD), ("password_again", PASSWORD)]).await;
    assert!(is_confirmed(&clinic, "ines").await);
    let ines = clinic.sign_in("ines").await;
    ines.open("/").await;
    ada.complete(&format!("/admin/users/{id}"), &[("phone", "555")]).await;
    assert!(is_confirmed(&clinic, "ines").await);
    ada.complete(&format!("/admin/users/{id}"), &[("email", "ines.b@example.org")]).await;
    assert_eq!(ines.get("/").await.location(), "/activation");
    ines.open("/activation").await.see("ines.b@example.org");
    ines.post("/activation/resend", &[]).await.is(303);
    let typed = code(&clinic).await;
    // The code was sent to an address that is no longer hers.
    ada.complete(&format!("/admin/users/{id}"), &[("email", "ines.c@example.org")]).await;
    assert!(ines.fill("/activation", &[("code", &typed)]).await.is(422).error("code").contains("has expired or been used"));
    clinic.server.stop(false).await;
}

async fn administrators_need_no_confirmation_code(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("ACTIVATION", "required")]).await;
    let ada = clinic.administrator().await;
    let id = clinic.account("rosa", Rights::default()).await;
    clinic.arrange(|c| diesel::sql_query("UPDATE users SET email_confirmed_at = NULL").execute(c)).await.expect("changed");
    ada.open("/").await.see("not confirmed yet");
    ada.open("/admin").await;
    // A superuser who views Praxis as Ines sees the same pages, and can return.
    ada.fill(&format!("/users/{id}/view-as"), &[]).await.is(303);
    assert_eq!(ada.get("/").await.location(), "/activation");
    ada.post("/view-as/stop", &[]).await.is(303);
    ada.open("/").await;
    clinic.server.stop(false).await;
}

async fn a_newcomer_corrects_a_mistyped_address(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("ACTIVATION", "required")]).await;
    let zoe = newcomer(&clinic, "zoe").await;
    let links = zoe.open("/activation").await.attributes("main a", "href");
    assert!(links.contains(&"/profile/email".to_string()), "{links:?}");
    let page = zoe.fill("/profile/email", &[("email", "zoe.b@example.org"), ("current_password", PASSWORD)]).await;
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert_eq!(mail.recipient, "zoe.b@example.org");
    let typed = mail.text_body.split_whitespace().find(|word| word.len() == 11 && word.chars().nth(5) == Some('-')).expect("a code");
    zoe.complete(page.location(), &[("code", typed)]).await.see("zoe.b@example.org").miss("not confirmed yet");
    assert!(is_confirmed(&clinic, "zoe").await);
    zoe.open("/").await;
    clinic.server.stop(false).await;
}
