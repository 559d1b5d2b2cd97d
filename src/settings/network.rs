//! Addresses: the server's own, other sites, proxies.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::Url;

use super::plain::parsed;
use super::smtp_url::SmtpUrl;
use super::{Read, Settings, wrong};

impl Settings {
    /// Whether browsers connect over TLS; cookies are then `Secure` and have the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether only this machine reaches the server, and without TLS: somebody tries Praxis or develops it.
    pub fn is_developing(&self) -> bool {
        !self.is_https() && self.bind.ip().is_loopback()
    }

    /// Whether emails are written to files: if the server does not listen on the network and no mail server is configured.
    pub fn writes_mail_to_a_folder(&self) -> bool {
        self.smtp_url.is_none() && self.is_developing()
    }

    /// Whether a `Host` header is allowed. `.example.org` stands for a domain and its subdomains, `*` for any.
    pub fn allows_host(&self, host: &str) -> bool {
        let name = host_name(host);
        self.allowed_hosts.iter().any(|allowed| match allowed.strip_prefix('.') {
            Some(domain) => name == domain || name.ends_with(allowed.as_str()),
            None => allowed == "*" || name == *allowed,
        })
    }

    /// The client's address: that of the connection, or behind trusted proxies the last address in `X-Forwarded-For` that is not
    /// one of them.
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

/// The name without the port, in lower case.
fn host_name(host: &str) -> String {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or((host, ""), |(name, port)| (name, port.strip_prefix(':').unwrap_or(port))),
        None => host.rsplit_once(':').unwrap_or((host, "")),
    };
    // If the port is not a number, it counts as part of a host name, which is not allowed.
    let name = if port.bytes().all(|digit| digit.is_ascii_digit()) { name } else { host };
    name.trim_end_matches('.').to_lowercase()
}

pub(super) fn public_url(given: Option<String>, bind: SocketAddr) -> Read<Url> {
    let what = "give the address that browsers use, for example https://clinic.example.org";
    let url: Url = parsed("PUBLIC_URL", given, &format!("http://{bind}"), what)?;
    let plain =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain { Ok(url) } else { wrong("PUBLIC_URL", what) }
}

pub(super) fn allowed_hosts(given: Option<String>, public_url: &Url, bind: SocketAddr) -> Read<Vec<String>> {
    let mut hosts: Vec<String> = match given {
        Some(list) => list.split([',', ' ']).map(|host| host.trim().to_lowercase()).filter(|host| !host.is_empty()).collect(),
        None => Vec::new(),
    };
    if hosts.iter().any(|host| host.contains('/')) {
        return wrong("ALLOWED_HOSTS", "give host names without scheme and path, separated by commas");
    }
    hosts.extend(public_url.host_str().map(|host| host.trim_matches(['[', ']']).to_lowercase()));
    if bind.ip().is_loopback() {
        hosts.extend(["localhost".into(), "127.0.0.1".into(), "::1".into()]);
    }
    let mut known = std::collections::HashSet::new();
    hosts.retain(|host| known.insert(host.clone()));
    Ok(hosts)
}

pub(super) fn smtp_url(given: Option<String>) -> Read<Option<SmtpUrl>> {
    let what = "give smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host";
    given.map(|text| SmtpUrl::parse(&text).map_or_else(|| wrong("SMTP_URL", what), Ok)).transpose()
}

pub(super) fn mail_from(given: Option<String>, public_url: &Url) -> Read<lettre::message::Mailbox> {
    let host = public_url.host_str().filter(|host| host.parse::<IpAddr>().is_err() && !host.starts_with('[')).unwrap_or("localhost");
    parsed("MAIL_FROM", given, &format!("Praxis <praxis@{host}>"), "give an address, for example Riverside Clinic <clinic@example.org>")
}

pub(super) fn trusted_proxies(given: Option<String>) -> Read<Vec<IpNet>> {
    let read = |text: &str| text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    let list = given.unwrap_or_default();
    let names = list.split([',', ' ']).map(str::trim).filter(|text| !text.is_empty());
    names
        .map(|text| read(text).map_or_else(|| wrong("TRUSTED_PROXIES", "give addresses or networks, for example 10.0.0.5,10.1.0.0/16"), Ok))
        .collect()
}

/// Exactly what browsers send as `Origin`: no path, no trailing slash, no wildcard.
pub(super) fn cors_origins(given: Option<String>) -> Read<Vec<String>> {
    let read = |text: &str| Url::parse(text).ok().map(|url| url.origin().ascii_serialization()).filter(|origin| origin == text);
    let list = given.unwrap_or_default();
    let names = list.split([',', ' ']).map(str::trim).filter(|text| !text.is_empty());
    names.map(|text| read(text).map_or_else(|| wrong("CORS_ORIGINS", "give origins, for example https://app.example.org"), Ok)).collect()
}
