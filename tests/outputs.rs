//! `loaxa outputs`: what the machine has as a plan would say it, and the rules of the test tone. What is heard of it: `sound_outputs.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::process::Output;

use serde_json::Value;
use station::{RATE, Station, Wav};

fn sample() -> Station {
    Station::new().recording("la", 440, 4_000).programme("p", &["la"])
}

fn said(output: &Output) -> (i32, String) {
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Session hours that are over: an hour at midnight, where the test runs about noon.
fn closed(station: &Station) -> String {
    station.plan_text().replace("00:00-24:00", "00:00-01:00")
}

#[test]
fn devices_are_told_as_a_plan_would_say_them_and_who_uses_them() {
    let station = sample().broadcast("x", "p", 3_600).device("hw:CARD=nobody,DEV=7").start();
    let plan = station.plan();
    let plan = plan.to_str().unwrap();
    let text = station.told(&["outputs", plan]);
    assert!(text.contains("device = \"default\"") && text.contains("wav:FOLDER"), "{text}");
    assert!(text.contains("loa: hw:CARD=nobody,DEV=7 (NOT SEEN ON THIS MACHINE) · closed"), "{text}");
    let told: Value = serde_json::from_str(&station.told(&["outputs", plan, "--json"])).unwrap();
    assert_eq!((&told["daemon"], &told["devices"][0]["device"]), (&true.into(), &"default".into()));
    let output = &told["outputs"][0];
    assert_eq!((&output["output"], &output["state"]), (&"loa".into(), &"closed".into()));
    assert_eq!(
        (&output["devices"][0]["device"], &output["devices"][0]["listed"]),
        (&"hw:CARD=nobody,DEV=7".into(), &false.into())
    );
    let vietnamese = station.told(&["outputs", "--lang", "vi"]);
    assert!(
        vietnamese.contains("Thiết bị âm thanh của máy") && vietnamese.contains("Đường ra loa của đài đang chạy"),
        "{vietnamese}"
    );
}

#[test]
fn a_tone_sounds_inside_hours_only_unless_somebody_says_aloud() {
    let station = sample().device("hw:CARD=nobody,DEV=7");
    station.write_plan_text(&closed(&station));
    let plan = station.plan();
    let plan = plan.to_str().unwrap();
    let (code, text) = said(&station.ask(&["outputs", plan, "--test", "loa"]));
    assert!(code == 2 && text.contains("--aloud") && text.contains("00:00"), "{code}: {text}");
    let (code, text) = said(&station.ask(&["outputs", "--device", "default"]));
    assert!(code == 2 && text.contains("--aloud"), "without a plan no hours are known: {text}");
    // Then it is tried: the device is what is missing, and the remedy stands beside it.
    for arguments in
        [vec!["outputs", plan, "--test", "loa", "--aloud"], vec!["outputs", "--device", "hw:CARD=nobody,DEV=7", "--aloud"]]
    {
        let (code, text) = said(&station.ask(&arguments));
        assert!(code == 3 && text.contains("nobody") && text.contains("→"), "{code}: {text}");
    }
    station.write_plan();
    assert_eq!(said(&station.ask(&["outputs", plan, "--test", "loa"])).0, 3, "inside hours it is tried");
    let (code, text) = said(&station.ask(&["outputs", plan, "--test", "lao"]));
    assert!(code == 2 && text.contains("loa"), "{text}");
}

#[test]
fn on_a_clock_that_is_doubted_no_hours_are_believed() {
    let mut station = sample().device("hw:CARD=nobody,DEV=7").broadcast("x", "p", 3_600).start();
    station.term();
    // The log is there, and nobody vouches for this boot's clock.
    station.pretend(|clock| (clock.synchronised, clock.boot_id) = (false, "boot-2".into()));
    let plan = station.plan();
    let (code, text) = said(&station.ask(&["outputs", plan.to_str().unwrap(), "--test", "loa", "--lang", "en"]));
    assert!(code == 2 && text.contains("DOUBTFUL"), "{code}: {text}");
}

#[test]
fn into_a_file_it_is_the_whole_tone_at_any_hour() {
    let station = sample();
    station.write_plan_text(&closed(&station));
    let told = station.told(&["outputs", station.plan().to_str().unwrap(), "--test", "loa", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["output"], &told["sounded_ms"], &told["level_lufs"]), (&"loa".into(), &4_000.into(), &(-18.0).into()));
    let wav: Wav = station.wav();
    assert!(wav.path.file_name().unwrap().to_str().unwrap().starts_with("loa-test-"));
    let stretches = wav.stretches();
    assert_eq!(stretches.len(), 1);
    let (begin, end) = stretches[0];
    assert!((RATE * 38 / 10..RATE * 4).contains(&(end - begin)), "{stretches:?}");
    assert!((990..=1_010).contains(&wav.hertz(begin + RATE)), "{}", wav.hertz(begin + RATE));
}
