//! Requests to providers: only to the hosts that the issuer permits, with limits on size and time.

use std::time::Duration;

use openidconnect::http::{Response, StatusCode};
use openidconnect::{HttpRequest, HttpResponse};
use url::{Host, Url};

use super::error::OidcError;
use super::provider::is_loopback;
use crate::http_client;

/// Bytes of a response. Providers send a few kilobytes; more is a fault or an attack.
const LARGEST: usize = 512 * 1024;
/// The time limit of a single request; [`crate::oidc::providers::DEADLINE`] applies to a whole sign-in.
const PATIENCE: Duration = Duration::from_secs(8);

/// Sends requests to one provider.
pub struct HttpClient<'a> {
    pub issuer: &'a Url,
}

impl HttpClient<'_> {
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, OidcError> {
        let url = Url::parse(&request.uri().to_string()).map_err(OidcError::lied)?;
        if !permits(self.issuer, &url) {
            return Err(OidcError::lied("an address that is not allowed"));
        }
        let method = actix_web::http::Method::from_bytes(request.method().as_str().as_bytes()).map_err(OidcError::lied)?;
        let mut sent = http_client::client(&url, PATIENCE).map_err(OidcError::Away)?.request(method, url.as_str());
        for (name, value) in request.headers() {
            sent = sent.insert_header((name.as_str(), value.as_bytes()));
        }
        let mut received = sent.send_body(request.into_body()).await.map_err(OidcError::away)?;
        let status = StatusCode::from_u16(received.status().as_u16()).map_err(OidcError::lied)?;
        let mut response = Response::builder().status(status);
        if let Some(kind) = received.headers().get("content-type") {
            response = response.header("content-type", kind.as_bytes());
        }
        let body = received.body().limit(LARGEST).await.map_err(OidcError::away)?;
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(OidcError::Away(format!("status {status}")));
        }
        response.body(body.to_vec()).map_err(OidcError::lied)
    }
}

/// A provider chooses its own endpoints, but must not direct requests into our network: any host other than the issuer's must be
/// a domain name over TLS, and neither an IP address nor this machine.
fn permits(issuer: &Url, url: &Url) -> bool {
    let same_host = url.host() == issuer.host();
    let named = matches!(url.host(), Some(Host::Domain(_))) && !is_loopback(url);
    let private = url.scheme() == "https" || (url.scheme() == "http" && issuer.scheme() == "http" && same_host);
    private && (same_host || named) && url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_does_not_lead_us_into_our_own_network() {
        let permits = |issuer: &str, url: &str| permits(&Url::parse(issuer).unwrap(), &Url::parse(url).unwrap());
        assert!(permits("https://accounts.google.com", "https://www.googleapis.com/oauth2/v3/certs"));
        assert!(permits("https://10.0.0.5/realm", "https://10.0.0.5/realm/jwks"));
        assert!(permits("http://127.0.0.1:3000", "http://127.0.0.1:3000/token"));
        for wrong in [
            "http://accounts.google.com/jwks",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://127.0.0.1/",
            "https://localhost/",
            "http://localhost:8000/",
            "https://10.0.0.5/",
            "file:///etc/passwd",
            "https://me:word@www.googleapis.com/",
        ] {
            assert!(!permits("https://accounts.google.com", wrong), "{wrong}");
        }
        assert!(!permits("http://127.0.0.1:3000", "http://10.0.0.5/token"));
        assert!(!permits("http://127.0.0.1:3000", "http://localhost:3000/token"));
    }
}
