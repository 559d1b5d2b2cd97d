//! Debian's Chromium, driven through chromedriver.

use std::future::Future;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Clinic, folder};
use crate::support::harness::stopwatch;

const CHROMIUM: &str = "/usr/bin/chromium";
/// Chromium without a window system, which starts in half the time.
const HEADLESS: &str = "/usr/bin/chromium-headless-shell";
const DRIVER: &str = "/usr/bin/chromedriver";

/// How long a story waits for a change of the page: long, because a machine that builds and tests at once is slow, and waiting
/// ends as soon as the change is there.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no browser on this machine.
pub fn is_available() -> Result<(), String> {
    let browser = [HEADLESS, CHROMIUM].iter().any(|path| Path::new(path).exists());
    match (browser, Path::new(DRIVER).exists()) {
        (false, _) => Err(format!("neither {HEADLESS} nor {CHROMIUM} is installed")),
        (_, false) => Err(format!("{DRIVER} is not installed")),
        (true, true) => Ok(()),
    }
}

fn browser() -> &'static str {
    if Path::new(HEADLESS).exists() { concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/chromium-headless-shell") } else { CHROMIUM }
}

/// A window with its own driver; both are closed with it.
pub struct Window {
    pub client: Client,
    driver: Child,
    port: u16,
    _profile: TempDir,
    _turn: SemaphorePermit<'static>,
}

/// Windows need much memory: three at a time.
static TURNS: Semaphore = Semaphore::const_new(3);

/// The source of axe-core, from `npm install axe-core`, or why there is none.
pub fn axe() -> &'static Result<String, String> {
    const PATH: &str = "node_modules/axe-core/axe.min.js";
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    SOURCE.get_or_init(|| std::fs::read_to_string(PATH).map_err(|_| format!("{PATH} is not installed")))
}

impl Window {
    pub async fn open(width: u32, height: u32) -> Self {
        let turn = stopwatch::leave_out(TURNS.acquire()).await.expect("a turn");
        let (driver, port) = (0..3).find_map(|_| start_driver()).expect("chromedriver says its port");
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
            &format!("--window-size={width},{height}"),
            &format!("--user-data-dir={}", profile.path().display()),
        ]
        .map(String::from);
        let mut options = json!({ "binary": browser(), "args": arguments });
        if width < 500 {
            options["mobileEmulation"] = json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0 } });
        }
        let capabilities = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.as_object().cloned().expect("an object"));
        let client = builder.connect(&format!("http://127.0.0.1:{port}")).await;
        Self { client: client.expect("a window"), driver, port, _profile: profile, _turn: turn }
    }

    pub async fn goto(&self, clinic: &Clinic, path: &str) {
        self.client.goto(&format!("http://{}{path}", clinic.address)).await.expect("the page opens");
        self.is_sound(path).await;
    }

    pub async fn type_in(&self, selector: &str, text: &str) {
        let field = self.client.find(Locator::Css(selector)).await.unwrap_or_else(|_| panic!("{selector} is not there"));
        field.clear().await.expect("it empties");
        field.send_keys(text).await.expect("it takes text");
    }

    /// Presses keys in a field without clearing it.
    pub async fn keys(&self, selector: &str, keys: &str) {
        let field = self.client.find(Locator::Css(selector)).await.unwrap_or_else(|_| panic!("{selector} is not there"));
        field.send_keys(keys).await.expect("it takes keys");
    }

    pub async fn click(&self, selector: &str) {
        let found = self.client.find(Locator::Css(selector)).await.unwrap_or_else(|_| panic!("{selector} is not there"));
        found.click().await.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
    }

    /// Clicks a button that leads to another page, and waits for that page.
    pub async fn press(&self, selector: &str) {
        let before = self.client.find(Locator::Css("html")).await.expect("a page");
        self.click(selector).await;
        let patience = Instant::now();
        while before.tag_name().await.is_ok() && patience.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        self.client.wait().for_element(Locator::Css("main")).await.expect("another page");
        self.is_sound(selector).await;
    }

    pub fn see(&self, words: &str) -> impl Future<Output = ()> {
        let client = self.client.clone();
        let words = words.to_string();
        async move {
            let mut text = String::new();
            let patience = Instant::now();
            while patience.elapsed() < PATIENCE {
                if let Ok(body) = client.find(Locator::Css("body")).await {
                    text = body.text().await.unwrap_or_default();
                    if text.contains(&words) {
                        return;
                    }
                }
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            panic!("‘{words}’ is not to be seen: {text}");
        }
    }

    pub async fn run(&self, script: &str) -> serde_json::Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Checks that nothing scrolls sideways and the browser's console has no errors.
    pub async fn is_sound(&self, place: &str) {
        let wide = self.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
        assert_eq!(wide, json!(0), "{place} scrolls sideways");
    }

    /// Checks for accessibility violations with axe-core.
    pub async fn has_no_barriers(&self, place: &str) {
        self.finds_no_barriers("{}", place).await;
    }

    /// The same in dark mode, where only the rule about contrast can give another result; also that nothing scrolls sideways.
    pub async fn is_open_to_all(&self, place: &str) {
        self.is_sound(place).await;
        self.run("document.documentElement.dataset.theme = 'light'").await;
        self.has_no_barriers(place).await;
        self.run("document.documentElement.dataset.theme = 'dark'").await;
        self.finds_no_barriers("{ runOnly: ['color-contrast'] }", &format!("{place} in the dark")).await;
    }

    /// The same without the slowest rule, for a page whose colours were checked at another width.
    pub async fn has_no_barriers_but_of_colour(&self, place: &str) {
        self.finds_no_barriers("{ rules: { 'color-contrast': { enabled: false } } }", place).await;
    }

    /// The pages that follow load axe by themselves, which takes half the time of sending it to each. What the results do not
    /// need is left out: selectors and the styles of other pages take axe most of its time.
    async fn finds_no_barriers(&self, options: &str, place: &str) {
        if self.run("return typeof axe").await == json!("undefined") {
            let source = axe().as_ref().expect("axe-core");
            let later = json!({ "cmd": "Page.addScriptToEvaluateOnNewDocument", "params": { "source": source } });
            self.tell_driver("goog/cdp/execute", &later).await;
            self.client.execute(source, Vec::new()).await.expect("axe loads");
        }
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             const options = {{ resultTypes: ['violations'], selectors: false, preload: false, ...{options} }}; \
             axe.run(document, options).then(found => done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html).join(' | '))));"
        );
        let found = self.client.execute_async(&script, Vec::new()).await.expect("axe runs");
        assert_eq!(found, json!([]), "{place}");
    }

    /// Adds a virtual authenticator, whose user is always verified.
    pub async fn carries_a_key(&self) {
        let key = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true
        });
        self.tell_driver("webauthn/authenticator", &key).await;
    }

    /// Empties the cache, as for a first visit.
    pub async fn forget_files(&self) {
        self.tell_driver("goog/cdp/execute", &json!({ "cmd": "Network.clearBrowserCache", "params": {} })).await;
    }

    /// Shows the page as it is printed.
    pub async fn on_paper(&self) {
        self.tell_driver("goog/cdp/execute", &json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": "print" } })).await;
    }

    async fn tell_driver(&self, command: &str, body: &serde_json::Value) {
        let session = self.client.session_id().await.expect("the driver answers").expect("a session");
        let address = format!("http://127.0.0.1:{}/session/{session}/{command}", self.port);
        let answer = awc::Client::default().post(address).send_json(body).await.expect("the driver answers");
        assert!(answer.status().is_success(), "{command}: {}", answer.status());
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

/// Starts a driver, which prints its port. Sometimes one ends before that, because another program took the free port that it had
/// chosen.
fn start_driver() -> Option<(Child, u16)> {
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
