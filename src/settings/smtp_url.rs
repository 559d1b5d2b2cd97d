//! `SMTP_URL`: the mail server, and the protection of the connection.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Protection {
    /// TLS from the first byte.
    Wrapped,
    /// STARTTLS; without it nothing is sent.
    Required,
    /// STARTTLS if the server offers it, which an attacker in between can suppress.
    Opportunistic,
    Clear,
}

/// A checked `SMTP_URL`.
#[derive(Clone, Debug)]
pub struct SmtpUrl {
    pub host: String,
    pub port: u16,
    pub user: String,
    pub password: SecretString,
    pub protection: Protection,
}

impl SmtpUrl {
    /// `smtps://` is TLS, `smtp://` STARTTLS, and `?tls=` overrides it. A server on this machine needs no protection.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let host = url.host_str()?.trim_matches(['[', ']']).to_string();
        let asked: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let protection = match (url.scheme(), asked.as_slice()) {
            ("smtps", []) => Protection::Wrapped,
            ("smtp", []) if is_here(&host) => Protection::Clear,
            ("smtp", []) => Protection::Required,
            ("smtp", [(key, how)]) if key == "tls" => match how.as_str() {
                "required" => Protection::Required,
                "opportunistic" => Protection::Opportunistic,
                "none" => Protection::Clear,
                _ => return None,
            },
            _ => return None,
        };
        let port = url.port().unwrap_or(match protection {
            Protection::Wrapped => 465,
            Protection::Clear => 25,
            Protection::Required | Protection::Opportunistic => 587,
        });
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().ok().map(|text| text.into_owned());
        let password = decoded(url.password().unwrap_or(""))?.into();
        let is_plain = matches!(url.path(), "" | "/") && url.fragment().is_none() && !host.is_empty();
        is_plain.then_some(Self { user: decoded(url.username())?, password, host, port, protection })
    }

    /// Whether nobody on the network can read the connection.
    pub fn is_private(&self) -> bool {
        matches!(self.protection, Protection::Wrapped | Protection::Required) || is_here(&self.host)
    }
}

/// Whether this host is the machine itself.
pub fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
