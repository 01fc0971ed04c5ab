//! Nobody who decides, sounds or answers waits for a terminal that is not read, a disk that does not answer, or another output's device.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use station::{PATIENCE, Station, at_ms};

/// Later than that nobody would call it on time: the file's clock, and a machine that is busy with other tests.
const ON_TIME_MS: i64 = 100;

/// A pipe into which nothing more goes, and nobody reads.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let flags = rustix::fs::fcntl_getfl(&writer).unwrap();
    rustix::fs::fcntl_setfl(&writer, flags | OFlags::NONBLOCK).unwrap();
    while writer.write(&[b'.'; 4096]).is_ok() {}
    while writer.write(b".").is_ok() {}
    rustix::fs::fcntl_setfl(&writer, flags).unwrap();
    (reader, writer)
}

fn started_on_time(station: &Station, broadcast: &str, output: &str) {
    let log = station.log();
    let airs = log.airs(broadcast);
    let row =
        airs.iter().find(|row| row["output"] == output).unwrap_or_else(|| panic!("{broadcast} aired on {output}: {airs:?}"));
    let late = at_ms(&row["started_at"]) - at_ms(&row["planned_at"]);
    assert!((-ON_TIME_MS..ON_TIME_MS).contains(&late), "late by {late} ms: {row}");
}

fn ends_of(station: &Station, output: &str) -> Vec<String> {
    let log = station.log();
    log.kind("end").into_iter().filter(|row| row["output"] == output).map(station::outcome).collect()
}

/// The operator's words on the screen, the program's own in a file.
#[test]
fn at_a_terminal_a_programme_is_a_line_and_the_trace_is_elsewhere() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 5);
    station.write_plan();
    let command = station.command();
    let (program, plan, data) = (command.get_program().display(), station.plan(), station.data());
    let run = format!("exec {program} run {} --http off --data {}", plan.display(), data.display());
    // It gives the program a terminal, and prints what is shown there.
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &run, "/dev/null"]).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let shown = station.data().with_file_name("shown");
    terminal.stdin(Stdio::null()).stdout(fs::File::create(&shown).unwrap()).stderr(Stdio::null());
    // Where there is no such program, there is nothing to see.
    let Ok(child) = terminal.spawn() else { return };
    station.adopt(child);
    station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
    assert_eq!(station.until_ended("x"), "aired");
    let read = || fs::read_to_string(&shown).unwrap();
    station.until("the end is shown", PATIENCE, |_| read().contains("p: aired"));
    // The terminal ends with its program, and not the other way round.
    let pid = station.pid();
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    assert!(Command::new("kill").args(children.split_whitespace()).status().unwrap().success());
    station.exit();
    let (text, trace) = (read(), fs::read_to_string(station.data().join("trace.txt")).unwrap());
    assert!(text.contains("p: aired (1 s)") && !text.contains("INFO"), "{text}");
    assert!(trace.contains("INFO air aired"), "{trace}");
}

#[test]
fn a_terminal_that_is_not_read_stops_nothing() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 5);
    station.write_plan();
    let (mut reader, writer) = full_pipe();
    let mut command = station.command();
    command.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data()).env("LOAXA_TRACE", "trace");
    command.stdin(Stdio::null()).stdout(writer.try_clone().unwrap()).stderr(writer);
    station.adopt(command.spawn().unwrap());
    drop(command);
    station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
    assert_eq!(station.until_ended("x"), "aired");
    started_on_time(&station, "x", "loa");
    assert_eq!(station.term().code(), Some(0), "nor does the end wait");
    // What was already in the pipe is all that there is, for the end gave up waiting for its reader.
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert!(text.trim_start_matches('.').is_empty(), "{text}");
    station.verify();
}

#[test]
fn what_was_said_while_nobody_read_is_there_when_the_reader_is_back() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 5);
    station.write_plan();
    let (mut reader, writer) = full_pipe();
    let mut command = station.command();
    command.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(writer);
    station.adopt(command.spawn().unwrap());
    drop(command);
    station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
    assert_eq!(station.until_ended("x"), "aired");
    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    });
    assert_eq!(station.term().code(), Some(0));
    let text = reading.join().unwrap();
    assert!(text.contains("end aired"), "{}", text.trim_start_matches('.'));
}

/// What makes a path hang.
struct Hang {
    library: PathBuf,
    gate: PathBuf,
}

impl Hang {
    fn new(folder: &Path) -> Hang {
        let library = folder.join("hang.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/nobody_waits/hang.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).arg("-ldl").status();
        assert!(built.expect("a C compiler, as the build itself needs").success());
        Hang { library, gate: folder.join("gate") }
    }

    fn start(&self, station: &mut Station, on: &str) {
        let mut command = station.command();
        command.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data()).stdin(Stdio::null());
        let folder = self.gate.with_file_name("hung.err");
        command.stdout(Stdio::null()).stderr(fs::File::create(folder).unwrap());
        command.env("LD_PRELOAD", &self.library).env("HANG_GATE", &self.gate).env("HANG_ON", on);
        station.adopt(command.spawn().unwrap());
        station.until("the daemon answers", PATIENCE, |station| station.try_status().is_some());
    }

    fn begin(&self) {
        fs::write(&self.gate, "").unwrap();
    }

    fn end(&self) {
        fs::remove_file(&self.gate).unwrap();
    }
}

#[test]
fn a_stick_that_hangs_stops_neither_orders_nor_the_air_nor_the_end() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 8).broadcast_with(
        "y",
        "p",
        900,
        "late = \"1m\"",
    );
    station.write_plan();
    let hang = Hang::new(station.data().parent().unwrap());
    hang.start(&mut station, "/plan/");
    hang.begin();
    // The plan changes meanwhile: it is taken when the stick is back.
    station.add("z", "p", 1_800, "late = \"1m\"");
    station.write_plan();
    assert_eq!(station.until_ended("x"), "aired");
    started_on_time(&station, "x", "loa");
    let told = station.told(&["hold", "--lang", "en"]);
    assert!(!told.is_empty() && station.status()["state"] != "idle");
    station.told(&["release"]);
    station.until("the stick is missed", PATIENCE, |station| station.faults() == ["files_hang"]);
    let page = station.told(&["status", "--lang", "en"]);
    assert!(page.contains("plan.toml") && page.contains("Pull the stick out"), "{page}");
    hang.end();
    station.until("the fault is mended", PATIENCE, |station| station.faults().is_empty());
    let has_z = |station: &Station| station.status()["next"].as_array().unwrap().iter().any(|next| next["broadcast"] == "z");
    station.until("the plan is taken", PATIENCE, has_z);
    hang.begin();
    let began = Instant::now();
    assert_eq!(station.term().code(), Some(0));
    assert!(began.elapsed() < PATIENCE);
    station.verify();
}

#[test]
fn an_output_whose_device_hangs_moves_nothing_of_another() {
    let mut station = Station::new()
        .recording("la", 440, 700)
        .programme("p", &["la"])
        .late("3s")
        .broadcast("both", "p", 8)
        .broadcast_with("healthy", "p", 22, "outputs = [\"loa\"]\nlate = \"5s\"");
    let folder = station.data().with_file_name("sick");
    let plan = |station: &Station, device: &str| {
        let text = station.plan_text().replace("[hours]", &format!("[[output]]\nid = \"other\"\ndevice = \"{device}\"\n[hours]"));
        station.write_plan_text(&text);
    };
    plan(&station, &format!("wav:{}", folder.display()));
    let hang = Hang::new(station.data().parent().unwrap());
    hang.start(&mut station, "/sick/");
    // It is open half a minute ahead, and hangs from now on in writing, and so in being closed.
    station.until("both are open", PATIENCE, |station| {
        station.status()["output"].as_array().unwrap().iter().all(|output| output["state"] == "open")
    });
    hang.begin();
    station.until("the device is given up", PATIENCE, |station| station.faults().contains(&"device_hangs".to_owned()));
    // The plan gives the output another device, for which the conductor lets go of the one that hangs.
    plan(&station, "null");
    station.until("all have ended", Duration::from_secs(60), |station| ends_of(station, "loa").len() == 2);
    assert_eq!(ends_of(&station, "loa"), ["aired", "aired"]);
    started_on_time(&station, "both", "loa");
    started_on_time(&station, "healthy", "loa");
    assert_eq!(station.faults(), [] as [&str; 0], "the output has its new device");
    assert_eq!(station.term().code(), Some(0), "nor does the end wait");
    station.verify();
}
