//! After a cut the log says no more than really sounded and at most a second less; what may still air goes on, nothing that aired whole comes
//! again, and what was missed ends once, with the reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "power_cut/kill.rs"]
mod kill;
mod station;

use std::time::Duration;

use station::{RATE, Station};

/// Frames of the file behind the first sound of the item that was cut.
fn sounded(station: &Station, from: usize) -> usize {
    let wav = station.wavs().pop().unwrap();
    let begin = wav.onset(from).expect("something sounded");
    wav.samples.len() - begin
}

/// Somewhere in the item, another place at each run of the tests.
fn anywhere(from_ms: u64, to_ms: u64) -> Duration {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
    Duration::from_millis(from_ms + u64::from(nanos / 1_000) % (to_ms - from_ms))
}

#[test]
fn a_cut_anywhere_in_an_item_is_closed_with_what_really_sounded_and_the_item_starts_again() {
    // Four stations at once, each cut in a quarter of its own.
    std::thread::scope(|scope| {
        for quarter in 0..4u64 {
            scope.spawn(move || {
                let mut station = Station::new()
                    .recording("short", 660, 600)
                    .recording("long", 440, 4_000)
                    .programme("p", &["short", "long"])
                    .broadcast("x", "p", 12)
                    .start();
                station.until_on_air("long");
                std::thread::sleep(anywhere(quarter * 750, quarter * 750 + 700));
                station.kill();
                // The short one sounded whole before; the tones follow each other without a gap.
                let really = sounded(&station, 0).saturating_sub(RATE * 6 / 10);
                station.start_again();
                assert_eq!(station.until_ended("x"), "aired", "each element has aired whole in the end");
                let log = station.log();
                let (takes, airs) = (log.takes("x"), log.airs("x"));
                // Nothing is claimed for a cut before the first mark, half a second in.
                let marked = takes.contains(&"long/1 partial/crash".to_owned());
                let logged = if marked { airs[1]["frames"].as_u64().unwrap() as usize } else { 0 };
                let others: Vec<_> = takes.iter().filter(|take| *take != "long/1 partial/crash").collect();
                assert_eq!(others, ["short/1 aired", "long/2 aired"]);
                assert!(logged <= really, "the log claims {logged} frames, {really} sounded");
                assert!(really - logged <= RATE, "the log has {logged} frames of {really}");
                // The second take is the whole recording, as one sound.
                let wav = station.wavs().pop().unwrap();
                let (begin, end) = wav.stretches()[0];
                assert!(wav.worst_difference(begin, &station::tone(440, 4_000)) <= 2.0);
                assert!(end - begin <= 4 * RATE, "nothing else sounds");
                let start = log.kind("start")[1];
                assert_eq!((&start["detail"]["off"], &start["detail"]["boot_id"]), (&"crash".into(), &"boot-1".into()));
                assert_eq!(station.term().code(), Some(0));
                heads_hold(&station);
            });
        }
    });
}

/// The chain holds, and with it every head that was lodged beside the log; a head that is not of this log is found out.
fn heads_hold(station: &Station) {
    let head = station.verify()["head"].as_str().unwrap().to_owned();
    let heads = std::fs::read_to_string(station.data().join("heads.txt")).unwrap();
    assert!(heads.lines().last().unwrap().starts_with(&head), "the last head is lodged at the end: {heads}");
    assert!(station.ask(&["verify", "--head", &head]).status.success());
    let other = format!("{}:{}", head.split(':').next().unwrap(), "0".repeat(64));
    assert_eq!(station.ask(&["verify", "--head", &other]).status.code(), Some(1));
}

#[test]
fn another_boot_is_a_power_cut_and_what_is_too_late_ends_once() {
    let mut station = Station::new()
        .late("1s")
        .recording("la", 440, 1_000)
        .recording("long", 660, 4_000)
        .programme("p", &["la", "long"])
        .programme("one", &["la"])
        .broadcast("cut", "p", 6)
        .broadcast("missed", "one", 12)
        .broadcast("later", "one", 21)
        .start();
    station.until_on_air("long");
    std::thread::sleep(anywhere(600, 1_500));
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.wait_until(station.instant("missed") + 2_000);
    station.start_again();
    assert_eq!(station.until_ended("cut"), "partial/power_off");
    assert_eq!(station.until_ended("missed"), "missed/power_off");
    assert_eq!(station.until_ended("later"), "aired");
    let log = station.log();
    assert_eq!(log.takes("cut"), ["la/1 aired", "long/1 partial/power_off"]);
    assert!(log.airs("missed").iter().all(|row| row["frames"] == 0 || row["frames"].is_null()));
    let start = log.kind("start")[1];
    assert_eq!((&start["detail"]["off"], &start["detail"]["boot_id"]), (&"power_off".into(), &"boot-2".into()));

    // A third life finds nothing left to end: each slot has ended once, for good.
    station.kill();
    station.start_again();
    let log = station.log();
    for broadcast in ["cut", "missed", "later"] {
        assert_eq!(log.ends(broadcast).len(), 1, "{broadcast}");
    }
    assert_eq!(station.wavs().len(), 2, "nothing has sounded again");
    station.verify();
}

#[test]
fn a_clean_end_cuts_what_sounds_and_what_is_missed_until_the_next_start_was_stopped() {
    let mut station = Station::new()
        .late("1s")
        .recording("long", 440, 5_000)
        .programme("p", &["long"])
        .broadcast("cut", "p", 6)
        .broadcast("missed", "p", 12)
        .start();
    station.until_on_air("long");
    std::thread::sleep(anywhere(300, 1_500));
    assert_eq!(station.term().code(), Some(0));
    assert_eq!(station.log().ends("cut"), ["partial/stopped"]);
    // A clean end knows to the frame what sounded: all of the file but the fade's last sample or so, and the block that was open.
    let wav = station.wav();
    let (begin, end) = wav.stretches()[0];
    let logged = station.log().airs("cut")[0]["frames"].as_u64().unwrap() as usize;
    assert!(logged.abs_diff(end - begin) <= 480, "{logged} frames are logged, {} sounded", end - begin);
    let stop = station.log();
    let stop = stop.kind("stop")[0];
    assert_eq!(stop["detail"]["why"], "SIGTERM");
    heads_hold(&station);

    station.pretend(|clock| clock.boot_id = "boot-2".into());
    station.wait_until(station.instant("missed") + 1_500);
    station.start_again();
    assert_eq!(station.until_ended("missed"), "missed/stopped");
    assert_eq!(station.log().ends("cut"), ["partial/stopped"]);
    station.verify();
}

#[test]
fn a_brown_out_loop_ends_after_three_tries() {
    let mut station = Station::new().recording("long", 440, 4_000).programme("p", &["long"]).broadcast("x", "p", 6).start();
    for boot in 2..=4 {
        station.until_on_air("long");
        // Late enough for a mark to be on disk.
        std::thread::sleep(anywhere(1_200, 1_700));
        station.kill();
        station.pretend(|clock| clock.boot_id = format!("boot-{boot}"));
        station.start_again();
    }
    assert_eq!(station.until_ended("x"), "partial/power_off");
    let takes = station.log().takes("x");
    assert_eq!(takes, ["long/1 partial/power_off", "long/2 partial/power_off", "long/3 partial/power_off"]);
    assert_eq!(station.wavs().len(), 3);
    station.verify();
}
