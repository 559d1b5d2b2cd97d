//! Settings: from the environment and `.env`, typed, checked once, never printed where they are secret.
//!
//! `names` is every name there is, `source` reads the environment, `read` makes the values out of it by the parsers of
//! `plain`, `network`, `secret_key`, `choices`, `session_place` and `clinic`; `shown` writes them down for people.

mod choices;
mod clinic;
mod names;
mod network;
mod plain;
mod read;
mod secret_key;
pub mod session_limits;
mod session_place;
mod shown;
pub mod smtp_url;
mod source;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use crate::db::Zone;
use crate::db::url::DatabaseUrl;
use crate::oidc::Provider;
use crate::rate_limit::Rate;
use crate::settings::session_limits::Limits;
use crate::settings::smtp_url::SmtpUrl;

pub use crate::settings::choices::{Activation, Registration};
pub use crate::settings::names::NAMES;
pub use crate::settings::secret_key::SECRET_KEY_LENGTH;
pub use crate::settings::session_place::SessionPlace;

/// Everything that can be set. docs/settings.md and `.env.example` list the names; a test compares them with [`NAMES`].
#[derive(Debug)]
pub struct Settings {
    pub database_url: DatabaseUrl,
    pub secret_key: SecretString,
    /// Where the key was read from when `SECRET_KEY` is not set.
    pub secret_key_file: Option<PathBuf>,
    pub debug: bool,
    pub allowed_hosts: Vec<String>,
    pub bind: SocketAddr,
    pub public_url: Url,
    pub smtp_url: Option<SmtpUrl>,
    pub mail_from: lettre::message::Mailbox,
    /// Where mails are written while nobody else is on the network and there is no SMTP_URL.
    pub mail_folder: PathBuf,
    pub trusted_proxies: Vec<IpNet>,
    /// Sites whose programs in browsers may call the API.
    pub cors_origins: Vec<String>,
    /// How long an access token of the API lasts, in minutes, and a refresh token, in hours.
    pub api_access_minutes: i64,
    pub api_refresh_hours: i64,
    /// How often one token may call the API, and one network without a token; `None` is as often as it likes.
    pub api_rate: Option<Rate>,
    pub api_anonymous_rate: Option<Rate>,
    /// Whether the API's description and its page are for everybody, and not only for those with an account.
    pub api_docs_public: bool,
    /// When a session ends.
    pub session_limits: Limits,
    /// Where sessions live.
    pub session_store: SessionPlace,
    /// Days until what is in the trash is removed for good; 0 keeps it.
    pub trash_days: i64,
    /// Who may make an account for themselves, whether the answer tells who has one already, and the group that they join.
    pub registration: Registration,
    pub registration_private: bool,
    pub default_group: String,
    /// What is asked of those whose address is not confirmed.
    pub activation: Activation,
    /// Who else may say who people are.
    pub providers: Vec<Provider>,
    /// Whether all superusers need a second step at sign-in, beside those whose group asks for it.
    pub superusers_need_second_factor: bool,
    pub clinic_name: String,
    pub time_zone: Zone,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// How long an answer may take to begin.
    pub request_limit: std::time::Duration,
}

/// A line that names the setting and says what to give.
#[derive(Debug)]
pub struct SettingsError(pub String);

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

type Read<T> = Result<T, SettingsError>;

fn wrong<T>(name: &str, what: impl std::fmt::Display) -> Read<T> {
    Err(SettingsError(format!("{name}: {what}")))
}
