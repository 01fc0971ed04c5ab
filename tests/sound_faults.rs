//! Faults of the sound output and of the disk, on a real sound server: the sound is back soon, nothing is claimed that did not sound, and
//! the log and the status say what happened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod station;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use harness::{Horn, RATE, murmur};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use station::{PATIENCE, Station};

/// ALSA devices that take sound 2,300 and 900 times faster than time, and put none of it out.
const SWALLOWERS: &str = "pcm.swallow { type null hint { show on description \"nothing\" } }\n\
    pcm.keep { type file file \"/dev/null\" format \"raw\" slave.pcm { type null } hint { show on description \"nothing\" } }\n";

fn station_on(horn: &Horn, items: &[(&str, &[f32])]) -> Station {
    let mut station = Station::new().sounding(horn.environment());
    for (id, samples) in items {
        harness::write_wav(&station.plan_folder().join(format!("{id}.wav")), samples);
        station = station.item(id);
    }
    station
}

fn with_swallowers(horn: &Horn) {
    let path = horn.folder().join(".asoundrc");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text + SWALLOWERS).unwrap();
}

/// A daemon in which a write beyond a limit fails and does not end the process.
fn spawn_deaf_to_limits(station: &Station) -> Child {
    let daemon = station.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(daemon.get_program());
    shell.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data());
    for (name, value) in daemon.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn sound_is_back_two_seconds_after_its_server_and_the_log_shows_the_gap() {
    let mut horn = Horn::start();
    let (a, b) = (murmur(61, 4.0), murmur(62, 1.0));
    let ear = horn.listen();
    let mut station = station_on(&horn, &[("a", &a), ("b", &b)]).programme("p", &["a", "b"]).broadcast("x", "p", 7).start();
    station.until_on_air("a");
    std::thread::sleep(Duration::from_millis(1_200));
    horn.kill();
    station.until("the loss is told", PATIENCE, |station| station.faults() == ["device_lost"]);
    let before = ear.stop();
    // Long enough for a patience that grows to have grown.
    std::thread::sleep(Duration::from_secs(5));
    let ear = horn.serve_promptly();
    let up = harness::now();
    assert_eq!(station.until_ended("x"), "aired");
    std::thread::sleep(Duration::from_millis(500));
    let (after, log) = (ear.stop(), station.log());

    let first = before.find(&a[..RATE as usize / 2], 0).expect("it was heard");
    let sounded = before.last_sound().unwrap() + 1 - first.frame;
    let again = after.find(&a, 0).expect("it is heard again");
    let next = after.find(&b, 0).expect("the rest is heard");
    assert!(again.similarity > 0.99 && next.similarity > 0.99, "{again:?} {next:?}");
    assert_eq!(next.frame - again.frame, a.len());
    assert!(again.at - up < 2.0, "it was back {} s after the server", again.at - up);

    assert_eq!(log.takes("x"), ["a/1 partial/device_fault", "a/2 aired", "b/1 aired"]);
    let claimed = usize::try_from(log.airs("x")[0]["frames"].as_u64().unwrap()).unwrap();
    assert!(claimed <= sounded + 1_080, "{claimed} frames claimed, {sounded} heard");
    let faults: Vec<_> = log.kind("fault").iter().map(|row| row["detail"]["what"].clone()).collect();
    assert_eq!(faults[..2], ["device_lost", "device_back"], "{faults:?}");
    assert!(station.faults().is_empty());
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

#[test]
fn sound_that_a_device_only_swallows_is_reported_and_never_airtime() {
    let horn = Horn::start();
    with_swallowers(&horn);
    let a = murmur(63, 1.0);
    let mut station = station_on(&horn, &[("a", &a)]).device("swallow").late("3s").programme("p", &["a"]);
    station = station.broadcast("x", "p", 8).start();
    station.until("the loss is told", PATIENCE, |station| !station.faults().is_empty());
    let told = station.told(&["status"]);
    assert_eq!(station.until_ended("x"), "missed/device_fault", "{told}");
    let log = station.log();
    assert!(log.kind("air").iter().all(|row| row["frames"] == 0), "nothing is claimed to have aired");
    let lost = log.kind("fault")[0];
    assert!(lost["detail"].to_string().contains("faster than time"), "{lost}");
    assert!(station.is_running());
    station.verify();
}

#[test]
fn sound_goes_to_the_next_of_the_list_when_the_first_swallows_it() {
    let horn = Horn::start();
    with_swallowers(&horn);
    let ear = horn.listen();
    let a = murmur(64, 1.5);
    let mut station = station_on(&horn, &[("a", &a)]).programme("p", &["a"]).broadcast("x", "p", 9);
    let text = station.plan_text().replace("device = \"default\"", "device = [\"keep\", \"default\"]");
    station.write_plan_text(&text);
    station.start_again();
    assert_eq!(station.until_ended("x"), "aired");
    std::thread::sleep(Duration::from_millis(500));
    let found = ear.stop().find(&a, 0).expect("it is heard");
    assert!(found.similarity > 0.99, "{found:?}");
    let late = found.at * 1_000.0 - station.instant("x") as f64;
    assert!(late.abs() < 50.0, "it is heard {late} ms after its instant");
    assert_eq!(station.log().airs("x")[0]["device"], "default");
    station.verify();
}

/// The limit on the size of files stands in for a disk without room: every write to the log fails, and nothing else.
#[test]
fn sound_goes_on_whole_while_the_disk_is_full_and_the_log_comes_late() {
    let horn = Horn::start();
    let ear = horn.listen();
    let (a, b) = (murmur(65, 3.0), murmur(66, 1.0));
    let mut station = station_on(&horn, &[("a", &a), ("b", &b)]).programme("p", &["a", "b"]).broadcast("x", "p", 7);
    station.write_plan();
    station.adopt(spawn_deaf_to_limits(&station));
    station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
    station.until_on_air("a");
    let pid = Pid::from_raw(i32::try_from(station.pid()).unwrap());
    let old = prlimit(pid, Resource::Fsize, Rlimit { current: Some(1), maximum: None }).unwrap();
    station.until("the disk is told", PATIENCE, |station| station.faults() == ["log_failing"]);
    assert_eq!(station.status()["state"], "fault");
    // Both have sounded by now, without a line of log.
    station.until("it is over", PATIENCE, |station| station.on_air().is_none());
    assert!(station.log().ends("x").is_empty(), "the log cannot have it yet");
    assert_eq!(station.faults(), ["log_failing"]);
    prlimit(pid, Resource::Fsize, old).unwrap();
    assert_eq!(station.until_ended("x"), "aired");
    station.until("the fault is mended", PATIENCE, |station| station.faults().is_empty());
    let (heard, log) = (ear.stop(), station.log());
    let (first, second) = (heard.find(&a, 0).expect("heard"), heard.find(&b, 0).expect("heard"));
    assert!(first.similarity > 0.99 && second.similarity > 0.99, "{first:?} {second:?}");
    assert_eq!(second.frame - first.frame, a.len(), "the sound has no gap");
    assert_eq!(log.takes("x"), ["a/1 aired", "b/1 aired"]);
    let last = log.kind("end")[0];
    assert_eq!(last["detail"]["log_late"], true, "{last}");
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}
