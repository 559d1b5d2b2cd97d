//! Settings: from the environment and `.env`, typed, checked once, never printed where they are secret.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::api::rate::Rate;
use crate::db::Zone;
use crate::db::url::DatabaseUrl;
use crate::mail::smtp::SmtpUrl;
use crate::oidc::{Provider, provider};
use crate::web::sessions::Limits;

/// Everything that can be set. README.md and `.env.example` list the names; a test compares them with [`NAMES`].
#[derive(Debug)]
pub struct Settings {
    pub database_url: DatabaseUrl,
    pub secret_key: SecretString,
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
}

/// Every name that is read.
pub const NAMES: [&str; 31] = [
    "DATABASE_URL",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "BIND",
    "PUBLIC_URL",
    "SMTP_URL",
    "MAIL_FROM",
    "MAIL_FOLDER",
    "TRUSTED_PROXIES",
    "CORS_ORIGINS",
    "API_ACCESS_MINUTES",
    "API_REFRESH_HOURS",
    "API_RATE",
    "API_ANONYMOUS_RATE",
    "API_DOCS",
    "SESSION_STORE",
    "REDIS_URL",
    "SESSION_IDLE_MINUTES",
    "SESSION_HOURS",
    "SESSION_DAYS",
    "TRASH_DAYS",
    "REGISTRATION",
    "REGISTRATION_PRIVATE",
    "DEFAULT_GROUP",
    "ACTIVATION",
    "OIDC_PROVIDERS",
    "SECOND_FACTOR",
    "CLINIC_NAME",
    "TIME_ZONE",
    "UPLOAD_LIMIT_MB",
];

/// Where the state of a session lives. Who it belongs to and whether it may go on is asked of the database with every request.
#[derive(Clone, Debug)]
pub enum SessionPlace {
    Database,
    /// In the browser, encrypted.
    Cookie,
    /// On a server of that kind, by its address, which may hold a password.
    Redis(SecretString),
}

/// Who may make an account for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    Open,
    /// Who was sent a link by an administrator.
    Invitation,
    Closed,
}

/// What is asked of those whose address is not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Off,
    /// A line above every page.
    Reminder,
    /// The code, before anything else.
    Required,
}

/// A key shorter than this could be guessed.
pub const SECRET_KEY_LENGTH: usize = 50;

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

impl Registration {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invitation => "invitation",
            Self::Closed => "closed",
        }
    }
}

impl Activation {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Reminder => "reminder",
            Self::Required => "required",
        }
    }
}

impl SessionPlace {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Cookie => "cookie",
            Self::Redis(_) => "redis",
        }
    }

    /// Whether the way there leaves the machine without TLS, so that everything goes in the clear.
    pub fn is_in_the_clear(&self) -> bool {
        let Self::Redis(url) = self else { return false };
        let url = Url::parse(url.expose_secret()).ok();
        if url.as_ref().is_some_and(|url| url.scheme() == "rediss") {
            return false;
        }
        let host = url.as_ref().and_then(Url::host_str).unwrap_or("").trim_matches(['[', ']']);
        host != "localhost" && !host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

impl Settings {
    /// From the environment, over `.env` in the working folder.
    pub fn from_env() -> Read<Self> {
        match dotenvy::from_path(".env") {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(dotenvy::Error::LineParse(text, _)) => {
                let file = std::fs::read_to_string(".env").unwrap_or_default();
                return wrong(
                    ".env",
                    format!("the line {} cannot be read; write NAME=value, and quotes around a value with spaces", name_in(&file, &text)),
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

    /// From any source of names and values.
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Read<Self> {
        let get = |name: &str| source(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let database_url = DatabaseUrl::parse(&get("DATABASE_URL").unwrap_or_else(|| "sqlite://praxis.db".into()))
            .or_else(|what| wrong("DATABASE_URL", what))?;
        let bind: SocketAddr = parsed("BIND", get("BIND"), "127.0.0.1:8000", "give an address and a port, as in 127.0.0.1:8000")?;
        let public_url = public_url(get("PUBLIC_URL"), bind)?;
        // By itself for somebody who tries it at home; whoever lets others in has to say PUBLIC_URL or BIND.
        let debug = truth("DEBUG", get("DEBUG"))?.unwrap_or(bind.ip().is_loopback() && public_url.scheme() == "http");
        Ok(Self {
            secret_key: secret_key(get("SECRET_KEY"), debug, &database_url)?,
            debug,
            allowed_hosts: allowed_hosts(get("ALLOWED_HOSTS"), &public_url, bind)?,
            bind,
            smtp_url: smtp_url(get("SMTP_URL"))?,
            mail_from: mail_from(get("MAIL_FROM"), &public_url)?,
            mail_folder: get("MAIL_FOLDER").unwrap_or_else(|| "mail".into()).into(),
            trusted_proxies: trusted_proxies(get("TRUSTED_PROXIES"))?,
            cors_origins: cors_origins(get("CORS_ORIGINS"))?,
            api_access_minutes: whole("API_ACCESS_MINUTES", get("API_ACCESS_MINUTES"), "60", "minutes", 1..=1440)?,
            api_refresh_hours: whole("API_REFRESH_HOURS", get("API_REFRESH_HOURS"), "24", "hours", 1..=720)?,
            api_rate: rate("API_RATE", get("API_RATE"), "3000/min")?,
            api_anonymous_rate: rate("API_ANONYMOUS_RATE", get("API_ANONYMOUS_RATE"), "1200/min")?,
            session_limits: Limits {
                // As OWASP advises for ordinary value, and for a working day.
                idle: whole("SESSION_IDLE_MINUTES", get("SESSION_IDLE_MINUTES"), "30", "minutes", 3..=1440).map(minutes)?,
                hours: whole("SESSION_HOURS", get("SESSION_HOURS"), "12", "hours", 1..=720).map(time::Duration::hours)?,
                remembered: whole("SESSION_DAYS", get("SESSION_DAYS"), "15", "days", 1..=365).map(time::Duration::days)?,
            },
            session_store: session_store(get("SESSION_STORE"), get("REDIS_URL"))?,
            trash_days: whole("TRASH_DAYS", get("TRASH_DAYS"), "30", "days", 0..=36_500)?,
            api_docs_public: match get("API_DOCS").as_deref() {
                Some("public") => true,
                Some("members") => false,
                Some(_) => return wrong("API_DOCS", "give public or members"),
                None => debug,
            },
            registration: match get("REGISTRATION").as_deref() {
                None | Some("open") => Registration::Open,
                Some("invitation") => Registration::Invitation,
                Some("closed") => Registration::Closed,
                Some(_) => return wrong("REGISTRATION", "give open, invitation or closed"),
            },
            registration_private: truth("REGISTRATION_PRIVATE", get("REGISTRATION_PRIVATE"))?.unwrap_or(false),
            default_group: default_group(get("DEFAULT_GROUP"))?,
            activation: match get("ACTIVATION").as_deref() {
                Some("off") => Activation::Off,
                None | Some("reminder") => Activation::Reminder,
                Some("required") => Activation::Required,
                Some(_) => return wrong("ACTIVATION", "give off, reminder or required"),
            },
            providers: provider::read(get).or_else(|(name, what)| wrong(&name, what))?,
            superusers_need_second_factor: match get("SECOND_FACTOR").as_deref() {
                None | Some("groups") => false,
                Some("superusers") => true,
                Some(_) => return wrong("SECOND_FACTOR", "give groups or superusers"),
            },
            clinic_name: clinic_name(get("CLINIC_NAME"))?,
            time_zone: match get("TIME_ZONE") {
                None => Zone::named("UTC"),
                Some(name) => Zone::named(&name),
            }
            .map_or_else(|| wrong("TIME_ZONE", "give a name such as Europe/Paris"), Ok)?,
            upload_limit: upload_limit(get("UPLOAD_LIMIT_MB"))?,
            public_url,
            database_url,
        })
    }

    /// Name and value of every setting, for people; secrets only as set or not.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let list = |items: &[String]| if items.is_empty() { "none".into() } else { items.join(", ") };
        let proxies: Vec<String> = self.trusted_proxies.iter().map(ToString::to_string).collect();
        vec![
            ("DATABASE_URL", format!("{:?}", self.database_url)),
            ("SECRET_KEY", "set".into()),
            ("DEBUG", self.debug.to_string()),
            ("ALLOWED_HOSTS", list(&self.allowed_hosts)),
            ("BIND", self.bind.to_string()),
            ("PUBLIC_URL", self.public_url.to_string()),
            ("SMTP_URL", if self.smtp_url.is_some() { "set" } else { "none" }.into()),
            ("MAIL_FROM", self.mail_from.to_string()),
            ("MAIL_FOLDER", self.mail_folder.display().to_string()),
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
            ("REGISTRATION", self.registration.as_str().into()),
            ("REGISTRATION_PRIVATE", self.registration_private.to_string()),
            ("DEFAULT_GROUP", self.default_group.clone()),
            ("ACTIVATION", self.activation.as_str().into()),
            ("OIDC_PROVIDERS", list(&self.providers.iter().map(|one| format!("{} ({})", one.name, one.issuer)).collect::<Vec<_>>())),
            ("SECOND_FACTOR", if self.superusers_need_second_factor { "superusers" } else { "groups" }.into()),
            ("CLINIC_NAME", self.clinic_name.clone()),
            ("TIME_ZONE", self.time_zone.name()),
            ("UPLOAD_LIMIT_MB", (self.upload_limit / MEGABYTE).to_string()),
        ]
    }

    /// Whether browsers speak to us over TLS; cookies are then `Secure` and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether mails become files: on a machine of one's own, as long as no server is named.
    pub fn writes_mail_to_a_folder(&self) -> bool {
        self.smtp_url.is_none() && !self.is_https() && self.bind.ip().is_loopback()
    }

    /// Whether a `Host` header names this clinic. `.example.org` stands for a domain and all below it, `*` for any.
    pub fn allows_host(&self, host: &str) -> bool {
        let name = host_name(host);
        self.allowed_hosts.iter().any(|allowed| match allowed.strip_prefix('.') {
            Some(domain) => name == domain || name.ends_with(allowed.as_str()),
            None => allowed == "*" || name == *allowed,
        })
    }

    /// Who is at the other end: the connection's address, or what the nearest proxy we do not know says of it.
    pub fn client_ip(&self, peer: Option<IpAddr>, forwarded_for: &str) -> Option<IpAddr> {
        let trusted = |ip: &IpAddr| self.trusted_proxies.iter().any(|net| net.contains(ip));
        let mut client = peer?;
        for hop in forwarded_for.rsplit(',').map(str::trim) {
            if !trusted(&client) {
                break;
            }
            match hop.parse() {
                Ok(ip) => client = ip,
                Err(_) => break,
            }
        }
        Some(client)
    }
}

/// The name on the line that holds this text. What follows it may be a secret and is not repeated.
fn name_in<'a>(file: &'a str, text: &str) -> &'a str {
    let line = file.lines().find(|line| line.contains(text)).unwrap_or("");
    line.split_once('=').map_or("without an equals sign", |(name, _)| name.trim())
}

/// The name without the port, in lower case.
fn host_name(host: &str) -> String {
    let name = if host.starts_with('[') {
        host.split_once(']').map_or(host, |(name, _)| name).trim_start_matches('[')
    } else {
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    };
    name.trim_end_matches('.').to_lowercase()
}

fn parsed<T: std::str::FromStr>(name: &str, given: Option<String>, default: &str, what: &str) -> Read<T> {
    given.as_deref().unwrap_or(default).parse().or_else(|_| wrong(name, what))
}

fn public_url(given: Option<String>, bind: SocketAddr) -> Read<Url> {
    let what = "give the address that browsers use, as in https://clinic.example.org";
    let url: Url = parsed("PUBLIC_URL", given, &format!("http://{bind}"), what)?;
    let plain =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain { Ok(url) } else { wrong("PUBLIC_URL", what) }
}

/// Development makes a key and keeps it beside the database, so that sessions survive a restart.
fn secret_key(given: Option<String>, debug: bool, database: &DatabaseUrl) -> Read<SecretString> {
    match given {
        Some(key) if key.chars().count() >= SECRET_KEY_LENGTH => Ok(key.into()),
        Some(_) => wrong("SECRET_KEY", format!("give at least {SECRET_KEY_LENGTH} random characters")),
        None if !debug => {
            wrong("SECRET_KEY", format!("set it to at least {SECRET_KEY_LENGTH} random characters; only DEBUG makes one by itself"))
        }
        None => {
            let path = database.path().map_or_else(|| PathBuf::from("praxis.secret"), |path| with_suffix(path, ".secret"));
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
                return wrong("DATABASE_URL", format!("there is no folder {}", folder.display()));
            }
            kept_key(&path)
                .or_else(|error| wrong("SECRET_KEY", format!("none is set, and none could be kept in {}: {error}", path.display())))
        }
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    name.into()
}

fn kept_key(path: &Path) -> std::io::Result<SecretString> {
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept.trim().len() >= SECRET_KEY_LENGTH {
        return Ok(kept.trim().to_string().into());
    }
    let key: SecretString = crate::keys::random_text(64).into();
    let mut options = std::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, key.expose_secret().as_bytes())?;
    Ok(key)
}

fn allowed_hosts(given: Option<String>, public_url: &Url, bind: SocketAddr) -> Read<Vec<String>> {
    let mut hosts: Vec<String> = match given {
        Some(list) => list.split([',', ' ']).map(|host| host.trim().to_lowercase()).filter(|host| !host.is_empty()).collect(),
        None => Vec::new(),
    };
    if hosts.iter().any(|host| host.contains('/')) {
        return wrong("ALLOWED_HOSTS", "give names without scheme and path, separated by commas");
    }
    hosts.extend(public_url.host_str().map(|host| host.trim_matches(['[', ']']).to_lowercase()));
    if bind.ip().is_loopback() {
        hosts.extend(["localhost".into(), "127.0.0.1".into(), "::1".into()]);
    }
    Ok(hosts)
}

fn smtp_url(given: Option<String>) -> Read<Option<SmtpUrl>> {
    let what = "give smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host";
    given.map(|text| SmtpUrl::parse(&text).map_or_else(|| wrong("SMTP_URL", what), Ok)).transpose()
}

fn mail_from(given: Option<String>, public_url: &Url) -> Read<lettre::message::Mailbox> {
    let host = public_url.host_str().filter(|host| host.parse::<IpAddr>().is_err() && !host.starts_with('[')).unwrap_or("localhost");
    parsed("MAIL_FROM", given, &format!("Praxis <praxis@{host}>"), "give an address, as in Riverside Clinic <clinic@example.org>")
}

fn trusted_proxies(given: Option<String>) -> Read<Vec<IpNet>> {
    let read = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let list = given.unwrap_or_default();
    let names = list.split([',', ' ']).map(str::trim).filter(|text| !text.is_empty());
    names
        .map(|text| read(text).map_or_else(|| wrong("TRUSTED_PROXIES", "give addresses or networks, as in 10.0.0.5,10.1.0.0/16"), Ok))
        .collect()
}

/// Exactly what browsers send as their origin: no path, no slash at the end, no star.
fn cors_origins(given: Option<String>) -> Read<Vec<String>> {
    let read = |text: &str| Url::parse(text).ok().map(|url| url.origin().ascii_serialization()).filter(|origin| origin == text);
    let list = given.unwrap_or_default();
    let names = list.split([',', ' ']).map(str::trim).filter(|text| !text.is_empty());
    names.map(|text| read(text).map_or_else(|| wrong("CORS_ORIGINS", "give origins, as in https://app.example.org"), Ok)).collect()
}

fn whole(name: &str, given: Option<String>, default: &str, unit: &str, range: std::ops::RangeInclusive<i64>) -> Read<i64> {
    let what = format!("give a whole number of {unit} from {} to {}", range.start(), range.end());
    let number: i64 = parsed(name, given, default, &what)?;
    if range.contains(&number) { Ok(number) } else { wrong(name, what) }
}

fn rate(name: &str, given: Option<String>, default: &str) -> Read<Option<Rate>> {
    match given.as_deref().unwrap_or(default) {
        "off" => Ok(None),
        text => Rate::parse(text).map_or_else(|| wrong(name, "give so many calls in a time, as in 600/min, or off"), |rate| Ok(Some(rate))),
    }
}

fn minutes(count: i64) -> time::Duration {
    time::Duration::minutes(count)
}

fn session_store(place: Option<String>, redis: Option<String>) -> Read<SessionPlace> {
    match (place.as_deref(), redis) {
        (None | Some("database"), _) => Ok(SessionPlace::Database),
        (Some("cookie"), _) => Ok(SessionPlace::Cookie),
        (Some("redis"), Some(url)) if is_redis(&url) => Ok(SessionPlace::Redis(url.into())),
        (Some("redis"), _) => {
            wrong("REDIS_URL", "give rediss://:password@host:6379/0, or redis:// without TLS: the same machine or a closed network")
        }
        (Some(_), _) => wrong("SESSION_STORE", "give database, cookie or redis"),
    }
}

fn is_redis(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "redis" | "rediss") && url.has_host())
}

fn truth(name: &str, given: Option<String>) -> Read<Option<bool>> {
    match given.as_deref().map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("1" | "true" | "yes" | "on") => Ok(Some(true)),
        Some("0" | "false" | "no" | "off") => Ok(Some(false)),
        Some(_) => wrong(name, "give true or false"),
    }
}

fn default_group(given: Option<String>) -> Read<String> {
    match given {
        None => Ok("Staff".into()),
        Some(name) if name.chars().count() <= 150 && !name.chars().any(char::is_control) => Ok(name),
        Some(_) => wrong("DEFAULT_GROUP", "give the name of a group, such as Staff"),
    }
}

const MEGABYTE: u64 = 1024 * 1024;

fn upload_limit(given: Option<String>) -> Read<u64> {
    let what = "give a whole number of megabytes from 1 to 200";
    let megabytes: u64 = parsed("UPLOAD_LIMIT_MB", given, "10", what)?;
    if (1..=200).contains(&megabytes) { Ok(megabytes * MEGABYTE) } else { wrong("UPLOAD_LIMIT_MB", what) }
}

fn clinic_name(given: Option<String>) -> Read<String> {
    match given {
        None => Ok("Praxis".into()),
        Some(name) if name.chars().count() <= 80 && !name.chars().any(char::is_control) => Ok(name),
        Some(_) => wrong("CLINIC_NAME", "give at most 80 characters on one line"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "an-example-of-a-key-that-is-long-enough-for-the-tests-of-settings";

    fn read(pairs: &[(&str, &str)]) -> Read<Settings> {
        let find = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string());
        Settings::read(|name| find(name).or_else(|| (name == "SECRET_KEY").then(|| KEY.to_string())))
    }

    #[test]
    fn nothing_set_is_a_clinic_on_this_machine() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.bind.to_string(), "127.0.0.1:8000");
        assert_eq!(settings.session_limits.remembered, time::Duration::days(15));
        assert_eq!(settings.session_store.name(), "database");
        assert!(settings.debug && !settings.is_https());
        assert!(settings.allows_host("localhost:8000") && settings.allows_host("[::1]:8000"));
        assert!(!settings.allows_host("evil.example"));
    }

    #[test]
    fn a_wrong_value_is_named() {
        for (name, value) in [
            ("DATABASE_URL", "clinic.db"),
            ("SECRET_KEY", "short"),
            ("DEBUG", "perhaps"),
            ("ALLOWED_HOSTS", "https://a"),
            ("BIND", "here"),
            ("PUBLIC_URL", "clinic"),
            ("SMTP_URL", "mail"),
            ("MAIL_FROM", "nobody"),
            ("TRUSTED_PROXIES", "proxy"),
            ("CORS_ORIGINS", "*"),
            ("CORS_ORIGINS", "https://app.example.org/path"),
            ("API_ACCESS_MINUTES", "0"),
            ("API_REFRESH_HOURS", "day"),
            ("API_RATE", "600"),
            ("API_ANONYMOUS_RATE", "0/min"),
            ("SESSION_STORE", "memory"),
            ("SESSION_IDLE_MINUTES", "2"),
            ("SESSION_HOURS", "0"),
            ("SESSION_DAYS", "0"),
            ("TRASH_DAYS", "-1"),
            ("REGISTRATION", "maybe"),
            ("REGISTRATION_PRIVATE", "perhaps"),
            ("DEFAULT_GROUP", "two\nlines"),
            ("ACTIVATION", "on"),
            ("OIDC_PROVIDERS", "Some Provider!"),
            ("SECOND_FACTOR", "everybody"),
            ("TIME_ZONE", "Mars/Olympus"),
            ("CLINIC_NAME", "two\nlines"),
            ("UPLOAD_LIMIT_MB", "0"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_session_store_elsewhere_has_an_address() {
        for url in ["", "rediss:", "http://127.0.0.1", "redis:"] {
            let error = read(&[("SESSION_STORE", "redis"), ("REDIS_URL", url)]).unwrap_err().to_string();
            assert!(error.starts_with("REDIS_URL"), "{error}");
        }
        let store = |url| read(&[("SESSION_STORE", "redis"), ("REDIS_URL", url)]).unwrap().session_store;
        for safe in ["redis://127.0.0.1:6379", "redis://[::1]", "rediss://:hidden@redis.example.org/1"] {
            assert!(!store(safe).is_in_the_clear(), "{safe}");
        }
        let remote = store("redis://:hidden@redis.example.org/1");
        assert!(remote.is_in_the_clear() && !format!("{remote:?}").contains("hidden"));
    }

    #[test]
    fn production_asks_for_a_key() {
        let error = Settings::read(|name| (name == "PUBLIC_URL").then(|| "https://clinic.example.org".into())).unwrap_err();
        assert!(error.to_string().starts_with("SECRET_KEY"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let settings = read(&[("SMTP_URL", "smtp://me:hidden@mail.example.org")]).unwrap();
        let printed = format!("{settings:?} {:?}", settings.lines());
        assert_eq!(settings.lines().iter().map(|(name, _)| *name).collect::<Vec<_>>(), NAMES);
        assert!(!printed.contains("hidden") && !printed.contains(KEY));
    }

    #[test]
    fn only_known_proxies_are_believed() {
        let settings = read(&[("TRUSTED_PROXIES", "10.0.0.0/8")]).unwrap();
        let ip = |text: &str| text.parse::<IpAddr>().ok();
        assert_eq!(settings.client_ip(ip("192.0.2.9"), "203.0.113.7"), ip("192.0.2.9"));
        assert_eq!(settings.client_ip(ip("10.0.0.1"), "1.2.3.4, 203.0.113.7, 10.0.0.2"), ip("203.0.113.7"));
        assert_eq!(settings.client_ip(ip("10.0.0.1"), "nonsense"), ip("10.0.0.1"));
    }

    #[test]
    fn a_domain_stands_for_all_below_it() {
        let settings = read(&[("ALLOWED_HOSTS", ".example.org")]).unwrap();
        assert!(settings.allows_host("a.example.org") && settings.allows_host("example.org"));
        assert!(!settings.allows_host("badexample.org") && !settings.allows_host("example.org.evil.net"));
    }
}
