//! Sending emails to a mail server in a process of its own, which may misbehave.

use std::collections::BTreeSet;
use std::time::Duration;

use praxis::mail::queued::MailStatus;

use crate::stories;
use crate::support::Clinic;
use crate::support::binary::Running;
use crate::support::mail_server::{MailServer, header, mail_to, until};

stories![Smtp:
    a_mail_arrives_as_text_and_html_with_one_recipient,
    mail_content_cannot_inject_headers_or_mails,
    a_greylisting_server_gets_the_mail_later,
    a_mail_to_an_unknown_address_is_given_up_at_once,
    a_refusing_server_is_retried_until_the_limit,
    a_hanging_server_delays_other_mails_only_briefly,
    a_dropped_connection_sends_the_mail_again,
    an_unreachable_server_loses_no_mail,
    a_server_without_starttls_gets_no_credentials,
    two_workers_send_each_mail_once,
    two_processes_send_each_mail_once,
    a_killed_process_loses_no_mail,
    a_stopping_process_finishes_the_current_mail,
];

fn letters(count: usize) -> Vec<praxis::mail::Mail> {
    (0..count).map(|number| mail_to(&format!("reader{number}@example.org"), &format!("Number {number}"), "Hello")).collect()
}

fn ids(mails: &[String]) -> BTreeSet<&str> {
    mails.iter().map(|mail| header(mail, "Message-ID")).collect()
}

async fn a_mail_arrives_as_text_and_html_with_one_recipient(clinic: Clinic) {
    let server = MailServer::open("take");
    let worker = clinic.worker(&server.url());
    clinic.queue(vec![mail_to("rosa@example.org", "Grüße aus der Praxis", "Bis bald – Ihre Praxis")]).await;
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let mails = server.received();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!((header(mail, "X-Envelope"), header(mail, "To")), ("rosa@example.org", "rosa@example.org"));
    assert_eq!(header(mail, "From"), "Praxis <praxis@localhost>");
    assert_eq!(header(mail, "Auto-Submitted"), "auto-generated");
    assert!(header(mail, "Message-ID").ends_with("@localhost>"), "{mail}");
    assert!(header(mail, "Subject").contains("=?utf-8?"), "{mail}");
    assert!(header(mail, "Date").ends_with("+0000"), "{mail}");
    assert!(mail.contains("text/plain; charset=utf-8") && mail.contains("text/html; charset=utf-8"), "{mail}");
    let row = clinic.outbox().await.remove(0);
    assert_eq!((row.attempts, row.text_body.as_str(), row.last_error.as_str()), (1, "", ""));
}

async fn mail_content_cannot_inject_headers_or_mails(clinic: Clinic) {
    let server = MailServer::open("take");
    let worker = clinic.worker(&server.url());
    let words = "Hello\r\n.\r\nMAIL FROM:<a@b.example>\r\n.\n\nBcc: c@d.example\r\n\r\n.";
    clinic.queue(vec![mail_to("rosa@example.org", "Hello\r\nBcc: c@d.example\r\n\r\nwords", words)]).await;
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let mails = server.received();
    assert_eq!((mails.len(), server.seen()), (1, vec!["rosa@example.org".to_string()]));
    let head = mails[0].split("\r\n\r\n").next().expect("a head");
    let mut names: Vec<&str> =
        head.lines().filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To", "X-Envelope"]);
    assert_eq!(header(&mails[0], "Subject"), "Hello Bcc: c@d.example words");
    assert!(mails[0].contains("MAIL FROM:<a@b.example>"), "the words are cut off");
}

async fn a_greylisting_server_gets_the_mail_later(clinic: Clinic) {
    let server = MailServer::open("greylist");
    let worker = clinic.worker(&server.url());
    clinic.mail().await;
    until("a refusal", async || clinic.outbox().await[0].attempts == 1 && clinic.statuses().await == [MailStatus::Queued]).await;
    assert!(clinic.outbox().await[0].last_error.contains("Come back later"));
    praxis::mail::outbox::wake();
    assert_eq!(server.seen().len(), 1, "it came back at once");
    clinic.wait_for_mail(time::Duration::seconds(61));
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    assert_eq!(server.received().len(), 1);
}

async fn a_mail_to_an_unknown_address_is_given_up_at_once(clinic: Clinic) {
    let server = MailServer::open("refuse");
    let worker = clinic.worker(&server.url());
    clinic.mail().await;
    clinic.all_are(MailStatus::Dead).await;
    worker.stop().await;
    let mail = clinic.outbox().await.remove(0);
    assert!(mail.attempts == 1 && mail.last_error.contains("No such mailbox"), "{mail:?}");
    assert!(!mail.text_body.is_empty(), "it could not be sent again");
}

async fn a_refusing_server_is_retried_until_the_limit(clinic: Clinic) {
    let server = MailServer::open("policy");
    let worker = clinic.worker(&server.url());
    clinic.mail().await;
    for attempt in 1..=8 {
        until("an attempt", async || {
            let mail = clinic.outbox().await.remove(0);
            mail.attempts == attempt && mail.status != MailStatus::Sending
        })
        .await;
        clinic.wait_for_mail(time::Duration::hours(6));
    }
    worker.stop().await;
    assert_eq!((clinic.statuses().await, server.seen().len()), (vec![MailStatus::Dead], 8));
}

async fn a_hanging_server_delays_other_mails_only_briefly(clinic: Clinic) {
    let server = MailServer::open("hang");
    let worker = clinic.worker(&server.url());
    clinic.queue(letters(2)).await;
    until("two attempts", async || {
        let mails = clinic.outbox().await;
        mails.iter().all(|mail| mail.status == MailStatus::Queued && mail.attempts == 1)
    })
    .await;
    worker.stop().await;
    assert!(clinic.outbox().await[0].last_error.contains("did not answer in time"));
    // Each on its own connection: the second email was not sent into the middle of the first.
    assert_eq!(server.seen(), ["reader0@example.org", "data", "reader1@example.org", "data"]);
}

async fn a_dropped_connection_sends_the_mail_again(clinic: Clinic) {
    let dropping = MailServer::open("drop");
    let worker = clinic.worker(&dropping.url());
    clinic.mail().await;
    until("an attempt", async || clinic.outbox().await[0].attempts == 1 && clinic.statuses().await == [MailStatus::Queued]).await;
    worker.stop().await;
    let kind = MailServer::open("take");
    clinic.wait(time::Duration::seconds(61));
    let worker = clinic.worker(&kind.url());
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    assert_eq!((dropping.received().len(), kind.received().len()), (0, 1));
}

async fn an_unreachable_server_loses_no_mail(clinic: Clinic) {
    let mut server = MailServer::open("take");
    let worker = clinic.worker(&server.url());
    clinic.queue(letters(1)).await;
    clinic.all_are(MailStatus::Sent).await;
    // The reused connection is closed now, and so is the port.
    server.close();
    clinic.queue(letters(2)).await;
    until("attempts", async || clinic.outbox().await.iter().skip(1).all(|mail| mail.status == MailStatus::Queued && mail.attempts == 1))
        .await;
    worker.stop().await;
    let another = MailServer::open("take");
    clinic.wait(time::Duration::seconds(61));
    let worker = clinic.worker(&another.url());
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    assert_eq!(another.received().len(), 2);
}

async fn a_server_without_starttls_gets_no_credentials(clinic: Clinic) {
    let server = MailServer::open("take");
    let worker = clinic.worker(&format!("{}?tls=required", server.url().replace("smtp://", "smtp://me:secret@")));
    clinic.mail().await;
    until("an attempt", async || clinic.outbox().await[0].attempts == 1 && clinic.statuses().await == [MailStatus::Queued]).await;
    worker.stop().await;
    assert!(server.seen().is_empty() && server.received().is_empty());
    assert!(!clinic.outbox().await[0].last_error.contains("secret"));
}

async fn two_workers_send_each_mail_once(clinic: Clinic) {
    let server = MailServer::open("take");
    let workers = [clinic.worker(&server.url()), clinic.worker(&server.url()), clinic.worker(&server.url())];
    clinic.queue(letters(40)).await;
    clinic.all_are(MailStatus::Sent).await;
    for worker in workers {
        worker.stop().await;
    }
    let mails = server.received();
    assert_eq!((mails.len(), ids(&mails).len()), (40, 40));
    assert!(clinic.outbox().await.iter().all(|mail| mail.attempts == 1));
}

async fn two_processes_send_each_mail_once(clinic: Clinic) {
    let server = MailServer::open("slow");
    clinic.queue(letters(20)).await;
    let url = server.url();
    let running =
        [Running::start_with(&clinic.database, &[("SMTP_URL", &url)]), Running::start_with(&clinic.database, &[("SMTP_URL", &url)])];
    clinic.all_are(MailStatus::Sent).await;
    drop(running);
    let mails = server.received();
    assert_eq!((mails.len(), ids(&mails).len()), (20, 20));
}

async fn a_killed_process_loses_no_mail(clinic: Clinic) {
    let slow = MailServer::open("slow");
    clinic.queue(letters(12)).await;
    let running = Running::start_with(&clinic.database, &[("SMTP_URL", &slow.url())]);
    until("some mails", async || slow.received().len() >= 3).await;
    running.signal("KILL");
    running.end(Duration::from_secs(5));
    // Killed again, this time certainly in the middle of an email.
    let hanging = MailServer::open("hang");
    let running = Running::start_with(&clinic.database, &[("SMTP_URL", &hanging.url())]);
    until("a mail in the middle", async || hanging.seen().contains(&"data".to_string())).await;
    running.signal("KILL");
    running.end(Duration::from_secs(5));
    assert!(clinic.statuses().await.contains(&MailStatus::Sending));
    clinic.wait(time::Duration::seconds(61));
    let worker = clinic.worker(&slow.url());
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let mails = slow.received();
    assert_eq!(ids(&mails).len(), 12, "a mail was lost");
    assert!(mails.len() <= 13, "more than the one in hand came twice");
}

async fn a_stopping_process_finishes_the_current_mail(clinic: Clinic) {
    let server = MailServer::open("slow");
    clinic.queue(letters(10)).await;
    let running = Running::start_with(&clinic.database, &[("SMTP_URL", &server.url())]);
    until("some mails", async || server.received().len() >= 2).await;
    running.signal("TERM");
    assert!(running.end(Duration::from_secs(20)).success());
    let statuses = clinic.statuses().await;
    let sent = statuses.iter().filter(|status| **status == MailStatus::Sent).count();
    assert_eq!(sent, server.received().len(), "a mail was sent and not written down");
    assert!(!statuses.contains(&MailStatus::Sending) && sent < 10, "{statuses:?}");
}
