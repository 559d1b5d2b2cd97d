//! The source of settings: the environment, which overrides `.env` in the working folder.

use super::env_file::as_written;
use super::{NAMES, Read, Settings, wrong};

impl Settings {
    /// Reads the environment, which overrides `.env` in the working folder.
    pub fn from_env() -> Read<Self> {
        match std::fs::read_to_string(".env") {
            Ok(text) => {
                let written = as_written(&text).or_else(|fault| wrong(".env", format!("line {}: {}", fault.line, fault.what)))?;
                if dotenvy::from_read(written.as_bytes()).is_err() {
                    return wrong(".env", "a value in this file cannot be read; write it in single quotes");
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return wrong(".env", error),
        }
        for name in NAMES {
            if std::env::var_os(name).is_some_and(|value| value.into_string().is_err()) {
                return wrong(name, "give plain UTF-8 text");
            }
        }
        Self::read(|name| std::env::var(name).ok())
    }
}
