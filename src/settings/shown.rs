//! Settings for display.

use super::Registration;
use super::clinic::MEGABYTE;
use super::{SessionPlace, Settings};

impl Settings {
    /// Name and value of every setting; of secrets only whether they are set.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let list = |items: &[String]| if items.is_empty() { "none".into() } else { items.join(", ") };
        let secret_key = match &self.secret_key_file {
            None => "set".into(),
            Some(file) => format!("from file {}", file.display()),
        };
        let proxies: Vec<String> = self.trusted_proxies.iter().map(ToString::to_string).collect();
        vec![
            ("DATABASE_URL", format!("{:?}", self.database_url)),
            ("SECRET_KEY", secret_key),
            ("DEBUG", self.debug.to_string()),
            ("ALLOWED_HOSTS", list(&self.allowed_hosts)),
            ("BIND", self.bind.to_string()),
            ("PUBLIC_URL", self.public_url.to_string()),
            ("SMTP_URL", if self.smtp_url.is_some() { "set" } else { "none" }.into()),
            ("MAIL_FROM", self.mail_from.to_string()),
            ("MAIL_FOLDER", self.mail_folder.display().to_string()),
            ("SMS_URL", self.sms.as_ref().map_or_else(|| "none".into(), |sms| sms.url.to_string())),
            ("SMS_TOKEN", if self.sms.is_some() { "set" } else { "none" }.into()),
            ("SMS_SENDER", self.sms.as_ref().map_or_else(|| "none".into(), |sms| sms.sender.clone())),
            ("SMS_COUNTRY", self.sms.as_ref().map_or_else(String::new, |sms| sms.country.clone())),
            ("QUIET_HOURS", self.quiet_hours.map_or_else(|| "off".into(), |hours| hours.to_string())),
            ("OUTSIDE_CALENDARS_PRIVATE", self.outside_calendars_private.to_string()),
            ("TRUSTED_PROXIES", list(&proxies)),
            ("CORS_ORIGINS", list(&self.cors_origins)),
            ("API_ACCESS_MINUTES", self.api_access_minutes.to_string()),
            ("API_REFRESH_HOURS", self.api_refresh_hours.to_string()),
            ("API_RATE", self.api_rate.map_or_else(|| "off".into(), |rate| rate.to_string())),
            ("API_ANONYMOUS_RATE", self.api_anonymous_rate.map_or_else(|| "off".into(), |rate| rate.to_string())),
            ("API_DOCS", if self.api_docs_public { "public" } else { "members" }.into()),
            ("SESSION_STORE", self.session_store.name().into()),
            ("REDIS_URL", if matches!(self.session_store, SessionPlace::Redis(_)) { "set" } else { "none" }.into()),
            ("SESSION_IDLE_MINUTES", self.session_limits.idle.whole_minutes().to_string()),
            ("SESSION_HOURS", self.session_limits.hours.whole_hours().to_string()),
            ("SESSION_DAYS", self.session_limits.remembered.whole_days().to_string()),
            ("TRASH_DAYS", self.trash_days.to_string()),
            ("REGISTRATION", self.registration.map_or("as the clinic decides", Registration::as_str).into()),
            ("REGISTRATION_PRIVATE", self.registration_private.to_string()),
            ("DEFAULT_GROUP", self.default_group.clone()),
            ("ACTIVATION", self.activation.as_str().into()),
            ("OIDC_PROVIDERS", list(&self.providers.iter().map(|one| format!("{} ({})", one.name, one.issuer)).collect::<Vec<_>>())),
            ("SECOND_FACTOR", if self.superusers_need_second_factor { "superusers" } else { "groups" }.into()),
            ("CLINIC_NAME", if self.names_clinic { self.clinic_name.clone() } else { "as the clinic decides".into() }),
            ("TIME_ZONE", if self.names_time_zone { self.time_zone.name() } else { "as the clinic decides".into() }),
            ("CURRENCY", self.time_zone.currency().code.clone()),
            ("UPLOAD_LIMIT_MB", (self.upload_limit / MEGABYTE).to_string()),
            ("REQUEST_SECONDS", self.request_limit.as_secs().to_string()),
        ]
    }
}
