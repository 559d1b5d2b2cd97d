//! The source of settings: the environment, which overrides `.env` in the working folder.

use super::{NAMES, Read, Settings, wrong};

impl Settings {
    /// Reads the environment, which overrides `.env` in the working folder.
    pub fn from_env() -> Read<Self> {
        match dotenvy::from_path(".env") {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(dotenvy::Error::LineParse(text, _)) => {
                let file = std::fs::read_to_string(".env").unwrap_or_default();
                return wrong(
                    ".env",
                    format!(
                        "the line {} cannot be read; write NAME=value, with quotes around a value that has spaces",
                        name_in(&file, &text)
                    ),
                );
            }
            Err(dotenvy::Error::Io(error)) => return wrong(".env", error),
            Err(_) => return wrong(".env", "a value in this file cannot be read"),
        }
        for name in NAMES {
            if std::env::var_os(name).is_some_and(|value| value.into_string().is_err()) {
                return wrong(name, "give plain UTF-8 text");
            }
        }
        Self::read(|name| std::env::var(name).ok())
    }
}

/// The name on the line with this text. The rest of the line may be a secret and is not repeated.
fn name_in<'a>(file: &'a str, text: &str) -> &'a str {
    let line = file.lines().find(|line| line.contains(text)).unwrap_or("");
    line.split_once('=').map_or("without an equals sign", |(name, _)| name.trim())
}
