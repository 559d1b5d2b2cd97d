//! SMTP: the server, the protection of the connection, and one dialogue.

use std::net::IpAddr;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;

use super::failure::Failure;
use crate::settings::smtp_url::{Protection, SmtpUrl};

/// The time limit for connecting.
const CONNECT: Duration = Duration::from_secs(5);
/// The time limit for a whole dialogue, because a server may answer every command slowly.
const DIALOGUE: Duration = Duration::from_secs(20);

/// A mail server, with a connection that is reused for a while.
pub struct Relay {
    url: SmtpUrl,
    tls: Option<TlsParameters>,
    hello: ClientId,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    pub dialogue: Duration,
}

impl Relay {
    /// `name` is sent with EHLO. Opens no connection yet.
    pub fn new(url: &SmtpUrl, name: &str) -> Result<Self, String> {
        let tls = match url.protection {
            Protection::Clear => None,
            _ => Some(TlsParameters::new_rustls(url.host.clone()).map_err(|error| format!("SMTP_URL: {error}"))?),
        };
        let hello = match name.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
            Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
            Err(_) => ClientId::Domain(name.into()),
        };
        let transport = transport(url, tls.as_ref(), &hello);
        Ok(Self { url: url.clone(), tls, hello, transport, dialogue: DIALOGUE })
    }

    /// Sends one email. After an error the connection is dropped, because it may be in the middle of a message.
    pub async fn send(&mut self, envelope: &Envelope, bytes: &[u8]) -> Result<(), Failure> {
        let failure = match tokio::time::timeout(self.dialogue, self.transport.send_raw(envelope, bytes)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => judge(&error),
            Err(_) => Failure::passing("the mail server did not answer in time"),
        };
        self.transport = transport(&self.url, self.tls.as_ref(), &self.hello);
        Err(failure)
    }
}

fn transport(url: &SmtpUrl, tls: Option<&TlsParameters>, hello: &ClientId) -> AsyncSmtpTransport<Tokio1Executor> {
    let tls = match (url.protection, tls.cloned()) {
        (Protection::Wrapped, Some(tls)) => Tls::Wrapper(tls),
        (Protection::Required, Some(tls)) => Tls::Required(tls),
        (Protection::Opportunistic, Some(tls)) => Tls::Opportunistic(tls),
        _ => Tls::None,
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(url.host.clone())
        .port(url.port)
        .tls(tls)
        .hello_name(hello.clone())
        .timeout(Some(CONNECT))
        .pool_config(PoolConfig::new().max_size(1).idle_timeout(Duration::from_secs(30)));
    let known = !url.user.is_empty();
    let builder =
        if known { builder.credentials(Credentials::new(url.user.clone(), url.password.expose_secret().into())) } else { builder };
    builder.build()
}

/// Classifies an error. An unknown recipient is final; anything else is retried, because a wrong password or a refused sender can
/// be corrected in the settings.
fn judge(error: &lettre::transport::smtp::Error) -> Failure {
    let reason = error.to_string();
    let code = error.status().map_or(0, u16::from);
    let is_policy = reason.contains(" 5.7.") || reason.contains(": 5.7.");
    if matches!(code, 550 | 551 | 552 | 553 | 556) && !is_policy { Failure::lasting(reason) } else { Failure::passing(reason) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_how_the_way_is_protected() {
        let read = |text: &str| SmtpUrl::parse(text).map(|url| (url.protection, url.port, url.is_private()));
        assert_eq!(read("smtps://mail.example.org"), Some((Protection::Wrapped, 465, true)));
        assert_eq!(read("smtp://mail.example.org"), Some((Protection::Required, 587, true)));
        assert_eq!(read("smtp://mail.example.org:25?tls=opportunistic"), Some((Protection::Opportunistic, 25, false)));
        assert_eq!(read("smtp://mail.example.org?tls=none"), Some((Protection::Clear, 25, false)));
        assert_eq!(read("smtp://localhost"), Some((Protection::Clear, 25, true)));
        assert_eq!(read("smtp://[::1]:2525?tls=required"), Some((Protection::Required, 2525, true)));
        for wrong in
            ["mail", "http://mail.example.org", "smtp://", "smtp://a?tls=perhaps", "smtp://a?tsl=none", "smtps://a?tls=none", "smtp://a/b"]
        {
            assert!(read(wrong).is_none(), "{wrong} was taken");
        }
        let url = SmtpUrl::parse("smtps://me%40example.org:p%40ss@mail.example.org").unwrap();
        assert_eq!((url.user.as_str(), url.password.expose_secret()), ("me@example.org", "p@ss"));
        assert!(!format!("{url:?}").contains("p@ss"));
    }
}
