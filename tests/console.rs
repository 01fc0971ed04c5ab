//! The console of the built program: who gets in, what pages show and order, what is told as it happens, and that the station airs whatever
//! becomes of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "console/browser.rs"]
mod browser;
#[path = "console/http.rs"]
mod http;
mod station;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use browser::Browser;
use http::Client;
use serde_json::Value;
use station::{PATIENCE, Station};

const ANY: &str = "127.0.0.1:0";

/// A station with a console and a broadcast so many seconds away.
fn on_air_in(seconds: i64) -> Station {
    Station::new().recording("la", 440, 20_000).programme("p", &["la"]).broadcast("evening", "p", seconds).console_at(ANY)
}

/// An order as a page sends it: its id, and what else is in the form.
fn pressed(client: &Client, path: &str, id: &str, more: &str) -> Value {
    let answer = client.post(path, &format!("id={id}{more}"));
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {} {}", answer.status, answer.body))
}

#[test]
fn a_page_shows_what_airs_and_its_stop_stops_it_however_old_the_page_is() {
    let station = on_air_in(8).start();
    let client = Client::new(&station.console());
    let before = client.get("/");
    assert_eq!(before.status, 200);
    assert!(before.body.contains("data-state=\"wait\"") && before.body.len() < 100_000, "{}", before.body);
    station.until_on_air("la");
    let page = client.get("/").body;
    assert!(page.contains("data-state=\"air\"") && page.contains("Item la") && page.contains("<progress"), "{page}");
    // A double tap, on a button of the page from before.
    let (first, second) = (pressed(&client, "/stop", "press-0001", ""), pressed(&client, "/stop", "press-0001", ""));
    assert_eq!((first["ok"].as_bool(), &first), (Some(true), &second));
    assert_eq!(station.until_ended("evening"), "partial/operator");
    let log = station.log();
    let orders = log.kind("order");
    assert_eq!((orders.len(), orders[0]["actor"].as_str()), (1, Some("console")), "{orders:?}");
    station.verify();
}

#[test]
fn what_happens_reaches_an_open_page_at_once() {
    let station = on_air_in(3_600).start();
    let client = Client::new(&station.console());
    let mut stream = client.open();
    write!(stream, "GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", client.at).unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok).filter_map(|line| {
        let at = Instant::now();
        let said: Value = serde_json::from_str(line.strip_prefix("data: ")?).unwrap();
        Some((at, said))
    });
    let (_, first) = lines.next().unwrap();
    assert_eq!(first["parts"]["state"], "wait", "{first}");
    let ordered = Instant::now();
    let answer = pressed(&client, "/hold", "press-0002", "");
    assert_eq!(answer["ok"], true, "{answer}");
    let (at, said) = lines.find(|(_, said)| said["parts"]["state"] == "hold").unwrap();
    let took = at - ordered;
    assert!(took < Duration::from_secs(5), "the page heard of it after {took:?}");
    assert!(said["parts"]["slots"].is_null() || said["parts"]["slots"].is_string());
    assert_eq!(pressed(&client, "/release", "press-0003", "")["ok"], true);
    assert!(lines.any(|(_, said)| said["parts"]["state"] == "wait"));
}

/// The value of a figure with these labels; 0 where there is none.
fn figure(metrics: &str, name: &str, labels: &[&str]) -> f64 {
    let is_it = |line: &&str| line.split(['{', ' ']).next() == Some(name) && labels.iter().all(|label| line.contains(label));
    metrics.lines().filter(is_it).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[test]
fn figures_for_who_watches_over_stations_say_what_the_log_says_also_after_a_restart() {
    let mut station = Station::new().recording("la", 440, 1_500).programme("p", &["la"]);
    station.add("one", "p", 6, "");
    station.add("two", "p", 9, "");
    station.add("far", "p", 3_600, "");
    let mut station = station.console_at(ANY).start();
    let client = Client::new(&station.console());
    assert_eq!(station.until_ended("two"), "aired");
    assert_eq!(client.post("/hold", "id=press-0001").status, 200);
    let scrape = |station: &Station| {
        let answer = Client::new(&station.console()).get("/metrics");
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.body.ends_with("# EOF\n"), "{}", answer.body);
        answer.body
    };
    let before = scrape(&station);
    assert_eq!(figure(&before, "loaxa_slots_total", &["status=\"aired\"", "reason=\"\""]), 2.0, "{before}");
    assert_eq!(figure(&before, "loaxa_airtime_seconds_total", &["topic=\"topic\""]), 3.0, "{before}");
    assert_eq!(figure(&before, "loaxa_start_error_seconds_count", &[]), 2.0, "{before}");
    assert_eq!((figure(&before, "loaxa_state", &["hold"]), figure(&before, "loaxa_state", &["idle"])), (1.0, 0.0), "{before}");
    assert_eq!((figure(&before, "loaxa_clock_evidence", &["ntp"]), figure(&before, "loaxa_clock_doubtful", &[])), (1.0, 0.0));
    assert!(
        before.contains("loaxa_slots_total{status=\"missed\",reason=\"no_device\"} 0"),
        "what never happened stands at 0: {before}"
    );
    assert!(figure(&before, "loaxa_disk_free_bytes", &[]) > 1e6, "{before}");
    station.kill();
    station.start_again();
    let after = scrape(&station);
    assert_eq!(figure(&after, "loaxa_slots_total", &["status=\"aired\""]), 2.0, "the log has them: {after}");
    assert!(figure(&after, "loaxa_log_rows", &[]) > figure(&before, "loaxa_log_rows", &[]));
    // The rules and the board that come along ask for nothing else than there is.
    for file in ["prometheus/alerts.yml", "grafana/loaxa.json"] {
        let text = std::fs::read_to_string(format!("{}/packaging/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("loaxa_"));
        for name in names {
            let family =
                ["_total", "_bucket", "_count"].iter().fold(name, |name, ending| name.strip_suffix(ending).unwrap_or(name));
            assert!(after.contains(&format!("# TYPE {family} ")), "{file}: {name}: {after}");
        }
    }
}

#[test]
fn a_forged_host_or_origin_gets_nothing() {
    let station = on_air_in(3_600).start();
    let client = Client::new(&station.console());
    let own = format!("http://{}", client.at);
    let stop = |heads: &[(&str, &str)]| client.send("POST", "/stop", heads, "id=press-0004").status;
    let host = ("Host", client.at.as_str());
    assert_eq!(client.send("GET", "/", &[("Host", "evil.example")], "").status, 421);
    assert_eq!(client.send("GET", "/", &[host, ("Host", "evil.example")], "").status, 421);
    assert_eq!(client.send("GET", "http://evil.example/", &[host], "").status, 421);
    assert_eq!(stop(&[host]), 403, "without an origin");
    assert_eq!(stop(&[host, ("Origin", "null")]), 403);
    assert_eq!(stop(&[host, ("Origin", "http://evil.example")]), 403);
    assert_eq!(stop(&[("Host", "evil.example"), ("Origin", &own)]), 421);
    assert_eq!(client.send("GET", "/stop", &[host], "").status, 405);
    assert_eq!(client.get("/../../etc/passwd").status, 404);
    assert_eq!(client.get("/reports/..%2f..%2fpeople/json").status, 404);
    assert!(station.log().kind("order").is_empty());
    let page = client.get("/");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("cache-control", "no-store")] {
        assert_eq!(page.header(name), Some(value));
    }
}

/// Adds somebody with this PIN.
fn add_person(station: &Station, name: &str, role: &str, pin: &str) {
    let mut command = station.command();
    command.args(["person", "add", name, "--role", role, "--data"]).arg(station.data());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{pin}").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn on_the_network_people_come_in_with_their_pin_and_do_what_their_role_is() {
    let station = on_air_in(3_600).console_at("0.0.0.0:0").start();
    station.until("it says that nobody may come in", PATIENCE, |station| station.warnings().contains(&"no_console".to_owned()));
    assert!(station.try_status().is_some(), "the station airs");
    add_person(&station, "Lan", "operator", "284913");
    add_person(&station, "Minh", "reviewer", "397164");
    let at = station.console().replace("0.0.0.0", "127.0.0.1");
    let client = Client::new(&at);
    let page = client.get("/");
    assert_eq!((page.status, page.header("location")), (303, Some("/login")));
    assert_eq!(client.post("/stop", "id=press-0005").status, 401);
    let sign_in = |name: &str, pin: &str| client.post("/login", &format!("name={name}&pin={pin}"));
    for _ in 0..5 {
        assert_eq!(sign_in("Minh", "000000").status, 403);
    }
    assert_eq!(sign_in("Minh", "397164").status, 429, "who guesses has to wait, even with the right PIN");
    let answer = sign_in("Lan", "284913");
    let set = answer.header("set-cookie").unwrap().to_owned();
    assert!(answer.status == 303 && set.contains("HttpOnly") && set.contains("SameSite=Strict"), "{set}");
    let lan = Client { cookie: Some(answer.cookie()), ..client.clone() };
    assert!(lan.get("/").body.contains("Lan"));
    assert_eq!(pressed(&lan, "/hold", "press-0006", "")["ok"], true);
    assert_eq!(station.log().kind("order")[0]["actor"], "Lan");
    assert_eq!(lan.get("/technical").status, 403, "that is the technician's");
    let emergency = "id=press-0007&item=la&reason=l%C5%A9&minutes=10&times=1&pin=111111";
    assert_eq!(lan.post("/emergency", emergency).status, 403, "an emergency asks for the PIN again");
    // Another PIN ends what was opened with the old one.
    let mut pin = station.command();
    pin.args(["person", "pin", "Lan", "--data"]).arg(station.data()).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut pin = pin.spawn().unwrap();
    writeln!(pin.stdin.take().unwrap(), "một mật khẩu").unwrap();
    assert!(pin.wait().unwrap().success());
    assert_eq!(lan.get("/").status, 303);
}

#[test]
fn a_port_that_is_taken_is_a_warning_and_the_console_opens_when_it_is_free() {
    let taken = TcpListener::bind(ANY).unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let station = on_air_in(3_600).console_at(&at).start();
    station.until("it is a warning", PATIENCE, |station| station.warnings() == ["no_console"]);
    assert!(station.faults().is_empty());
    drop(taken);
    station.until("it opens by itself", PATIENCE, |station| station.warnings().is_empty());
    assert_eq!(Client::new(&at).get("/healthz").status, 200);
}

#[test]
fn slow_clients_are_cut_off_and_keep_nobody_out() {
    let station = on_air_in(3_600).start();
    let client = Client::new(&station.console());
    let began = Instant::now();
    let mut slow: Vec<_> = (0..40).map(|_| client.open()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    }
    assert_eq!(client.get("/").status, 200);
    let mut rest = Vec::new();
    let _ = slow[0].read_to_end(&mut rest);
    assert!(began.elapsed() < Duration::from_secs(25), "cut off after {:?}", began.elapsed());
    assert_eq!(client.send("GET", "/", &[("Host", &client.at), ("X", &"x".repeat(40_000))], "").status, 431);
    assert_eq!(client.post("/hold", &format!("id={}", "x".repeat(20_000))).status, 400);
    assert!(station.log().kind("order").is_empty());
}

#[test]
fn every_page_answers_in_both_languages_and_a_report_is_made_and_taken_along() {
    let station = on_air_in(4).start();
    station.until_on_air("la");
    let client = Client::new(&station.console());
    let vietnamese = Client { cookie: Some("lang=vi".into()), ..client.clone() };
    for path in ["/", "/schedule", "/log", "/log?verify=yes", "/reports", "/technical", "/play", "/emergency", "/login"] {
        let (en, vi) = (client.get(path), vietnamese.get(path));
        assert_eq!((en.status, vi.status), (200, 200), "{path}");
        assert!(en.body.contains("<html lang=\"en\">") && vi.body.contains("<html lang=\"vi\">"), "{path}");
    }
    for bad in ["/schedule?month=2026-13", "/schedule/tomorrow", "/nothing", "/reports/none", "/lang/fr"] {
        assert_eq!(client.get(bad).status, 404, "{bad}");
    }
    assert_eq!(client.get("/log?from=never").status, 400);
    let day = station.civil(station.now()).date();
    let made = client.post("/reports", &format!("id=press-0008&by=days&from={day}&until={day}"));
    assert_eq!((made.status, made.header("location")), (303, Some("/reports/press-0008")), "{}", made.body);
    station.until("the report is made", PATIENCE, |_| client.get("/reports/press-0008").body.contains("iframe"));
    for (format, begins) in [("docx", "PK"), ("xlsx", "PK"), ("pdf", "%PDF"), ("csv", "\u{feff}"), ("html", "<!DOCTYPE html>")] {
        let file = client.get(&format!("/reports/press-0008/{format}"));
        assert!(file.status == 200 && file.body.starts_with(begins), "{format}: {}", file.status);
        assert!(file.header("content-disposition").unwrap().contains(&format!("test-{day}-{day}.{format}")));
    }
    let preview = client.get("/reports/press-0008/preview");
    assert!(preview.header("content-security-policy").unwrap().contains("style-src 'sha256-"));
}

/// One browser for all of it: it takes longer to start than all else.
#[test]
fn in_a_real_browser_the_pages_follow_the_station_and_give_its_orders() {
    let station = Station::new().recording("la", 440, 40_000).programme("p", &["la"]).broadcast("evening", "p", 3_600);
    let station = station.console_at(ANY).start();
    let client = Client::new(&station.console());
    let url = |path: &str| format!("http://{}{path}", client.at);
    let browser = Browser::start();
    browser.open(&url("/"));
    let state = |name: &str| format!("document.querySelector('main').dataset.state === '{name}'");
    let said = |text: &str| format!("document.getElementById('said').textContent.includes('{text}')");
    browser.until("it shows that nothing airs", PATIENCE, &state("wait"));
    assert_eq!(pressed(&client, "/play", "press-0009", "&item=la")["ok"], true);
    browser.until("it goes on air by itself", PATIENCE, &state("air"));
    browser.until("it shows how far it is", PATIENCE, "document.querySelector('progress')?.value > 0");
    browser.click(".stop");
    browser.until("it is told that it stopped", PATIENCE, &said("Stopped"));
    browser.until("the page sees it", PATIENCE, &state("wait"));
    browser.click(".hold summary");
    browser.click(".hold .go");
    browser.until("the page sees the hold", PATIENCE, &state("hold"));
    browser.click(".if-held .go");
    browser.until("the hold is over", PATIENCE, &state("wait"));
    // A daemon that stands still is not spoken for, and one that comes back is seen.
    station.signal("STOP");
    browser.until("the page has lost the station", PATIENCE, &state("lost"));
    assert!(browser.run("return document.body.innerText").as_str().unwrap().contains("NO CONTACT"));
    browser.click(".stop");
    browser.until("it is told that nothing was sent", PATIENCE, &said("NOT sent"));
    station.signal("CONT");
    browser.until("the page has it back", PATIENCE, &state("wait"));
    call_off_an_emergency(&browser, &url("/emergency"));
    for (path, scheme) in ["/", "/schedule", "/log", "/reports", "/technical", "/play", "/emergency", "/login"]
        .into_iter()
        .flat_map(|path| [(path, "light"), (path, "dark")])
    {
        browser.colours(scheme);
        browser.open(&url(path));
        assert_eq!(browser.faults(), [] as [String; 0], "{path}, {scheme}");
        assert_eq!(browser.misfits(), [] as [String; 0], "{path}");
    }
    let log = station.log();
    let ordered: Vec<&str> = log.kind("order").iter().filter_map(|row| row["detail"]["order"]["do"].as_str()).collect();
    assert_eq!(ordered, ["play", "stop", "hold", "release"], "neither what was not sent nor what was called off");
}

fn call_off_an_emergency(browser: &Browser, url: &str) {
    browser.open(url);
    browser.run("document.querySelector('[name=item]').value = 'la'; document.querySelector('[name=reason]').value = 'flood';");
    browser.click("button.grave");
    browser.until("it counts down", PATIENCE, "document.querySelector('[data-countdown]')");
    browser.click(".stop");
    browser.until("it is called off", PATIENCE, "document.body.innerText.includes('Called off')");
}
