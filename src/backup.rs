//! A copy of the whole database in one file, made while the application runs, and the log entry of the latest one.

use std::path::Path;
use std::process::Command;

use diesel::QueryResult;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::app::App;
use crate::db::connection::{Purpose, open, transaction};
use crate::db::url::DatabaseUrl;
use crate::db::{Connection, DbError};
use crate::resource::Actor;
use crate::resource::log::append::Entry;
use crate::resource::log::entry::{LogAction, LogEntry};

/// The resource name of backups in the log.
const KIND: &str = "backup";

/// Copies the database to a new file that only its owner can read, and logs the backup. Returns the size in bytes. The error is a
/// sentence for the operator; an incomplete file is removed.
pub fn make(app: &App, path: &Path) -> Result<u64, String> {
    create_private(path)?;
    let copied = match app.db.url() {
        DatabaseUrl::Sqlite(_) => copy_sqlite(app, path),
        DatabaseUrl::Postgres(url) => dump_postgres(url, path),
    };
    let size = copied.and_then(|()| settle(path)).inspect_err(|_| {
        // An incomplete copy must not be mistaken for a backup.
        let _ = std::fs::remove_file(path);
    })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let entry = Entry { label: name, ..Entry::noted(LogAction::Act, KIND, format!("Backup created ({size} bytes)")) };
    let mut c = open(app.db.url(), Purpose::Write).map_err(|error| error.to_string())?;
    let actor = Actor::program("praxis backup");
    transaction(&mut c, |c| {
        app.act(c, &actor, |_, writer| {
            writer.log_entry(entry);
            Ok::<_, DbError>(())
        })
    })
    .map_err(|error| format!("the backup is complete, but could not be logged: {error}"))?;
    Ok(size)
}

/// The newest log entry about a backup.
pub fn last(c: &mut Connection) -> QueryResult<Option<LogEntry>> {
    Ok(LogEntry::list_for_object(c, KIND, 0, 1, 0)?.pop())
}

/// Creates an empty file. Fails if it exists, because it may be the only backup.
fn create_private(path: &Path) -> Result<(), String> {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => format!("{} already exists; choose another file name", path.display()),
        _ => format!("{} cannot be written: {error}", path.display()),
    })
}

/// A complete and compact copy of one snapshot; other connections can read and write at the same time.
fn copy_sqlite(app: &App, path: &Path) -> Result<(), String> {
    let mut c = open(app.db.url(), Purpose::Write).map_err(|error| error.to_string())?;
    let Connection::Sqlite(inner) = &mut c else { return Err("this is not an SQLite database".into()) };
    let place = path.to_str().ok_or("the file name is not valid UTF-8")?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(place).execute(inner).map(|_| ()).map_err(|error| error.to_string())
}

/// Runs `pg_dump`. The password goes through the environment, because other users of the machine can read arguments.
fn dump_postgres(url: &str, path: &Path) -> Result<(), String> {
    let mut url = url::Url::parse(url).map_err(|error| error.to_string())?;
    let mut command = Command::new("pg_dump");
    if let Some(password) = url.password().map(percent_encoding::percent_decode_str) {
        command.env("PGPASSWORD", password.decode_utf8_lossy().as_ref());
    }
    // Fails only for a URL without a host, which has no password.
    let _ = url.set_password(None);
    command.arg("--format=custom").arg("--file").arg(path).arg("--dbname").arg(url.as_str());
    let output = command.output().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "pg_dump is not on the PATH: install the PostgreSQL client programs, or use the server's own backups".into()
        }
        _ => format!("pg_dump cannot be started: {error}"),
    })?;
    if output.status.success() {
        return Ok(());
    }
    let as_text = String::from_utf8_lossy(&output.stderr);
    Err(as_text.lines().next().unwrap_or("pg_dump failed without a message").to_string())
}

/// Flushes the file to disk. Returns its size in bytes.
fn settle(path: &Path) -> Result<u64, String> {
    let as_text = |error: std::io::Error| error.to_string();
    let file = std::fs::File::open(path).map_err(as_text)?;
    file.sync_all().map_err(as_text)?;
    file.metadata().map(|file| file.len()).map_err(as_text)
}
