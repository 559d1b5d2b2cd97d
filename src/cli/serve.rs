//! `praxis serve`

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;

use crate::accounts::registration::policy;
use crate::accounts::second_factor::webauthn;
use crate::accounts::{api_token, code, identity, registration, sign_in, throttle};
use crate::api::http;
use crate::app::App;
use crate::clinic::{details, patient_age};
use crate::db::DbError;
use crate::mail::{Mailer, worker};
use crate::resource::file::StoredFile;
use crate::scheduling::{caldav, notification, outside_calendar, portal, reminder, reports};
use crate::server::server;
use crate::transfer::maintenance;
use crate::web::record::{drafts, purge};
use crate::web::sessions::end;

/// Expired sessions are removed this often.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// How late the decisions of another process show.
const DECISIONS: Duration = Duration::from_secs(2);
/// The time to store the last log entries.
const LAST_WORDS: Duration = Duration::from_secs(10);

pub async fn run(app: App) -> Result<(), String> {
    app.migrate().map_err(|error| format!("the database cannot be used: {error}"))?;
    let mailer = Mailer::of(&app.settings)?;
    let bind = app.settings.bind;
    let listener = TcpListener::bind(bind).map_err(|error| cannot_listen(bind, &error))?;
    let app = Data::new(app);
    match app.read_log.recover().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "logged views of records that a stopped process had not stored"),
        Err(error) => tracing::warn!(%error, "could not log the views of records that a stopped process had not stored"),
    }
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let server = server(app.clone(), listener, workers).map_err(|error| error.to_string())?;
    actix_web::rt::spawn(stop_when_told(server.handle()));
    // Whoever reads that it is ready may stop it at once: it listens for signals before.
    tokio::task::yield_now().await;
    say!("Praxis is ready on {} ({}).", app.settings.public_url.as_str().trim_end_matches('/'), app.settings.database_url.name());
    for name in &app.settings.network_names {
        let host = if name.contains(':') { format!("[{name}]") } else { name.clone() };
        say!("On this network it may be reached as http://{host}:{}. Set PUBLIC_URL for links in emails.", bind.port());
    }
    match sign_in::first_admin::make_link(&app).await {
        Ok(Some(link)) => say!("There is no administrator yet. Create the first one with this link, which works once:\n  {link}"),
        Ok(None) => {}
        Err(error) => return Err(error.to_string()),
    }
    if mailer.is_none() {
        tracing::warn!("SMTP_URL is not set: emails wait in the outbox");
    } else if app.settings.writes_mail_to_a_folder() {
        tracing::info!(folder = %app.settings.mail_folder.display(), "SMTP_URL is not set: emails are saved as files");
    }
    let worker = mailer.map(|mailer| worker::start(app.clone(), mailer));
    let text_worker = Mailer::of_text_messages(&app.settings).map(|mailer| worker::start(app.clone(), mailer));
    actix_web::rt::spawn(reminder::worker::run(app.clone()));
    actix_web::rt::spawn(portal::lapse::run(app.clone()));
    actix_web::rt::spawn(reports::sums::run(app.clone()));
    actix_web::rt::spawn(outside_calendar::worker::run(app.clone()));
    if let Err(error) = maintenance::resume_at_start(&app).await {
        tracing::warn!(%error, "could not resume imports");
    }
    if let Err(error) = policy::refresh(&app).await {
        tracing::warn!(%error, "could not read what the clinic decided");
    }
    if let Err(error) = details::model::refresh(&app).await {
        tracing::warn!(%error, "could not read what the clinic is called");
    }
    actix_web::rt::spawn(follow_decisions(app.clone()));
    actix_web::rt::spawn(tidy(app.clone()));
    let served = server.await.map_err(|error| error.to_string());
    for worker in [worker, text_worker].into_iter().flatten() {
        // Finishes the email that is being sent, unless a second signal arrives; then it is sent after the next start.
        tokio::select! {
            () = worker.stop() => {}
            () = stop_signal() => {}
        }
    }
    if tokio::time::timeout(LAST_WORDS, app.read_log.settle()).await.is_err() {
        return Err("could not log all record views before shutdown; they will be logged at the next start".into());
    }
    served
}

fn cannot_listen(bind: SocketAddr, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!("port {} is in use. Set BIND to another address, for example {}:8080", bind.port(), bind.ip()),
        _ => format!("BIND: cannot listen on {bind}: {error}"),
    }
}

/// Ctrl-C and SIGTERM finish the requests in progress; a second signal stops at once. (The server's own handling of Ctrl-C would
/// abort them.)
async fn stop_when_told(server: ServerHandle) {
    stop_signal().await;
    say!("Finishing current requests, then stopping.");
    let second = server.clone();
    actix_web::rt::spawn(async move {
        stop_signal().await;
        second.stop(false).await;
    });
    server.stop(true).await;
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        },
        _ => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn update_ages(app: &App, today: time::Date) -> Result<(), DbError> {
    let due = app.db.read(move |c| patient_age::outdated_ages(c, today).map_err(DbError::from)).await?;
    if !due.is_empty() {
        app.db.write(move |c| patient_age::update_ages(c, &due).map_err(DbError::from)).await?;
    }
    Ok(())
}

/// Another process may change what the clinic decided.
async fn follow_decisions(app: Data<App>) {
    loop {
        tokio::time::sleep(DECISIONS).await;
        // The database's own faults are reported where they matter to somebody.
        let _ = policy::refresh(&app).await;
        let _ = details::model::refresh(&app).await;
    }
}

async fn tidy(app: Data<App>) {
    // Once a day, because ages change with the date and the query reads every patient.
    let mut celebrated = None;
    let mut emptied = None;
    loop {
        let (now, limits) = (app.now(), app.settings.session_limits);
        let done = app
            .db
            .write(move |c| {
                identity::pending::clear_expired(c, now)?;
                end::clear_expired(c, &limits, now)?;
                http::idempotency::clear(c, now)?;
                api_token::family::clear_expired(c, now)?;
                api_token::model::clear_expired(c, now)?;
                sign_in::pending::clear_expired(c, now)?;
                webauthn::clear_expired(c, now)?;
                code::one_time::clear_old(c, now)?;
                registration::link::clear_old(c, now)?;
                notification::clear_old(c, now)?;
                portal::link::clear_old(c, now)?;
                caldav::states::clear_old(c, now)?;
                throttle::attempt::clear_old(c, now).map_err(DbError::from)
            })
            .await;
        if let Err(error) = done {
            tracing::warn!(%error, "could not remove expired sessions");
        }
        if let Err(error) = maintenance::resume(&app).await {
            tracing::warn!(%error, "could not resume imports");
        }
        if let Err(error) = maintenance::clear(&app).await {
            tracing::warn!(%error, "could not remove old imports");
        }
        let done = app.db.write(move |c| {
            drafts::clear_expired(c, now)?;
            StoredFile::clear_waiting(c, now).map_err(DbError::from)
        });
        if let Err(error) = done.await {
            tracing::warn!(%error, "could not remove abandoned form drafts and files");
        }
        let today = app.today();
        if celebrated != Some(today) {
            match update_ages(&app, today).await {
                Ok(()) => celebrated = Some(today),
                Err(error) => tracing::warn!(%error, "could not update ages"),
            }
        }
        if emptied != Some(today) {
            match purge::expired(&app).await {
                Ok(_) => emptied = Some(today),
                Err(error) => tracing::warn!(%error, "could not empty the trash"),
            }
        }
        tokio::time::sleep(TIDY_EVERY).await;
    }
}
