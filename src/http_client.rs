//! The HTTP client for other servers: TLS with the certificates that this machine trusts, no redirects, and a time limit.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use awc::{Client, Connector};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

/// A client for this address. It belongs to one thread.
pub fn client(url: &Url, patience: Duration) -> Result<Client, String> {
    let connector = Connector::new().timeout(patience);
    let connector = if url.scheme() == "https" { connector.rustls_0_23(tls()?) } else { connector };
    Ok(Client::builder().connector(connector).disable_redirects().timeout(patience).add_default_header(("user-agent", "Praxis")).finish())
}

/// The certificates, read once.
fn tls() -> Result<Arc<ClientConfig>, String> {
    static READ: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
    };
    READ.get_or_init(read).clone()
}
