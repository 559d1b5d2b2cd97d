//! `SECRET_KEY`, from which all other keys are derived.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{Read, wrong};
use crate::db::url::DatabaseUrl;

/// A key shorter than this could be guessed.
pub const SECRET_KEY_LENGTH: usize = 50;

/// Development creates a key and stores it next to the database, so that sessions survive a restart. Also returns the file, if
/// the key comes from one.
pub(super) fn secret_key(given: Option<String>, debug: bool, database: &DatabaseUrl) -> Read<(SecretString, Option<PathBuf>)> {
    match given {
        Some(key) if key.chars().count() >= SECRET_KEY_LENGTH => Ok((key.into(), None)),
        Some(_) => wrong("SECRET_KEY", format!("give at least {SECRET_KEY_LENGTH} random characters")),
        None if !debug => {
            wrong("SECRET_KEY", format!("set it to at least {SECRET_KEY_LENGTH} random characters; Praxis creates a key only with DEBUG"))
        }
        None => {
            let path = key_file(database);
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
                return wrong("DATABASE_URL", format!("the folder {} does not exist", folder.display()));
            }
            kept_key(&path)
                .map(|key| (key, Some(path.clone())))
                .or_else(|error| wrong("SECRET_KEY", format!("not set, and a new key could not be saved in {}: {error}", path.display())))
        }
    }
}

/// The file of a key that was created.
fn key_file(database: &DatabaseUrl) -> PathBuf {
    database.path().map_or_else(|| PathBuf::from("praxis.secret"), |path| with_suffix(path, ".secret"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    name.into()
}

fn kept_key(path: &Path) -> std::io::Result<SecretString> {
    let stored = std::fs::read_to_string(path).unwrap_or_default();
    if stored.trim().len() >= SECRET_KEY_LENGTH {
        return Ok(stored.trim().to_string().into());
    }
    let key: SecretString = crate::crypto::keys::random_text(64).into();
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, key.expose_secret().as_bytes())?;
    Ok(key)
}
