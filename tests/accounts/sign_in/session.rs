//! Side effects of a sign-in: remembering it, notices about new browsers, the previous sign-in, rehashing.

use diesel::prelude::*;
use praxis::db::schema::{groups, sessions, user_groups, users};

use crate::stories;
use crate::support::factors::{mails_to, set_up};
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    a_sign_in_is_remembered_when_the_box_is_ticked,
    a_failed_sign_in_keeps_the_box_ticked,
    a_sign_in_from_a_new_browser_sends_a_mail,
    the_previous_sign_in_is_shown,
    an_outdated_password_hash_is_replaced_at_sign_in,
    a_group_requires_two_step_verification_of_its_members,
    a_setting_requires_two_step_verification_of_superusers,
];

async fn try_in(browser: &Browser, more: &[(&str, &str)]) -> Page {
    browser.fill("/login", &[&[("username", "rosa"), ("password", PASSWORD)], more].concat()).await
}

fn session_cookie(page: &Page) -> &str {
    page.headers.iter().find(|(name, value)| name == "set-cookie" && value.starts_with("sid=")).map_or("", |(_, value)| value)
}

async fn a_sign_in_is_remembered_when_the_box_is_ticked(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let page = try_in(&clinic.visitor(), &[]).await;
    assert!(!session_cookie(&page).contains("Max-Age"), "{}", session_cookie(&page));
    let kept = clinic.visitor();
    kept.open("/login").await.see("Stay signed in for 15 days");
    let page = try_in(&kept, &[("remember", "on")]).await;
    assert!(session_cookie(&page).contains("Max-Age=1296000"), "{}", session_cookie(&page));
    let remembered = clinic.ask(|c| sessions::table.order(sessions::id).select(sessions::remembered).load::<bool>(c)).await;
    assert_eq!(remembered, [false, true]);
    clinic.wait(time::Duration::days(14));
    kept.open("/patients").await;
    // Also through the second step.
    let (phone, _) = {
        kept.fill("/confirm", &[("proof", PASSWORD)]).await.is(303);
        set_up(&clinic, &kept).await
    };
    clinic.wait(time::Duration::seconds(30));
    let other = clinic.visitor();
    try_in(&other, &[("remember", "on")]).await.is(303);
    let page = other.fill("/login/second-factor", &[("code", &phone.code(&clinic))]).await;
    assert!(session_cookie(&page).contains("Max-Age=1296000"), "{}", session_cookie(&page));
}

async fn a_failed_sign_in_keeps_the_box_ticked(clinic: Clinic) {
    let page = clinic.visitor().fill("/login", &[("username", "rosa"), ("password", "wrong-password"), ("remember", "on")]).await;
    assert!(page.is(422).has("[name=remember][checked]"));
    assert!(!clinic.visitor().open("/login").await.has("[name=remember][checked]"));
}

async fn a_sign_in_from_a_new_browser_sends_a_mail(clinic: Clinic) {
    clinic.account("rosa", Rights::default()).await;
    let desk = clinic.visitor().saying("user-agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0");
    try_in(&desk, &[]).await.is(303);
    assert!(mails_to(&clinic, "rosa").await.is_empty(), "the first sign-in of all is no news");
    desk.post("/logout", &[]).await.is(303);
    try_in(&desk, &[]).await.is(303);
    assert!(mails_to(&clinic, "rosa").await.is_empty(), "the browser is known");
    let phone = clinic.visitor().saying("user-agent", "Mozilla/5.0 (iPhone) CriOS/130 Safari/604.1");
    try_in(&phone, &[]).await.is(303);
    let [(subject, text)] = &mails_to(&clinic, "rosa").await[..] else { panic!("one mail") };
    assert_eq!(subject, "New sign-in to your account at Praxis");
    for words in ["Chrome on iPhone", "127.0.0.1", "rosa", "change your password immediately"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("http"), "a warning with a link: {text}");
    // Another user on the same browser gets a notice about their own account only.
    clinic.account("colin", Rights::default()).await;
    clinic.sign_in("colin").await;
    phone.post("/logout", &[]).await.is(303);
    phone.fill("/login", &[("username", "colin"), ("password", PASSWORD)]).await.is(303);
    assert_eq!((mails_to(&clinic, "rosa").await.len(), mails_to(&clinic, "colin").await.len()), (1, 1));
}

async fn the_previous_sign_in_is_shown(clinic: Clinic) {
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let desk = clinic.visitor().saying("user-agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0");
    let page = try_in(&desk, &[]).await;
    desk.open(page.location()).await.miss("Last sign-in");
    let page = try_in(&clinic.visitor(), &[]).await;
    assert_eq!(page.location(), "/");
    let visitor = clinic.visitor();
    try_in(&visitor, &[]).await.is(303);
    visitor.open("/").await.see("Last sign-in:").miss("Firefox");
    desk.post("/logout", &[]).await.is(303);
    try_in(&desk, &[]).await.is(303);
    desk.post("/logout", &[]).await.is(303);
    try_in(&desk, &[]).await.is(303);
    desk.open("/").await.see("Last sign-in:").see("with Firefox on Windows from");
}

async fn an_outdated_password_hash_is_replaced_at_sign_in(clinic: Clinic) {
    let old = "$argon2id$v=19$m=8192,t=1,p=1$";
    clinic.account("rosa", Rights { groups: &["Staff"], ..Rights::default() }).await;
    let hash = weak(PASSWORD);
    assert!(hash.starts_with(old), "{hash}");
    clinic.arrange(move |c| diesel::update(users::table).set(users::password_hash.eq(hash)).execute(c)).await.expect("an old hash");
    let (first, second) = (clinic.visitor(), clinic.visitor());
    let kept = clinic.ask(|c| users::table.select(users::password_hash).first::<String>(c)).await;
    try_in(&first, &[]).await.is(303);
    let better = clinic.ask(|c| users::table.select(users::password_hash).first::<String>(c)).await;
    assert_ne!(kept, better);
    assert!(clinic.app.passwords.is_current(&better), "{better}");
    first.open("/patients").await;
    // Again, with a session that was opened with the old hash.
    let hash = weak(PASSWORD);
    let digest = praxis::crypto::keys::digest(&hash);
    let was = praxis::crypto::keys::digest(&better);
    clinic
        .arrange(move |c| {
            diesel::update(users::table).set(users::password_hash.eq(hash)).execute(c)?;
            let state: String = sessions::table.select(sessions::state).first(c)?;
            diesel::update(sessions::table).set(sessions::state.eq(state.replace(&was, &digest))).execute(c)
        })
        .await
        .expect("an old session");
    first.open("/patients").await;
    try_in(&second, &[]).await.is(303);
    first.open("/patients").await;
    second.open("/patients").await;
    let again = clinic.ask(|c| users::table.select(users::password_hash).first::<String>(c)).await;
    try_in(&clinic.visitor(), &[]).await.is(303);
    assert_eq!(again, clinic.ask(|c| users::table.select(users::password_hash).first::<String>(c)).await, "it was good already");
}

/// A hash with weaker parameters than the current ones.
fn weak(password: &str) -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let cost = Params::new(8 * 1024, 1, 1, Some(32)).expect("a cost");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost).hash_password(password.as_bytes()).expect("a hash").to_string()
}

async fn a_group_requires_two_step_verification_of_its_members(clinic: Clinic) {
    clinic.stop_the_clock();
    let ada = clinic.administrator().await;
    let rosa = clinic.receptionist().await;
    let staff = clinic.ask(|c| groups::table.filter(groups::name.eq("Staff")).select(groups::id).first::<i64>(c)).await;
    rosa.open("/patients").await;
    ada.complete(&format!("/admin/groups/{staff}"), &[("requires_second_factor", "on")]).await.see("The group “Staff” was changed");
    // From the next request on, even for users who are signed in.
    for path in ["/", "/patients", "/patients/new", "/search?q=a", "/options/doctors"] {
        assert_eq!(rosa.get(path).await.location(), "/security", "{path}");
    }
    assert_eq!(rosa.post("/patients/new", &[("name", "Émile Zola")]).await.location(), "/security");
    assert!(clinic.patient_names().await.is_empty());
    rosa.open("/security").await.see("Praxis requires two-step verification");
    rosa.open("/sessions").await;
    let colin = clinic.visitor();
    clinic.account("colin", Rights { groups: &["Staff"], ..Rights::default() }).await;
    colin.fill("/login", &[("username", "colin"), ("password", PASSWORD)]).await.is(303);
    assert_eq!(colin.get("/").await.location(), "/security");
    set_up(&clinic, &rosa).await;
    rosa.open("/patients").await;
    rosa.open("/security").await.miss("requires two-step verification");
    rosa.post("/security/app/remove", &[]).await.is(303);
    assert_eq!(rosa.get("/").await.location(), "/security");
    // Other users are not affected, and neither is a superuser who views Praxis as one.
    ada.open("/admin").await;
    let id = clinic.user_id("rosa").await;
    ada.post(&format!("/users/{id}/view-as"), &[]).await.is(303);
    ada.open("/patients").await;
    ada.post("/view-as/stop", &[]).await.is(303);
    clinic.arrange(|c| diesel::delete(user_groups::table).execute(c)).await.expect("no members");
    rosa.open("/").await;
    rosa.post("/logout", &[]).await.is(303);
}

async fn a_setting_requires_two_step_verification_of_superusers(clinic: Clinic) {
    clinic.administrator().await.open("/admin").await;
    let strict = Clinic::open_with(clinic.backend, &[("SECOND_FACTOR", "superusers")]).await;
    strict.stop_the_clock();
    let ada = strict.administrator().await;
    assert_eq!(ada.get("/admin").await.location(), "/security");
    strict.receptionist().await.open("/patients").await;
    set_up(&strict, &ada).await;
    ada.open("/admin").await;
    strict.server.stop(false).await;
}
