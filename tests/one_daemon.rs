//! A data folder has one daemon and one origin; whoever only looks disturbs nobody, and a daemon to which nobody listens goes on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::process::Stdio;

use station::Station;

fn sample() -> Station {
    Station::new().recording("la", 440, 2_000).programme("p", &["la"])
}

#[test]
fn a_second_daemon_is_turned_away_and_harms_nothing() {
    let mut station = sample().broadcast("x", "p", 6).start();
    station.until_on_air("la");
    let second =
        station.command().args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data()).output().unwrap();
    assert_eq!(second.status.code(), Some(3));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("data"), "it says which folder is in use: {said}");
    // The first still answers on its socket, airs to the end, and is alone in the log.
    assert_eq!(station.until_ended("x"), "aired");
    assert!(station.try_status().is_some());
    let log = station.log();
    assert_eq!((log.kind("start").len(), log.kind("air").len()), (1, 1));
    assert_eq!(station.wavs().len(), 1);
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

#[test]
fn a_second_daemon_is_turned_away_whatever_is_removed_under_the_first() {
    let station = sample().broadcast("x", "p", 3_600).start();
    for entry in std::fs::read_dir(station.data()).unwrap().map(|entry| entry.unwrap()) {
        let path = entry.path();
        if !entry.file_name().to_string_lossy().starts_with("log.") {
            let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.unwrap();
        }
    }
    let second =
        station.command().args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data()).output().unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert_eq!(station.log().kind("start").len(), 1);
}

#[test]
fn a_folder_of_another_origin_is_refused_both_ways() {
    let mut station = sample().broadcast("x", "p", 3_600).start();
    assert_eq!(station.term().code(), Some(0));
    let before = station.told(&["log", "--chain"]);
    let today = station.civil(station.now()).date().to_string();
    let plan = station.plan();
    let simulate = station.ask(&["simulate", plan.to_str().unwrap(), "--from", &today, "--to", &today]);
    assert_eq!(simulate.status.code(), Some(2), "{}", String::from_utf8_lossy(&simulate.stderr));
    assert_eq!(station.told(&["log", "--chain"]), before);

    let data = station.data().with_file_name("simulated");
    let with_data = |arguments: &[&str]| {
        let output = station.command().args(arguments).arg(&plan).arg("--data").arg(&data).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = with_data(&["simulate", "--from", &today, "--to", &today]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = with_data(&["run"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("nhật ký mô phỏng, không ghi nhật ký phát thật"), "{said}");
}

#[test]
fn a_daemon_to_which_nobody_listens_airs_all_the_same() {
    let mut station = sample().broadcast("x", "p", 6);
    station.write_plan();
    let mut child = station.command();
    child.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data());
    let mut child = child.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever listened is gone before the first word.
    drop(child.stdout.take());
    drop(child.stderr.take());
    station.adopt(child);
    station.until("the daemon answers", station::PATIENCE, |station| station.try_status().is_some());
    assert_eq!(station.until_ended("x"), "aired");
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}

#[test]
fn commands_that_only_look_work_beside_it_and_change_nothing() {
    let mut station = sample().broadcast("x", "p", 6).broadcast("y", "p", 3_600).start();
    station.until_on_air("la");
    let plan = station.plan();
    let plan = plan.to_str().unwrap();
    let before = station.log().0.len();
    for arguments in [
        ["status", "--json"].as_slice(),
        &["log", "--json"],
        &["log", "--csv"],
        &["log", "--chain"],
        &["verify", "--json"],
        &["check", plan],
        &["rundown", plan, "--json"],
        &["audio", plan],
    ] {
        let output = station.ask(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(station.until_ended("x"), "aired");
    assert_eq!(station.log().0.len(), before + 2, "one airing and one end have been added, nothing else");
    assert_eq!(station.wav().stretches().len(), 1);
    assert_eq!(station.term().code(), Some(0));
}
