//! A real browser, driven as WebDriver says: one session of Debian's chromium. The few calls that are needed are made with the tests' own
//! client; a library for them would bring sixty others.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Client;

pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A phone of 360 by 780 points.
    pub fn start() -> Browser {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut driver = Command::new("chromedriver");
        driver.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let driver = driver.spawn().expect("chromedriver starts (on Debian: apt-get install chromium chromium-driver)");
        let client = Client::new(&format!("127.0.0.1:{port}"));
        let began = Instant::now();
        while std::net::TcpStream::connect(&client.at).is_err() {
            assert!(began.elapsed() < Duration::from_secs(60), "chromedriver does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser { driver, client, session: String::new(), _profile: profile };
        let folder = format!("--user-data-dir={}", browser._profile.path().display());
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en", &folder];
        let phone = json!({ "deviceMetrics": { "width": 360, "height": 780, "pixelRatio": 1.0, "touch": true } });
        let options = json!({ "args": arguments, "mobileEmulation": phone });
        let wanted = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let begun = browser.call("POST", "/session", &wanted);
        browser.session = begun["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let answer = self.client.send(method, path, &[("Host", &self.client.at)], &body);
        let said: Value = serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{method} {path}: {}", answer.body));
        assert_eq!(answer.status, 200, "{method} {path}: {said}");
        said["value"].clone()
    }

    fn of_session(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("/session/{}/{path}", self.session), body)
    }

    pub fn open(&self, url: &str) {
        self.of_session("url", &json!({ "url": url }));
    }

    /// What a script returns.
    pub fn run(&self, script: &str) -> Value {
        self.of_session("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// What a script passes on to its last argument.
    pub fn run_later(&self, script: &str) -> Value {
        self.of_session("execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Clicks as a finger does: on what can be seen, where it can be seen.
    pub fn click(&self, css: &str) {
        let found = self.of_session("element", &json!({ "using": "css selector", "value": css }));
        let element = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str).expect("an element");
        self.of_session(&format!("element/{element}/click"), &json!({}));
    }

    /// Waits until a script returns true.
    pub fn until(&self, what: &str, most: Duration, script: &str) {
        let began = Instant::now();
        while self.run(&format!("return !!({script})")) != json!(true) {
            let page = || self.run("return document.body.innerText");
            assert!(began.elapsed() < most, "waited {most:?} in vain until {what}:\n{}", page().as_str().unwrap_or_default());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As on a machine with light or dark pages.
    pub fn colours(&self, scheme: &str) {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.of_session("goog/cdp/execute", &json!({ "cmd": "Emulation.setEmulatedMedia", "params": media }));
    }

    /// What axe finds wrong with the page, of the serious.
    pub fn faults(&self) -> Vec<String> {
        let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/axe.min.js");
        self.run(&std::fs::read_to_string(axe).expect("axe-core"));
        let found = self.run_later("const done = arguments[0]; axe.run().then((found) => done(found.violations));");
        let serious = found
            .as_array()
            .expect("a list")
            .iter()
            .filter(|fault| matches!(fault["impact"].as_str(), Some("serious" | "critical")));
        serious.map(|fault| format!("{}: {}", fault["id"], fault["nodes"][0]["failureSummary"])).collect()
    }

    /// Whether the page fits the phone, and everything that can be pressed is large enough for a thumb.
    pub fn misfits(&self) -> Vec<String> {
        let found = self.run(
            "const wide = document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the phone'] : [];
             const seen = [...document.querySelectorAll('button, summary, nav a, .chip, select, input:not([type=hidden])')];
             const small = seen.map((it) => [it, it.getBoundingClientRect()]).filter(([it, box]) =>
                 box.width > 0 && box.height < 43.5 && !it.closest('.tick'));
             return wide.concat(small.map(([it, box]) => it.outerHTML.slice(0, 80) + ' ' + box.height));",
        );
        found.as_array().expect("a list").iter().map(ToString::to_string).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // Ends the browser itself; a driver that is killed would leave it.
            let _ = self.client.send("DELETE", &format!("/session/{}", self.session), &[("Host", &self.client.at)], "");
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
