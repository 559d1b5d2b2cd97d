//! The address of an outside calendar. It is a secret: people see the host and the last characters, the database has it encrypted.

use url::{Host, Url};

use super::network::is_public;
use crate::crypto::keys::{Keys, digest};
use crate::crypto::seal;

const PURPOSE: &str = "outside calendar: address";
/// Characters, as long as those of any calendar program.
pub const LONGEST: usize = 1_000;

/// An address that can be fetched.
#[derive(Clone, Debug)]
pub struct Address(Url);

impl Address {
    /// The address as somebody typed it. The error says what to enter.
    pub fn parse(typed: &str, allows_private: bool) -> Result<Self, &'static str> {
        const WHAT: &str = "Enter an address that begins with https://";
        let typed = typed.trim();
        // Calendar programs write the scheme of their own.
        let typed = typed
            .strip_prefix("webcals://")
            .or_else(|| typed.strip_prefix("webcal://"))
            .map_or_else(|| typed.into(), |rest| format!("https://{rest}"));
        let url = Url::parse(&typed).map_err(|_| WHAT)?;
        if !(url.scheme() == "https" || (allows_private && url.scheme() == "http")) || url.host().is_none() {
            return Err(WHAT);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("Enter an address without a username and password");
        }
        let is_private = match url.host() {
            Some(Host::Ipv4(ip)) => !is_public(ip.into()),
            Some(Host::Ipv6(ip)) => !is_public(ip.into()),
            Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
            None => true,
        };
        if is_private && !allows_private {
            return Err("Enter an address on the internet. Private networks are not allowed");
        }
        Ok(Self(url))
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    pub fn host(&self) -> String {
        self.0.host_str().unwrap_or_default().chars().take(253).collect()
    }

    /// The last four characters, to recognise it by.
    pub fn hint(&self) -> String {
        let letters: Vec<char> = self.0.as_str().chars().collect();
        letters.iter().skip(letters.len().saturating_sub(4)).collect()
    }

    pub fn hash(&self) -> String {
        digest(self.0.as_str())
    }

    /// Encrypted for the calendar of this doctor.
    pub fn seal(&self, keys: &Keys, doctor_id: i64) -> Option<String> {
        seal::seal(keys, PURPOSE, &doctor_id.to_string(), self.0.as_str().as_bytes())
    }

    /// `None` if `SECRET_KEY` is no longer the one that it was encrypted with.
    pub fn open(keys: &Keys, doctor_id: i64, sealed: &str) -> Option<Self> {
        let plain = seal::open(keys, PURPOSE, &doctor_id.to_string(), sealed)?;
        Url::parse(std::str::from_utf8(&plain).ok()?).ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_internet_are_taken() {
        let parse = |typed: &str| Address::parse(typed, false).map(|address| address.url().to_string());
        assert_eq!(parse(" webcal://p1.example.org/a.ics "), Ok("https://p1.example.org/a.ics".into()));
        assert_eq!(Address::parse("https://example.org/abc-wxyz", false).unwrap().hint(), "wxyz");
        for wrong in [
            "",
            "example.org/a.ics",
            "http://example.org/a.ics",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://ann:secret@example.org/",
            "https://127.0.0.1/a.ics",
            "https://2130706433/a.ics",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://LOCALHOST./",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert!(Address::parse("http://127.0.0.1:8000/a.ics", true).is_ok());
    }
}
