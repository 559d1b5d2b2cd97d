//! The spool of a process on SQLite: a file next to the database, with one line for each entry that waits. The process holds a
//! lock on it as long as it lives, so that no other takes its entries.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

pub struct SpoolFile {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Created for the first entry.
    file: Option<File>,
    /// The number of the last entry.
    last: i64,
    waiting: usize,
    /// The file no longer has the entries up to this number.
    cut: i64,
}

impl SpoolFile {
    pub fn new(database: &Path, name: &str) -> Self {
        Self { path: path_of(database, name), state: Mutex::default() }
    }

    /// Adds an entry and returns its number. The operating system has it then, whatever happens to this process.
    pub fn append(&self, text: &str) -> io::Result<i64> {
        let mut state = self.state();
        let number = state.last + 1;
        if state.file.is_none() {
            state.file = Some(create(&self.path)?);
        }
        let Some(mut file) = state.file.as_ref() else { return Err(io::ErrorKind::NotFound.into()) };
        // The line break comes first, so that a line that was cut, on a full disk, does not spoil the next one.
        file.write_all(format!("\n{number} {text}").as_bytes())?;
        state.last = number;
        state.waiting += 1;
        Ok(number)
    }

    /// The log has so many more entries. Empties the file when none waits.
    pub fn done(&self, count: usize) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(count);
        let is_empty = state.waiting == 0 && state.file.as_ref().is_some_and(|file| file.set_len(0).is_ok());
        if is_empty {
            state.cut = state.last;
        }
    }

    /// See [`State::cut`].
    pub fn cut(&self) -> i64 {
        self.state().cut
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SpoolFile {
    /// Leaves nothing behind if nothing waits.
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        if state.file.is_some() && state.waiting == 0 {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// `praxis.db` has spools such as `praxis.db-reads-1f3a`.
pub fn path_of(database: &Path, name: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(format!("{ENDING}{name}"));
    path.into()
}

pub const ENDING: &str = "-reads-";

/// A new file that only its owner can access, locked.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create_new(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.lock()?;
    Ok(file)
}
