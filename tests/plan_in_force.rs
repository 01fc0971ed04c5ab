//! The plan in force decides what sounds, whatever was settled before: also when it was edited while the power was off, or while the station
//! ran. What was added after its instant neither airs nor stands in the log, also when a cut follows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{PATIENCE, Station};

fn sample() -> Station {
    airs_in(6)
}

/// Recordings are taken in meanwhile, which takes a busy machine some seconds.
fn airs_in(seconds: i64) -> Station {
    Station::new()
        .recording("first", 440, 4_000)
        .recording("second", 660, 1_000)
        .recording("third", 880, 700)
        .programme("p", &["first", "second"])
        .programme("q", &["third"])
        .broadcast("x", "p", seconds)
}

/// Changes the plan's file.
fn edited(station: &mut Station, change: impl FnOnce(&mut Station)) {
    change(station);
    station.write_plan();
}

/// Changes it, and waits until the running station has it.
fn reloaded(station: &mut Station, change: impl FnOnce(&mut Station)) {
    let old = station.status()["plan_hash"].clone();
    edited(station, change);
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
}

/// Pulls the plug while the first item sounds, edits, and starts again; how the slot ended, and its takes.
fn cut_and(edit: fn(&mut Station)) -> (String, Vec<String>) {
    let mut station = airs_in(12).start();
    station.until_on_air("first");
    // Late enough for a mark to be on disk.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    edit(&mut station);
    station.start_again();
    let ended = station.until_ended("x");
    let log = station.log();
    assert_eq!(log.kind("end").len(), 1, "what was added after its instant is not logged");
    let takes = log.takes("x").into_iter().filter(|take| !take.contains("missed") && !take.contains("skipped")).collect();
    station.verify();
    (ended, takes)
}

#[test]
fn what_was_cut_goes_on_only_within_the_plan_that_a_start_finds() {
    const SILENT: &[&str] = &["first/1 partial/power_off"];
    const REST: &[&str] = &["first/1 partial/power_off", "second/1 aired"];
    type Case = (&'static str, fn(&mut Station), &'static str, &'static [&'static str]);
    const CASES: &[Case] = &[
        ("hours", |station| edited(station, |s| s.hours("00:00-01:00")), "partial/outside_hours", SILENT),
        ("removed", |station| edited(station, |s| s.remove("x")), "partial/no_plan", SILENT),
        ("renamed", |station| edited(station, |s| s.change("x", "y", "late = \"5m\"")), "partial/no_plan", SILENT),
        (
            "excepted",
            |station| {
                let today = station.civil(station.instant("x")).date();
                edited(station, |s| s.change("x", "x", &format!("except = [{today}]")));
            },
            "partial/no_plan",
            SILENT,
        ),
        (
            "no such output",
            |station| station.write_plan_text(&station.plan_text().replace("id = \"loa\"", "id = \"other\"")),
            "partial/no_plan",
            SILENT,
        ),
        ("withdrawn", |station| edited(station, |s| s.withdraw("first")), "partial/not_valid", REST),
        (
            "invalid",
            |station| edited(station, |s| s.say_of("first", "valid = { until = 2020-01-01 }")),
            "partial/not_valid",
            REST,
        ),
        ("not in the programme", |station| edited(station, |s| s.drop("p", "first")), "partial/not_valid", REST),
    ];
    std::thread::scope(|scope| {
        for cases in CASES.chunks(3) {
            scope.spawn(move || {
                for (name, edit, ended, takes) in cases {
                    let (really, sounded) = cut_and(*edit);
                    assert_eq!((really.as_str(), sounded), (*ended, takes.iter().map(|t| (*t).to_owned()).collect()), "{name}");
                }
            });
        }
    });
}

#[test]
fn what_was_missed_while_off_and_is_not_in_the_plan_any_more_does_not_begin_late() {
    let mut station = sample().start();
    station.kill();
    let due = station.instant("x");
    edited(&mut station, |s| s.remove("x"));
    station.wait_until(due + 1_000);
    station.start_again();
    assert_eq!(station.until_ended("x"), "missed/no_plan");
    assert!(station.wavs().iter().all(|wav| wav.stretches().is_empty()), "nothing sounds");
    station.verify();
}

#[test]
fn hours_that_a_reload_closes_hold_for_what_waits_and_for_the_next_element() {
    let mut station = sample().broadcast("waits", "q", 7).start();
    station.until_on_air("first");
    station.wait_until(station.instant("waits"));
    reloaded(&mut station, |s| s.hours("00:00-01:00"));
    assert_eq!(station.on_air().as_deref(), Some("first"), "what sounds goes on");
    assert_eq!(station.until_ended("waits"), "skipped/outside_hours");
    assert_eq!(station.until_ended("x"), "partial/outside_hours");
    let log = station.log();
    assert_eq!((log.takes("x")[0].as_str(), log.airs("x")[0]["frames"].as_u64()), ("first/1 aired", Some(192_000)));
    assert_eq!(station.wav().stretches().len(), 1);
    station.verify();
}

#[test]
fn an_item_that_a_reload_withdraws_does_not_begin() {
    let mut station = sample().start();
    station.until_on_air("first");
    reloaded(&mut station, |s| s.withdraw("second"));
    assert_eq!(station.until_ended("x"), "partial/not_valid");
    let log = station.log();
    assert_eq!((log.takes("x")[0].as_str(), log.airs("x")[0]["frames"].as_u64()), ("first/1 aired", Some(192_000)));
    assert_eq!(station.wav().stretches().len(), 1);
    station.verify();
}

#[test]
fn a_broadcast_that_is_renamed_on_air_does_not_air_twice_when_a_cut_follows() {
    let mut station = sample().start();
    station.until_on_air("first");
    reloaded(&mut station, |s| s.change("x", "y", "late = \"5m\""));
    station.kill();
    station.start_again();
    assert_eq!(station.until_ended("x"), "partial/no_plan");
    // As long as what was cut could have gone on.
    station.wait_until(station.now() + 3_000);
    let log = station.log();
    assert_eq!((log.ends("y").len(), log.airs("y").len()), (0, 0), "it was added after its instant");
    assert_eq!(station.wavs().len(), 1, "nothing sounds again");
    station.verify();
}

/// Only where there never was one is it said that none was accepted.
#[test]
fn an_accepted_plan_whose_copy_is_gone_is_not_called_never_accepted() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 600).start();
    assert_eq!(station.term().code(), Some(0));
    std::fs::remove_dir_all(station.data().join("plans")).unwrap();
    station.write_plan_text("[station");
    let output = station.command().arg("run").arg(station.plan()).arg("--data").arg(station.data()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("bản lưu của kế hoạch đã nhận trước đây"), "{said}");
}
