//! Browsers that go from one story to the next, because starting one takes longer than many a story.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::chromium::{CHROMIUM, DRIVER, HEADLESS, PATIENCE};
use super::folder;

/// Those that no story uses. They are empty: a story that fails ends its browser instead of giving it back.
static IDLE: Mutex<Vec<Running>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<Running>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn take() -> Running {
    let known = idle().pop();
    known.unwrap_or_else(|| (0..3).find_map(|_| Running::start()).expect("a browser and its driver say their ports"))
}

pub fn give_back(browser: Running) {
    idle().push(browser);
}

/// After the last story.
pub fn end() {
    idle().clear();
}

/// A browser and its driver, which end when this is dropped.
pub struct Running {
    driver: Child,
    browser: Child,
    profile: TempDir,
    /// Of the driver.
    pub port: u16,
    /// Where the driver finds the browser.
    pub debugger: String,
}

impl Running {
    /// Sometimes one of the two ends at once, because another program took the free port that it had chosen.
    fn start() -> Option<Self> {
        let profile = folder::temporary();
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
            "--window-size=1280,900",
            "--remote-debugging-port=0",
            // What chromedriver adds to a browser that it starts itself.
            "--disable-client-side-phishing-detection",
            "--disable-default-apps",
            "--disable-hang-monitor",
            "--disable-popup-blocking",
            "--disable-prompt-on-repost",
            "--enable-automation",
            "--no-service-autorun",
            "--password-store=basic",
            "--use-mock-keychain",
        ];
        let mut browser = Command::new(binary());
        browser.args(arguments).arg(format!("--user-data-dir={}", profile.path().display()));
        let browser = browser.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("Chromium");
        let driver = Command::new(DRIVER).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver");
        let mut running = Self { driver, browser, profile, port: 0, debugger: String::new() };
        running.port = running.port_of_driver()?;
        running.debugger = format!("127.0.0.1:{}", running.port_of_browser()?);
        Some(running)
    }

    /// The driver prints it.
    fn port_of_driver(&mut self) -> Option<u16> {
        let output = BufReader::new(self.driver.stdout.take().expect("its output"));
        let mut lines = output.lines().map_while(Result::ok);
        lines.find_map(|line| line.rsplit_once("started successfully on port ")?.1.trim_end_matches('.').parse().ok())
    }

    /// The browser writes it to a file, and a second line after it.
    fn port_of_browser(&mut self) -> Option<u16> {
        let file = self.profile.path().join("DevToolsActivePort");
        let patience = Instant::now();
        while patience.elapsed() < PATIENCE && matches!(self.browser.try_wait(), Ok(None)) {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if let Some((port, "/devtools/browser/")) = text.split_once('\n').map(|(port, rest)| (port, rest.get(..18).unwrap_or_default()))
            {
                return port.parse().ok();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for child in [&mut self.driver, &mut self.browser] {
            let _ = child.kill();
            let _ = child.wait();
        }
        // The browser's own children end a moment after it, and may still write to the folder.
        for _ in 0..50 {
            if std::fs::remove_dir_all(self.profile.path()).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn binary() -> &'static str {
    if Path::new(HEADLESS).exists() { concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/chromium-headless-shell") } else { CHROMIUM }
}
