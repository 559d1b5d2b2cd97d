//! A real SMTP server in a process of its own, and what it receives.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::web::Data;
use askama::Template;
use diesel::prelude::*;
use praxis::app::App;
use praxis::db::DbError;
use praxis::db::schema::mails;
use praxis::mail::queued::{MailStatus, QueuedMail};
use praxis::mail::worker::{self, Worker};
use praxis::mail::{Mail, Mailer, outbox};
use praxis::settings::Settings;
use tempfile::TempDir;

use crate::support::{Clinic, folder};

/// Why there is no such server on this machine.
pub fn is_available() -> Result<(), String> {
    python().map(|_| ()).ok_or_else(|| "python3 with aiosmtpd is not installed".into())
}

/// The Python with aiosmtpd: the first one on the path, or the system's own.
fn python() -> Option<&'static str> {
    static FOUND: OnceLock<Option<&str>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        ["python3", "/usr/bin/python3"].into_iter().find(|python| {
            let asked = Command::new(python).args(["-c", "import aiosmtpd"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        })
    })
}

pub struct MailServer {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl MailServer {
    /// `manner` is how it behaves: see smtp_server.py.
    pub fn open(manner: &str) -> Self {
        let folder = folder::temporary();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/process/smtp_server.py");
        let mut python = Command::new(python().expect("python3 with aiosmtpd"));
        python.arg(script).arg(folder.path()).arg(manner).stdout(Stdio::piped());
        let mut child = python.spawn().expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let port = line.trim().parse().expect("a port");
        Self { child, folder, port }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The emails that it accepted, as received, each after a line with its recipients.
    pub fn received(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        paths.sort();
        paths.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).expect("a mail")).into_owned()).collect()
    }

    /// The recipients that were sent to it, in order.
    pub fn seen(&self) -> Vec<String> {
        let seen = std::fs::read_to_string(self.folder.path().join("seen")).unwrap_or_default();
        seen.lines().map(ToString::to_string).collect()
    }

    pub fn close(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The value of a header of a received email.
pub fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let head = mail.split("\r\n\r\n").next().unwrap_or("");
    head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap_or_else(|| panic!("no {name}: {head}"))
}

/// Waits until the condition holds.
pub async fn until(what: &str, mut has_happened: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if has_happened().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen: {what}");
}

#[derive(Template)]
#[template(source = "{{ words }}", ext = "txt")]
struct Words<'a> {
    words: &'a str,
}

pub fn mail_to(recipient: &str, subject: &str, words: &str) -> Mail {
    Mail::new("test", recipient, subject, &Words { words }, &Words { words }).expect("a mail")
}

impl Clinic {
    pub async fn queue(&self, mails: Vec<Mail>) {
        let now = self.app.now();
        let queued = self.arrange(move |c| mails.iter().try_for_each(|mail| outbox::queue(c, mail, now).map(|_| ()))).await;
        queued.expect("queued");
    }

    /// Queues an email; returns its id.
    pub async fn mail(&self) -> i64 {
        self.queue(vec![mail_to("rosa@example.org", "Good day", "Hello")]).await;
        self.ask(|c| mails::table.select(mails::id).order(mails::id.desc()).first(c)).await
    }

    /// A worker that sends to this server.
    pub fn worker(&self, url: &str) -> Worker {
        worker::start(self.app.clone(), mailer(&self.app, url).patient_for(Duration::from_millis(1500)))
    }

    /// A worker with the clinic's settings.
    pub fn own_worker(&self) -> Worker {
        worker::start(self.app.clone(), Mailer::of(&self.app.settings).expect("a mailer").expect("a way out"))
    }

    pub async fn outbox(&self) -> Vec<QueuedMail> {
        self.ask(|c| mails::table.order(mails::id).load(c)).await
    }

    pub async fn statuses(&self) -> Vec<MailStatus> {
        self.outbox().await.into_iter().map(|mail| mail.status).collect()
    }

    /// Waits until every mail has this status.
    pub async fn all_are(&self, status: MailStatus) {
        until(status.label(), async || self.statuses().await.iter().all(|known| *known == status)).await;
    }

    /// Moves the clock forward and wakes the workers.
    pub fn wait_for_mail(&self, span: time::Duration) {
        self.wait(span);
        outbox::wake();
    }

    /// Changes the outbox directly in the database.
    pub async fn change_mails(&self, sql: &'static str) {
        self.arrange(move |c| diesel::sql_query(sql).execute(c)).await.map_err(|error: DbError| error.to_string()).expect("changed");
    }
}

fn mailer(app: &Data<App>, url: &str) -> Mailer {
    let settings = Settings::read(|name| match name {
        "SMTP_URL" => Some(url.into()),
        "SECRET_KEY" => Some(crate::support::database::KEY.into()),
        "MAIL_FROM" => Some(app.settings.mail_from.to_string()),
        _ => None,
    });
    Mailer::of(&settings.expect("settings")).expect("a mailer").expect("a way out")
}
