//! Parses names and values into settings.

use std::net::SocketAddr;

use super::choices::{activation, api_docs_public, registration, superusers_need_second_factor};
use super::clinic::{clinic_name, currency, default_group, request_limit, time_zone, upload_limit};
use super::network::{allowed_hosts, cors_origins, mail_from, network_names, public_url, smtp_url, trusted_proxies};
use super::plain::{minutes, parsed, rate, truth, whole};
use super::secret_key::secret_key;
use super::session_place::session_store;
use super::sms::{quiet_hours, sms};
use super::{Read, Settings, wrong};
use crate::db::url::DatabaseUrl;
use crate::oidc::provider;
use crate::settings::session_limits::Limits;

impl Settings {
    /// From any source of names and values.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Read<Self> {
        let get = |name: &str| source(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let database_url = DatabaseUrl::parse(&get("DATABASE_URL").unwrap_or_else(|| "sqlite://praxis.db".into()))
            .or_else(|what| wrong("DATABASE_URL", what))?;
        let bind: SocketAddr = parsed("BIND", get("BIND"), "127.0.0.1:8000", "give an address and a port, for example 127.0.0.1:8000")?;
        let network_names = network_names(get("PUBLIC_URL").as_ref(), bind);
        let public_url = public_url(get("PUBLIC_URL"), bind)?;
        // On by default for a local trial; not if PUBLIC_URL or BIND makes the server reachable for others.
        let debug = truth("DEBUG", get("DEBUG"))?.unwrap_or(bind.ip().is_loopback() && public_url.scheme() == "http");
        let (secret_key, secret_key_file) = secret_key(get("SECRET_KEY"), debug, &database_url)?;
        Ok(Self {
            secret_key,
            secret_key_file,
            debug,
            allowed_hosts: allowed_hosts(get("ALLOWED_HOSTS"), &public_url, bind, &network_names)?,
            network_names,
            bind,
            smtp_url: smtp_url(get("SMTP_URL"))?,
            mail_from: mail_from(get("MAIL_FROM"), &public_url)?,
            mail_folder: get("MAIL_FOLDER").unwrap_or_else(|| "mail".into()).into(),
            sms: sms(get)?,
            quiet_hours: quiet_hours(get("QUIET_HOURS"))?,
            outside_calendars_private: truth("OUTSIDE_CALENDARS_PRIVATE", get("OUTSIDE_CALENDARS_PRIVATE"))?.unwrap_or(false),
            trusted_proxies: trusted_proxies(get("TRUSTED_PROXIES"))?,
            cors_origins: cors_origins(get("CORS_ORIGINS"))?,
            api_access_minutes: whole("API_ACCESS_MINUTES", get("API_ACCESS_MINUTES"), "60", "minutes", 1..=1440)?,
            api_refresh_hours: whole("API_REFRESH_HOURS", get("API_REFRESH_HOURS"), "24", "hours", 1..=720)?,
            api_rate: rate("API_RATE", get("API_RATE"), "3000/min")?,
            api_anonymous_rate: rate("API_ANONYMOUS_RATE", get("API_ANONYMOUS_RATE"), "1200/min")?,
            session_limits: Limits {
                // OWASP's recommendation for low-risk applications, and a working day.
                idle: whole("SESSION_IDLE_MINUTES", get("SESSION_IDLE_MINUTES"), "30", "minutes", 3..=1440).map(minutes)?,
                hours: whole("SESSION_HOURS", get("SESSION_HOURS"), "12", "hours", 1..=720).map(time::Duration::hours)?,
                remembered: whole("SESSION_DAYS", get("SESSION_DAYS"), "15", "days", 1..=365).map(time::Duration::days)?,
            },
            session_store: session_store(get("SESSION_STORE"), get("REDIS_URL"))?,
            trash_days: whole("TRASH_DAYS", get("TRASH_DAYS"), "30", "days", 0..=36_500)?,
            api_docs_public: api_docs_public(get("API_DOCS"), debug)?,
            registration: registration(get("REGISTRATION"))?,
            registration_private: truth("REGISTRATION_PRIVATE", get("REGISTRATION_PRIVATE"))?.unwrap_or(false),
            default_group: default_group(get("DEFAULT_GROUP"))?,
            activation: activation(get("ACTIVATION"))?,
            providers: provider::read(get).or_else(|(name, what)| wrong(&name, what))?,
            superusers_need_second_factor: superusers_need_second_factor(get("SECOND_FACTOR"))?,
            names_clinic: get("CLINIC_NAME").is_some(),
            clinic_name: clinic_name(get("CLINIC_NAME"))?,
            names_time_zone: get("TIME_ZONE").is_some(),
            time_zone: time_zone(get("TIME_ZONE"))?.with_currency(currency(get("CURRENCY"))?),
            upload_limit: upload_limit(get("UPLOAD_LIMIT_MB"))?,
            request_limit: request_limit(get("REQUEST_SECONDS"))?,
            public_url,
            database_url,
        })
    }
}
