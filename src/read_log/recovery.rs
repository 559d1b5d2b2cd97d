//! At the start: stores in the log what processes that were killed left in their spools.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;

use super::line;
use super::spool::take;
use super::spool_file::ENDING;
use super::writer::{Read, append_new};
use crate::crypto::keys::Keys;
use crate::db::schema::waiting_reads;
use crate::db::sql::{Bind, Sql};
use crate::db::{Connection, Db, DbError};

/// A process creates its file and locks it at once; an empty file that is younger may be one of these.
const YOUNG: Duration = Duration::from_secs(60);

/// Returns how many entries it stored. Leaves the spool `own`, and the files of processes that still run.
pub async fn recover(db: &Db, keys: &Arc<Keys>, own: &str) -> Result<usize, DbError> {
    let Some(database) = db.url().path() else { return from_table(db, keys.clone(), own.to_string()).await };
    let mut count = 0;
    for (path, name) in spools(database) {
        match left(&path) {
            Ok(Some((file, lines))) => count += from_file(db, keys.clone(), (&path, name), file, lines).await?,
            Ok(None) => {}
            Err(error) => tracing::error!(path = %path.display(), %error, "could not read the log entries of a stopped process"),
        }
    }
    Ok(count)
}

/// Entries of a process that still runs may be among them: whichever takes one out of the table stores it.
async fn from_table(db: &Db, keys: Arc<Keys>, own: String) -> Result<usize, DbError> {
    let work = move |c: &mut Connection| {
        let waiting = waiting_reads::table.filter(waiting_reads::spool.ne(own)).order((waiting_reads::spool, waiting_reads::entry));
        let rows = waiting.select((waiting_reads::spool, waiting_reads::entry, waiting_reads::body)).load::<(String, i64, String)>(c)?;
        let mut count = 0;
        for of_one in rows.chunk_by(|one, next| one.0 == next.0) {
            let name = of_one.first().map(|(name, _, _)| name.clone()).unwrap_or_default();
            count += store(c, &keys, &name, of_one.iter().map(|(_, number, text)| (*number, text.as_str())))?;
        }
        Ok::<_, DbError>(count)
    };
    db.write_aside(work).await
}

/// The file stays locked until it is gone.
async fn from_file(db: &Db, keys: Arc<Keys>, (path, name): (&Path, String), file: File, text: String) -> Result<usize, DbError> {
    let spool = name.clone();
    let work = move |c: &mut Connection| {
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Ok::<_, DbError>(store(c, &keys, &spool, lines.filter_map(|(number, text)| Some((number.parse::<i64>().ok()?, text))))?)
    };
    let count = db.write_aside(work).await?;
    // Emptied as well, for a process that has opened it and waits for the lock.
    if file.set_len(0).and_then(|()| std::fs::remove_file(path)).is_ok() {
        let stored = Sql::new("DELETE FROM waiting_reads WHERE spool = ").bind(Bind::Text(Some(name)));
        db.write_aside(move |c| stored.execute(c).map_err(DbError::from)).await?;
    }
    Ok(count)
}

/// Stores the entries that the log does not have.
fn store<'a>(c: &mut Connection, keys: &Keys, spool: &str, lines: impl Iterator<Item = (i64, &'a str)>) -> QueryResult<usize> {
    let parsed: Vec<_> = lines.filter_map(|(number, text)| line::parse(text).map(|(read, typed)| (number, read, typed))).collect();
    let numbers: Vec<i64> = parsed.iter().map(|(number, _, _)| *number).collect();
    let taken = take(c, spool, &numbers)?;
    let reads = merged(parsed.into_iter().filter(|(number, _, _)| taken.contains(number)).map(|(_, read, typed)| (read, typed)));
    append_new(c, keys, &reads.iter().collect::<Vec<_>>())?;
    Ok(reads.len())
}

/// Of searches that were typed and extend each other the longest, as when the typing stops.
fn merged(reads: impl Iterator<Item = (Read, bool)>) -> Vec<Read> {
    let mut all: Vec<(Read, bool)> = Vec::new();
    for (read, typed) in reads {
        let is_same = |(other, was_typed): &&mut (Read, bool)| {
            *was_typed && other.actor.id == read.actor.id && other.entry.resource == read.entry.resource
        };
        let before = all.iter_mut().rev().find(is_same).filter(|_| typed);
        match before {
            Some((held, _)) if read.entry.note.starts_with(&held.entry.note) => held.entry.note = read.entry.note,
            Some((held, _)) if held.entry.note.starts_with(&read.entry.note) => {}
            _ => all.push((read, typed)),
        }
    }
    all.into_iter().map(|(read, _)| read).collect()
}

/// The spools next to this database, with their names.
fn spools(database: &Path) -> Vec<(PathBuf, String)> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = database.file_name() else { return Vec::new() };
    let start = format!("{}{ENDING}", name.to_string_lossy());
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| Some((file.path(), file.file_name().to_string_lossy().strip_prefix(&start)?.to_string()))).collect()
}

/// The file, locked, and its text. `None` if its process still runs.
fn left(path: &Path) -> io::Result<Option<(File, String)>> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    let known = file.metadata()?;
    if known.len() == 0 && known.modified()?.elapsed().is_ok_and(|age| age < YOUNG) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some((file, String::from_utf8_lossy(&bytes).into_owned())))
}
