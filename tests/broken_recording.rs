//! One bad recording costs its own place in the programme and nothing else; what was checked once airs from the store, whatever happens to
//! its file; a recording that comes later is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;

use station::{PATIENCE, Station, tone, write_wav};

/// Items that sound, in their order.
fn pitches(station: &Station) -> Vec<u32> {
    let wav = station.wav();
    wav.stretches().iter().map(|(begin, _)| wav.hertz(*begin)).collect()
}

#[test]
fn a_corrupt_recording_in_the_middle_costs_its_own_element_only() {
    let mut station = Station::new()
        .recording("la", 440, 700)
        .item("bad")
        .recording("mi", 660, 700)
        .programme("p", &["la", "bad", "mi"])
        .broadcast("x", "p", 6);
    // A header that promises sound, and garbage behind it.
    let garbage: Vec<u8> = (0..40_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(station.plan_folder().join("bad.wav"), [b"RIFF\xff\xff\xff\x7fWAVEfmt \xff\xff\xff\x7f", &garbage[..]].concat())
        .unwrap();
    station.write_plan();
    station.start_again();
    let pid = station.pid();
    assert_eq!(station.until_ended("x"), "partial/file_error");
    let log = station.log();
    assert_eq!(log.takes("x"), ["la/1 aired", "bad/1 missed/file_error", "mi/1 aired"]);
    assert_eq!((log.airs("x")[1]["item"].as_str(), log.airs("x")[1]["frames"].as_u64()), (Some("bad"), Some(0)));
    // The next follows without a gap: the tones are one sound.
    let wav = station.wav();
    let (begin, _) = wav.stretches()[0];
    assert_eq!(wav.stretches().len(), 1);
    assert!(wav.worst_difference(begin, &tone(440, 700)) <= 2.0);
    assert!(wav.worst_difference(begin + 33_600, &tone(660, 700)) <= 2.0);
    assert!(station.is_running() && station.pid() == pid && log.kind("start").len() == 1, "the same process goes on");
    station.verify();
}

#[test]
fn a_recording_that_is_replaced_by_garbage_after_the_start_airs_from_the_store() {
    let station = Station::new()
        .recording("la", 440, 1_000)
        .recording("mi", 660, 1_000)
        .programme("p", &["la", "mi"])
        .broadcast("x", "p", 7)
        .start();
    // In place, as a stick that dies would, and without a trace in its time.
    for id in ["la", "mi"] {
        let path = station.plan_folder().join(format!("{id}.wav"));
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        let length = fs::metadata(&path).unwrap().len() as usize;
        fs::write(&path, vec![0xA5; length]).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    }
    assert_eq!(station.until_ended("x"), "aired");
    let (wav, log) = (station.wav(), station.log());
    let begin = wav.stretches()[0].0;
    assert!(wav.worst_difference(begin, &tone(440, 1_000)) <= 2.0);
    assert!(wav.worst_difference(begin + 48_000, &tone(660, 1_000)) <= 2.0);
    assert_eq!(log.takes("x"), ["la/1 aired", "mi/1 aired"]);
    station.verify();
}

#[test]
fn a_missing_file_is_named_in_the_log_and_its_slot_says_why() {
    let station = Station::new()
        .recording("la", 440, 700)
        .item("gone")
        .programme("both", &["gone", "la"])
        .programme("alone", &["gone"])
        .broadcast("alone", "alone", 6)
        .broadcast("both", "both", 8)
        .start();
    assert_eq!(station.until_ended("alone"), "missed/file_missing");
    assert_eq!(station.until_ended("both"), "partial/file_missing");
    let log = station.log();
    assert_eq!(log.takes("both").len(), 2);
    assert!(log.takes("both").iter().any(|take| take.starts_with("gone/") && take.ends_with("missed/file_missing")));
    assert_eq!(pitches(&station), [440]);
    station.verify();
}

#[test]
fn a_recording_that_comes_later_is_found_without_a_restart() {
    let station =
        Station::new().item("late").programme("p", &["late"]).broadcast("before", "p", 6).broadcast("after", "p", 14).start();
    assert_eq!(station.until_ended("before"), "missed/file_missing");
    write_wav(&station.plan_folder().join("late.wav"), &tone(880, 700));
    station.until("it is planned", PATIENCE, |station| station.status()["next"][0]["length_ms"] == 700);
    assert_eq!(station.until_ended("after"), "aired");
    assert_eq!(pitches(&station), [880]);
    assert_eq!(station.log().kind("plan").len(), 1, "the plan is the same");
    station.verify();
}
