//! Addresses: the server's own, other sites, proxies.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use url::Url;

use super::plain::parsed;
use super::smtp_url::{SmtpUrl, is_here};
use super::{Read, Settings, wrong};

impl Settings {
    /// Whether browsers connect over TLS; cookies are then `Secure` and have the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether only this machine reaches the server, without TLS and by no other name: somebody tries Praxis or develops it.
    pub fn is_developing(&self) -> bool {
        self.is_local() && self.allowed_hosts.iter().all(|host| is_here(host))
    }

    /// Whether only this machine, or a proxy on it, reaches the server, and without TLS.
    fn is_local(&self) -> bool {
        !self.is_https() && self.bind.ip().is_loopback()
    }

    /// Whether emails are written to files: if the server does not listen on the network and no mail server is configured.
    pub fn writes_mail_to_a_folder(&self) -> bool {
        self.smtp_url.is_none() && self.is_local()
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
        let mut client = peer?.to_canonical();
        for hop in forwarded_for.rsplit(',').map(str::trim).filter(|hop| !hop.is_empty()) {
            if !trusted(&client) {
                break;
            }
            match address(hop) {
                Some(ip) => client = ip,
                None => {
                    UNREADABLE.call_once(|| {
                        tracing::warn!(hop, proxy = %client, "X-Forwarded-For holds no address here: visitors appear to have that of the proxy");
                    });
                    break;
                }
            }
        }
        Some(client)
    }
}

/// An address that cannot be read is logged once.
static UNREADABLE: std::sync::Once = std::sync::Once::new();

/// The forms in which proxies write an address: `203.0.113.7`, `203.0.113.7:51234`, `2001:db8::7`, `[2001:db8::7]:443`, in quotes,
/// after `for=`, with an interface (`fe80::1%eth0`). An IPv4 address inside an IPv6 one is the IPv4 address.
fn address(hop: &str) -> Option<IpAddr> {
    let plain = hop.trim_matches(|letter: char| letter == '"' || letter.is_whitespace());
    let plain = plain.strip_prefix("for=").unwrap_or(plain).trim_matches('"');
    let plain = plain.split_once('%').map_or(plain, |(address, _)| address.trim_start_matches('['));
    let inside = plain.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(plain, |(address, _)| address);
    let ip = inside.parse::<IpAddr>().ok().or_else(|| inside.parse::<SocketAddr>().ok().map(|at| at.ip()));
    ip.map(|ip| ip.to_canonical())
}

/// The names under which others on the network can reach this machine: its host name and its address.
fn machine_names() -> Vec<String> {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().or_else(|| std::env::var("COMPUTERNAME").ok());
    let name = read.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty() && !name.contains(['/', ' ']));
    // No packet is sent: the system only chooses the interface.
    let address = |from: &str, to: &str| {
        let socket = std::net::UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        socket.local_addr().ok().map(|at| at.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified())
    };
    let addresses = [address("0.0.0.0:0", "192.0.2.1:9"), address("[::]:0", "[2001:db8::1]:9")];
    name.into_iter().chain(addresses.into_iter().flatten().map(|ip| ip.to_string())).collect()
}

/// What a server that listens on every address is called on the network, if `PUBLIC_URL` does not say.
pub(super) fn network_names(public_url: Option<&String>, bind: SocketAddr) -> Vec<String> {
    if public_url.is_none() && bind.ip().is_unspecified() { machine_names() } else { Vec::new() }
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
    // Nobody can open 0.0.0.0, and passkeys need a name.
    let own = if bind.ip().is_unspecified() || bind.ip().is_loopback() {
        format!("http://localhost:{}", bind.port())
    } else {
        format!("http://{bind}")
    };
    let url: Url = parsed("PUBLIC_URL", given, &own, what)?;
    let plain =
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && url.has_host() && plain { Ok(url) } else { wrong("PUBLIC_URL", what) }
}

pub(super) fn allowed_hosts(given: Option<String>, public_url: &Url, bind: SocketAddr, names: &[String]) -> Read<Vec<String>> {
    let mut hosts: Vec<String> = match given {
        Some(list) => list.split([',', ' ']).map(|host| host.trim().to_lowercase()).filter(|host| !host.is_empty()).collect(),
        None => Vec::new(),
    };
    if hosts.iter().any(|host| host.contains('/')) {
        return wrong("ALLOWED_HOSTS", "give host names without scheme and path, separated by commas");
    }
    hosts.extend(public_url.host_str().map(|host| host.trim_matches(['[', ']']).to_lowercase()));
    hosts.extend(names.iter().cloned());
    if bind.ip().is_loopback() || bind.ip().is_unspecified() {
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
