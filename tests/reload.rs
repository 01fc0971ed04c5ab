//! A plan may change under a running station: a good one is in force at once and cuts nothing, a bad one is refused and told, and a start with a
//! bad one runs on the last that was good.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{PATIENCE, Station};

const BROKEN: &str = "\n[[broadcast]]\nid = \"more\"\nprogrmme = \"p\"\ncron = \"0 0 5 * * *\"\n";
/// No TOML at all.
const UNREADABLE: &str = "\n[[broadcast]]\nid = \"more\nprogramme = \"p\"\n";

fn sample() -> Station {
    Station::new()
        .recording("long", 440, 5_000)
        .recording("mi", 660, 700)
        .recording("do", 1_050, 700)
        .programme("p", &["long"])
        .programme("one", &["mi"])
        .programme("other", &["do"])
}

#[test]
fn a_good_plan_swapped_in_during_a_broadcast_cuts_nothing_and_owes_only_what_comes() {
    let mut station = sample().broadcast("now", "p", 6).broadcast("removed", "one", 16).start();
    let old = station.status()["plan_hash"].clone();
    station.until_on_air("long");
    station.remove("removed");
    station.add("new", "other", 10, "");
    // One added for an instant that has passed, although `late` would let it air.
    station.add("past", "one", -2, "late = \"5m\"");
    station.write_plan();
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
    assert_eq!(station.on_air().as_deref(), Some("long"), "what is on air goes on");
    assert_eq!(station.until_ended("now"), "aired");
    assert_eq!(station.until_ended("new"), "aired");
    station.wait_until(station.instant("new").max(station.instant("now") + 12_000) + 1_500);
    let log = station.log();
    assert_eq!(log.kind("end").len(), 2, "neither what was removed nor what was added too late is logged");
    let air = log.airs("now")[0];
    assert_eq!((&air["frames"], &air["plan_hash"]), (&240_000.into(), &old), "it aired whole, by the plan that owed it");
    let new = &log.airs("new")[0]["plan_hash"];
    let plans = log.kind("plan");
    assert_eq!(plans.iter().map(|row| &row["plan_hash"]).collect::<Vec<_>>(), [&old, new]);
    assert!(plans.iter().all(|row| row["detail"]["accepted"] == true));
    assert_eq!(station.wav().stretches().len(), 2);
    for hash in [&old, new] {
        let kept = station.data().join("plans").join(hash.as_str().unwrap());
        assert!(kept.exists(), "the plan is kept under {}", kept.display());
    }
    station.verify();
}

#[test]
fn a_slot_that_is_armed_is_taken_back_when_its_plan_goes() {
    let mut station = sample().broadcast("armed", "one", 8).start();
    let old = station.status()["plan_hash"].clone();
    // Within the five seconds in which the device is open already.
    station.wait_until(station.instant("armed") - 4_500);
    let at = station.instant("armed");
    station.remove("armed");
    station.add("later", "other", 6, "");
    station.write_plan();
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
    assert!(station.now() < at, "this machine is too slow for this test");
    assert_eq!(station.until_ended("later"), "aired");
    let log = station.log();
    assert_eq!((log.kind("air").len(), log.kind("end").len()), (1, 1));
    assert_eq!(station.wavs().iter().map(|wav| wav.stretches().len()).sum::<usize>(), 1);
    station.verify();
}

#[test]
fn a_bad_plan_is_refused_and_told_and_the_old_one_goes_on() {
    let station = sample().broadcast("now", "p", 6).broadcast("then", "one", 12).start();
    let old = station.status()["plan_hash"].clone();
    station.until_on_air("long");
    let good = station.plan_text();
    station.write_plan_text(&format!("{good}{BROKEN}"));
    station.until("the plan is refused", PATIENCE, |station| station.faults() == ["plan_refused"]);
    let status = station.status();
    assert_eq!((&status["state"], &status["plan_hash"]), (&"fault".into(), &old));
    let detail = status["faults"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("progrmme") && detail.contains("plan.toml"), "it says what and where: {detail}");
    assert!(station.told(&["status"]).contains("loaxa check"), "and what to do");
    assert_eq!(station.until_ended("now"), "aired");
    assert_eq!(station.until_ended("then"), "aired");
    let log = station.log();
    let refused = log.kind("plan")[1];
    assert_eq!((&refused["detail"]["accepted"], &refused["plan_hash"]), (&false.into(), &serde_json::Value::Null));
    assert!(refused["detail"]["why"].as_str().unwrap().contains("progrmme"), "{refused}");
    assert_eq!(log.kind("plan").len(), 2, "it is refused once, not at every look");
    station.write_plan_text(&good);
    station.until("the fault is over", PATIENCE, |station| station.faults().is_empty());
    assert_eq!(station.log().kind("plan").len(), 2, "the same plan again is no new one");
    station.verify();
}

#[test]
fn sighup_reads_the_plan_at_once_and_says_what_it_found() {
    let mut station = sample().broadcast("far", "p", 3_600).start();
    let old = station.status()["plan_hash"].clone();
    station.signal("HUP");
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(station.is_running());
    assert_eq!(station.log().kind("plan").len(), 1, "the same plan again is no new one");
    station.add("new", "other", 7, "");
    station.write_plan();
    station.signal("HUP");
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
    assert_eq!(station.until_ended("new"), "aired");
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

#[test]
fn a_start_with_a_broken_plan_runs_on_the_last_accepted_one() {
    let mut station = sample().broadcast("x", "one", 10).start();
    let old = station.status()["plan_hash"].clone();
    assert_eq!(station.term().code(), Some(0));
    station.write_plan_text(&format!("{}{UNREADABLE}", station.plan_text()));
    station.start_again();
    let status = station.status();
    assert_eq!((&status["state"], &status["plan_hash"]), (&"fault".into(), &old));
    assert_eq!(station.faults(), ["plan_refused"]);
    assert!(station.err().contains("id = \"more"), "the problems are told: {}", station.err());
    assert_eq!(station.until_ended("x"), "aired");
    let log = station.log();
    assert!(log.kind("plan").iter().any(|row| row["detail"]["accepted"] == false), "that the plan was refused stands in the log");
    station.verify();
}

#[test]
fn a_kept_plan_that_is_damaged_never_runs_and_the_one_before_it_does() {
    let mut station = sample().broadcast("x", "one", 3600).start();
    let old = station.status()["plan_hash"].clone();
    station.add("y", "one", 10, "");
    station.write_plan();
    station.until("the new plan is in force", std::time::Duration::from_secs(20), |station| station.status()["plan_hash"] != old);
    let new = station.status()["plan_hash"].as_str().unwrap().to_owned();
    assert_eq!(station.term().code(), Some(0));
    let kept = station.data().join("plans").join(&new);
    let file = std::fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    // Whole as a plan, and not the one that was accepted: then nothing but zeros, as a power cut leaves.
    for damaged in [text.replace("late = ", "late  = "), format!("{text}\n"), "\0".repeat(text.len())] {
        std::fs::write(&file, &damaged).unwrap();
        station.write_plan_text(&format!("{}{BROKEN}", station.plan_text()));
        station.start_again();
        assert_eq!(station.status()["plan_hash"], old);
        assert_eq!(station.faults(), ["plan_refused", "plan_not_kept"]);
        assert_eq!(station.term().code(), Some(0));
        station.write_plan();
        std::fs::remove_dir_all(&kept).unwrap();
        station.start_again();
        assert_eq!(station.status()["plan_hash"], new.as_str());
        assert!(kept.is_dir(), "a plan in force is kept anew");
        assert_eq!(station.term().code(), Some(0));
    }
}

#[test]
fn a_first_start_with_a_broken_plan_exits_with_1_and_says_what_is_wrong() {
    let mut station = sample().broadcast("x", "one", 3_600);
    station.write_plan_text(&format!("{}{BROKEN}", station.plan_text()));
    station.spawn();
    assert_eq!(station.exit().code(), Some(1));
    let said = station.err();
    assert!(said.contains("progrmme") && said.contains("programme"), "{said}");
    assert!(!station.data().join("log.sqlite3").exists() || station.log().0.is_empty(), "nothing has begun");
}
