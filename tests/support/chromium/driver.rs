//! Chromium and its chromedriver. Both go on from story to story, because to start them takes longer than most stories;
//! each story gets a tab that knows nothing of the one before.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::folder;

pub const CHROMIUM: &str = "/usr/bin/chromium";
pub const DRIVER: &str = "/usr/bin/chromedriver";

/// Those that no story uses now.
static IDLE: Mutex<Vec<Driver>> = Mutex::new(Vec::new());

pub struct Driver {
    size: (u32, u32),
    process: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Driver {
    /// One with a window of this size, and the connection of this story to it.
    pub async fn take(size: (u32, u32)) -> (Self, Client) {
        let idle = || {
            let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
            let place = idle.iter().position(|driver| driver.size == size)?;
            Some(idle.swap_remove(place))
        };
        let Some(driver) = idle() else { return Self::start(size).await };
        let client = Client::with_existing_session(&driver.url(""), &driver.session, HttpConnector::new()).await;
        let client = client.expect("the session goes on");
        client.persist().await.expect("a connection");
        (driver, client)
    }

    async fn start(size: (u32, u32)) -> (Self, Client) {
        let (process, port) = (0..3).find_map(|_| start_process()).expect("chromedriver says its port");
        let profile = folder::temporary();
        let mut driver = Self { size, process, port, session: String::new(), _profile: profile };
        let capabilities = driver.capabilities();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().cloned().expect("an object"));
        let client = builder.connect(&driver.url("")).await.expect("a window");
        // It outlives this connection.
        client.persist().await.expect("a connection");
        driver.session = client.session_id().await.expect("the driver answers").expect("a session");
        (driver, client)
    }

    fn capabilities(&self) -> Value {
        let (width, height) = self.size;
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--force-prefers-reduced-motion",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &format!("--window-size={width},{height}"),
            &format!("--user-data-dir={}", self._profile.path().display()),
        ]
        .map(String::from);
        let mut options = json!({ "binary": CHROMIUM, "args": arguments });
        if width < 500 {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0 } });
        }
        json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
    }

    /// The address of a command, such as `/url`.
    pub fn command(&self, name: &str) -> String {
        self.url(&format!("/session/{}{name}", self.session))
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Sends a command that fantoccini does not know.
    pub async fn send(&self, name: &str, body: &Value) {
        let answer = awc::Client::default().post(self.command(name)).send_json(body).await.expect("the driver answers");
        assert!(answer.status().is_success(), "{name}: {}", answer.status());
    }

    /// Back to what a new browser is: one blank tab and no cookie. What a page stores belongs to the port of its clinic.
    pub async fn hand_back(self, client: &Client) {
        let before = client.windows().await.expect("tabs");
        let fresh = client.new_window(true).await.expect("a tab").handle;
        for tab in before {
            client.switch_to_window(tab).await.expect("a tab");
            client.close_window().await.expect("it closes");
        }
        client.switch_to_window(fresh).await.expect("the new tab");
        self.send("/goog/cdp/execute", &json!({ "cmd": "Network.clearBrowserCookies", "params": {} })).await;
        IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(self);
    }
}

impl Drop for Driver {
    /// The end of the session ends Chromium.
    fn drop(&mut self) {
        let _ = end_session(self.port, &self.session);
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn end_session(port: u16, session: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n")?;
    stream.read_to_end(&mut Vec::new()).map(|_| ())
}

/// Ends those that are left, after the last story.
pub fn tidy() {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Starts a driver, which says on which port it listens. Now and then one ends before that: the free port it chose was
/// taken by somebody else meanwhile.
fn start_process() -> Option<(Child, u16)> {
    let mut driver = Command::new(DRIVER).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver");
    let output = BufReader::new(driver.stdout.take().expect("its output"));
    let port = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.rsplit_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok());
    if port.is_none() {
        let _ = driver.kill();
        let _ = driver.wait();
    }
    Some((driver, port?))
}
