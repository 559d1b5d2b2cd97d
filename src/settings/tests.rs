//! Wrong settings are named in the error, and no secret is printed.

use std::net::IpAddr;

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
    // A port that is not a number is part of the name.
    for host in ["localhost:8000@evil.example", "localhost:8000.evil.example", "localhost:evil"] {
        assert!(!settings.allows_host(host), "{host}");
    }
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
        ("REQUEST_SECONDS", "0"),
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
fn addresses_are_read_as_proxies_write_them() {
    let settings = read(&[("TRUSTED_PROXIES", "10.0.0.0/8,::1")]).unwrap();
    let ip = |text: &str| text.parse::<IpAddr>().ok();
    for (hop, address) in [
        ("203.0.113.7:51234", "203.0.113.7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("\"203.0.113.7\"", "203.0.113.7"),
        ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
        ("  203.0.113.7 , 10.0.0.2", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("203.0.113.7,", "203.0.113.7"),
    ] {
        assert_eq!(settings.client_ip(ip("10.0.0.1"), hop), ip(address), "{hop}");
    }
    // A socket for both families has the addresses of IPv4 inside IPv6.
    assert_eq!(settings.client_ip(ip("::ffff:10.0.0.1"), "203.0.113.7"), ip("203.0.113.7"));
    assert_eq!(settings.client_ip(ip("::ffff:192.0.2.9"), ""), ip("192.0.2.9"));
}

#[test]
fn a_server_on_every_address_is_reached_by_name() {
    for (bind, itself) in [("0.0.0.0:8000", "0.0.0.0:8000"), ("[::]:8000", "[::]:8000")] {
        let settings = read(&[("BIND", bind)]).unwrap();
        assert_eq!(settings.public_url.as_str(), "http://localhost:8000/");
        let is_allowed =
            |name: &String| settings.allows_host(&if name.contains(':') { format!("[{name}]:8000") } else { format!("{name}:8000") });
        assert!(["localhost:8000", "127.0.0.1:8000", "[::1]:8000"].iter().all(|host| settings.allows_host(host)), "{bind}");
        assert!(settings.network_names.iter().all(is_allowed), "{:?}", settings.network_names);
        assert!(!settings.network_names.iter().any(|name| name == "0.0.0.0" || name == "::"), "{:?}", settings.network_names);
        assert!(!settings.allows_host(itself) && !settings.allows_host("evil.example"), "{bind}");
        let settings = read(&[("BIND", bind), ("PUBLIC_URL", "https://clinic.example.org")]).unwrap();
        assert!(settings.network_names.is_empty());
    }
}

/// Of a password, of an address with one, and of the key, however the line is quoted.
#[test]
fn a_dollar_in_the_file_belongs_to_the_value() {
    use secrecy::ExposeSecret;
    let key = format!("{}${}", "k".repeat(30), "e".repeat(40));
    let values = [
        ("SMTP_URL", "smtp://clinic:pa$5word@127.0.0.1:2525?tls=none"),
        ("DATABASE_URL", "postgres://praxis:se$cret9@127.0.0.1/praxis"),
        ("SECRET_KEY", key.as_str()),
    ];
    for mark in ["", "\"", "'"] {
        let text: String = values.iter().map(|(name, value)| format!("{name}={mark}{value}{mark}\n")).collect();
        let text = env_file::as_written(&text).unwrap();
        let file: Vec<(String, String)> = dotenvy::from_read_iter(text.as_bytes()).map(Result::unwrap).collect();
        let pairs: Vec<(&str, &str)> = file.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, values, "in {mark}");
        let settings = read(&pairs).unwrap();
        assert_eq!(settings.secret_key.expose_secret(), key);
        assert_eq!(settings.smtp_url.unwrap().password.expose_secret(), "pa$5word");
        let database = &settings.database_url;
        assert!(matches!(database, DatabaseUrl::Postgres(url) if Url::parse(url).unwrap().password() == Some("se$cret9")), "in {mark}");
    }
}

#[test]
fn a_domain_stands_for_all_below_it() {
    let settings = read(&[("ALLOWED_HOSTS", ".example.org")]).unwrap();
    assert!(settings.allows_host("a.example.org") && settings.allows_host("example.org"));
    assert!(!settings.allows_host("badexample.org") && !settings.allows_host("example.org.evil.net"));
}
