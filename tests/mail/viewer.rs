//! Emails during development: files, and a page that shows them.

use praxis::mail::queued::MailStatus;

use crate::stories;
use crate::support::Clinic;
use crate::support::mail_server::mail_to;

stories![a_developer_finds_mails_in_a_folder_and_on_a_page, the_mail_page_exists_only_in_development];

async fn a_developer_finds_mails_in_a_folder_and_on_a_page(clinic: Clinic) {
    let worker = clinic.own_worker();
    clinic.queue(vec![mail_to("rosa@example.org", "Good day", "Hello <b>you</b>\nthere")]).await;
    clinic.all_are(MailStatus::Sent).await;
    worker.stop().await;
    let folder = &clinic.app.settings.mail_folder;
    let files: Vec<_> = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].to_string_lossy().ends_with("-test-1.eml"), "{files:?}");
    let mail = std::fs::read_to_string(&files[0]).expect("a mail");
    assert!(mail.contains("Subject: Good day\r\n") && mail.contains("To: rosa@example.org\r\n"), "{mail}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&files[0]).expect("a file").permissions().mode() & 0o077, 0, "others may read it");
    }
    let visitor = clinic.visitor();
    visitor.open("/dev/mail").await.see("Good day").see("rosa@example.org").see("Sent");
    let page = visitor.open("/dev/mail/1").await;
    assert_eq!(page.see("Good day").all("pre"), ["Hello <b>you</b> there"]);
    let html = visitor.open("/dev/mail/1/html").await;
    let policy = html.header("content-security-policy");
    assert!(policy.starts_with("sandbox") && policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
    visitor.get("/dev/mail/2").await.is(404);
}

async fn the_mail_page_exists_only_in_development(clinic: Clinic) {
    for (name, value) in
        [("DEBUG", "false"), ("SMTP_URL", "smtps://mail.example.org"), ("PUBLIC_URL", "https://127.0.0.1"), ("BIND", "0.0.0.0:1")]
    {
        let other = Clinic::open_with(clinic.backend, &[(name, value), ("DEBUG", "true")]).await;
        other.mail().await;
        for path in ["/dev/mail", "/dev/mail/1", "/dev/mail/1/html"] {
            let page = other.visitor().get(path).await;
            assert!(page.status == 404 || (name == "BIND" && page.status == 400), "{name}={value} {path}: {}", page.status);
            assert!(!page.body.contains("Good day"), "{name}={value} {path}");
        }
        other.server.stop(false).await;
    }
}
