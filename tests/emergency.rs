//! An emergency sounds at once, over anything and at any hour, until its end and not after it; the log says who called it and why.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::time::Duration;

use serde_json::Value;
use station::{PATIENCE, Pretence, RATE, Station, Wav, at_ms};

const CALL: [&str; 5] = ["--priority", "emergency", "--reason", "Lũ về", "--json"];
/// The attention tone.
const TONE: usize = 2 * RATE;

fn sample() -> Station {
    Station::new().recording("alarm", 440, 1_500).recording("long", 660, 9_000).recording("other", 880, 3_000)
}

/// Calls an emergency; the daemon's answer.
fn call(station: &Station, item: &str, more: &[&str]) -> Value {
    serde_json::from_str(&station.told(&[&["play", item], &CALL[..], more].concat())).unwrap()
}

/// Starts on a plan whose hours are far from now.
fn outside_hours(mut station: Station) -> Station {
    station.write_plan_text(&station.plan_text().replace("00:00-24:00", "01:00-02:00"));
    station.start_again();
    station
}

fn frames(row: &Value) -> usize {
    usize::try_from(row["frames"].as_u64().unwrap()).unwrap()
}

/// What sounds in the file stands where the log's rows say, each beginning so far from the first as they are apart.
#[track_caller]
fn is_as_logged(wav: &Wav, rows: &[&Value]) {
    let sounding: Vec<&&Value> = rows.iter().filter(|row| frames(row) > 0).collect();
    let first = wav.onset(0).unwrap() as i64 - at_ms(&sounding[0]["started_at"]) * 48;
    for row in sounding {
        let begin = usize::try_from(first + at_ms(&row["started_at"]) * 48).unwrap();
        let hertz = wav.hertz(begin + RATE / 100);
        let wanted = match row["item"].as_str().unwrap() {
            "@attention" => 740,
            "alarm" => 440,
            "long" => 660,
            "other" => 880,
            other => panic!("{other}"),
        };
        // A hundredth of a second is a tenth of what is counted.
        assert!(hertz.abs_diff(wanted) <= 20, "{hertz} Hz where the log has {row}");
        let end = begin + frames(row);
        let still = wav.samples.get(end + 96..end + 480);
        let next = rows.iter().any(|next| (at_ms(&next["started_at"]) - at_ms(&row["ended_at"])).abs() < 200);
        assert!(next || still.is_none_or(|still| still.iter().all(|s| s.unsigned_abs() < 64)), "it sounds on after {row}");
    }
}

#[test]
fn an_emergency_cuts_a_programme_at_once_and_the_programme_goes_on() {
    let station = sample().programme("q", &["other", "alarm"]).broadcast("x", "q", 6).start();
    station.until_on_air("other");
    std::thread::sleep(Duration::from_millis(700));
    let ordered_at = station.now();
    let answer = call(&station, "alarm", &[]);
    assert_eq!(
        (&answer["answer"], &answer["broadcast"], &answer["short_of"]),
        (&"playing".into(), &"@request-1".into(), &0.into())
    );
    assert!((at_ms(&answer["until"]) - ordered_at - 1_800_000).abs() < 5_000, "half an hour: {answer}");
    let status = station.status();
    assert_eq!((&status["emergency"][0]["reason"], &status["emergency"][0]["item"]), (&"Lũ về".into(), &"alarm".into()));
    assert!(station.told(&["status"]).contains("Lũ về"));
    assert_eq!(station.until_ended("@request-1"), "aired");
    assert_eq!(station.until_ended("x"), "aired");

    let log = station.log();
    assert_eq!(log.takes("x"), ["other/1 partial/preempted", "other/2 aired", "alarm/1 aired"]);
    assert_eq!(log.takes("@request-1"), ["@attention/1 aired", "alarm/1 aired"]);
    let order = log.kind("order")[0];
    let wanted = (&order["actor"], &order["priority"], &order["detail"]["order"]["reason"], &order["ended_at"]);
    assert_eq!(wanted, (&status["emergency"][0]["actor"], &"emergency".into(), &"Lũ về".into(), &answer["until"]));
    let (cut, tone) = (log.airs("x")[0], log.airs("@request-1")[0]);
    assert_eq!((&tone["item_kind"], &tone["topic"], frames(tone)), (&"signal".into(), &Value::Null, TONE));
    let gap = at_ms(&tone["started_at"]) - at_ms(&cut["ended_at"]);
    assert!((0..1_000).contains(&gap), "{gap} ms of silence before the tone");
    is_as_logged(&station.wav(), &log.kind("air"));
    station.verify();
}

#[test]
fn it_sounds_outside_hours_under_a_hold_after_a_restart_and_a_newer_one_takes_over() {
    let mut station = outside_hours(sample());
    assert_eq!(station.ask(&["play", "alarm"]).status.code(), Some(1), "nothing else sounds outside hours");
    station.told(&["hold"]);
    station.kill();
    station.start_again();
    assert_eq!(station.status()["state"], "hold", "it survives a restart");
    assert_eq!(station.ask(&["play", "alarm", "--priority", "emergency"]).status.code(), Some(2), "an emergency has a reason");
    call(&station, "long", &[]);
    station.until_on_air("long");
    let again = station.ask(&[&["play", "long"], &CALL[..]].concat());
    let refused: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((again.status.code(), &refused["refusal"]), (Some(1), &"already_sounding".into()));
    std::thread::sleep(Duration::from_millis(500));
    call(&station, "alarm", &[]);
    assert_eq!(station.until_ended("@request-1"), "partial/superseded");
    assert_eq!(station.until_ended("@request-2"), "aired");
    assert_eq!((&station.status()["state"], &station.status()["emergency"]), (&"hold".into(), &serde_json::json!([])));
    let log = station.log();
    assert_eq!(log.takes("@request-1"), ["@attention/1 aired", "long/1 partial/superseded"]);
    assert_eq!(log.kind("order").len(), 3, "what was refused is no order");
    is_as_logged(&station.wav(), &log.kind("air"));
    station.until("the device is closed", PATIENCE, |station| station.status()["output"][0]["state"] == "closed");

    // And stop silences it.
    call(&station, "long", &[]);
    station.until_on_air("long");
    station.told(&["stop"]);
    assert_eq!(station.until_ended("@request-3"), "partial/operator");
    station.verify();
}

#[test]
fn it_sounds_several_times_so_far_apart_and_ends_with_its_time() {
    let station = outside_hours(sample());
    let answer = call(&station, "alarm", &["--times", "3", "--every", "6s", "--for", "13s"]);
    assert_eq!(answer["short_of"], 1);
    station.until("it rests", PATIENCE, |station| station.status()["emergency"][0]["next_at"].is_string());
    let status = station.status();
    assert_eq!((&status["emergency"][0]["aired"], &status["emergency"][0]["times"]), (&1.into(), &3.into()));
    assert_eq!(station.until_ended("@request-1"), "partial/expired");
    let log = station.log();
    let airs = log.airs("@request-1");
    let ordered_at = at_ms(&airs[0]["planned_at"]);
    let started: Vec<i64> = airs.iter().filter(|row| row["item"] == "@attention").map(|row| at_ms(&row["started_at"])).collect();
    assert_eq!(started.iter().skip(1).map(|at| at - ordered_at).collect::<Vec<_>>(), [6_000, 12_000]);
    let last = airs.iter().rfind(|row| frames(row) > 0).unwrap();
    assert!(at_ms(&last["ended_at"]) <= ordered_at + 13_100, "it ends with its time: {last}");
    let sounded: usize = airs.iter().map(|row| frames(row)).sum();
    let heard: usize = station.wavs().iter().flat_map(Wav::stretches).map(|(begin, end)| end - begin).sum();
    assert!(heard <= sounded && sounded - heard < 960, "{heard} frames heard, {sounded} logged");
    station.verify();
}

#[test]
fn a_restart_before_its_end_goes_on_with_it_and_one_after_does_not() {
    let mut station = outside_hours(sample());
    call(&station, "long", &["--for", "14s"]);
    let ordered_at = station.now();
    station.until_on_air("long");
    std::thread::sleep(Duration::from_millis(900));
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.start_again();
    assert_eq!(station.status()["emergency"][0]["reason"], "Lũ về", "who called it and why is not forgotten");
    station.until_on_air("long");
    station.kill();
    let wavs = station.wavs().len();
    assert_eq!(wavs, 2, "it sounded again");
    station.wait_until(ordered_at + 14_100);
    station.start_again();
    assert_eq!(station.until_ended("@request-1"), "partial/expired");
    let log = station.log();
    let takes = log.takes("@request-1");
    assert_eq!(takes[..2], ["@attention/1 aired", "long/1 partial/power_off"]);
    assert_eq!(station.wavs().len(), wavs, "nothing sounds after its end");
    station.verify();
}

#[test]
fn on_a_clock_that_nobody_vouches_for_it_sounds_but_does_not_survive_a_restart() {
    let in_2080 = "2080-03-01T05:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let clock = Pretence { shift_ms: in_2080 - station::now_ms(), synchronised: false, rtc: false, boot_id: "boot-1".into() };
    let station = Station::on(Some(clock)).recording("long", 660, 6_000).programme("p", &["long"]);
    let mut station = outside_hours(station);
    assert_eq!(station.status()["clock"]["doubtful"], true);
    call(&station, "long", &[]);
    station.until_on_air("long");
    std::thread::sleep(Duration::from_millis(900));
    station.kill();
    station.start_again();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(station.wavs().len(), 1, "silent");
    station.confirm_clock();
    assert_eq!(station.until_ended("@request-1"), "partial/crash");
    station.verify();
}
