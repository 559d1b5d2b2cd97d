//! Settings, from the environment and `.env`: typed, checked once, and never printed if they are secret.
//!
//! `names` lists every name, `source` reads the environment and `env_file` the file, and `read` parses the values with `plain`, `network`, `secret_key`,
//! `choices`, `session_place` and `clinic`; `shown` formats them for display.

mod choices;
mod clinic;
mod env_file;
mod names;
mod network;
mod plain;
mod read;
mod secret_key;
pub mod session_limits;
mod session_place;
mod shown;
mod sms;
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

pub use crate::settings::choices::{Activation, Decided, Decisions, Registration};
pub use crate::settings::clinic::{ClinicDetails, KnownDetails};
pub use crate::settings::names::NAMES;
pub use crate::settings::secret_key::SECRET_KEY_LENGTH;
pub use crate::settings::session_place::SessionPlace;
pub use crate::settings::sms::{QuietHours, SmsGateway};

/// All settings. docs/settings.md and `.env.example` list the names; a test compares them with [`NAMES`].
#[derive(Debug)]
pub struct Settings {
    pub database_url: DatabaseUrl,
    pub secret_key: SecretString,
    /// The file of the key, if `SECRET_KEY` is not set.
    pub secret_key_file: Option<PathBuf>,
    pub debug: bool,
    pub allowed_hosts: Vec<String>,
    pub bind: SocketAddr,
    pub public_url: Url,
    /// What this machine is called on the network, if `BIND` lets others in and `PUBLIC_URL` does not say.
    pub network_names: Vec<String>,
    pub smtp_url: Option<SmtpUrl>,
    pub mail_from: lettre::message::Mailbox,
    /// Where emails are written while the server does not listen on the network and there is no SMTP_URL.
    pub mail_folder: PathBuf,
    /// The gateway for text messages, if there is one.
    pub sms: Option<SmsGateway>,
    /// When reminders wait.
    pub quiet_hours: Option<QuietHours>,
    /// Whether outside calendars may be fetched from private networks.
    pub outside_calendars_private: bool,
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of other sites whose scripts may call the API.
    pub cors_origins: Vec<String>,
    /// How long an access token of the API lasts, in minutes, and a refresh token, in hours.
    pub api_access_minutes: i64,
    pub api_refresh_hours: i64,
    /// The rate limit of one token, and of one network without a token; `None` is unlimited.
    pub api_rate: Option<Rate>,
    pub api_anonymous_rate: Option<Rate>,
    /// Whether the API's description and its page are public.
    pub api_docs_public: bool,
    /// When a session ends.
    pub session_limits: Limits,
    /// Where sessions are stored.
    pub session_store: SessionPlace,
    /// Days until records in the trash are permanently deleted; 0 never deletes them.
    pub trash_days: i64,
    /// Who may create their own account, whether the response must not reveal who has one, and the group that they join.
    /// Who may register, whatever the clinic decided.
    pub registration: Option<Registration>,
    pub registration_private: bool,
    pub default_group: String,
    /// What users with an unconfirmed address have to do.
    pub activation: Activation,
    /// The OpenID Connect providers.
    pub providers: Vec<Provider>,
    /// Whether all superusers need a second factor, in addition to the groups that require it.
    pub superusers_need_second_factor: bool,
    /// Without `names_clinic` this is what the clinic is called until it decides; the time zone in the same way.
    pub clinic_name: String,
    pub names_clinic: bool,
    pub time_zone: Zone,
    pub names_time_zone: bool,
    /// The largest file that may be uploaded, in bytes.
    pub upload_limit: u64,
    /// How long a response may take to begin.
    pub request_limit: std::time::Duration,
}

/// A line that names the setting and says what to enter.
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
