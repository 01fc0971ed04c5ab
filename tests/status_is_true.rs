//! What will keep the next day from airing whole is a fault with its remedy before it happens; what nobody will hear is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::process::Command;

use station::{PATIENCE, Station};

fn sample() -> Station {
    Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("far", "p", 3_000)
}

/// The fault comes without anything being due, and its text says these.
fn tells(station: &Station, code: &str, texts: &[&str]) {
    station.until("the fault is told", PATIENCE, |station| station.faults() == [code]);
    let page = station.told(&["status"]);
    for text in texts {
        assert!(page.contains(text), "{text} in\n{page}");
    }
    assert_eq!(station.status()["state"], "fault");
    assert!(station.log().kind("end").is_empty(), "nothing has been lost yet");
}

#[test]
fn a_device_that_the_machine_does_not_have_is_told_long_before_it_is_needed() {
    let station = sample().device("hw:CARD=nobody,DEV=7").start();
    tells(&station, "device_absent", &["hw:CARD=nobody,DEV=7", "loaxa outputs PLAN"]);
    let status = station.status();
    assert_eq!(
        (&status["output"][0]["state"], &status["output"][0]["heard"]),
        (&"closed".into(), &true.into()),
        "it was not opened"
    );
}

#[test]
fn a_device_that_makes_no_sound_says_that_nobody_hears_it() {
    let station = sample().start();
    assert_eq!((station.status()["output"][0]["heard"].clone(), station.faults()), (false.into(), vec![]));
    assert!(station.told(&["status"]).contains("nobody hears it"));
}

#[test]
fn a_village_that_no_output_reaches_is_told() {
    let mut station = sample();
    station.write_plan_text(&(station.plan_text() + "\n[[zone]]\nid = \"thon-9\"\nname = \"Thôn 9\"\n"));
    station.start_again();
    tells(&station, "zone_unreached", &["Thôn 9", "zones"]);
}

#[test]
fn a_recording_that_is_not_valid_when_it_is_planned_is_told() {
    let mut station = sample();
    station.say_of("la", "valid = { until = \"31/12/2020\" }");
    tells(&station.start(), "recording_expired", &["valid"]);
}

#[test]
fn a_pool_that_is_empty_when_it_is_planned_is_told() {
    let mut station = sample();
    let text = station.plan_text().replace("elements = [\"la\"]", "elements = [\"la\", { pick = 1, tag = \"none\" }]");
    station.write_plan_text(&text);
    station.start_again();
    tells(&station, "nothing_to_pick", &["far", "pick"]);
}

#[test]
fn what_a_hold_keeps_silent_is_shown_as_such_while_it_stands() {
    let station = sample().start();
    let held = station.told(&["hold"]);
    assert!(held.starts_with("Silent until loaxa release; will not air:\n") && held.contains(" p (far)"), "{held}");
    assert_eq!(station.status()["next"][0]["left_out"], "hold");
    assert!(station.told(&["hold"]).starts_with("This hold stood already."));
    let released = station.told(&["release"]);
    assert!(released.starts_with("The hold is over. Next:\n") && released.contains("(far)"), "{released}");
    assert!(station.status()["next"][0]["left_out"].is_null());
    assert!(station.told(&["stop"]).starts_with("Nothing sounded or waited"));
}

#[test]
fn a_skip_goes_by_the_programmes_name_and_by_what_people_call_a_day() {
    let station = sample().start();
    let day = station.civil(station.instant("far")).date();
    let called = if day == station.civil(station.now()).date() { "hôm nay" } else { "ngày mai" };
    let skipped = station.told(&["skip", "P", called]);
    assert!(skipped.starts_with("Will not air:\n") && skipped.contains("p (far)"), "{skipped}");
    assert!(station.told(&["skip", "far", called]).starts_with("Skipped already"));
    assert_eq!(station.status()["next"][0]["left_out"], "operator");
    assert!(station.told(&["unskip", "far", &day.strftime("%d/%m").to_string()]).starts_with("Will air after all:"));
    assert_eq!(station.ask(&["unskip", "far", called]).status.code(), Some(1));
}

/// A disk of this test's own, where it may mount one: it runs itself again in a namespace.
#[test]
fn a_disk_that_is_nearly_full_is_named_before_anything_fails() {
    const INSIDE: &str = "LOAXA_TEST_MAY_MOUNT";
    let test = "a_disk_that_is_nearly_full_is_named_before_anything_fails";
    if std::env::var_os(INSIDE).is_none() {
        let mut again = Command::new("unshare");
        again.arg("-rm").arg(std::env::current_exe().unwrap()).args([test, "--exact", "--nocapture"]).env(INSIDE, "1");
        let folder = tempfile::tempdir().unwrap();
        let may = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path()).output();
        if may.is_ok_and(|done| done.status.success()) {
            assert!(again.status().unwrap().success());
        } else {
            eprintln!("SKIPPED {test}: nothing may be mounted here");
        }
        return;
    }
    let station = sample();
    std::fs::create_dir(station.data()).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "tmpfs"]).arg(station.data()).status();
    assert!(mounted.unwrap().success());
    let station = station.start();
    let filler = station.data().join("filler");
    std::fs::write(&filler, vec![0; 14 << 20]).unwrap();
    tells(&station, "disk_nearly_full", &["nearly full", "MB left at"]);
    std::fs::remove_file(&filler).unwrap();
    station.until("it is mended", PATIENCE, |station| station.faults().is_empty());
}
