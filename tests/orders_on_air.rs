//! What a person orders happens at once, once, and stands in the log with who ordered it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use serde_json::Value;
use station::{PATIENCE, Station, at_ms};

fn sample() -> Station {
    Station::new().recording("la", 440, 700).recording("long", 660, 6_000).programme("p", &["la"]).programme("q", &["long", "la"])
}

/// What each order of the log asked for, with who gave it.
fn orders(station: &Station) -> Vec<(Value, String)> {
    let log = station.log();
    let order = |row: &&Value| (row["detail"].clone(), row["actor"].as_str().unwrap_or_default().to_owned());
    log.kind("order").iter().map(order).collect()
}

#[test]
fn play_sounds_at_once_and_stop_is_silence_at_once() {
    let station = sample().broadcast("later", "p", 14).start();
    let ordered_at = station.now();
    let answer: Value = serde_json::from_str(&station.told(&["play", "long", "--json"])).unwrap();
    let answered = answer.to_string();
    assert!(answered.contains("@request-1"), "{answered}");
    station.until_on_air("long");
    assert_eq!(station.ask(&["play", "long"]).status.code(), Some(1), "what sounds already is refused");
    assert_eq!(station.ask(&["play", "nothing"]).status.code(), Some(1));
    assert_eq!(station.ask(&["stop", "nowhere"]).status.code(), Some(1));
    std::thread::sleep(std::time::Duration::from_millis(600));
    station.told(&["stop"]);
    let stopped_at = station.now();
    assert_eq!(station.until_ended("@request-1"), "partial/operator");

    let log = station.log();
    let air = log.airs("@request-1")[0];
    let (started_at, ended_at) = (at_ms(&air["started_at"]), at_ms(&air["ended_at"]));
    assert!(
        started_at >= ordered_at && started_at - ordered_at < 5_000,
        "it began {} ms after the order",
        started_at - ordered_at
    );
    assert!(ended_at <= stopped_at + 250, "it was silent {} ms after the answer", ended_at - stopped_at);
    let planned_at = at_ms(&air["planned_at"]);
    assert!((ordered_at..=started_at).contains(&planned_at), "it was planned for the order's instant");
    let wav = station.wav();
    let (begin, end) = wav.stretches()[0];
    assert!(end - begin <= air["frames"].as_u64().unwrap() as usize + 480, "no more sounds than is logged");

    // Later slots air.
    assert_eq!(station.until_ended("later"), "aired");
    let orders = orders(&station);
    assert_eq!(orders.len(), 2, "refused orders are none: {orders:?}");
    assert!(orders[0].0.to_string().contains("play") && orders[1].0.to_string().contains("stop"), "{orders:?}");
    assert!(orders.iter().all(|(_, actor)| !actor.is_empty()), "{orders:?}");
    station.verify();
}

#[test]
fn stop_ends_the_slot_on_air_with_the_operator_as_its_reason() {
    let station = sample().broadcast("x", "q", 6).broadcast("y", "p", 13).start();
    station.until_on_air("long");
    std::thread::sleep(std::time::Duration::from_millis(300));
    station.told(&["stop", "loa"]);
    assert_eq!(station.until_ended("x"), "partial/operator");
    assert_eq!(station.log().takes("x")[0], "long/1 partial/operator");
    assert_eq!(station.until_ended("y"), "aired");
    let wav = station.wavs().remove(0);
    let (begin, end) = wav.stretches()[0];
    assert!(end - begin < 5 * station::RATE, "the rest is silent");
    station.verify();
}

#[test]
fn a_hold_survives_a_restart_and_ends_with_a_release() {
    let mut station = sample().broadcast("cut", "q", 6).broadcast("held", "p", 11).broadcast("after", "p", 20).start();
    station.until_on_air("long");
    station.told(&["hold"]);
    assert_eq!(station.until_ended("cut"), "partial/hold");
    assert_eq!(station.status()["state"], "hold");
    assert_eq!(station.ask(&["play", "la"]).status.code(), Some(1), "nothing is played on hold");
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.start_again();
    assert_eq!(station.status()["state"], "hold", "it survives a restart");
    assert_eq!(station.until_ended("held"), "skipped/hold");
    assert!(station.now() >= station.instant("held"), "a slot ends on its instant, not before");
    station.told(&["release"]);
    assert_eq!(station.ask(&["release"]).status.code(), Some(1), "there is nothing left to release");
    station.until("the hold is over", PATIENCE, |station| station.status()["state"] != "hold");
    assert_eq!(station.until_ended("after"), "aired");
    assert_eq!(station.log().kind("order").len(), 2);
    station.verify();
}

#[test]
fn a_hold_until_a_time_ends_by_itself() {
    let station = sample().broadcast("held", "p", 6).broadcast("after", "p", 12).start();
    let until = station.civil(station.instant("after") - 3_000);
    station.told(&["hold", "--until", &until.strftime("%Y-%m-%d %H:%M:%S").to_string()]);
    assert_eq!(station.until_ended("held"), "skipped/hold");
    assert_eq!(station.until_ended("after"), "aired");
    assert!(station.status()["hold_until"].is_null());
    station.verify();
}

#[test]
fn a_skipped_slot_ends_skipped_and_an_unskipped_one_airs() {
    let mut station = sample().broadcast("skipped", "p", 8).broadcast("kept", "p", 10).broadcast("by-time", "p", 12).start();
    let day = |id: &str| station.civil(station.instant(id)).date().to_string();
    let time = station.civil(station.instant("by-time")).strftime("%H:%M:%S").to_string();
    station.told(&["skip", "skipped", &day("skipped")]);
    station.told(&["skip", "kept", &day("kept")]);
    station.told(&["skip", "by-time", &day("by-time"), &time]);
    assert_eq!(station.ask(&["skip", "nothing", &day("kept")]).status.code(), Some(1));
    station.told(&["unskip", "kept", &day("kept")]);
    assert_eq!(station.ask(&["unskip", "kept", &day("kept")]).status.code(), Some(1), "it is not skipped any more");
    // A skip is a row of the log: a restart does not forget it.
    station.kill();
    station.start_again();
    assert_eq!(station.until_ended("skipped"), "skipped/operator");
    assert_eq!(station.until_ended("kept"), "aired");
    assert_eq!(station.until_ended("by-time"), "skipped/operator");
    let log = station.log();
    assert_eq!((log.kind("air").len(), log.kind("order").len()), (1, 4));
    // The device was open before the kill already.
    assert_eq!(station.wavs().iter().map(|wav| wav.stretches().len()).sum::<usize>(), 1);
    station.verify();
}

#[test]
fn a_mourning_holds_over_a_restart_and_without_its_log_until_it_is_withdrawn() {
    let mut station = sample().broadcast("first", "p", 8).broadcast("news", "q", 9).broadcast("last", "p", 45).start();
    let day = station.civil(station.instant("first")).date().to_string();
    let order = ["mourning", "--until", &day, "--reason", "Quốc tang", "--effect", "only", "q", "--json"];
    let answer: Value = serde_json::from_str(&station.told(&order)).unwrap();
    assert_eq!((&answer["answer"], &answer["silent"], &answer["airing"]), (&"done".into(), &2.into(), &1.into()), "{answer}");
    assert!(station.told(&["mourning", "--list"]).contains("Quốc tang"));
    assert_eq!(station.ask(&["mourning", "--until", &day]).status.code(), Some(2), "a reason is needed");
    assert_eq!(
        station.ask(&["mourning", "--until", &day, "--reason", "x", "--effect", "only", "nothing"]).status.code(),
        Some(1)
    );
    station.kill();
    station.start_again();
    assert_eq!(station.until_ended("first"), "skipped/mourning");
    assert_eq!(station.until_ended("news"), "aired");
    // What lies beside the log knows of it too.
    station.kill();
    for file in std::fs::read_dir(station.data()).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().unwrap().to_str().unwrap().starts_with("log.sqlite3") {
            std::fs::remove_file(file).unwrap();
        }
    }
    station.start_again();
    assert_eq!(station.status()["mourning"][0]["reason"], "Quốc tang");
    station.told(&["mourning", "--withdraw"]);
    assert_eq!(station.ask(&["mourning", "--withdraw"]).status.code(), Some(1), "nothing stands any more");
    assert_eq!(station.until_ended("last"), "aired");
}

#[test]
fn what_was_read_live_is_entered_through_the_running_daemon_and_kept() {
    let mut station = sample().broadcast("later", "p", 3_600).start();
    let from = station.civil(station.now() - 1_800_000).strftime("%d/%m/%Y %H:%M").to_string();
    let add = |kind: &str, title: &str| {
        let said = ["log", "add", "--kind", kind, "--from", &from, "--length", "20m", "--title", title, "--who", "Chị Lan"];
        station.ask(&said).status.code()
    };
    // The folder is the daemon's: only through it can anything be written.
    assert_eq!(add("live", "Họp dân, =1+1"), Some(0));
    assert_eq!(add("relay", "Thời sự"), Some(0));
    assert_eq!(add("radio", "Thời sự"), Some(2));
    assert_eq!(add("live", "hai\u{7}tiếng"), Some(2));
    station.kill();
    station.start_again();
    let log = station.log();
    let hands: Vec<(String, String, String)> = log
        .kind("hand")
        .iter()
        .map(|row| {
            let length = at_ms(&row["ended_at"]) - at_ms(&row["started_at"]);
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (format!("{} {length}", row["detail"]["what"].as_str().unwrap()), text("title"), text("actor"))
        })
        .collect();
    let entered = |what: &str, title: &str| (what.to_owned(), title.to_owned(), "Chị Lan".to_owned());
    assert_eq!(hands, [entered("live 1200000", "Họp dân, =1+1"), entered("relay 1200000", "Thời sự")]);
    let day = station.civil(station.now() - 1_800_000).date().to_string();
    let report: Value = serde_json::from_str(&station.told(&["report", "--from", &day, "--to", &day, "--json"])).unwrap();
    assert_eq!((&report["apart"]["live_by_hand_ms"], &report["summary"]["airtime_ms"]), (&1_200_000.into(), &0.into()));

    // The log shows what they are, how long, and their numbers; one that was wrong is taken back.
    let shown = station.told(&["log"]);
    let line = shown.lines().find(|line| line.contains("Họp dân")).unwrap();
    assert!(line.contains("20:00") && line.contains("(Chị Lan)") && line.contains("ghi tay, dòng "), "{line}");
    let number = line.rsplit(' ').next().unwrap();
    assert_eq!(station.ask(&["log", "add", "--withdraw", "1"]).status.code(), Some(2), "only an entry can be taken back");
    assert!(station.told(&["log", "add", "--withdraw", number, "--who", "Anh Bình"]).starts_with("Đã hủy dòng ghi tay"));
    assert_eq!(station.ask(&["log", "add", "--withdraw", number]).status.code(), Some(2), "it is taken back already");
    let shown = station.told(&["log"]);
    assert!(!shown.contains("Họp dân") && shown.contains("Thời sự"), "{shown}");
    assert!(station.told(&["log", "--all"]).contains(&format!("hủy dòng ghi tay {number}")));
    let report: Value = serde_json::from_str(&station.told(&["report", "--from", &day, "--to", &day, "--json"])).unwrap();
    assert_eq!(report["apart"]["live_by_hand_ms"], 0, "it counts nowhere");
    station.verify();
}
