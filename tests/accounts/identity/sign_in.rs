//! Signing in with an account at a real provider.

use diesel::prelude::*;
use praxis::db::schema::{groups, identities, log_entries, sessions, sign_ins, user_groups, users};

use crate::stories;
use crate::support::factors::{grow_stale, mails_to, set_up};
use crate::support::oidc::{address, destination, follow, sign_in, visit};
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![Oidc:
    a_stranger_with_a_verified_address_creates_an_account,
    an_address_alone_links_nobody_to_a_provider,
    an_unverified_address_makes_no_account,
    a_closed_clinic_adds_nobody_through_a_provider,
    rosa_connects_an_account_and_signs_in_with_it,
    the_only_way_to_sign_in_cannot_be_removed,
    one_provider_account_belongs_to_one_user,
    a_deactivated_user_cannot_sign_in_through_a_provider,
    a_form_and_a_return_address_survive_provider_sign_in,
    a_user_who_cancels_at_the_provider_gets_a_clear_message,
    an_administrator_unlinks_a_users_account,
    a_tampered_sign_up_ticket_is_refused,
    provider_sign_in_requires_the_second_step_too,
    a_user_without_a_password_reauthenticates_at_the_provider,
];
stories![the_provider_button_appears_only_with_a_provider];

const SETTINGS: &[(&str, &str)] = &[];

async fn links(clinic: &Clinic) -> i64 {
    clinic.ask(|c| identities::table.count().get_result::<i64>(c)).await
}

async fn people(clinic: &Clinic) -> i64 {
    clinic.ask(|c| users::table.count().get_result::<i64>(c)).await
}

async fn notes(clinic: &Clinic) -> Vec<String> {
    clinic.ask(|c| log_entries::table.filter(log_entries::note.ne("")).order(log_entries::id).select(log_entries::note).load(c)).await
}

async fn changes(clinic: &Clinic) -> String {
    clinic.ask(|c| log_entries::table.order(log_entries::id).select(log_entries::changes).load::<String>(c)).await.join(" ")
}

/// Rosa, signed in, with a linked account.
async fn rosa_linked(clinic: &Clinic) -> Browser {
    let rosa = clinic.receptionist().await;
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    assert_eq!(follow(&rosa, &leaving, "rosa").await.location(), "/identities");
    rosa.open("/identities").await.see("Clinic ID linked");
    rosa
}

/// A user who signs in with the provider and has no password.
async fn zoe(clinic: &Clinic) -> Browser {
    let zoe = clinic.visitor();
    let page = sign_in(&zoe, "zoe").await;
    let (action, data) = page.form();
    assert_eq!(zoe.post_pairs(&action, &data).await.location(), "/");
    zoe
}

async fn the_provider_button_appears_only_with_a_provider(clinic: Clinic) {
    assert!(!clinic.visitor().open("/login").await.has("button[formaction^='/login/oidc']"));
    let settings = [
        ("OIDC_PROVIDERS", "google,other"),
        ("OIDC_GOOGLE_ISSUER", "https://accounts.google.com"),
        ("OIDC_GOOGLE_CLIENT_ID", "praxis"),
        ("OIDC_GOOGLE_CLIENT_SECRET", "x"),
        ("OIDC_OTHER_ISSUER", "http://127.0.0.1:1"),
        ("OIDC_OTHER_CLIENT_ID", "praxis"),
        ("OIDC_OTHER_CLIENT_SECRET", "x"),
        ("OIDC_OTHER_LABEL", "The <Other> One"),
    ];
    let clinic = Clinic::open_with(clinic.backend, &settings).await;
    let page = clinic.visitor().open("/login?next=/patients").await;
    page.see("Sign in with Google").see("Sign in with The <Other> One");
    assert_eq!(page.attributes("button[formaction^='/login/oidc']", "formaction"), ["/login/oidc/google", "/login/oidc/other"]);
    clinic.visitor().post("/login/oidc/other", &[]).await.is(503).see("The <Other> One is not responding");
    // The button is used by a user who has signed in in another tab.
    let rosa = clinic.receptionist().await;
    assert_eq!(rosa.post("/login/oidc/other", &[("next", "//evil.example")]).await.location(), "/");
}

async fn a_stranger_with_a_verified_address_creates_an_account(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let zoe = clinic.visitor();
    let page = sign_in(&zoe, "zoe").await;
    page.is(200).see("Your email address at Clinic ID is zoe@example.org").see("No account here uses this address");
    assert_eq!((page.value("username"), page.value("first_name"), page.value("last_name")), ("zoe".into(), "Zoe".into(), "Example".into()));
    assert_eq!((people(&clinic).await, links(&clinic).await), (0, 0), "nothing is made before they agree");
    // Another user takes a username before she agrees.
    clinic.account("zoe2", Rights::default()).await;
    let (action, mut data) = page.form();
    data.retain(|(name, _)| name != "username");
    data.push(("username".into(), "ZOE2".into()));
    let page = zoe.post_pairs(&action, &data).await;
    assert_eq!(page.is(422).error("username"), "This username is taken");
    let (action, mut data) = page.form();
    data.iter_mut().filter(|(name, _)| name == "username").for_each(|(_, value)| *value = "zoe".into());
    let page = zoe.post_pairs(&action, &data).await;
    assert_eq!(page.location(), "/");
    zoe.open("/").await.see("Zoe Example").see("You are signed in with Clinic ID");
    let (email, hash) = clinic
        .ask(|c| users::table.filter(users::username.eq("zoe")).select((users::email, users::password_hash)).first::<(String, String)>(c))
        .await;
    assert_eq!((email.as_str(), hash.as_str()), ("zoe@example.org", ""));
    let joined: Vec<String> = clinic
        .ask(|c| user_groups::table.inner_join(groups::table.on(groups::id.eq(user_groups::group_id))).select(groups::name).load(c))
        .await;
    assert_eq!(joined, ["Staff"]);
    assert!(notes(&clinic).await.contains(&"Signs in with Clinic ID.".to_string()));
    // No password works, and the next sign-in asks for nothing.
    clinic.visitor().fill("/login", &[("username", "zoe")]).await.is(422);
    clinic.visitor().fill("/login", &[("username", "zoe"), ("password", PASSWORD)]).await.is(422).see("Incorrect username or password");
    let again = clinic.visitor();
    assert_eq!(sign_in(&again, "zoe").await.location(), "/");
    let tries = clinic.ask(|c| sign_ins::table.filter(sign_ins::outcome.eq("ok")).count().get_result::<i64>(c)).await;
    assert_eq!(tries, 2);
    again.open("/sessions").await.see("Signed in");
    // The page that was agreed to before does not sign anybody in after signing out, in its own browser or another.
    zoe.post("/logout", &[]).await;
    assert_eq!(zoe.post_pairs(&action, &data).await.status, 403);
    assert!(zoe.get("/").await.location().starts_with("/login"));
    let page = clinic.visitor().post_pairs(&action, &data).await;
    assert_eq!(page.status, 403, "a token of another browser");
    assert_eq!((people(&clinic).await, links(&clinic).await), (2, 1));
}

async fn an_address_alone_links_nobody_to_a_provider(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    clinic.account("rosa", Rights::default()).await;
    let visitor = clinic.visitor();
    let page = sign_in(&visitor, "rosa").await;
    page.is(403).see("account is not linked").see("sign in with your password and link Clinic ID");
    assert_eq!(page.attributes("a.button.primary", "href"), ["/login?next=%2Fidentities"]);
    assert_eq!(links(&clinic).await, 0);
    assert!(visitor.get("/").await.location().starts_with("/login"));
}

async fn an_unverified_address_makes_no_account(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    for account in ["zoe.unproved", "zoe.silent"] {
        let page = sign_in(&clinic.visitor(), account).await;
        page.is(403).see("Clinic ID has not confirmed your email address, so you cannot create an account with it");
    }
    // The same page whether a user has the address or not.
    let without = sign_in(&clinic.visitor(), "zoe.unproved").await.text();
    clinic.account("zoe", Rights::default()).await;
    assert_eq!(sign_in(&clinic.visitor(), "zoe.unproved").await.text(), without);
    assert_eq!((people(&clinic).await, links(&clinic).await), (1, 0));
}

async fn a_closed_clinic_adds_nobody_through_a_provider(clinic: Clinic) {
    let clinic = clinic.with_provider(&[("REGISTRATION", "closed")]).await;
    let unknown = sign_in(&clinic.visitor(), "zoe").await;
    unknown.is(403).see("ask an administrator");
    clinic.account("zoe", Rights::default()).await;
    assert_eq!(sign_in(&clinic.visitor(), "zoe").await.text(), unknown.text());
    assert_eq!(links(&clinic).await, 0);
}

async fn rosa_connects_an_account_and_signs_in_with_it(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let rosa = clinic.receptionist().await;
    rosa.open("/identities").await.see("Password set").see("Clinic ID Not linked");
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    leaving.see("cannot see your");
    // An unverified address may be linked, because her password authenticates her.
    assert_eq!(follow(&rosa, &leaving, "rosa.unproved").await.location(), "/identities");
    rosa.open("/identities").await.see("Clinic ID linked").see("rosa@example.org").see("Never");
    let (subject, text) = mails_to(&clinic, "rosa").await.pop().expect("a mail");
    assert_eq!(subject, "Linked account added at Praxis");
    assert!(text.contains("Your account at Clinic ID was linked") && text.contains("127.0.0.1") && !text.contains("http"), "{text}");
    assert!(changes(&clinic).await.contains("Clinic ID linked"));
    // Linking again changes nothing, and another account of the same provider is refused.
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    follow(&rosa, &leaving, "rosa.unproved").await;
    rosa.open("/identities").await.see("is already linked");
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    follow(&rosa, &leaving, "colin").await;
    rosa.open("/identities").await.see("You have already linked another Clinic ID account");
    assert_eq!(links(&clinic).await, 1);
    // Another browser, without the password.
    let home = clinic.visitor();
    assert_eq!(sign_in(&home, "rosa.unproved").await.location(), "/");
    home.open("/").await.see("rosa");
    rosa.open("/identities").await.miss("Never");
    // After unlinking it signs nobody in, and sessions that it opened have ended.
    let id = clinic.ask(|c| identities::table.select(identities::id).first::<i64>(c)).await;
    assert_eq!(rosa.post(&format!("/identities/{id}/unlink"), &[]).await.location(), "/identities");
    rosa.open("/identities").await.see("You can no longer sign in with it").see("Not linked");
    assert!(home.get("/").await.location().starts_with("/login"));
    sign_in(&clinic.visitor(), "rosa.unproved").await.is(403);
    let subjects: Vec<_> = mails_to(&clinic, "rosa").await.into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects, ["Linked account added at Praxis", "New sign-in to your account at Praxis", "Linked account removed at Praxis"]);
    assert!(changes(&clinic).await.contains("Clinic ID unlinked"));
    rosa.post(&format!("/identities/{id}/unlink"), &[]).await.is(404);
    rosa.post("/identities/link/nobody", &[]).await.is(404);
}

async fn the_only_way_to_sign_in_cannot_be_removed(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let zoe = zoe(&clinic).await;
    zoe.open("/identities").await.see("Password none").see("You sign in without a password");
    let id = clinic.ask(|c| identities::table.select(identities::id).first::<i64>(c)).await;
    zoe.post(&format!("/identities/{id}/unlink"), &[]).await;
    zoe.open("/identities").await.see("You cannot unlink your only sign-in method").see("Set a password, add a passkey");
    assert_eq!(links(&clinic).await, 1);
    // An account at a provider that is no longer configured is not another way to sign in.
    let user = clinic.user_id("zoe").await;
    clinic.identity(user, "https://gone.example", "zoe").await;
    zoe.post(&format!("/identities/{id}/unlink"), &[]).await;
    assert_eq!(links(&clinic).await, 2);
    zoe.open("/identities").await.see("https://gone.example no longer supported");
    // Another user's link cannot be removed.
    let rosa = clinic.receptionist().await;
    rosa.post(&format!("/identities/{id}/unlink"), &[]).await.is(404);
}

async fn one_provider_account_belongs_to_one_user(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    rosa_linked(&clinic).await;
    let colin = clinic.colleague().await;
    let leaving = colin.post("/identities/link/clinic_id", &[]).await;
    follow(&colin, &leaving, "rosa").await;
    colin.open("/identities").await.see("is linked to another user").see("Not linked");
    assert_eq!(links(&clinic).await, 1);
    // Colin cannot finish a sign-in that Rosa began, and neither can a stranger with the answer.
    let rosa = clinic.sign_in("rosa").await;
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    let answer = visit(&Browser::new(address()), &destination(&leaving), "colin").await;
    colin.get(&answer).await.is(400).see("This sign-in has expired");
    clinic.visitor().get(&answer).await.is(400);
    // Signed out in the meantime: the session is not the one that began.
    rosa.post("/logout", &[]).await;
    rosa.get(&answer).await.is(400);
    assert_eq!(links(&clinic).await, 1);
}

async fn a_deactivated_user_cannot_sign_in_through_a_provider(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let rosa = rosa_linked(&clinic).await;
    // The message to a stranger whose address a user has.
    clinic.account("colin", Rights::default()).await;
    let stranger = sign_in(&clinic.visitor(), "colin").await;
    clinic.arrange(|c| diesel::update(users::table).set(users::is_active.eq(false)).execute(c)).await.expect("deactivated");
    assert!(rosa.get("/").await.location().starts_with("/login"));
    let page = sign_in(&clinic.visitor(), "rosa").await;
    assert_eq!(page.is(403).text(), stranger.text());
    assert_eq!(clinic.ask(|c| sessions::table.filter(sessions::user_id.is_not_null()).count().get_result::<i64>(c)).await, 1, "no new one");
    // After the user was deleted, the account at the provider is unknown again.
    clinic.arrange(|c| diesel::delete(users::table.filter(users::username.eq("rosa"))).execute(c)).await.expect("deleted");
    assert_eq!(links(&clinic).await, 0);
    sign_in(&clinic.visitor(), "rosa").await.is(200).see("No account here uses this address");
}

async fn a_form_and_a_return_address_survive_provider_sign_in(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    rosa_linked(&clinic).await;
    let visitor = clinic.visitor();
    let leaving = visitor.post("/login/oidc/clinic_id", &[("next", "/patients?q=zola")]).await;
    assert_eq!(follow(&visitor, &leaving, "rosa").await.location(), "/patients?q=zola");
    for evil in ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"] {
        let visitor = clinic.visitor();
        let leaving = visitor.post("/login/oidc/clinic_id", &[("next", evil)]).await;
        assert_eq!(follow(&visitor, &leaving, "rosa").await.location(), "/", "{evil}");
    }
    // A form that was sent after the session had ended.
    let rosa = clinic.visitor().saying("sec-fetch-site", "same-origin");
    let page = rosa.post("/patients/new", &[("name", "Émile Zola"), ("age", "40"), ("gender", "male")]).await;
    page.is(401).see("Sign in to save what you typed");
    let (_, data) = page.form();
    let leaving = rosa.post_pairs("/login/oidc/clinic_id", &data).await;
    let page = follow(&rosa, &leaving, "rosa").await;
    page.is(200).see("You are signed in again");
    let (action, data) = page.form();
    assert!(rosa.post_pairs(&action, &data).await.location().starts_with("/patients/"));
    assert_eq!(clinic.patient_names().await, ["Émile Zola"]);
    // A forged form is not carried along.
    let leaving = clinic.visitor().post("/login/oidc/clinic_id", &[("_waits", "a\0b")]).await;
    leaving.is(200);
}

async fn a_user_who_cancels_at_the_provider_gets_a_clear_message(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let visitor = clinic.visitor();
    assert_eq!(sign_in(&visitor, "nobody").await.location(), "/login");
    visitor.open("/login").await.see("Clinic ID did not confirm your identity. Nothing was changed");
    let rosa = clinic.receptionist().await;
    let leaving = rosa.post("/identities/link/clinic_id", &[]).await;
    assert_eq!(follow(&rosa, &leaving, "nobody").await.location(), "/identities");
    rosa.open("/identities").await.see("Nothing was changed").see("Not linked");
}

async fn an_administrator_unlinks_a_users_account(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let zoe = zoe(&clinic).await;
    let ada = clinic.administrator().await;
    ada.open("/admin/identities").await.see("zoe").see("zoe@example.org");
    let id = clinic.ask(|c| identities::table.select(identities::id).first::<i64>(c)).await;
    let page = ada.open(&format!("/admin/identities/{id}/unlink")).await;
    page.see("Unlink Clinic ID from zoe").see("This is their only sign-in method");
    // A user who may unlink accounts, but has fewer permissions than she.
    let user = clinic.user_id("zoe").await;
    let clerk = clinic.clerk("clerk", &["identity.view", "identity.unlink"]).await;
    clerk.get(&format!("/admin/identities/{id}/unlink")).await.is(403);
    clerk.post(&format!("/admin/identities/{id}/unlink"), &[]).await.is(403);
    let page = ada.fill(&format!("/admin/identities/{id}/unlink"), &[]).await;
    assert_eq!(page.location(), "/admin/identities");
    assert!(zoe.get("/").await.location().starts_with("/login"));
    assert_eq!(links(&clinic).await, 0);
    ada.get(&format!("/admin/identities/{id}/unlink")).await.is(404);
    ada.open(&format!("/admin/users/{user}/history")).await.see("Clinic ID unlinked");
    let (_, text) = mails_to(&clinic, "zoe").await.pop().expect("a mail");
    assert!(text.contains("ada unlinked your account at Clinic ID") && text.contains("signed out everywhere"), "{text}");
}

async fn a_tampered_sign_up_ticket_is_refused(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let zoe = clinic.visitor();
    let page = sign_in(&zoe, "zoe").await;
    let (action, data) = page.form();
    let offer = data.iter().find(|(name, _)| name == "offer").expect("a offer").1.clone();
    let with = |sent: &str| {
        data.iter().map(|(name, value)| (name.clone(), if name == "offer" { sent.into() } else { value.clone() })).collect::<Vec<_>>()
    };
    let (text, signature) = offer.split_once('.').expect("two parts");
    let flipped = format!("{}A.{signature}", &text[..text.len() - 1]);
    for wrong in ["", ".", "x", text, &flipped, &format!("{text}.AAAA")] {
        zoe.post_pairs(&action, &with(wrong)).await.is(400).see("This sign-in has expired");
    }
    // In another browser the page is invalid, and so is another address.
    let thief = clinic.visitor();
    let mut theirs = with(&offer);
    theirs.retain(|(name, _)| name != "csrf_token");
    theirs.push(("csrf_token".into(), thief.token().await));
    thief.post_pairs(&action, &theirs).await.is(400);
    let mut mine = with(&offer);
    mine.push(("email".into(), "rosa@example.org".into()));
    mine.push(("is_superuser".into(), "on".into()));
    let two = zoe.copy();
    let (first, second) = tokio::join!(zoe.post_pairs(&action, &mine), two.post_pairs(&action, &mine));
    assert_eq!((first.status, second.status), (303, 303), "two clicks: {} {}", first.text(), second.text());
    let made = clinic.ask(|c| users::table.select((users::email, users::is_superuser)).load::<(String, bool)>(c)).await;
    assert_eq!(made, [("zoe@example.org".to_string(), false)]);
    assert_eq!(links(&clinic).await, 1);
    // After ten minutes it has expired.
    let late = clinic.visitor();
    let (action, data) = sign_in(&late, "colin").await.form();
    clinic.wait(time::Duration::minutes(10));
    late.post_pairs(&action, &data).await.is(400);
}

async fn provider_sign_in_requires_the_second_step_too(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let rosa = rosa_linked(&clinic).await;
    let (phone, _) = set_up(&clinic, &rosa).await;
    clinic.wait(time::Duration::seconds(30));
    let home = clinic.visitor();
    let leaving = home.post("/login/oidc/clinic_id", &[("next", "/patients"), ("remember", "on")]).await;
    assert_eq!(follow(&home, &leaving, "rosa").await.location(), "/login/second-factor");
    assert!(home.get("/").await.location().starts_with("/login"), "half a sign-in opens nothing");
    let page = home.fill("/login/second-factor", &[("code", &phone.code(&clinic))]).await;
    assert_eq!(page.location(), "/patients");
    assert!(page.headers.iter().any(|(name, value)| name == "set-cookie" && value.starts_with("sid=") && value.contains("Max-Age=")));
    home.open("/").await.see("rosa");
}

async fn a_user_without_a_password_reauthenticates_at_the_provider(clinic: Clinic) {
    let clinic = clinic.with_provider(SETTINGS).await;
    let zoe = zoe(&clinic).await;
    assert_eq!(zoe.post("/security/app", &[]).await.location(), "/security/app");
    grow_stale(&clinic).await;
    let page = zoe.post("/security/app", &[]).await;
    page.is(401).see("no password and no two-step verification");
    // The provider's clock is behind, and its tokens must be recent.
    clinic.wait(time::Duration::minutes(-11));
    let again = clinic.visitor();
    assert_eq!(sign_in(&again, "zoe").await.location(), "/");
    assert_eq!(again.post("/security/app", &[]).await.location(), "/security/app");
    // Rosa has a password, which is required after she signed in with the provider.
    rosa_linked(&clinic).await;
    let home = clinic.visitor();
    assert_eq!(sign_in(&home, "rosa").await.location(), "/");
    home.post("/security/app", &[]).await.is(401).see("Your password");
    home.post("/identities/link/clinic_id", &[]).await.is(401).see("Confirm your identity");
    assert_eq!(home.fill("/confirm", &[("proof", PASSWORD)]).await.location(), "/");
    home.post("/identities/link/clinic_id", &[]).await.is(200);
}
