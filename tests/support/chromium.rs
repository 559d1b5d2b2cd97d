//! Debian's Chromium, driven through chromedriver.

use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Clinic;
use super::browsers::{self, Running};
use crate::support::harness::stopwatch;

pub const CHROMIUM: &str = "/usr/bin/chromium";
/// Chromium without a window system, which starts in half the time.
pub const HEADLESS: &str = "/usr/bin/chromium-headless-shell";
pub const DRIVER: &str = "/usr/bin/chromedriver";

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

/// A tab of a browser that no other story uses meanwhile.
pub struct Window {
    pub client: Client,
    browser: Running,
    size: (u32, u32),
    _turn: SemaphorePermit<'static>,
}

/// Windows need much memory: three at a time.
static TURNS: Semaphore = Semaphore::const_new(3);

/// The source of axe-core, from `npm install axe-core`, or why there is none.
pub fn axe() -> &'static Result<String, String> {
    const PATH: &str = "node_modules/axe-core/axe.min.js";
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    SOURCE.get_or_init(|| std::fs::read_to_string(PATH).map(|source| source + SAME_COLOURS).map_err(|_| format!("{PATH} is not installed")))
}

/// axe reads the same few colours for every element, which takes a quarter of its time: it is to read each once.
const SAME_COLOURS: &str = ";{
    const colour = axe.commons.color.Color.prototype;
    const read = colour.parseString;
    const known = new Map();
    colour.parseString = function (text) {
        if (!known.has(text)) {
            read.call(this, text);
            known.set(text, [this.r, this.g, this.b, this.alpha]);
        }
        [this.r, this.g, this.b, this.alpha] = known.get(text);
        return this;
    };
}";

impl Window {
    pub async fn open(width: u32, height: u32) -> Self {
        let turn = stopwatch::leave_out(TURNS.acquire()).await.expect("a turn");
        let browser = browsers::take();
        let capabilities = json!({ "goog:chromeOptions": { "debuggerAddress": browser.debugger } });
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder.capabilities(capabilities.as_object().cloned().expect("an object"));
        let client = builder.connect(&format!("http://127.0.0.1:{}", browser.port)).await.expect("a window");
        let window = Self { client, browser, size: (width, height), _turn: turn };
        window.has_its_size().await;
        window
    }

    /// Each tab is given the size by itself. A narrow one is a phone.
    async fn has_its_size(&self) {
        let (width, height) = self.size;
        let is_phone = width < 500;
        self.tell_browser(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone }),
        )
        .await;
        if is_phone {
            self.tell_browser("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true, "maxTouchPoints": 1 })).await;
        }
    }

    /// Opens another tab of the same size and goes there.
    pub async fn open_tab(&self) -> WindowHandle {
        let tab = self.client.new_window(true).await.expect("another tab").handle;
        self.client.switch_to_window(tab.clone()).await.expect("there");
        self.has_its_size().await;
        tab
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

    /// Presses keys where the focus is.
    pub async fn type_on(&self, keys: &str) {
        let field = self.client.active_element().await.expect("a focus");
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

    /// Checks that nothing scrolls sideways.
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
        self.finds_no_barriers("{ runOnly: ['color-contrast'], rules: {} }", &format!("{place} in the dark")).await;
    }

    /// The same without the slowest rule, for a page whose colours were checked at another width.
    pub async fn has_no_barriers_but_of_colour(&self, place: &str) {
        self.finds_no_barriers("{ rules: { ...rules, 'color-contrast': { enabled: false } } }", place).await;
    }

    /// The pages that follow load axe by themselves, which takes half the time of sending it to each. What the results do not
    /// need is left out: selectors and the styles of other pages take axe most of its time. The size of targets is a criterion
    /// of WCAG 2.2, which axe checks only if it is asked to.
    async fn finds_no_barriers(&self, options: &str, place: &str) {
        if self.run("return typeof axe").await == json!("undefined") {
            let source = axe().as_ref().expect("axe-core");
            self.tell_browser("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": source })).await;
            self.client.execute(source, Vec::new()).await.expect("axe loads");
        }
        let script = format!(
            "const done = arguments[arguments.length - 1]; \
             const rules = {{ 'target-size': {{ enabled: true }} }}; \
             const options = {{ resultTypes: ['violations'], selectors: false, preload: false, rules, ...{options} }}; \
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

    /// From now on the tab counts the pages that it loads, whatever the story expects.
    pub async fn counts_loads(&self) {
        const COUNT: &str = "if (self === top && location.protocol.startsWith('http')) \
            sessionStorage.setItem('loads', 1 + Number(sessionStorage.getItem('loads')))";
        self.tell_browser("Page.addScriptToEvaluateOnNewDocument", &json!({ "source": COUNT })).await;
        self.counts_from_here().await;
    }

    /// The page that is shown is not counted.
    pub async fn counts_from_here(&self) {
        self.run("sessionStorage.removeItem('loads')").await;
    }

    /// The pages that were loaded since then.
    pub async fn loads(&self) -> u64 {
        self.run("return Number(sessionStorage.getItem('loads'))").await.as_u64().expect("a number of pages")
    }

    /// Empties the cache, as for a first visit.
    pub async fn forget_files(&self) {
        self.tell_browser("Network.clearBrowserCache", &json!({})).await;
    }

    /// Shows the page as it is printed.
    pub async fn on_paper(&self) {
        self.tell_browser("Emulation.setEmulatedMedia", &json!({ "media": "print" })).await;
    }

    /// The pages that follow run no script.
    pub async fn switch_script_off(&self) {
        self.tell_browser("Emulation.setScriptExecutionDisabled", &json!({ "value": true })).await;
    }

    async fn tell_browser(&self, command: &str, parameters: &serde_json::Value) {
        self.tell_driver("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await;
    }

    async fn tell_driver(&self, command: &str, body: &serde_json::Value) {
        let session = self.client.session_id().await.expect("the driver answers").expect("a session");
        let address = format!("http://127.0.0.1:{}/session/{session}/{command}", self.browser.port);
        let answer = awc::Client::default().post(address).send_json(body).await.expect("the driver answers");
        assert!(answer.status().is_success(), "{command}: {}", answer.status());
    }

    /// Leaves the browser to another story, as empty as a new one: with a new tab, because what belongs to a tab ends with it.
    pub async fn close(self) {
        let old = self.client.windows().await.expect("the tabs");
        let new = self.client.new_window(true).await.expect("another tab").handle;
        for tab in old {
            self.client.switch_to_window(tab).await.expect("a tab");
            self.client.close_window().await.expect("the tab closes");
        }
        self.client.switch_to_window(new).await.expect("the new tab");
        self.tell_browser("Storage.clearDataForOrigin", &json!({ "origin": "*", "storageTypes": "all" })).await;
        self.tell_browser("Network.clearBrowserCookies", &json!({})).await;
        self.tell_browser("Network.clearBrowserCache", &json!({})).await;
        self.client.close().await.expect("the session ends");
        browsers::give_back(self.browser);
    }
}
