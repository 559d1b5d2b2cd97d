//! `DATABASE_URL`: `sqlite://path` or `postgres://…`. The scheme alone selects the database.

use std::path::{Path, PathBuf};

/// A checked `DATABASE_URL`.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// The path of the file.
    Sqlite(PathBuf),
    /// The whole URL, which may contain a password and is never printed.
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses a URL. The error is for the operator and does not repeat the URL.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '\0']) || path.starts_with(':') {
                return Err("give the path of a file, for example sqlite://praxis.db".into());
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let url = ::url::Url::parse(text).map_err(|_| "this is not a PostgreSQL URL".to_string())?;
            refuse_odd_percents(text)?;
            refuse_missing_tls(&url)?;
            return Ok(Self::Postgres(with_timeouts(url)));
        }
        Err("start it with sqlite:// or postgres://".into())
    }

    /// `SQLite` or `PostgreSQL`, for display.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The file of an SQLite database.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }

    /// Whether it is a file that does not exist yet.
    pub fn is_missing(&self) -> bool {
        self.path().is_some_and(|path| !path.exists())
    }

    /// Whether the connection is protected: a file, the same machine, or TLS that verifies the certificate.
    pub fn is_private(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(text) => ::url::Url::parse(text).is_ok_and(|url| {
                matches!(url.host_str(), None | Some("" | "localhost" | "127.0.0.1" | "[::1]"))
                    || sslmode(&url).is_some_and(|mode| mode.starts_with("verify"))
            }),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

fn sslmode(url: &::url::Url) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == "sslmode").map(|(_, mode)| mode.into_owned())
}

/// Checked here, because libpq would repeat the text in its message, and it may be part of the password.
fn refuse_odd_percents(text: &str) -> Result<(), String> {
    let is_code = |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if text.split('%').skip(1).all(is_code) { Ok(()) } else { Err("write a percent sign as %25".into()) }
}

/// Checked here, because libpq without OpenSSL would only call the value invalid, at the first connection.
fn refuse_missing_tls(url: &::url::Url) -> Result<(), String> {
    match sslmode(url).as_deref() {
        Some("require" | "verify-ca" | "verify-full") if !cfg!(feature = "postgres-tls") => {
            Err("sslmode requires TLS, but this program was built without it: build it with --features postgres-tls".into())
        }
        Some("disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full") | None => Ok(()),
        Some(_) => Err("sslmode must be disable, allow, prefer, require, verify-ca or verify-full".into()),
    }
}

/// Adds timeouts, so that a server that does not answer fails after a few seconds.
fn with_timeouts(mut url: ::url::Url) -> String {
    let given: Vec<String> = url.query_pairs().map(|(key, _)| key.into_owned()).collect();
    for (key, value) in [("connect_timeout", "3"), ("keepalives_idle", "30"), ("tcp_user_timeout", "5000"), ("application_name", "praxis")]
    {
        if !given.iter().any(|name| name == key) {
            url.query_pairs_mut().append_pair(key, value);
        }
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;

    #[test]
    fn the_scheme_chooses_the_database() {
        assert_eq!(DatabaseUrl::parse("sqlite://praxis.db").unwrap().name(), "SQLite");
        assert_eq!(DatabaseUrl::parse("postgres://me@localhost/clinic").unwrap().name(), "PostgreSQL");
        for wrong in [
            "praxis.db",
            "mysql://localhost/x",
            "sqlite://",
            "sqlite://:memory:",
            "postgres://localhost/x?sslmode=sometimes",
            "postgres://me:sec%ret@localhost/x",
        ] {
            assert!(DatabaseUrl::parse(wrong).is_err(), "{wrong} was taken");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        let url = DatabaseUrl::parse("postgres://me:secret@localhost/clinic").unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}
