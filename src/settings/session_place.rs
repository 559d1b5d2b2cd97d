//! Where sessions are stored.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::smtp_url::is_here;
use super::{Read, wrong};

/// Where the state of a session is stored. Its user, and whether it is still valid, are read from the database with every
/// request.
#[derive(Clone, Debug)]
pub enum SessionPlace {
    Database,
    /// In the browser's cookie, encrypted.
    Cookie,
    /// On a Redis server with this URL, which may contain a password.
    Redis(SecretString),
}

impl SessionPlace {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Cookie => "cookie",
            Self::Redis(_) => "redis",
        }
    }

    /// Whether the connection leaves the machine without TLS.
    pub fn is_in_the_clear(&self) -> bool {
        let Self::Redis(url) = self else { return false };
        let url = Url::parse(url.expose_secret()).ok();
        if url.as_ref().is_some_and(|url| url.scheme() == "rediss") {
            return false;
        }
        let host = url.as_ref().and_then(Url::host_str).unwrap_or("").trim_matches(['[', ']']);
        !is_here(host)
    }
}

pub(super) fn session_store(place: Option<String>, redis: Option<String>) -> Read<SessionPlace> {
    match (place.as_deref(), redis) {
        (None | Some("database"), _) => Ok(SessionPlace::Database),
        (Some("cookie"), _) => Ok(SessionPlace::Cookie),
        (Some("redis"), Some(url)) if is_redis(&url) => Ok(SessionPlace::Redis(url.into())),
        (Some("redis"), _) => {
            wrong("REDIS_URL", "give rediss://:password@host:6379/0, or redis:// (without TLS) on the same machine or a private network")
        }
        (Some(_), _) => wrong("SESSION_STORE", "give database, cookie or redis"),
    }
}

fn is_redis(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host())
}
