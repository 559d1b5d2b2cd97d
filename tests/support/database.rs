//! A migrated database for each story: a copied file, or a database copied from a template.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl};
use praxis::app::{App, Clock};
use praxis::product::registry;
use praxis::settings::Settings;
use tempfile::TempDir;

use super::folder;

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

/// The one connection that makes and drops databases, one after another.
struct Admin {
    connection: PgConnection,
    /// How a database is copied: file by file where the server knows how, because that writes no log of every page.
    strategy: &'static str,
}

impl Admin {
    fn connect() -> Self {
        let url = admin_url().expect("TEST_POSTGRES_URL");
        let mut connection = PgConnection::establish(&url).expect("TEST_POSTGRES_URL leads to a server");
        let version: i32 = diesel::dsl::sql::<diesel::sql_types::Integer>("SELECT current_setting('server_version_num')::integer")
            .get_result(&mut connection)
            .expect("a version");
        Self { connection, strategy: if version >= 150_000 { "STRATEGY file_copy" } else { "" } }
    }
}

fn with_admin<T>(work: impl FnOnce(&mut Admin) -> T) -> T {
    static ADMIN: Mutex<Option<Admin>> = Mutex::new(None);
    let mut admin = ADMIN.lock().unwrap_or_else(PoisonError::into_inner);
    work(admin.get_or_insert_with(Admin::connect))
}

fn create(name: &str, template: Option<&str>) {
    with_admin(|admin| {
        let copied = template.map(|template| format!("TEMPLATE {template} {}", admin.strategy)).unwrap_or_default();
        admin.connection.batch_execute(&format!("CREATE DATABASE {name} {copied}")).expect("a database");
    });
}

/// What is left after a failure here is removed with the throw-away server.
fn drop_database(name: &str) {
    with_admin(|admin| {
        let _ = admin.connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    });
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

impl Database {
    /// What the address of every connection to it contains.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.folder.path().display().to_string())
    }

    pub fn migrated(backend: Backend) -> Self {
        let database = Self::empty(backend);
        match backend {
            Backend::Sqlite => {
                static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
                let (_, template) = TEMPLATE.get_or_init(|| {
                    let folder = folder::temporary();
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
        let folder = folder::temporary();
        match backend {
            Backend::Sqlite => Self { url: format!("sqlite://{}", folder.path().join("clinic.db").display()), folder, name: None },
            Backend::Postgres => {
                let template = POSTGRES_TEMPLATE.get_or_init(|| {
                    let name = format!("praxis_test_{}_template", std::process::id());
                    create(&name, None);
                    migrate(&postgres_url(&name));
                    name
                });
                let name = format!("praxis_test_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
                create(&name, Some(template));
                Self { url: postgres_url(&name), folder, name: Some(name) }
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            drop_database(name);
        }
    }
}

/// Removes the template, after the last story.
pub fn tidy() {
    if let Some(template) = POSTGRES_TEMPLATE.get() {
        drop_database(template);
    }
}
