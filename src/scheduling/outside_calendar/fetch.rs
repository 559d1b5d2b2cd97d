//! Fetches a calendar: with limits on size, time and redirects, and only from the internet. The address that was checked is the one
//! that is connected to, so that a name cannot mean something else a moment later.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use awc::error::PayloadError;
use url::{Host, Url};

use super::network::is_public;
use crate::english::plural;
use crate::http_client;

/// For everything, redirects included.
const PATIENCE: Duration = Duration::from_secs(10);
const REDIRECTS: usize = 5;
/// Bytes of a file.
const LARGEST: usize = 2 * 1024 * 1024;
/// Bytes of what a server calls a version; longer ones are not kept.
const LONGEST_NAME: usize = 500;

/// What the other server calls the version that is known already; blank for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    pub etag: String,
    pub last_modified: String,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing has changed since the known version.
    Same,
    File {
        text: String,
        version: Version,
    },
}

/// Where may be fetched from.
#[derive(Clone, Copy)]
pub struct Reach {
    allows: fn(IpAddr) -> bool,
    /// Whether without TLS as well.
    in_the_clear: bool,
}

impl Reach {
    pub fn new(allows_private: bool) -> Self {
        Self { allows: if allows_private { |_| true } else { is_public }, in_the_clear: allows_private }
    }
}

/// The error is a sentence for people, without the address.
pub async fn fetch(url: &Url, known: &Version, reach: Reach) -> Result<Fetched, String> {
    let done = tokio::time::timeout(PATIENCE, follow(url.clone(), known, reach)).await;
    done.unwrap_or_else(|_| Err(format!("The server did not answer within {}", plural(PATIENCE.as_secs() as i64, "second", "seconds"))))
}

async fn follow(mut url: Url, known: &Version, reach: Reach) -> Result<Fetched, String> {
    for _ in 0..=REDIRECTS {
        let address = resolve(&url, reach.allows).await?;
        let mut request = http_client::client(&url, PATIENCE * 2)?
            .get(url.as_str())
            .address(address)
            .insert_header(("accept", "text/calendar, */*;q=0.1"));
        for (name, value) in [(IF_NONE_MATCH, &known.etag), (IF_MODIFIED_SINCE, &known.last_modified)] {
            if !value.is_empty() {
                request = request.insert_header((name, value.as_str()));
            }
        }
        let mut answer = request.send().await.map_err(|error| {
            tracing::debug!(%error, host = url.host_str().unwrap_or_default(), "could not fetch a calendar");
            "The server could not be reached".to_string()
        })?;
        match answer.status() {
            StatusCode::OK => {
                let version = Version { etag: header(answer.headers(), ETAG), last_modified: header(answer.headers(), LAST_MODIFIED) };
                let body = answer.body().limit(LARGEST).await.map_err(|error| match error {
                    PayloadError::Overflow => format!("The file is larger than {} MB", LARGEST / 1024 / 1024),
                    _ => "The connection broke before the file was complete".into(),
                })?;
                return Ok(Fetched::File { text: String::from_utf8_lossy(&body).into_owned(), version });
            }
            StatusCode::NOT_MODIFIED if *known != Version::default() => return Ok(Fetched::Same),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => {
                let next = url.join(&header(answer.headers(), LOCATION)).map_err(|_| "The server redirects to no address".to_string())?;
                let is_safe = next.scheme() == "https" || (next.scheme() == "http" && reach.in_the_clear);
                if !is_safe {
                    return Err("The server redirects to an address without encryption".into());
                }
                url = next;
            }
            status => return Err(format!("The server answered with the status {}", status.as_u16())),
        }
    }
    Err("The server redirects too often".into())
}

fn header(headers: &HeaderMap, name: HeaderName) -> String {
    let text = headers.get(&name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if name == LOCATION || text.len() <= LONGEST_NAME { text.into() } else { String::new() }
}

/// An address of the server that may be connected to.
async fn resolve(url: &Url, allows: fn(IpAddr) -> bool) -> Result<SocketAddr, String> {
    let port = url.port_or_known_default().ok_or("The address has no port")?;
    let found: Vec<SocketAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => vec![(ip, port).into()],
        Some(Host::Ipv6(ip)) => vec![(ip, port).into()],
        Some(Host::Domain(name)) => {
            let name = name.to_string();
            let asked = actix_web::rt::task::spawn_blocking(move || (name.as_str(), port).to_socket_addrs().map(Iterator::collect)).await;
            asked.ok().and_then(Result::ok).ok_or("The server was not found")?
        }
        None => Vec::new(),
    };
    if found.is_empty() {
        return Err("The server was not found".into());
    }
    let allowed = found.into_iter().find(|address| allows(address.ip()));
    allowed.ok_or_else(|| "The address leads to a private network, which is not allowed".into())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// A server that sends whoever asks to this address.
    fn redirects_to(place: &str) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 2048]);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Url::parse(&format!("http://127.0.0.1:{port}/a.ics")).unwrap()
    }

    fn fetched(url: &Url) -> Result<Fetched, String> {
        // As if this one address were on the internet.
        let reach = Reach { allows: |ip| ip == IpAddr::from([127, 0, 0, 1]), in_the_clear: true };
        actix_web::rt::System::new().block_on(fetch(url, &Version::default(), reach))
    }

    #[test]
    fn a_redirect_does_not_lead_into_a_private_network() {
        for place in ["http://127.0.0.2:9/", "http://[::1]:9/", "http://169.254.169.254/latest", "https://10.0.0.1/", "//192.168.0.1/"] {
            let said = fetched(&redirects_to(place)).unwrap_err();
            assert_eq!(said, "The address leads to a private network, which is not allowed", "{place}");
        }
        for place in ["file:///etc/passwd", "ftp://example.org/"] {
            assert!(fetched(&redirects_to(place)).unwrap_err().contains("without encryption"), "{place}");
        }
        assert_eq!(fetched(&redirects_to("/again.ics")).unwrap_err(), "The server redirects too often");
    }

    #[test]
    fn without_a_setting_nothing_here_is_fetched() {
        let url = redirects_to("/");
        let done = actix_web::rt::System::new().block_on(fetch(&url, &Version::default(), Reach::new(false)));
        assert!(done.unwrap_err().contains("private network"));
    }
}
