//! A real OpenID Connect provider in a process of its own, and a browser on the way there and back.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::support::{Browser, Clinic, Page};

pub const SECRET: &str = "a-secret-of-the-tests: not for anything else";

/// Why there is no such provider on this machine.
pub fn is_available() -> Result<(), String> {
    static FOUND: OnceLock<Result<(), String>> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            const PATH: &str = "node_modules/oidc-provider/package.json";
            if !Path::new(PATH).exists() {
                return Err(format!("{PATH} is not installed"));
            }
            let asked = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            if asked.is_ok_and(|status| status.success()) { Ok(()) } else { Err("node is not installed".into()) }
        })
        .clone()
}

/// The port of one provider for the whole suite; it ends when the pipe to this process closes.
fn port() -> u16 {
    static STARTED: OnceLock<(Child, u16)> = OnceLock::new();
    let start = || {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/process/oidc_provider.mjs");
        let mut child =
            Command::new("node").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("node");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // It may print a warning about the version of Node first.
        let port = lines.find_map(|line| line.expect("a line").trim().parse().ok()).expect("a port");
        std::thread::spawn(move || lines.for_each(drop));
        (child, port)
    };
    STARTED.get_or_init(start).1
}

pub fn address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port()))
}

impl Clinic {
    /// The same clinic with a real provider, as "Clinic ID".
    pub async fn with_provider(&self, more: &[(&str, &str)]) -> Self {
        let issuer = format!("http://{}", address());
        let settings = [
            ("OIDC_PROVIDERS", "clinic_id"),
            ("OIDC_CLINIC_ID_ISSUER", &issuer),
            ("OIDC_CLINIC_ID_CLIENT_ID", "praxis"),
            ("OIDC_CLINIC_ID_CLIENT_SECRET", SECRET),
            ("OIDC_CLINIC_ID_LABEL", "Clinic ID"),
        ];
        // Later settings override earlier ones.
        let settings: Vec<_> = more.iter().copied().chain(settings).collect();
        Self::open_with(self.backend, &settings).await
    }
}

/// The address to which our page sends the browser, by a link and a refresh.
pub fn destination(page: &Page) -> url::Url {
    page.is(200);
    let link = page.attributes("a.button.primary", "href").pop().expect("a link");
    let refresh = page.attributes("meta[http-equiv=refresh]", "content").pop().expect("a refresh");
    assert_eq!(refresh, format!("0;url={link}"));
    link.parse().expect("an address")
}

/// Signs in as `account` at the provider; returns the path of the callback.
pub async fn visit(provider: &Browser, destination: &url::Url, account: &str) -> String {
    let mut path = destination[url::Position::BeforePath..].to_string();
    for _ in 0..10 {
        let page = provider.get(&path).await;
        let next = page.header("location").to_string();
        assert!(matches!(page.status, 302 | 303), "{path}: {} {}", page.status, page.body);
        if next.contains("/login/oidc/") {
            let next: url::Url = next.parse().expect("an address");
            return next[url::Position::BeforePath..].to_string();
        }
        path = next.replacen(&format!("http://{}", provider.address), "", 1);
        if path.starts_with("/interaction/") {
            path += &format!("?account={account}");
        }
    }
    panic!("{path} leads in circles");
}

/// From a page of Praxis to the provider and back; returns the page of the callback.
pub async fn follow(browser: &Browser, leaving: &Page, account: &str) -> Page {
    let back = visit(&Browser::new(address()), &destination(leaving), account).await;
    browser.get(&back).await
}

/// Clicks the button on the sign-in page.
pub async fn sign_in(browser: &Browser, account: &str) -> Page {
    let leaving = browser.post("/login/oidc/clinic_id", &[]).await;
    follow(browser, &leaving, account).await
}
