//! A time that was believed and turns out wrong costs nothing once it is right: what it closed is owed again and counts once. And whoever
//! vouched for the clock once does not vouch for where it goes afterwards.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{PATIENCE, Pretence, Station, write_wav};

const HOUR: i64 = 3_600_000;

fn synchronised() -> Pretence {
    Pretence { shift_ms: 0, synchronised: true, rtc: false, boot_id: "boot-1".into() }
}

/// A station that has lived on a right clock, and whose machine has been off.
fn station() -> Station {
    Station::on(Some(synchronised())).recording("la", 440, 700).programme("p", &["la"])
}

/// Off, and on again in another boot with a clock that is so far off.
fn boots(station: &mut Station, shift_ms: i64, rtc: bool) {
    station.kill();
    station.pretend(|clock| *clock = Pretence { shift_ms, synchronised: false, rtc, boot_id: "boot-2".into() });
    station.start_again();
}

fn is_believed(station: &Station) {
    station.until("the clock is believed", PATIENCE, |station| station.status()["clock"]["doubtful"] == false);
}

/// A clock that is so far ahead, and that a person believed, is set right: everything that it closed airs at its own time.
fn is_set_right(by: i64, by_network: bool) {
    let mut station = station().broadcast("soon", "p", 14).broadcast("evening", "p", 2 * 3_600).start();
    boots(&mut station, by, false);
    station.confirm_clock();
    station.until("the wrong time has closed both", PATIENCE, |station| station.log().kind("end").len() == 2);
    assert_eq!(station.status()["next"], serde_json::json!([]));

    station.pretend(|clock| (clock.shift_ms, clock.synchronised) = (0, by_network));
    if !by_network {
        station.confirm_clock();
    }
    station.until("the rows are void", PATIENCE, |station| station.log().kind("void").len() == 2);
    let next = station.status()["next"].as_array().unwrap().len();
    assert_eq!((next, station.log().counted().kind("end").len()), (2, 0), "both lie ahead again, and nothing has ended");
    assert_eq!((station.faults(), station.warnings()), (vec![], vec!["clock_was_wrong".to_owned()]));
    assert!(station.told(&["status"]).contains("owed again"), "it says what happened");
    station.until("it airs", PATIENCE, |station| station.log().counted().ends("soon") == ["aired"]);
    let stretches: usize = station.wavs().iter().map(|wav| wav.stretches().len()).sum();
    assert_eq!(stretches, 1, "it sounds once");

    // Those who count see one end of it, and no missed evening.
    let shown: serde_json::Value = serde_json::from_str(&station.told(&["log", "--json"])).unwrap();
    let ends: Vec<&serde_json::Value> = shown.as_array().unwrap().iter().filter(|row| row["kind"] == "end").collect();
    assert_eq!((ends.len(), &ends[0]["status"]), (1, &"aired".into()));
    station.verify();
    // It is so after a restart too.
    station.kill();
    station.start_again();
    assert_eq!(station.status()["next"].as_array().unwrap().len(), 1);
    assert_eq!(station.log().counted().kind("end").len(), 1);
    station.verify();
}

#[test]
fn seven_hours_that_the_network_sets_right_cost_nothing() {
    is_set_right(7 * HOUR, true);
}

#[test]
fn a_month_that_a_person_mistyped_costs_nothing_once_it_is_right() {
    is_set_right(30 * 24 * HOUR, false);
}

#[test]
fn what_a_wrong_time_closed_is_owed_again_after_a_restart_on_the_right_one() {
    let mut station = station().broadcast("soon", "p", 20).start();
    boots(&mut station, 7 * HOUR, false);
    station.confirm_clock();
    assert_eq!(station.until_ended("soon"), "missed/power_off");
    station.kill();
    station.pretend(|clock| *clock = Pretence { boot_id: "boot-3".into(), ..synchronised() });
    station.start_again();
    station.until("it airs", PATIENCE, |station| station.log().counted().ends("soon") == ["aired"]);
    assert_eq!((station.log().kind("void").len(), station.faults()), (1, vec![]));
    station.verify();
}

#[test]
fn an_rtc_alone_waits_for_the_network_before_it_airs_or_closes_anything() {
    let mut station = station().broadcast("soon", "p", 12).start();
    boots(&mut station, 7 * HOUR, true);
    let status = station.status();
    assert_eq!((&status["clock"]["evidence"], &status["clock"]["why"]), (&"rtc".into(), &"awaiting_network".into()), "{status}");
    assert!(station.told(&["status"]).contains("waiting for the network"));
    station.pretend(|clock| (clock.shift_ms, clock.synchronised) = (0, true));
    assert_eq!(station.until_ended("soon"), "aired");
    assert_eq!((station.log().kind("void").len(), station.faults()), (0, vec![]), "nothing had been closed");
    station.verify();
}

#[test]
fn an_rtc_alone_is_believed_after_a_minute_without_a_network() {
    let mut station = station().broadcast_with("soon", "p", 12, "late = \"5m\"").start();
    boots(&mut station, 0, true);
    station.wait_until(station.instant("soon") + 1_500);
    assert_eq!(station.log().kind("air").len(), 0);
    let minute = PATIENCE * 3;
    station.until("it airs", minute, |station| station.log().ends("soon") == ["aired"]);
    assert_eq!(station.status()["clock"], serde_json::json!({ "evidence": "rtc", "doubtful": false, "why": null }));
    station.verify();
}

#[test]
fn what_sounds_when_the_clock_shows_that_the_hours_are_closed_fades_and_airs_at_its_time() {
    // The hours open with a broadcast on the next whole minute; by a clock that is fast it comes at once.
    let mut station = station().item("long").programme("q", &["long"]).start();
    write_wav(&station.plan_folder().join("long.wav"), &station::tone(660, 6_000));
    let opens = ((station.now() + 20_000) / 60_000 + 1) * 60_000;
    station.add("first", "q", (opens - station.now()) / 1_000, "late = \"1m\"");
    assert_eq!(station.instant("first"), opens);
    let (open, close) = (station.civil(opens).strftime("%H:%M"), station.civil(opens + HOUR).strftime("%H:%M"));
    station.write_plan_text(&station.plan_text().replace("00:00-24:00", &format!("{open}-{close}")));
    let ahead = opens - station.now();
    boots(&mut station, ahead - 8_000, false);
    station.confirm_clock();
    station.until_on_air("long");
    station.pretend(|clock| (clock.shift_ms, clock.synchronised) = (0, true));
    station.until("it fades out", PATIENCE, |station| station.on_air().is_none());
    assert!(station.now() < opens, "the machine is too slow for this test");
    station.until("it airs", PATIENCE * 3, |station| station.log().counted().ends("first") == ["aired"]);
    let log = station.log();
    assert_eq!(log.ends("first"), ["partial/outside_hours", "aired"]);
    assert_eq!(log.counted().airs("first").len(), 1, "what sounded at a wrong hour counts nowhere");
    station.verify();
}

#[test]
fn the_network_does_not_vouch_for_steps_after_it_is_gone() {
    let later = 5 * HOUR + HOUR / 5;
    let mut station = station().broadcast_with("later", "p", later / 1_000 + 6, "late = \"1m\"").start();
    is_believed(&station);
    station.pretend(|clock| clock.synchronised = false);
    station.wait_until(station.now() + 1_000);
    station.pretend(|clock| clock.shift_ms = later);
    for _ in 0..2 {
        station.until("it is doubted", PATIENCE, |station| station.status()["clock"]["why"] == "forward_step");
        station.wait_until(station.instant("later") + 1_500);
        assert_eq!((station.log().kind("air").len(), station.log().kind("end").len()), (0, 0));
        // A restart within the boot believes no more.
        station.kill();
        station.start_again();
    }
    assert_eq!(station.status()["clock"]["why"], "forward_step");
    station.verify();
}

#[test]
fn steps_that_nobody_vouches_for_add_up() {
    let mut station = station().broadcast_with("later", "p", 2 * 3_540 + 8, "late = \"1m\"").start();
    is_believed(&station);
    station.pretend(|clock| clock.synchronised = false);
    for step in 1..=2 {
        let shift_ms = step * 3_540_000;
        station.pretend(|clock| clock.shift_ms = shift_ms);
        let seen = usize::try_from(step).unwrap();
        let steps = |station: &Station| station.log().kind("clock").iter().filter(|row| row["detail"]["what"] == "step").count();
        station.until("the step is seen", PATIENCE, |station| steps(station) == seen);
        assert_eq!(station.status()["clock"]["doubtful"], step == 2, "an hour in all is too far");
    }
    station.wait_until(station.instant("later") + 1_500);
    assert_eq!((station.log().kind("air").len(), station.log().kind("end").len()), (0, 0));
    station.verify();
}
