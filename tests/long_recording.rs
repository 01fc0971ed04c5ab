//! A recording of ten minutes airs in the memory that one of seconds takes: its master is written by a child and streamed on air.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use station::Station;

const RATE: u32 = 8_000;
const MB: u64 = 1_024;

/// Writes a mono recording of 16 bit that sounds for two seconds at its beginning and at its end; the rest is a hole in the file.
fn write_long(path: &Path, seconds: u32) {
    let sound = seconds * RATE * 2;
    let mut file = std::fs::File::create(path).unwrap();
    let mut head = Vec::new();
    head.extend(b"RIFF");
    head.extend((36 + sound).to_le_bytes());
    head.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    head.extend(RATE.to_le_bytes());
    head.extend((RATE * 2).to_le_bytes());
    head.extend(b"\x02\0\x10\0data");
    head.extend(sound.to_le_bytes());
    let turn = 440.0 * std::f64::consts::TAU / f64::from(RATE);
    let sample = |n: u32| (8_000.0 * (f64::from(n) * turn).cos()) as i16;
    let tone: Vec<u8> = (0..2 * RATE).flat_map(|n| sample(n).to_le_bytes()).collect();
    file.write_all(&head).unwrap();
    file.write_all(&tone).unwrap();
    file.seek(SeekFrom::Start(44 + u64::from(sound) - tone.len() as u64)).unwrap();
    file.write_all(&tone).unwrap();
}

/// The most memory that the daemon has had, in kB, three seconds into a recording of so many seconds.
fn peak_kb(seconds: u32) -> u64 {
    let mut station = Station::new().item("long").programme("p", &["long"]).broadcast_with("x", "p", 3_600, "late = \"5m\"");
    write_long(&station.plan_folder().join("long.wav"), seconds);
    // The recording is measured before the broadcast is planned, however long that takes.
    station = station.start();
    station.remove("x");
    station.add("x", "p", 6, "late = \"5m\"");
    station.write_plan();
    station.until_on_air("long");
    station.wait_until(station.instant("x") + 3_000);
    let status = std::fs::read_to_string(format!("/proc/{}/status", station.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let planned = station.status()["now"][0].clone();
    assert_eq!(planned["item"], "long", "{planned}");
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn ten_minutes_take_no_more_memory_than_half_a_minute() {
    let (short, long) = (peak_kb(30), peak_kb(600));
    assert!(long < short + 3 * MB, "{long} kB for ten minutes, {short} kB for half a minute");
}
