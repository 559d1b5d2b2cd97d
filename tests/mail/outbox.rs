//! Emails are queued as rows, in the transaction of their cause.

use diesel::prelude::*;
use praxis::accounts::mail::{PasswordChange, Recipient, password_changed};
use praxis::db::DbError;
use praxis::db::schema::log_entries;
use praxis::mail::outbox::{self, QueueState};
use praxis::mail::queued::MailStatus;
use praxis::mail::{Mailer, claim};
use praxis::resource::Resource;
use praxis::resource::write::message::Channel;
use praxis::settings::Settings;

use crate::support::Clinic;
use crate::support::mail_server::mail_to;
use crate::support::people::Rights;
use crate::{facts, stories};

facts![production_without_a_mail_server_queues_its_mails];
stories![
    a_mail_is_queued_only_if_its_transaction_commits,
    a_mail_with_a_key_is_queued_once,
    a_mail_is_claimed_by_one_worker_until_the_claim_expires,
    a_mail_that_crashes_the_program_is_given_up,
    an_administrator_sees_the_state_of_mails_but_not_their_content,
    an_administrator_resends_a_failed_mail,
    the_database_enforces_the_rules_of_the_outbox,
    a_mail_quotes_input_unchanged,
];

fn production_without_a_mail_server_queues_its_mails() {
    let key = crate::support::database::KEY;
    for (name, value) in [("PUBLIC_URL", "https://clinic.example.org"), ("BIND", "0.0.0.0:8000")] {
        let settings = Settings::read(|asked| match asked {
            _ if asked == name => Some(value.into()),
            "SECRET_KEY" => Some(key.into()),
            _ => None,
        });
        assert!(Mailer::of(&settings.expect("settings")).expect("no trouble").is_none(), "{name} {value}");
    }
}

async fn a_mail_is_queued_only_if_its_transaction_commits(clinic: Clinic) {
    let now = clinic.app.now();
    let undone = clinic
        .app
        .db
        .write(move |c| {
            outbox::queue(c, &mail_to("rosa@example.org", "Hello", "Hello"), now)?;
            Err::<(), _>(DbError::Panicked)
        })
        .await;
    assert!(undone.is_err());
    assert!(clinic.outbox().await.is_empty());
    let state = clinic.ask(outbox::queue_state).await;
    assert_eq!(state, QueueState { queued: 0, oldest_queued_at: None, dead: 0 });
    clinic.mail().await;
    let state = clinic.ask(outbox::queue_state).await;
    assert_eq!((state.queued, state.dead), (1, 0));
    assert!(state.oldest_queued_at.is_some_and(|at| at >= now));
}

async fn a_mail_with_a_key_is_queued_once(clinic: Clinic) {
    let reminder = |words: &str| mail_to("rosa@example.org", "Tomorrow", words).once("appointment 7, a day before");
    let both = futures_util::future::join(clinic.queue(vec![reminder("one"), reminder("two")]), clinic.queue(vec![reminder("three")]));
    both.await;
    clinic.queue(vec![mail_to("rosa@example.org", "Tomorrow", "another").once("appointment 8, a day before")]).await;
    assert_eq!(clinic.outbox().await.len(), 2);
}

async fn a_mail_is_claimed_by_one_worker_until_the_claim_expires(clinic: Clinic) {
    clinic.mail().await;
    let take = async || {
        let now = clinic.app.now();
        clinic.arrange(move |c| claim::take(c, Channel::Mail, now)).await.expect("asked")
    };
    let first = take().await.expect("a mail");
    assert!(take().await.is_none(), "two have the mail in hand");
    clinic.wait(time::Duration::seconds(61));
    let second = take().await.expect("the mail of somebody who is gone");
    assert_eq!((second.id, second.attempts), (first.id, 2));
    // The first worker finishes late and changes nothing.
    let now = clinic.app.now();
    assert!(!clinic.arrange(move |c| claim::settle(c, &first, &Ok(()), false, now)).await.expect("asked"));
    assert_eq!(clinic.statuses().await, [MailStatus::Sending]);
    assert!(clinic.arrange(move |c| claim::settle(c, &second, &Ok(()), false, now)).await.expect("asked"));
    let sent = clinic.outbox().await.remove(0);
    assert_eq!((sent.status, sent.text_body.as_str(), sent.html_body.as_str()), (MailStatus::Sent, "", ""), "what was sent is kept");
}

async fn a_mail_that_crashes_the_program_is_given_up(clinic: Clinic) {
    clinic.mail().await;
    clinic.change_mails("UPDATE mails SET attempts = 8").await;
    let worker = clinic.own_worker();
    clinic.all_are(MailStatus::Dead).await;
    worker.stop().await;
    assert!(clinic.outbox().await[0].last_error.contains("stopped during every attempt"));
}

const GIVEN_UP: &str = "UPDATE mails SET status = 'dead', next_attempt_at = NULL, attempts = 8, last_error = 'No such mailbox'";

async fn an_administrator_sees_the_state_of_mails_but_not_their_content(clinic: Clinic) {
    clinic.queue(vec![mail_to("rosa@example.org", "Good day", "the secret link")]).await;
    clinic.change_mails(GIVEN_UP).await;
    let id = clinic.outbox().await[0].id;
    let ada = clinic.administrator().await;
    ada.open("/admin").await.see("Emails");
    ada.open("/admin/mails?status=dead").await.see("Good day").see("Failed").miss("secret link");
    ada.open("/admin/mails?q=ROSA").await.see("Good day");
    let page = ada.open(&format!("/admin/mails/{id}")).await;
    page.see("No such mailbox").see("rosa@example.org").see("Send again").miss("secret link").miss("Save");
    assert!(!page.body.contains("secret link"));
}

async fn an_administrator_resends_a_failed_mail(clinic: Clinic) {
    let id = clinic.mail().await;
    let path = format!("/admin/mails/{id}/resend");
    let ada = clinic.administrator().await;
    ada.open(&path).await.see("You can only resend an email that failed");
    assert!(!ada.open(&path).await.has("main form"), "there is a button for a mail that waits");
    clinic.change_mails(GIVEN_UP).await;
    let clerk = clinic.clerk("clara", &["mail.view"]).await;
    clerk.open(&format!("/admin/mails/{id}")).await.miss("Send again");
    clerk.post(&path, &[]).await.is(403);
    clinic.account("olga", Rights { permissions: &["mail.resend"], ..Rights::default() }).await;
    clinic.sign_in("olga").await.post(&path, &[]).await.is(403);
    ada.get("/admin/mails/999/resend").await.is(404);
    ada.complete(&path, &[]).await.see("will be sent again");
    ada.post(&path, &[]).await.is(303);
    let mail = clinic.outbox().await.remove(0);
    assert_eq!((mail.status, mail.attempts), (MailStatus::Queued, 0));
    let logged = clinic.ask(|c| log_entries::table.filter(log_entries::resource.eq("mail")).count().get_result::<i64>(c)).await;
    assert_eq!(logged, 1, "two clicks are one act");
    let folder = clinic.own_worker();
    clinic.all_are(MailStatus::Sent).await;
    folder.stop().await;
    ada.post(&path, &[]).await.is(303);
    assert_eq!(clinic.statuses().await, [MailStatus::Sent]);
}

async fn the_database_enforces_the_rules_of_the_outbox(clinic: Clinic) {
    clinic.mail().await;
    clinic.refuses("UPDATE mails SET status = 'lost'").await;
    clinic.refuses("UPDATE mails SET status = 'sending', next_attempt_at = NULL").await;
    clinic.refuses("UPDATE mails SET next_attempt_at = NULL").await;
    clinic.refuses("UPDATE mails SET status = 'sent', next_attempt_at = NULL").await;
    clinic.refuses("UPDATE mails SET subject = 'a\nBcc: b@example.org'").await;
    clinic.refuses("UPDATE mails SET recipient = 'a@example.org\r'").await;
    clinic.mail().await;
    clinic.refuses("UPDATE mails SET message_id = 'the-same-for-all-of-them'").await;
}

async fn a_mail_quotes_input_unchanged(clinic: Clinic) {
    let typed = "{{7*7}} {% raw %} %n%s {0} <b>&</b>";
    let id = clinic.account("rosa", Rights::default()).await;
    let app = clinic.app.clone();
    let mut owner = clinic
        .ask(move |c| {
            let user: &Resource = app.registry.get("user").expect("users");
            user.find(c, id, None)
        })
        .await
        .expect("rosa");
    owner.values.set("first_name", praxis::resource::Value::Text(typed.into()));
    let mail = password_changed(&clinic.app, &PasswordChange::ByOwner).to(&Recipient::owner(&clinic.app, &owner)).expect("a mail");
    assert!(mail.text().contains(typed), "{}", mail.text());
    assert!(mail.html().contains("{{7*7}} {% raw %} %n%s {0}") && !mail.html().contains("<b>"), "{}", mail.html());
}
