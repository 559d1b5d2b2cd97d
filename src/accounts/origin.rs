//! Where a request comes from: the network address, and the browser or program according to its `User-Agent`.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::web::request::client::{ip_of, user_agent_of};

/// The address and the `User-Agent` of a request, as stored.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub ip: String,
    pub user_agent: String,
}

impl Origin {
    pub fn of(request: &HttpRequest) -> Self {
        Self { ip: ip_of(request), user_agent: user_agent_of(request) }
    }

    pub fn browser(&self) -> String {
        browser(&self.user_agent)
    }

    pub fn network(&self) -> String {
        network(&self.ip)
    }
}

/// `Firefox on Windows`; `an unknown browser` if the text names no known one.
pub fn browser(user_agent: &str) -> String {
    let has = |sign: &&(&str, &str)| user_agent.contains(sign.0);
    let named = |signs: &[(&str, &'static str)]| signs.iter().find(has).map(|(_, name)| *name);
    // Newer browsers include the names of older ones, so the order matters.
    let browser = named(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = named(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "an unknown browser".into(),
    }
}

/// An address for display, with a note if it is this server's or in a local network.
pub fn network(ip: &str) -> String {
    match ip.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) if address.is_loopback() => format!("the clinic's server ({ip})"),
        Ok(IpAddr::V6(address)) if address.is_loopback() => format!("the clinic's server ({ip})"),
        Ok(IpAddr::V4(address)) if address.is_private() => format!("a local network ({ip})"),
        Ok(IpAddr::V6(address)) if address.is_unique_local() => format!("a local network ({ip})"),
        Ok(_) => ip.into(),
        Err(_) => "unknown".into(),
    }
}

/// The name and version of a program according to its `User-Agent`, or the browser.
pub fn program(user_agent: &str) -> String {
    let known = browser(user_agent);
    let first = user_agent.split_whitespace().next().unwrap_or("");
    let message: String = first.chars().filter(char::is_ascii_graphic).take(40).collect();
    match known.as_str() {
        "an unknown browser" if message.is_empty() => "Unknown program".into(),
        "an unknown browser" => message.replace('/', " "),
        _ => known,
    }
}

#[cfg(test)]
mod tests {
    use super::{browser, network, program};

    #[test]
    fn a_program_has_the_name_that_it_tells() {
        assert_eq!(program("python-requests/2.32.3"), "python-requests 2.32.3");
        assert_eq!(program("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox on Linux");
        assert_eq!(program("\u{202e}"), "Unknown program");
    }

    #[test]
    fn an_address_says_how_near_somebody_is() {
        assert_eq!(network("127.0.0.1"), "the clinic's server (127.0.0.1)");
        assert_eq!(network("192.168.1.7"), "a local network (192.168.1.7)");
        assert_eq!(network("fd00::7"), "a local network (fd00::7)");
        assert_eq!(network("203.0.113.9"), "203.0.113.9");
        assert_eq!(network(""), "unknown");
    }

    #[test]
    fn a_browser_has_a_name() {
        let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(browser(agent), "Edge on Windows");
        assert_eq!(browser("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"), "Firefox on Linux");
        assert_eq!(browser("curl/8.0"), "curl");
        assert_eq!(browser("\u{202e}"), "an unknown browser");
    }
}
