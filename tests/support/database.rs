//! A migrated database for each story: a copied file, or a database copied from a template.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use praxis::app::{App, Clock};
use praxis::product::registry;
use praxis::settings::Settings;
use tempfile::TempDir;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A key for tests; long enough for production's rule.
pub const KEY: &str = "the-key-of-the-tests-which-nobody-should-use-anywhere-else-0123456789";

impl Backend {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Why there is no such database on this machine.
    pub fn is_available(self) -> Result<(), String> {
        match self {
            Self::Sqlite => Ok(()),
            Self::Postgres => admin_url().map(|_| ()).ok_or_else(|| "TEST_POSTGRES_URL is not set".into()),
        }
    }
}

/// Deleted when dropped.
pub struct Database {
    pub url: String,
    pub folder: TempDir,
    name: Option<String>,
}

fn admin_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

fn admin() -> PgConnection {
    PgConnection::establish(&admin_url().expect("TEST_POSTGRES_URL")).expect("TEST_POSTGRES_URL leads to a server")
}

fn postgres_url(name: &str) -> String {
    let mut url = url::Url::parse(&admin_url().expect("TEST_POSTGRES_URL")).expect("TEST_POSTGRES_URL is a URL");
    url.set_path(name);
    url.into()
}

fn migrate(url: &str) {
    let settings = Settings::read(|name| match name {
        "DATABASE_URL" => Some(url.into()),
        "SECRET_KEY" => Some(KEY.into()),
        _ => None,
    });
    App::build(settings.expect("settings"), Clock::system(), registry()).expect("an application").migrate().expect("migrations");
}

static COUNTER: AtomicU32 = AtomicU32::new(0);
static POSTGRES_TEMPLATE: OnceLock<String> = OnceLock::new();
/// Copies of a template are created one after another.
static COPYING: Mutex<()> = Mutex::new(());

impl Database {
    pub fn migrated(backend: Backend) -> Self {
        let database = Self::empty(backend);
        match backend {
            Backend::Sqlite => {
                static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
                let (_, template) = TEMPLATE.get_or_init(|| {
                    let folder = tempfile::tempdir().expect("a folder");
                    let path = folder.path().join("template.db");
                    migrate(&format!("sqlite://{}", path.display()));
                    (folder, path)
                });
                std::fs::copy(template, database.folder.path().join("clinic.db")).expect("a copy");
            }
            Backend::Postgres => {}
        }
        database
    }

    /// Without data: for SQLite without a file, too. PostgreSQL databases are migrated, because they are copied from a template.
    pub fn empty(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        match backend {
            Backend::Sqlite => Self { url: format!("sqlite://{}", folder.path().join("clinic.db").display()), folder, name: None },
            Backend::Postgres => {
                let template = POSTGRES_TEMPLATE.get_or_init(|| {
                    let name = format!("praxis_test_{}_template", std::process::id());
                    admin().batch_execute(&format!("CREATE DATABASE {name}")).expect("a template");
                    migrate(&postgres_url(&name));
                    name
                });
                let name = format!("praxis_test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
                let _one_at_a_time = COPYING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                admin().batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).expect("a copy");
                Self { url: postgres_url(&name), folder, name: Some(name) }
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            // If this fails, the rest is removed with the temporary server.
            let _ = admin().batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        }
    }
}

/// Removes the template, after the last story.
pub fn tidy() {
    if let Some(template) = POSTGRES_TEMPLATE.get() {
        let _ = admin().batch_execute(&format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)"));
    }
}
