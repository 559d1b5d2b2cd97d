//! The worker: sends due emails one after another, as long as the server runs.

use std::pin::pin;
use std::time::Duration;

use actix_web::web::Data;
use tokio::sync::watch;

use super::claim::{self, MOST_ATTEMPTS};
use super::failure::Failure;
use super::mailer::Mailer;
use super::outbox::QUEUED;
use super::queued::QueuedMail;
use crate::app::App;
use crate::db::DbError;
use crate::resource::write::message::Channel;

/// The poll interval, for emails of other processes and retries; emails queued in this process are sent at once.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often, and with which pause, storing that an email was sent is retried; otherwise it would be sent twice.
const WRITE_TRIES: u32 = 20;
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// A running worker.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: actix_web::rt::task::JoinHandle<()>,
}

/// Starts the worker.
pub fn start(app: Data<App>, mailer: Mailer) -> Worker {
    let (stop, stopped) = watch::channel(false);
    Worker { stop, task: actix_web::rt::spawn(work(app, mailer, stopped)) }
}

impl Worker {
    /// Waits until the current email is sent, then stops.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            tracing::error!("the mail worker stopped unexpectedly");
        }
    }
}

async fn work(app: Data<App>, mut mailer: Mailer, mut stopped: watch::Receiver<bool>) {
    loop {
        // Subscribes before it polls, so that it misses no notification in between.
        let mut queued = pin!(QUEUED.notified());
        queued.as_mut().enable();
        while !*stopped.borrow() && send_next(&app, &mut mailer).await {}
        if *stopped.borrow() {
            return;
        }
        tokio::select! {
            _ = stopped.changed() => return,
            () = queued => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Sends one email. Returns whether there was one, so that there may be more.
async fn send_next(app: &Data<App>, mailer: &mut Mailer) -> bool {
    let mail = match take(app, mailer.channel()).await {
        Ok(Some(mail)) => mail,
        Ok(None) => return false,
        Err(error) => {
            tracing::warn!(%error, "could not read the outbox");
            return false;
        }
    };
    let outcome = if mail.attempts > MOST_ATTEMPTS {
        Err(Failure::lasting("Praxis was stopped during every attempt to send this email"))
    } else {
        mailer.send(&mail, app.now()).await
    };
    match &outcome {
        Ok(()) => tracing::info!(mail = mail.id, kind = mail.kind, "email sent"),
        Err(failure) => {
            tracing::warn!(mail = mail.id, kind = mail.kind, attempts = mail.attempts, is_final = failure.is_final, "email not sent")
        }
    }
    settle(app, mail, outcome, mailer.keeps_what_it_sent()).await;
    true
}

/// Reads before it claims, because a claim needs the write connection.
async fn take(app: &Data<App>, channel: Channel) -> Result<Option<QueuedMail>, DbError> {
    let now = app.now();
    if app.db.read(move |c| claim::due(c, channel, now).map_err(DbError::from)).await?.is_empty() {
        return Ok(None);
    }
    app.db.write(move |c| claim::take(c, channel, now).map_err(DbError::from)).await
}

async fn settle(app: &Data<App>, mail: QueuedMail, outcome: Result<(), Failure>, keep: bool) {
    let (id, known) = (mail.id, std::sync::Arc::new((mail, outcome)));
    for _ in 0..WRITE_TRIES {
        let (known, now) = (known.clone(), app.now());
        match app.db.write(move |c| claim::settle(c, &known.0, &known.1, keep, now).map_err(DbError::from)).await {
            Ok(true) => return,
            Ok(false) => return tracing::warn!(mail = id, "another process has taken this email"),
            Err(error) => tracing::warn!(mail = id, %error, "could not save the result of sending an email; will retry"),
        }
        tokio::time::sleep(WRITE_PAUSE).await;
    }
}
