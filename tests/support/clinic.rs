//! A running clinic for one story.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use praxis::app::{App, Clock};
use praxis::db::{Connection, DbError};
use praxis::passwords::Passwords;
use praxis::product::registry;
use praxis::resource::Registry;
use praxis::server::server;
use praxis::settings::Settings;
use time::OffsetDateTime;

use super::Browser;
use super::database::{Backend, Database, KEY};
use super::people::PASSWORD_MEMORY_KIB;

pub struct Clinic {
    pub app: Data<App>,
    pub server: ServerHandle,
    pub address: SocketAddr,
    pub backend: Backend,
    /// Seconds by which the clinic's clock is ahead.
    ahead: Arc<AtomicI64>,
    /// The time at which the clock was stopped, if it was.
    stopped: Arc<OnceLock<OffsetDateTime>>,
    // Last, so that the database is dropped after everything that uses it.
    pub database: Database,
}

impl Clinic {
    /// The application as production starts it, on a port of its own.
    pub async fn open(backend: Backend) -> Self {
        Self::open_with(backend, &[]).await
    }

    pub async fn open_with(backend: Backend, settings: &[(&str, &str)]) -> Self {
        Self::open_over(backend, settings, registry()).await
    }

    /// The same application with these resources.
    pub async fn open_over(backend: Backend, settings: &[(&str, &str)], registry: Registry) -> Self {
        let database = Database::migrated(backend);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let settings = Settings::read(|name| match settings.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => Some((*value).into()),
            None => match name {
                "DATABASE_URL" => Some(database.url.clone()),
                "SECRET_KEY" => Some(KEY.into()),
                "BIND" => Some(address.to_string()),
                // The default is a name, and the providers of the stories know this address.
                "PUBLIC_URL" => Some(format!("http://{address}")),
                "API_DOCS" => Some("members".into()),
                "MAIL_FOLDER" => Some(database.folder.path().join("mail").display().to_string()),
                _ => None,
            },
        });
        let ahead = Arc::new(AtomicI64::new(0));
        let seconds = ahead.clone();
        let stopped = Arc::new(OnceLock::new());
        let stop = stopped.clone();
        let clock = Clock::of(move || {
            let now = stop.get().copied().unwrap_or_else(OffsetDateTime::now_utc);
            now + time::Duration::seconds(seconds.load(Ordering::Relaxed))
        });
        let mut app = App::build(settings.expect("settings"), clock, registry).expect("an application");
        app.passwords = Passwords::of_memory(PASSWORD_MEMORY_KIB);
        let app = Data::new(app);
        let running = server(app.clone(), listener, 1).expect("a server");
        let handle = running.handle();
        actix_web::rt::spawn(running);
        Self { app, server: handle, address, backend, ahead, stopped, database }
    }

    /// From now on time passes only in [`Self::wait`].
    pub fn stop_the_clock(&self) {
        let _ = self.stopped.set(OffsetDateTime::now_utc());
    }

    /// Moves the clinic's clock forward.
    pub fn wait(&self, span: time::Duration) {
        self.ahead.fetch_add(span.whole_seconds(), Ordering::Relaxed);
    }

    /// A browser without a signed-in user.
    pub fn visitor(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Waits until all views are logged.
    pub async fn settle(&self) {
        self.app.read_log.settle().await;
    }

    /// Removes the triggers of the log and runs the statement, like an intruder who owns the database.
    pub async fn tamper(&self, sql: &'static str) {
        use diesel::connection::SimpleConnection;
        let guards = match self.backend {
            Backend::Sqlite => {
                "DROP TRIGGER IF EXISTS log_entries_no_update; DROP TRIGGER IF EXISTS log_entries_no_delete; \
                 DROP TRIGGER IF EXISTS log_heads_forward; DROP TRIGGER IF EXISTS log_heads_no_delete;"
            }
            Backend::Postgres => "ALTER TABLE log_entries DISABLE TRIGGER ALL; ALTER TABLE log_heads DISABLE TRIGGER ALL;",
        };
        self.arrange(move |c| c.batch_execute(&format!("{guards} {sql}"))).await.expect("no guards");
    }

    /// Queries the database directly.
    pub async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&mut Connection) -> diesel::QueryResult<T> + Send + 'static) -> T {
        self.app.db.read(|c| question(c).map_err(DbError::from)).await.expect("an answer")
    }

    /// Changes the database directly, without the application.
    pub async fn arrange<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Connection) -> diesel::QueryResult<T> + Send + 'static,
    ) -> Result<T, DbError> {
        self.app.db.write(|c| change(c).map_err(DbError::from)).await
    }
}
