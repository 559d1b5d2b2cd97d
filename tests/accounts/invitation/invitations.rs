//! An invited user chooses a password that nobody else knows.

use diesel::prelude::*;
use praxis::db::schema::{invitations, log_entries};

use crate::stories;
use crate::support::page::Page;
use crate::support::people::{PASSWORD, Rights};
use crate::support::{Browser, Clinic};

stories![
    an_invited_user_chooses_a_password,
    an_invitation_works_once_within_seven_days,
    a_new_link_a_new_address_or_a_password_ends_an_invitation,
    only_users_who_may_set_passwords_send_invitations,
    an_inactive_user_cannot_be_invited,
    an_invitation_used_twice_at_once_sets_one_password,
    a_mail_tells_the_owner_that_their_password_was_set,
];

const NEW: &str = "seven-green-kettles";
const TYPED: [(&str, &str); 2] = [("password", NEW), ("password_again", NEW)];

/// Invites a user through the pages; returns the path in the email.
async fn invite(clinic: &Clinic, browser: &Browser, id: i64) -> String {
    browser.complete(&format!("/users/{id}/invitation"), &[]).await.see("Invitation sent to");
    let mail = clinic.outbox().await.pop().expect("a mail");
    assert_eq!((mail.kind.as_str(), mail.subject.as_str()), ("invitation", "Set up your account at Praxis"));
    let base = clinic.app.settings.public_url.as_str().trim_end_matches('/');
    let link = mail.text_body.lines().find(|line| line.contains("/invitation/")).expect("a link").to_string();
    assert!(mail.html_body.contains(&format!("href=\"{link}\"")), "{}", mail.html_body);
    link.strip_prefix(base).expect("our address").to_string()
}

fn no_longer(page: &Page) {
    page.is(404).see("This link has expired").see("Ask Praxis for a new one");
}

async fn an_invited_user_chooses_a_password(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let new = [("username", "rosa"), ("email", "rosa@example.org")];
    ada.complete("/admin/users/new", &new).await.see("Send an invitation or set a password");
    let id = clinic.user_id("rosa").await;
    ada.open(&format!("/users/{id}/invitation")).await.see("rosa@example.org").see("works once");
    let path = invite(&clinic, &ada, id).await;
    let token = path.rsplit('/').next().expect("a token").to_string();
    let kept = clinic.ask(|c| invitations::table.select(invitations::token_hash).first::<String>(c)).await;
    assert!(token.len() >= 40 && kept != token, "the token itself is stored");
    ada.open(&format!("/admin/users/{id}/history")).await.see("sent to rosa@example.org").miss(&token);

    let rosa = clinic.visitor();
    assert_eq!(rosa.open(&path).await.attributes("#username", "value"), ["rosa"]);
    let page = rosa.fill(&path, &[("password", "rosa-example"), ("password_again", "rosa-example")]).await;
    assert!(page.is(422).error("password").contains("too similar to your email address"));
    let page = rosa.fill(&path, &[("password", NEW), ("password_again", "another")]).await;
    assert_eq!(page.is(422).error("password_again"), "The passwords do not match");
    rosa.complete(&path, &TYPED).await.see("Password set. Sign in with it.");
    rosa.complete("/login", &[("username", "rosa"), ("password", NEW)]).await;
    let by = clinic
        .ask(|c| {
            log_entries::table.order(log_entries::id.desc()).select((log_entries::actor, log_entries::changes)).first::<(String, String)>(c)
        })
        .await;
    assert!(by.0 == "rosa" && by.1.contains("\"changed\"") && !by.1.contains("argon2"), "{by:?}");
    no_longer(&rosa.get(&path).await);
    assert_eq!(clinic.outbox().await.len(), 1, "who chose it is not told that somebody set it");
}

async fn an_invitation_works_once_within_seven_days(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let path = invite(&clinic, &ada, id).await;
    clinic.wait(time::Duration::days(6));
    let (ada, rosa) = (clinic.sign_in("ada").await, clinic.sign_in("rosa").await);
    let visitor = clinic.visitor();
    visitor.fill(&path, &TYPED).await.is(303);
    assert!(rosa.get("/").await.location().starts_with("/login"), "the old session lives on");
    no_longer(&visitor.post(&path, &[("password", PASSWORD), ("password_again", PASSWORD)]).await);
    visitor.fill("/login", &[("username", "rosa"), ("password", NEW)]).await.is(303);
    let path = invite(&clinic, &ada, id).await;
    clinic.wait(time::Duration::days(7));
    no_longer(&clinic.visitor().get(&path).await);
    no_longer(&clinic.visitor().post(&path, &TYPED).await);
    no_longer(&clinic.visitor().get("/invitation/nonsense").await);
}

async fn a_new_link_a_new_address_or_a_password_ends_an_invitation(clinic: Clinic) {
    let ada = clinic.administrator().await;
    clinic.receptionist().await;
    let id = clinic.user_id("rosa").await;
    let visitor = clinic.visitor();
    let first = invite(&clinic, &ada, id).await;
    let second = invite(&clinic, &ada, id).await;
    no_longer(&visitor.get(&first).await);
    visitor.open(&second).await;
    ada.complete(&format!("/admin/users/{id}"), &[("phone", "555")]).await;
    visitor.open(&second).await;
    ada.complete(&format!("/admin/users/{id}"), &[("email", "rosa.b@example.org")]).await;
    no_longer(&visitor.get(&second).await);
    let third = invite(&clinic, &ada, id).await;
    ada.complete(&format!("/users/{id}/password"), &TYPED).await;
    no_longer(&visitor.post(&third, &[("password", PASSWORD), ("password_again", PASSWORD)]).await);
    visitor.fill("/login", &[("username", "rosa"), ("password", NEW)]).await.is(303);
}

async fn only_users_who_may_set_passwords_send_invitations(clinic: Clinic) {
    clinic.administrator().await;
    let clerk = clinic.clerk("clara", &["user.change", "user.view"]).await;
    let ada = clinic.user_id("ada").await;
    clerk.get(&format!("/users/{ada}/invitation")).await.is(403);
    clerk.post(&format!("/users/{ada}/invitation"), &[]).await.is(403);
    let rosa = clinic.account("rosa", Rights::default()).await;
    invite(&clinic, &clerk, rosa).await;
    assert_eq!(clinic.outbox().await.len(), 1);
}

async fn an_inactive_user_cannot_be_invited(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let path = invite(&clinic, &ada, rosa).await;
    clinic
        .arrange(move |c| diesel::sql_query("UPDATE users SET is_active = FALSE WHERE username = 'rosa'").execute(c))
        .await
        .expect("changed");
    no_longer(&clinic.visitor().get(&path).await);
    no_longer(&clinic.visitor().post(&path, &TYPED).await);
    let page = ada.open(&format!("/users/{rosa}/invitation")).await;
    assert!(!page.see("not active").has("main form"));
    ada.post(&format!("/users/{rosa}/invitation"), &[]).await.is(404);
    assert_eq!(clinic.outbox().await.len(), 1);
}

async fn an_invitation_used_twice_at_once_sets_one_password(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let path = invite(&clinic, &ada, rosa).await;
    let (one, other) = (clinic.visitor(), clinic.visitor());
    let theirs = [("password", "nine-purple-tables"), ("password_again", "nine-purple-tables")];
    // Both have the page before either sends it.
    one.open(&path).await;
    other.open(&path).await;
    let (first, second) = futures_util::future::join(one.post(&path, &TYPED), other.post(&path, &theirs)).await;
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 404]);
}

async fn a_mail_tells_the_owner_that_their_password_was_set(clinic: Clinic) {
    let ada = clinic.administrator().await;
    let rosa = clinic.account("rosa", Rights::default()).await;
    let own = clinic.user_id("ada").await;
    ada.complete(&format!("/users/{rosa}/password"), &TYPED).await;
    let mails = clinic.outbox().await;
    assert_eq!(mails.len(), 1);
    assert_eq!((mails[0].recipient.as_str(), mails[0].subject.as_str()), ("rosa@example.org", "Your password was changed at Praxis"));
    assert!(
        mails[0].text_body.contains("ada set a new password")
            && !mails[0].text_body.contains("http")
            && !mails[0].html_body.contains("href")
    );
    assert!(!mails[0].text_body.contains(NEW));
    assert_eq!(ada.post(&format!("/users/{own}/password"), &TYPED).await.location(), "/password");
    assert_eq!(clinic.outbox().await.len(), 1, "one's own is changed with the old one");
}
