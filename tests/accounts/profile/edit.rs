//! The profile: what users see of themselves and what they can change.

use diesel::prelude::*;
use praxis::db::schema::{log_entries, sessions, users};

use crate::stories;
use crate::support::Clinic;
use crate::support::people::{PASSWORD, Rights};

stories![
    a_user_sees_their_profile_and_rights,
    a_user_changes_their_names_and_nothing_else,
    each_user_sees_times_in_their_zone_and_format,
    an_unknown_time_zone_is_rejected_at_its_field,
    a_new_address_is_confirmed_by_code_and_the_old_one_is_notified,
    a_wrong_address_code_changes_nothing_and_is_counted,
    an_address_in_use_cannot_be_taken,
    a_private_clinic_does_not_reveal_addresses_in_use,
    a_user_without_a_password_sets_one_with_a_code,
    a_user_deactivates_their_account_and_an_administrator_restores_it,
    the_last_superuser_cannot_deactivate_themselves,
    a_user_pages_through_their_own_activity,
];

const NEW: &str = "seven-green-kettles";

async fn a_user_sees_their_profile_and_rights(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let page = rosa.open("/profile").await;
    page.see("rosa@example.org").see("You are in the group Staff").see("Patients view, add, edit, delete").see("Change : Password");
    page.see("No activity yet").miss("Users see");
    assert!(rosa.open("/").await.attributes("a.sidebar-user", "href").contains(&"/profile".to_string()));
    clinic.administrator().await.open("/profile").await.see("You have full access");
    clinic.account("nobody", Rights::default()).await;
    clinic.sign_in("nobody").await.open("/profile").await.see("You are not in a group").see("only view and edit your own profile");
}

async fn a_user_changes_their_names_and_nothing_else(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let names = [("first_name", "Rosa"), ("last_name", "Luxemburg"), ("phone", "+33 1 23")];
    let forged = [("is_staff", "on"), ("is_superuser", "on"), ("username", "root"), ("email", "x@example.org"), ("groups", "3")];
    rosa.complete("/profile/edit", &[&names[..], &forged[..]].concat()).await.see("Profile saved").see("Rosa Luxemburg");
    let kept = clinic
        .ask(|c| {
            users::table
                .filter(users::username.eq("rosa"))
                .select((users::first_name, users::phone, users::email, users::is_staff, users::is_superuser))
                .first::<(String, String, String, bool, bool)>(c)
        })
        .await;
    assert_eq!(kept, ("Rosa".into(), "+33 1 23".into(), "rosa@example.org".into(), false, false));
    rosa.open("/profile").await.see("Changed your account");
    let long = "x".repeat(151);
    assert!(rosa.fill("/profile/edit", &[("first_name", &long)]).await.is(422).error("first_name").contains("150 characters or fewer"));
}

async fn each_user_sees_times_in_their_zone_and_format(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let owner = clinic.user_id("rosa").await;
    let patient = clinic.patient("Émile Zola", owner).await;
    let at = "2026-11-20 23:30:00";
    clinic
        .arrange(move |c| diesel::sql_query(format!("UPDATE patients SET created_at = '{at}', date_of_birth = '1964-04-02'")).execute(c))
        .await
        .expect("a time");
    let record = format!("/patients/{patient}");
    rosa.open(&record).await.see("20 Nov 2026, 23:30").see("Born 2 Apr 1964");
    rosa.complete("/profile/edit", &[("time_zone", "America/New_York"), ("locale", "en-US")]).await.see("America/New_York");
    rosa.open(&record).await.see("Nov 20, 2026, 6:30 PM").see("Born Apr 2, 1964");
    rosa.complete("/profile/edit", &[("time_zone", "Europe/Berlin"), ("locale", "de")]).await;
    rosa.open("/patients").await.see("21.11.2026, 00:30").see("02.04.1964");
    // A date means a day in the user's time zone.
    rosa.open("/patients?created_at=2026-11-21").await.see("Zola, Émile");
    rosa.open("/patients?created_at=2026-11-20").await.miss("Zola, Émile");
    clinic.administrator().await.open("/patients").await.see("20 Nov 2026, 23:30");
    rosa.post("/password", &[]).await.is(422);
    rosa.fill("/password", &[("current_password", PASSWORD), ("password", NEW), ("password_again", NEW)]).await.is(303);
    let mail = clinic.outbox().await.pop().expect("a notice");
    assert!(mail.text_body.contains("(Europe/Berlin)"), "{}", mail.text_body);
}

async fn an_unknown_time_zone_is_rejected_at_its_field(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    for wrong in ["Nowhere/Land", "../etc/passwd", "Europe/Paris' OR 1"] {
        let page = rosa.fill("/profile/edit", &[("time_zone", wrong)]).await;
        assert!(page.is(422).error("time_zone").contains("Choose a time zone from the list"), "{wrong}");
        assert_eq!(page.value("time_zone"), wrong);
    }
    assert!(rosa.fill("/profile/edit", &[("locale", "tlh")]).await.is(422).error("locale").contains("Choose one of the options"));
    assert!(rosa.open("/profile/edit").await.has("datalist option[value='Europe/Paris']"));
}

/// The code in the newest email, and the address that it was sent to.
async fn code_in_mail(clinic: &Clinic) -> (String, String) {
    let mail = clinic.outbox().await.into_iter().rfind(|mail| mail.kind == "code").expect("a code");
    let code = mail
        .text_body
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 11 && line.chars().nth(5) == Some('-'))
        .expect("a code")
        .to_string();
    assert!(!mail.subject.contains(&code) && !mail.text_body.contains("http"), "{}", mail.text_body);
    (mail.recipient, code)
}

async fn a_new_address_is_confirmed_by_code_and_the_old_one_is_notified(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let typed = [("email", "Rosa.New@example.org"), ("current_password", PASSWORD)];
    let page = rosa.fill("/profile/email", &[typed[0], ("current_password", "not-my-password")]).await;
    assert_eq!(page.is(422).error("current_password"), "Your current password is incorrect");
    assert_eq!(page.value("email"), "Rosa.New@example.org");
    rosa.complete("/profile/email", &typed).await.see("We emailed a code to Rosa.New@example.org");
    let (recipient, code) = code_in_mail(&clinic).await;
    assert_eq!(recipient, "Rosa.New@example.org");
    let email = async || clinic.ask(|c| users::table.filter(users::username.eq("rosa")).select(users::email).first::<String>(c)).await;
    assert_eq!(email().await, "rosa@example.org", "changed before it was confirmed");
    // The code works in the browser that requested it, and in no other.
    let elsewhere = clinic.sign_in("rosa").await;
    elsewhere.post("/profile/email/code", &[("code", &code)]).await.is(422);
    assert_eq!(email().await, "rosa@example.org");
    rosa.complete("/profile/email/code", &[("code", &code.to_lowercase())]).await.see("Your email address is now Rosa.New@example.org");
    assert_eq!(email().await, "Rosa.New@example.org");
    // Other sessions ended with the old address, and this one continues.
    assert!(elsewhere.get("/profile").await.location().starts_with("/login"));
    rosa.open("/profile").await.see("Rosa.New@example.org");
    let notice = clinic.outbox().await.pop().expect("a notice");
    assert_eq!((notice.recipient.as_str(), notice.subject.as_str()), ("rosa@example.org", "Your email address was changed at Praxis"));
    assert!(notice.text_body.contains("If this was not you, contact Praxis immediately") && !notice.text_body.contains("http"));
    rosa.post("/profile/email/code", &[("code", &code)]).await.is(422);
    clinic.visitor().fill("/login", &[("username", "rosa.new@example.org"), ("password", PASSWORD)]).await.is(303);
    clinic.visitor().fill("/login", &[("username", "rosa@example.org"), ("password", PASSWORD)]).await.is(422);
}

async fn a_wrong_address_code_changes_nothing_and_is_counted(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.complete("/profile/email", &[("email", "new@example.org"), ("current_password", PASSWORD)]).await;
    let (_, code) = code_in_mail(&clinic).await;
    assert!(rosa.fill("/profile/email/code", &[("code", "what")]).await.is(422).error("code").contains("10-character code"));
    let wrong = if code == "22222-22222" { "33333-33333" } else { "22222-22222" };
    for _ in 0..4 {
        assert!(rosa.fill("/profile/email/code", &[("code", wrong)]).await.is(422).error("code").contains("incorrect"));
    }
    rosa.post("/profile/email/code", &[("code", wrong)]).await.is(422);
    rosa.post("/profile/email/code", &[("code", &code)]).await.is(422);
    assert_eq!(rosa.get("/profile/email/code").await.location(), "/profile/email");
    let email = clinic.ask(|c| users::table.filter(users::username.eq("rosa")).select(users::email).first::<String>(c)).await;
    assert_eq!(email, "rosa@example.org");
}

async fn an_address_in_use_cannot_be_taken(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    clinic.account("colin", Rights::default()).await;
    for (address, why) in [
        ("COLIN@example.org", "already exists"),
        ("ROSA@example.org", "already the email address of your account"),
        ("nobody", "in the correct format"),
        ("", "Enter the new email address"),
    ] {
        let page = rosa.fill("/profile/email", &[("email", address), ("current_password", PASSWORD)]).await;
        let said = page.is(422).error("email");
        assert!(said.contains(why), "{address}: {said}");
    }
    assert!(clinic.outbox().await.is_empty(), "a code went out");
    // Another user takes the address between sending the code and using it.
    rosa.complete("/profile/email", &[("email", "new@example.org"), ("current_password", PASSWORD)]).await;
    let (_, code) = code_in_mail(&clinic).await;
    clinic.arrange(|c| diesel::sql_query("UPDATE users SET email = 'new@example.org' WHERE username = 'colin'").execute(c)).await.unwrap();
    assert!(rosa.fill("/profile/email/code", &[("code", &code)]).await.is(422).error("code").contains("already exists"));
}

/// With REGISTRATION_PRIVATE this page does not reveal who has an account either; the owner of the address is notified.
async fn a_private_clinic_does_not_reveal_addresses_in_use(clinic: Clinic) {
    let clinic = Clinic::open_with(clinic.backend, &[("REGISTRATION_PRIVATE", "true")]).await;
    let rosa = clinic.receptionist().await;
    clinic.account("colin", Rights::default()).await;
    for address in ["colin@example.org", "nobody@example.org"] {
        let page = rosa.fill("/profile/email", &[("email", address), ("current_password", PASSWORD)]).await;
        assert_eq!(page.location(), "/profile/email/code");
        rosa.open("/profile/email/code").await.see(&format!("We emailed a code to {address}"));
    }
    let sent: Vec<(String, String)> = clinic.outbox().await.into_iter().map(|mail| (mail.recipient, mail.subject)).collect();
    assert_eq!(sent[0], ("colin@example.org".into(), "Your account at Praxis".into()));
    assert_eq!(sent[1].0, "nobody@example.org");
    // Requests are limited; both kinds are counted.
    for _ in 0..8 {
        rosa.fill("/profile/email", &[("email", "colin@example.org"), ("current_password", PASSWORD)]).await;
    }
    let page = rosa.fill("/profile/email", &[("email", "colin@example.org"), ("current_password", PASSWORD)]).await;
    assert!(page.error("email").contains("Too many codes"), "{}", page.text());
}

async fn a_user_without_a_password_sets_one_with_a_code(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    rosa.post("/password/code", &[]).await;
    assert!(clinic.outbox().await.is_empty(), "who has a password proves that");
    // As if she had signed in with a provider.
    let id = clinic.user_id("rosa").await;
    clinic
        .arrange(move |c| {
            let blank = format!("\"{}\"", praxis::crypto::keys::digest(""));
            let state = sessions::table.filter(sessions::user_id.eq(id)).select(sessions::state).first::<String>(c)?;
            let mut state: serde_json::Value = serde_json::from_str(&state).expect("a state");
            state["credential"] = blank.into();
            diesel::update(sessions::table.filter(sessions::user_id.eq(id))).set(sessions::state.eq(state.to_string())).execute(c)?;
            diesel::update(users::table.find(id)).set(users::password_hash.eq("")).execute(c)
        })
        .await
        .expect("no password");
    rosa.open("/profile").await.see("Not set");
    rosa.open("/password").await.see("Your account does not have a password");
    rosa.open("/profile/deactivate").await.see("Set a password first");
    rosa.complete("/password", &[]).await.see("We emailed a code to rosa@example.org");
    let (recipient, code) = code_in_mail(&clinic).await;
    assert_eq!(recipient, "rosa@example.org");
    let typed = [("code", code.as_str()), ("password", NEW), ("password_again", NEW)];
    let page = rosa.fill("/password/first", &[typed[0], ("password", "rosa-example"), ("password_again", "rosa-example")]).await;
    assert!(page.is(422).error("password").contains("too similar to"));
    assert_eq!(page.value("code"), code, "the code has to be typed again");
    rosa.complete("/password/first", &typed).await.see("Password set").see("Set Change");
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", NEW)]).await.is(303);
    assert_eq!(rosa.get("/password/first").await.location(), "/password");
}

async fn a_user_deactivates_their_account_and_an_administrator_restores_it(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let elsewhere = clinic.sign_in("rosa").await;
    let id = clinic.user_id("rosa").await;
    rosa.open("/profile/deactivate")
        .await
        .see("You and programs that use your account are signed out everywhere")
        .see("Nothing is deleted");
    let page = rosa.fill("/profile/deactivate", &[("current_password", "not-my-password")]).await;
    assert_eq!(page.is(422).error("current_password"), "Your current password is incorrect");
    let page = rosa.fill("/profile/deactivate", &[("current_password", PASSWORD)]).await;
    assert_eq!(page.location(), "/login");
    rosa.open("/login").await.see("Your account is deactivated");
    for gone in [&rosa, &elsewhere] {
        assert!(gone.get("/").await.location().starts_with("/login"));
    }
    clinic.visitor().fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await.is(422);
    let mail = clinic.outbox().await.pop().expect("a notice");
    assert_eq!(mail.subject, "Your account was deactivated at Praxis");
    let (actor, changes) = clinic
        .ask(|c| {
            log_entries::table.order(log_entries::id.desc()).select((log_entries::actor, log_entries::changes)).first::<(String, String)>(c)
        })
        .await;
    assert!(actor == "rosa" && changes.contains("is_active"), "{actor}: {changes}");
    let ada = clinic.administrator().await;
    ada.complete(&format!("/admin/users/{id}"), &[("is_active", "on")]).await;
    clinic.sign_in("rosa").await;
}

async fn the_last_superuser_cannot_deactivate_themselves(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let page = ada.fill("/profile/deactivate", &[("current_password", PASSWORD)]).await;
    page.is(422).see("This is the last active superuser. Add another one first");
    ada.open("/").await;
    assert!(clinic.outbox().await.is_empty());
}

async fn a_user_pages_through_their_own_activity(clinic: Clinic) {
    let rosa = clinic.receptionist().await;
    let colin = clinic.colleague().await;
    for number in 0..60 {
        rosa.complete("/profile/edit", &[("phone", &format!("+33 {number:02} 55"))]).await;
    }
    let new = [("name", "Émile Zola"), ("age", "40"), ("gender", "male")];
    colin.complete("/patients/new", &new).await;
    let first = rosa.open("/profile/activity").await;
    assert_eq!(first.all(".rows li").len(), 50);
    first.miss("Zola");
    let older = first.attributes("nav[aria-label=Pages] a", "href").pop().expect("a way on");
    let second = rosa.open(&older).await;
    assert_eq!(second.all(".rows li").len(), 10);
    second.see("Newest");
    colin.open("/profile/activity").await.see("Émile Zola");
    // Records that the user may no longer view are not named.
    clinic.arrange(|c| diesel::sql_query("DELETE FROM user_groups").execute(c)).await.expect("no groups");
    colin.open("/profile/activity").await.see("Added").miss("Zola");
    rosa.open("/profile/activity?before=what").await;
    rosa.open("/profile/activity?before=0").await.see("No older activity");
}
