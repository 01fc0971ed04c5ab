//! A device that is not there is told and tried again; nothing else is taken in its place, and nothing is claimed to have aired.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::time::Duration;

use station::{PATIENCE, Station};

#[test]
fn a_device_that_does_not_exist_is_a_fault_and_its_slots_are_missed() {
    let mut station = Station::new()
        .device("hw:CARD=nobody,DEV=7")
        .late("2s")
        .recording("la", 440, 700)
        .programme("p", &["la"])
        .broadcast("first", "p", 6)
        .broadcast("second", "p", 12)
        .start();
    assert!(station.out().contains("hw:CARD=nobody,DEV=7"), "the greeting names it: {}", station.out());
    station.until("the fault is told", PATIENCE, |station| station.faults() == ["no_device"]);
    let status = station.status();
    assert_eq!((&status["state"], &status["output"][0]["state"]), (&"fault".into(), &"lost".into()));
    assert!(station.told(&["status"]).contains("USB"), "it says what to do: {}", station.told(&["status"]));
    assert_eq!(station.until_ended("first"), "missed/no_device");
    assert_eq!(station.until_ended("second"), "missed/no_device");
    let log = station.log();
    assert!(log.kind("air").iter().all(|row| row["frames"] == 0), "nothing is claimed to have aired");
    let fault = log.kind("fault")[0];
    assert_eq!(fault["detail"]["what"], "no_device", "{fault}");
    assert!(fault.to_string().contains("nobody"), "it names the device: {fault}");
    assert!(station.is_running());
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

#[test]
fn the_next_device_of_the_list_is_taken_and_the_log_names_it() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 6);
    let folder = station.data().with_file_name("out");
    let list = format!("device = [\"hw:CARD=nobody,DEV=7\", \"wav:{}\"]", folder.display());
    let text = station.plan_text();
    let own = text.lines().find(|line| line.starts_with("device = ")).unwrap().to_owned();
    station.write_plan_text(&text.replace(&own, &list));
    station.start_again();
    assert_eq!(station.until_ended("x"), "aired");
    let log = station.log();
    assert!(log.airs("x")[0]["device"].as_str().unwrap().starts_with("wav:"), "{:?}", log.airs("x"));
    assert_eq!(station.wav().stretches().len(), 1);
    station.verify();
}

#[test]
fn a_wav_folder_that_cannot_be_written_is_no_device_until_it_can() {
    let station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 6);
    // A file in its place.
    let folder = station.data().with_file_name("out");
    std::fs::write(&folder, "in the way").unwrap();
    let station = station.start();
    station.until("the fault is told", PATIENCE, |station| station.faults() == ["no_device"]);
    std::fs::remove_file(&folder).unwrap();
    station.until("it is taken", Duration::from_secs(40), |station| !station.log().ends("x").is_empty());
    assert_eq!(station.log().ends("x"), ["aired"], "late, but within what the plan allows");
    assert!(station.faults().is_empty());
    assert_eq!(station.wav().stretches().len(), 1);
    station.verify();
}
