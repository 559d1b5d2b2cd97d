//! Two-step verification with an authenticator app and recovery codes.

use diesel::prelude::*;
use praxis::accounts::second_factor::{Method, accept, methods};
use praxis::db::schema::{authenticators, half_sign_ins, log_entries, recovery_codes, sessions, users};

use crate::stories;
use crate::support::factors::{Phone, grow_stale, mails_to, set_up};
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_receptionist_sets_up_an_app_and_signs_in_with_it,
    a_code_admits_once,
    a_code_used_by_many_at_once_admits_one,
    a_recovery_code_admits_once_and_sends_a_mail,
    a_recovery_code_used_by_many_at_once_admits_one,
    five_wrong_codes_restart_the_sign_in,
    an_unfinished_sign_in_opens_nothing,
    an_unfinished_sign_in_ends_after_ten_minutes_or_a_new_password,
    codes_have_their_own_attempt_limit,
    secrets_are_stored_encrypted,
    a_new_phone_replaces_the_old_one,
    removing_the_app_ends_other_sessions_and_sends_a_mail,
    a_user_replaces_their_recovery_codes,
    a_form_survives_both_sign_in_steps,
    an_administrator_resets_a_users_second_step,
    a_less_privileged_user_cannot_reset_a_second_step,
    an_impersonating_superuser_sees_no_secret,
];

async fn sign_in(browser: &Browser) -> Page {
    browser.fill("/login", &[("username", "rosa"), ("password", PASSWORD)]).await
}

/// Rosa, signed in, with an app: her browser, her phone, her recovery codes.
async fn rosa(clinic: &Clinic) -> (Browser, Phone, Vec<String>) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    let (phone, codes) = set_up(clinic, &rosa).await;
    // The next time step, because each code is accepted once.
    clinic.wait(time::Duration::seconds(30));
    (rosa, phone, codes)
}

/// Enters the password, which leads to the second step.
async fn after_first_step(clinic: &Clinic) -> Browser {
    let browser = clinic.visitor();
    assert_eq!(sign_in(&browser).await.location(), "/login/second-factor");
    browser
}

async fn type_code(browser: &Browser, code: &str) -> Page {
    browser.fill("/login/second-factor", &[("code", code)]).await
}

async fn a_receptionist_sets_up_an_app_and_signs_in_with_it(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    rosa.open("/security").await.see("You sign in with a password only").miss("Recovery codes");
    rosa.post("/security/app", &[]).await.is(303);
    let page = rosa.open("/security/app").await;
    assert!(page.has("svg.qr-code path") && !page.body.contains("style="));
    let phone = Phone::scan(&page);
    assert_eq!(page.all(".secret")[0].split(' ').filter(|group| group.len() == 4).count(), 8);
    let page = rosa.fill("/security/app", &[("code", "000000")]).await;
    page.is(422).see("The code is incorrect");
    assert_eq!(Phone::scan(&page).code(&clinic), phone.code(&clinic), "another square after a mistake");
    clinic.sign_in("rosa").await;
    let page = rosa.fill("/security/app", &[("code", &phone.code(&clinic))]).await;
    assert_eq!(page.see("not shown again").all(".recovery code").len(), 10);
    assert!(page.attributes("a[download]", "href")[0].starts_with("data:text/plain"));
    rosa.open("/security").await.see("10 of 10 left");
    // Her other browser is signed out; this one stays signed in.
    assert_eq!(clinic.ask(|c| sessions::table.count().get_result::<i64>(c)).await, 1);
    let mail = mails_to(&clinic, "rosa").await.pop().expect("a mail");
    assert_eq!(mail.0, "Authenticator app added to your account at Praxis");
    assert!(mail.1.contains("If this was not you"), "{}", mail.1);
    clinic.wait(time::Duration::seconds(30));

    let visitor = after_first_step(&clinic).await;
    let page = visitor.open("/login/second-factor").await;
    page.see("Code from your authenticator app").see("Use a recovery code instead");
    assert_eq!(page.attributes("#code", "autocomplete"), ["one-time-code"]);
    type_code(&visitor, "").await.is(422).see("Enter the code");
    type_code(&visitor, "123456").await.is(422).see("The code is incorrect");
    let code = phone.code(&clinic);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(type_code(&visitor, &spaced).await.location(), "/");
    visitor.open("/patients").await;
    let tries = visitor.open("/sessions").await;
    tries.see("Correct password, second step required").see("Wrong code");
    let id = clinic.user_id("rosa").await;
    assert_eq!(clinic.ask(move |c| methods(c, id)).await, [Method::App]);
}

async fn a_code_admits_once(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    let (before, code, after) = (phone.code_in(&clinic, -30), phone.code(&clinic), phone.code_in(&clinic, 30));
    assert_eq!(type_code(&after_first_step(&clinic).await, &code).await.location(), "/");
    type_code(&after_first_step(&clinic).await, &code).await.is(422).see("or has already been used");
    // The code before it is refused as well; a clock may be half a minute ahead.
    type_code(&after_first_step(&clinic).await, &before).await.is(422);
    assert_eq!(type_code(&after_first_step(&clinic).await, &after).await.location(), "/");
    type_code(&after_first_step(&clinic).await, &phone.code_in(&clinic, 60)).await.is(422);
    clinic.wait(time::Duration::minutes(5));
    type_code(&after_first_step(&clinic).await, &phone.code_in(&clinic, -60)).await.is(422);
    assert_eq!(type_code(&after_first_step(&clinic).await, &phone.code(&clinic)).await.location(), "/");
}

async fn a_code_used_by_many_at_once_admits_one(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    assert_eq!(successes_at_once(&clinic, &phone.code(&clinic)).await, 1);
    let used = clinic.ask(|c| authenticators::table.select(authenticators::last_step).first::<i64>(c)).await;
    assert_eq!(used, clinic.app.now().unix_seconds() / 30);
}

/// Sends the same code many times at once; returns how many signed in.
async fn successes_at_once(clinic: &Clinic, code: &str) -> usize {
    let id = clinic.user_id("rosa").await;
    let tries = (0..64).map(|_| {
        let (app, code) = (clinic.app.clone(), code.to_string());
        async move {
            let data = app.clone();
            app.db.write(move |c| accept(c, &data.keys, id, &code, data.now()).map_err(praxis::db::DbError::from)).await
        }
    });
    let taken = futures_util::future::join_all(tries).await;
    taken.into_iter().filter(|taken| matches!(taken, Ok(true))).count()
}

async fn a_recovery_code_admits_once_and_sends_a_mail(clinic: Clinic) {
    let (_, _, codes) = rosa(&clinic).await;
    let typed = codes[3].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    let visitor = after_first_step(&clinic).await;
    visitor.open("/login/second-factor?recovery=1").await.see("4 groups of letters and digits");
    let page = visitor.fill("/login/second-factor?recovery=1", &[("code", &typed)]).await;
    visitor.open(page.location()).await.see("You have 9 recovery codes left");
    visitor.open("/security").await.see("9 of 10 left");
    let mail = mails_to(&clinic, "rosa").await.pop().expect("a mail");
    // The notice about a new browser is sent after it.
    assert!(mail.0.starts_with("New sign-in"), "{}", mail.0);
    let mails = mails_to(&clinic, "rosa").await;
    assert!(
        mails.iter().any(|(subject, text)| subject.starts_with("Recovery code used") && text.contains("You have 9 codes left")),
        "{mails:?}"
    );
    type_code(&after_first_step(&clinic).await, &codes[3]).await.is(422).see("or has already been used");
    let notes = clinic.ask(|c| log_entries::table.select(log_entries::note).load::<String>(c)).await;
    assert!(notes.contains(&"Used a recovery code".to_string()));
}

async fn a_recovery_code_used_by_many_at_once_admits_one(clinic: Clinic) {
    let (_, _, codes) = rosa(&clinic).await;
    assert_eq!(successes_at_once(&clinic, &codes[0]).await, 1);
}

async fn five_wrong_codes_restart_the_sign_in(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    let visitor = after_first_step(&clinic).await;
    for number in 0..4 {
        type_code(&visitor, &format!("00000{number}")).await.is(422);
    }
    let page = type_code(&visitor, "000009").await;
    visitor.open(page.location()).await.see("Too many failed attempts. Sign in again");
    assert_eq!(visitor.get("/login/second-factor").await.location(), "/login");
    assert_eq!(clinic.ask(|c| half_sign_ins::table.select(half_sign_ins::tries).first::<i32>(c)).await, 5);
    let mails = mails_to(&clinic, "rosa").await;
    assert!(mails.iter().any(|(subject, text)| subject.starts_with("Sign-in blocked") && text.contains("someone knows your password")));
    // The wait applies to the right code as well, and ends.
    let visitor = after_first_step(&clinic).await;
    type_code(&visitor, &phone.code(&clinic)).await.is(429).see("Too many failed attempts. Try again in");
    clinic.wait(time::Duration::seconds(60));
    assert_eq!(type_code(&visitor, &phone.code(&clinic)).await.location(), "/");
}

async fn an_unfinished_sign_in_opens_nothing(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    let visitor = after_first_step(&clinic).await;
    assert!(visitor.get("/patients").await.location().starts_with("/login"));
    assert!(visitor.get("/security").await.location().starts_with("/login"));
    assert_eq!(clinic.visitor().get("/login/second-factor").await.location(), "/login");
    // Another browser cannot finish it, and neither can a forged key.
    let forged = clinic.visitor();
    forged.set_cookie("second-step", "x");
    assert_eq!(forged.post("/login/second-factor", &[("code", &phone.code(&clinic))]).await.location(), "/login");
    forged.get("/login/second-factor/passkey").await.is(404);
    // Deactivating the account ends it.
    clinic.arrange(|c| diesel::update(users::table).set(users::is_active.eq(false)).execute(c)).await.expect("deactivated");
    assert_eq!(visitor.post("/login/second-factor", &[("code", &phone.code(&clinic))]).await.location(), "/login");
}

async fn an_unfinished_sign_in_ends_after_ten_minutes_or_a_new_password(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    let (slow, other) = (after_first_step(&clinic).await, after_first_step(&clinic).await);
    clinic.wait(time::Duration::minutes(9));
    slow.open("/login/second-factor").await;
    clinic.wait(time::Duration::minutes(1));
    let page = slow.post("/login/second-factor", &[("code", &phone.code(&clinic))]).await;
    slow.open(page.location()).await.see("The sign-in expired");
    drop(other);
    let other = after_first_step(&clinic).await;
    let hash = clinic.app.passwords.hash("seven-green-kettles".into()).await.expect("a hash");
    clinic.arrange(move |c| diesel::update(users::table).set(users::password_hash.eq(hash)).execute(c)).await.expect("another password");
    assert_eq!(other.post("/login/second-factor", &[("code", &phone.code(&clinic))]).await.location(), "/login");
}

/// Somebody who guesses codes knows the password, and must not lock out the owner in her own browser.
async fn codes_have_their_own_attempt_limit(clinic: Clinic) {
    let (rosa, phone, _) = rosa(&clinic).await;
    rosa.post("/logout", &[]).await.is(303);
    let visitor = after_first_step(&clinic).await;
    for number in 0..5 {
        type_code(&visitor, &format!("00000{number}")).await;
    }
    let visitor = after_first_step(&clinic).await;
    type_code(&visitor, &phone.code(&clinic)).await.is(429);
    assert_eq!(sign_in(&rosa).await.location(), "/login/second-factor");
    assert_eq!(type_code(&rosa, &phone.code(&clinic)).await.location(), "/");
}

async fn secrets_are_stored_encrypted(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    rosa.post("/security/app", &[]).await.is(303);
    let secret = rosa.open("/security/app").await.all(".secret")[0].replace(' ', "");
    let stored = clinic.ask(|c| authenticators::table.select(authenticators::pending).first::<String>(c)).await;
    assert!(!stored.contains(&secret) && stored.len() > 40);
    // One account's secret cannot be decrypted for another.
    clinic.account("colin", Rights::default()).await;
    let colin = clinic.sign_in("colin").await;
    colin.post("/security/app", &[]).await.is(303);
    clinic.arrange(move |c| diesel::update(authenticators::table).set(authenticators::pending.eq(stored)).execute(c)).await.expect("moved");
    assert_eq!(colin.get("/security/app").await.location(), "/security");
    let (_, codes) = set_up(&clinic, &rosa).await;
    let hashes = clinic.ask(|c| recovery_codes::table.select(recovery_codes::code_hash).load::<String>(c)).await;
    assert_eq!(hashes.len(), 10);
    assert!(codes.iter().all(|code| !hashes.contains(&praxis::crypto::keys::digest(&code.replace('-', "")))));
    let log = clinic.ask(|c| log_entries::table.select(log_entries::changes).load::<String>(c)).await.join(" ");
    assert!(log.contains("Sign-in app") && !log.contains(&secret) && !log.contains(&codes[0]));
}

async fn a_new_phone_replaces_the_old_one(clinic: Clinic) {
    let (rosa, old, _) = rosa(&clinic).await;
    rosa.post("/security/app", &[]).await.is(303);
    // Until the first code of the new app is typed, the old one works.
    assert_eq!(type_code(&after_first_step(&clinic).await, &old.code(&clinic)).await.location(), "/");
    let new = Phone::scan(&rosa.open("/security/app").await);
    let page = rosa.fill("/security/app", &[("code", &new.code(&clinic))]).await;
    rosa.open(page.location()).await.see("Authenticator app set up");
    clinic.wait(time::Duration::seconds(60));
    type_code(&after_first_step(&clinic).await, &old.code(&clinic)).await.is(422);
    assert_eq!(type_code(&after_first_step(&clinic).await, &new.code(&clinic)).await.location(), "/");
    // No app is waiting for its first code.
    assert_eq!(rosa.get("/security/app").await.location().split('?').next(), Some("/security"));
}

async fn removing_the_app_ends_other_sessions_and_sends_a_mail(clinic: Clinic) {
    let (rosa, phone, codes) = rosa(&clinic).await;
    let other = after_first_step(&clinic).await;
    type_code(&other, &phone.code(&clinic)).await.is(303);
    let page = rosa.post("/security/app/remove", &[]).await;
    rosa.open(page.location()).await.see("Authenticator app removed").see("You sign in with a password only");
    assert!(other.get("/").await.location().starts_with("/login"));
    assert!(mails_to(&clinic, "rosa").await.iter().any(|(subject, _)| subject.starts_with("Authenticator app removed")));
    assert_eq!(clinic.ask(|c| recovery_codes::table.count().get_result::<i64>(c)).await, 0, "codes stand in for nothing");
    let (id, code) = (clinic.user_id("rosa").await, codes[0].clone());
    let app = clinic.app.clone();
    assert!(!clinic.arrange(move |c| accept(c, &app.keys, id, &code, app.now())).await.expect("asked"));
    assert_eq!(sign_in(&clinic.visitor()).await.location(), "/");
    rosa.post("/security/app/remove", &[]).await.is(303);
    rosa.post("/security/recovery", &[]).await.is(303);
}

async fn a_user_replaces_their_recovery_codes(clinic: Clinic) {
    let (rosa, _, old) = rosa(&clinic).await;
    let page = rosa.post("/security/recovery", &[]).await;
    let new = page.is(200).see("Your old recovery codes no longer work").all(".recovery code");
    assert!(new.iter().all(|code| !old.contains(code)));
    type_code(&after_first_step(&clinic).await, &old[0]).await.is(422);
    assert_eq!(type_code(&after_first_step(&clinic).await, &new[0]).await.location(), "/");
}

async fn a_form_survives_both_sign_in_steps(clinic: Clinic) {
    let (rosa, phone, _) = rosa(&clinic).await;
    let rosa = rosa.saying("sec-fetch-site", "same-origin");
    let (_, mut form) = rosa.open("/patients/new").await.form();
    form.retain(|(name, _)| name != "name");
    form.push(("name".into(), "Émile Zola".into()));
    clinic.arrange(|c| diesel::delete(sessions::table).execute(c)).await.expect("no sessions");
    let page = rosa.post_pairs("/patients/new", &form).await;
    page.is(401).see("Sign in to save what you typed");
    let (_, mut data) = page.form();
    data.retain(|(name, _)| name != "username" && name != "password");
    data.extend([("username".into(), "rosa".into()), ("password".into(), PASSWORD.into())]);
    assert_eq!(rosa.post_pairs("/login", &data).await.location(), "/login/second-factor");
    let page = type_code(&rosa, &phone.code(&clinic)).await;
    page.is(200).see("What you typed is not saved yet");
    assert_eq!(page.value("name"), "Émile Zola");
}

async fn an_administrator_resets_a_users_second_step(clinic: Clinic) {
    let (rosa, _, _) = rosa(&clinic).await;
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    let path = format!("/users/{id}/second-step");
    ada.open(&format!("/admin/users/{id}")).await.see("Turn off two-step verification");
    ada.open(&path).await.see("check in person or by phone that the request came from the user");
    let page = ada.complete(&path, &[]).await;
    page.see("Two-step verification turned off for rosa");
    assert!(rosa.get("/").await.location().starts_with("/login"));
    assert_eq!(sign_in(&clinic.visitor()).await.location(), "/");
    let mails = mails_to(&clinic, "rosa").await;
    assert!(
        mails.iter().any(|(subject, text)| subject.starts_with("Two-step verification turned off") && text.contains("ada removed")),
        "{mails:?}"
    );
    ada.open(&format!("/admin/users/{id}/history")).await.see("Second steps");
    ada.open(&path).await.see("does not use two-step verification");
    let own = clinic.user_id("ada").await;
    assert_eq!(ada.get(&format!("/users/{own}/second-step")).await.location(), "/security");
    ada.post(&format!("/users/{own}/second-step"), &[]).await.is(403);
}

async fn a_less_privileged_user_cannot_reset_a_second_step(clinic: Clinic) {
    let (_, phone, _) = rosa(&clinic).await;
    let clerk = clinic.clerk("clerk", &["user.view", "user.change"]).await;
    let path = format!("/users/{}/second-step", clinic.user_id("rosa").await);
    clerk.get(&path).await.is(403);
    clerk.post(&path, &[]).await.is(403);
    clinic.colleague().await.post(&path, &[]).await.is(403);
    assert_eq!(type_code(&after_first_step(&clinic).await, &phone.code(&clinic)).await.location(), "/");
}

async fn an_impersonating_superuser_sees_no_secret(clinic: Clinic) {
    clinic.stop_the_clock();
    let rosa = clinic.receptionist().await;
    rosa.post("/security/app", &[]).await.is(303);
    let ada = clinic.administrator().await;
    let id = clinic.user_id("rosa").await;
    ada.post(&format!("/users/{id}/view-as"), &[]).await.is(303);
    ada.get("/security/app").await.is(403);
    ada.post("/security/app", &[]).await.is(403);
    grow_stale(&clinic).await;
    ada.get("/security/app").await.is(403);
}
