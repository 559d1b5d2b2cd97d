//! Debian's Chromium, driven through chromedriver.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use fantoccini::{Client, ClientBuilder};
use serde_json::json;
use tempfile::TempDir;

const CHROMIUM: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";

/// Why there is no browser here.
pub fn is_there() -> Result<(), String> {
    match [CHROMIUM, DRIVER].iter().find(|path| !Path::new(path).exists()) {
        Some(missing) => Err(format!("{missing} is not installed")),
        None => Ok(()),
    }
}

/// A window with a driver of its own; both end with it.
pub struct Window {
    pub client: Client,
    driver: Child,
    _profile: TempDir,
}

/// Windows are heavy: one at a time.
pub fn turn() -> std::sync::MutexGuard<'static, ()> {
    static TURN: OnceLock<Mutex<()>> = OnceLock::new();
    TURN.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Window {
    pub async fn open(width: u32, height: u32) -> Self {
        let mut driver = Command::new(DRIVER).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver");
        let port = port_of(&mut driver);
        let profile = tempfile::tempdir().expect("a profile");
        let arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            &format!("--window-size={width},{height}"), &format!("--user-data-dir={}", profile.path().display()),
        ]
        .map(String::from);
        let mut options = json!({ "binary": CHROMIUM, "args": arguments });
        if width < 500 {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0 } });
        }
        let capabilities = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.as_object().cloned().expect("an object"));
        let client = builder.connect(&format!("http://127.0.0.1:{port}")).await;
        Self { client: client.expect("a window"), driver, _profile: profile }
    }

    pub async fn close(mut self) {
        self.client.clone().close().await.expect("the window closes");
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The driver says on which port it listens.
fn port_of(driver: &mut Child) -> u16 {
    let output = BufReader::new(driver.stdout.take().expect("its output"));
    for line in output.lines() {
        let line = line.expect("a line");
        if let Some((_, port)) = line.rsplit_once("on port ") {
            return port.trim_end_matches('.').parse().expect("a port");
        }
    }
    panic!("chromedriver said no port");
}
