//! A headless Chromium, driven by the W3C WebDriver protocol: one JSON request per command, so that no crate is needed.
//!
//! Nothing here sleeps. The session has an implicit wait: `find` returns when the element is there, or fails.

use super::optional;
use futures::FutureExt as _;
use serde_json::{Value, json};
use std::panic::AssertUnwindSafe;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// How long `find` waits. Generous: it is only ever used up by a test that fails.
const PATIENCE_MS: u32 = 20_000;

/// The key under which WebDriver writes an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window.
pub(crate) struct Browser {
    http: reqwest::Client,
    session: String,
}

/// An element of the page.
pub(crate) struct Element<'a> {
    browser: &'a Browser,
    path: String,
}

/// What a page did besides looking right.
pub(crate) struct Conduct {
    /// What it wrote to the console, the browser's own complaints (failed loads, violations of its policy) included.
    pub(crate) console: Vec<String>,
    /// Every address it asked for.
    pub(crate) requests: Vec<String>,
}

/// Runs `test` in a browser and closes it whether or not the test passes. Skips it where there is no Chromium.
pub(crate) async fn with_browser(what: &str, test: impl AsyncFnOnce(&Browser)) {
    let driver = optional::program(&["chromedriver"]);
    let chromium = optional::program(&["chromium", "chromium-browser", "google-chrome"]);
    let (Some(driver), Some(chromium)) = (driver, chromium) else {
        return optional::skip(what, "chromium chromium-driver (apt-get install chromium chromium-driver)");
    };
    let mut driver = tokio::process::Command::new(driver)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("chromedriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output is piped")).lines();
    let port = loop {
        let line = lines.next_line().await.expect("its output is text").expect("it says its port before it ends");
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            break port.trim_end_matches('.').to_owned();
        }
    };
    let profile = tempfile::tempdir().expect("a folder for the browser's profile");
    let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let server = format!("http://127.0.0.1:{port}/session");
    let options = json!({
        "binary": chromium,
        "args": [
            "--headless=new",
            "--no-sandbox", // Chromium refuses to run as root with it, and a build machine's user often is root.
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--window-size=1200,1600",
            format!("--user-data-dir={}", profile.path().display()),
        ],
    });
    let capabilities = json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "timeouts": {"implicit": PATIENCE_MS},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        "goog:chromeOptions": options,
    }}});
    let session = command(http.post(&server).json(&capabilities)).await;
    let id = session["sessionId"].as_str().expect("a session has an id");
    let browser = Browser { http, session: format!("{server}/{id}") };
    browser.open("about:blank").await;
    browser.conduct().await; // drops what the browser's own first page did
    let outcome = AssertUnwindSafe(test(&browser)).catch_unwind().await;
    command(browser.http.delete(&browser.session)).await; // or Chromium would outlive the test
    driver.kill().await.expect("chromedriver ends");
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

impl Browser {
    /// Opens an address and waits until the page has loaded.
    pub(crate) async fn open(&self, address: &str) {
        self.post("url", json!({"url": address})).await;
    }

    /// The first element that a CSS selector finds, once there is one.
    pub(crate) async fn find(&self, css: &str) -> Element<'_> {
        let found = self.post("element", json!({"using": "css selector", "value": css})).await;
        self.element(&found)
    }

    /// The first element whose own text holds `text`, at or below the element with this id, once there is one.
    pub(crate) async fn find_text(&self, id: &str, text: &str) -> Element<'_> {
        assert!(!text.contains('\''), "the text goes into an XPath string");
        let value = format!("//*[@id='{id}']/descendant-or-self::*[text()[contains(., '{text}')]]");
        let found = self.post("element", json!({"using": "xpath", "value": value})).await;
        self.element(&found)
    }

    /// What a script returns.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.post("execute/sync", json!({"script": script, "args": []})).await
    }

    /// Makes pages believe that the person likes this colour scheme, `light` or `dark`.
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let parameters = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
        self.post("goog/cdp/execute", parameters).await;
    }

    /// What happened since the last call.
    pub(crate) async fn conduct(&self) -> Conduct {
        let console = self.log("browser").await;
        let console = console.iter().map(|entry| format!("{}: {}", entry["level"], entry["message"])).collect();
        let mut requests = Vec::new();
        for entry in self.log("performance").await {
            let text = entry["message"].as_str().expect("an entry has a message");
            let event: Value = serde_json::from_str(text).expect("a performance entry is JSON");
            let event = &event["message"];
            if matches!(event["method"].as_str(), Some("Network.requestWillBeSent" | "Network.webSocketCreated")) {
                let address = event["params"]["request"]["url"].as_str().or(event["params"]["url"].as_str());
                requests.push(address.expect("a request has an address").to_owned());
            }
        }
        Conduct { console, requests }
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.post("se/log", json!({"type": kind})).await;
        log.as_array().expect("a log is a list").clone()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        command(self.http.post(format!("{}/{path}", self.session)).json(&body)).await
    }

    fn element(&self, found: &Value) -> Element<'_> {
        let id = found[ELEMENT].as_str().expect("an element has an id");
        Element { browser: self, path: format!("element/{id}") }
    }
}

impl Element<'_> {
    /// Clicks it as a person would: it must be visible and nothing may cover it.
    pub(crate) async fn click(&self) {
        self.browser.post(&format!("{}/click", self.path), json!({})).await;
    }

    /// Puts what is on the clipboard into it: Ctrl and V, in WebDriver's spelling.
    pub(crate) async fn paste(&self) {
        self.browser.post(&format!("{}/value", self.path), json!({"text": "\u{e009}v"})).await;
    }

    /// Its visible text.
    pub(crate) async fn text(&self) -> String {
        let get = self.browser.http.get(format!("{}/{}/text", self.browser.session, self.path));
        command(get).await.as_str().expect("a text").to_owned()
    }
}

/// Sends a command and returns its value, or fails the test with what the browser says.
async fn command(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.expect("chromedriver answers");
    let ok = answer.status().is_success();
    let mut answer: Value = answer.json().await.expect("chromedriver answers with JSON");
    let value = answer["value"].take();
    assert!(ok, "the browser says: {} ({})", value["message"], value["error"]);
    value
}
