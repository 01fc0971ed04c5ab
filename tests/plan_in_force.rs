//! The plan in force decides what sounds, whatever was settled before: also when it was edited while the power was off, or while the station
//! ran. What was added after its instant neither airs nor stands in the log, also when a cut follows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{PATIENCE, Station};

fn sample() -> Station {
    Station::new()
        .recording("first", 440, 4_000)
        .recording("second", 660, 1_000)
        .recording("third", 880, 700)
        .programme("p", &["first", "second", "third"])
        .programme("q", &["third"])
        .broadcast("x", "p", 6)
}

/// Pulls the plug while the first item sounds, edits, and starts again. Nothing sounds afterwards, and the slot says why.
fn is_silent_after(edit: fn(&mut Station), wanted: &str) {
    let mut station = sample().start();
    station.until_on_air("first");
    // Late enough for a mark to be on disk.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    station.kill();
    station.pretend(|clock| clock.boot_id = "boot-2".into());
    edit(&mut station);
    station.start_again();
    assert_eq!(station.until_ended("x"), wanted);
    let log = station.log();
    let sounded = log.kind("air").into_iter().filter(|row| row["frames"].as_u64().is_some_and(|frames| frames > 0)).count();
    assert_eq!((sounded, log.takes("x")[0].as_str()), (1, "first/1 partial/power_off"), "{:?}", log.takes("x"));
    assert_eq!(log.kind("end").len(), 1, "what was added after its instant is not logged");
    assert_eq!(station.wavs().len(), 1, "no device is opened again");
    station.verify();
}

/// Changes the plan's file.
fn edited(station: &mut Station, change: impl FnOnce(&mut Station)) {
    change(station);
    station.write_plan();
}

#[test]
fn what_was_cut_goes_on_only_within_the_plan_that_a_start_finds() {
    const EDITS: &[(fn(&mut Station), &str)] = &[
        (|station| edited(station, |s| s.hours("00:00-01:00")), "partial/outside_hours"),
        (|station| edited(station, |s| s.withdraw("first")), "partial/not_valid"),
        (|station| edited(station, |s| s.say_of("first", "valid = { until = 2020-01-01 }")), "partial/not_valid"),
        (|station| edited(station, |s| s.remove("x")), "partial/no_plan"),
        (|station| edited(station, |s| s.change("x", "y", "")), "partial/no_plan"),
        (
            |station| {
                let today = station.civil(station.instant("x")).date();
                edited(station, |s| s.change("x", "x", &format!("except = [{today}]")));
            },
            "partial/no_plan",
        ),
        (|station| station.write_plan_text(&station.plan_text().replace("id = \"loa\"", "id = \"other\"")), "partial/no_plan"),
    ];
    std::thread::scope(|scope| {
        for (edit, wanted) in EDITS {
            scope.spawn(|| is_silent_after(*edit, wanted));
        }
    });
}
