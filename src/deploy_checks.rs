//! Settings that are unsafe on a network, for `praxis check --deploy` and the administration's system page.

use std::collections::HashSet;

use secrecy::ExposeSecret;

use crate::app::App;
use crate::settings::Registration;

/// What is unsafe on a network, one sentence each.
pub fn dangers(app: &App) -> Vec<String> {
    let settings = &app.settings;
    let key = settings.secret_key.expose_secret();
    let mail_in_clear = settings.smtp_url.as_ref().is_some_and(|url| !url.is_private());
    let rules: [(bool, &str); 12] = [
        (
            settings.bind.ip().is_unspecified() && settings.public_url.host_str() == Some("localhost"),
            "PUBLIC_URL is not set: links in emails lead to localhost.",
        ),
        (settings.debug, "DEBUG is on."),
        (!settings.is_https(), "PUBLIC_URL is not https: cookies are not Secure and HSTS is off."),
        (key.chars().collect::<HashSet<_>>().len() < 10, "SECRET_KEY has fewer than 10 different characters."),
        (std::env::var("SECRET_KEY").is_err(), "SECRET_KEY is not set: the key is in a file next to the database."),
        (settings.allowed_hosts.iter().any(|host| host == "*"), "ALLOWED_HOSTS allows any host name."),
        (!settings.database_url.is_private(), "DATABASE_URL uses the network without sslmode=verify-full."),
        (app.registration() == Registration::Open, "Registration is open: anybody can create an account and join DEFAULT_GROUP."),
        (settings.smtp_url.is_none(), "SMTP_URL is not set: emails stay in the outbox and are not sent."),
        (mail_in_clear, "SMTP_URL sends email unencrypted: use smtps:// or tls=required."),
        (settings.session_store.is_in_the_clear(), "REDIS_URL is not encrypted: use rediss://, or run Redis on this machine."),
        (
            settings.is_https() && settings.trusted_proxies.is_empty(),
            "TRUSTED_PROXIES is empty: behind a TLS proxy, every visitor appears to have the address of the proxy.",
        ),
    ];
    let mut dangers: Vec<String> = rules.iter().filter(|(is_unsafe, _)| *is_unsafe).map(|(_, text)| (*text).to_string()).collect();
    dangers.extend(open_files(app));
    dangers
}

/// Files of Praxis that other users of the machine can read.
#[cfg(unix)]
fn open_files(app: &App) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let others_read = |path: &std::path::Path| std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0);
    let Some(path) = app.settings.database_url.path() else { return Vec::new() };
    let beside = ["", "-wal", "-shm", ".secret"].map(|end| std::path::PathBuf::from(format!("{}{end}", path.display())));
    let message =
        |path: &std::path::PathBuf| format!("{} is readable by other users of this machine: run chmod 600 on it.", path.display());
    beside.iter().filter(|path| others_read(path)).map(message).collect()
}

#[cfg(not(unix))]
fn open_files(_app: &App) -> Vec<String> {
    Vec::new()
}
