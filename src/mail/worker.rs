//! The worker: sends what is due, one mail after another, for as long as the server runs.

use std::pin::pin;
use std::time::Duration;

use actix_web::web::Data;
use tokio::sync::watch;

use super::claim;
use super::claim::MOST_ATTEMPTS;
use super::failure::Failure;
use super::mailer::Mailer;
use super::outbox::QUEUED;
use super::queued::QueuedMail;
use crate::app::App;
use crate::db::DbError;

/// What was queued in this process is sent at once; what another left behind, or waits for its time, after this at most.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often, and after which pause, it is tried to write down that a mail was sent: it would be sent twice otherwise.
const WRITE_TRIES: u32 = 20;
const WRITE_PAUSE: Duration = Duration::from_secs(1);

/// A worker that runs.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: actix_web::rt::task::JoinHandle<()>,
}

/// Starts sending.
pub fn start(app: Data<App>, mailer: Mailer) -> Worker {
    let (stop, stopped) = watch::channel(false);
    Worker { stop, task: actix_web::rt::spawn(work(app, mailer, stopped)) }
}

impl Worker {
    /// Lets the mail in hand finish.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            tracing::error!("the mail worker stopped unexpectedly");
        }
    }
}

async fn work(app: Data<App>, mut mailer: Mailer, mut stopped: watch::Receiver<bool>) {
    loop {
        // Listens before it looks, so that nothing is queued unheard in between.
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

/// Whether there was one, and there may be more.
async fn send_next(app: &Data<App>, mailer: &mut Mailer) -> bool {
    let mail = match take(app).await {
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

/// Looks first, because taking needs the right to write.
async fn take(app: &Data<App>) -> Result<Option<QueuedMail>, DbError> {
    let now = app.now();
    if app.db.read(move |c| claim::due(c, now).map_err(DbError::from)).await?.is_empty() {
        return Ok(None);
    }
    app.db.write(move |c| claim::take(c, now).map_err(DbError::from)).await
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
