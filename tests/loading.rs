//! What comes in beside the air: recordings are measured while the station airs, an edit is taken whenever it comes, and a copy that is
//! damaged is made again from its original.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;
use std::path::{Path, PathBuf};

use loaxa::library::store::hash_of;
use station::{PATIENCE, Station, tone};

/// A FLAC file of hours of silence, in a few hundred kilobytes: no machine decodes it while a test lasts.
fn hours_of_silence(hours: u64) -> Vec<u8> {
    const RATE: u64 = 192_000;
    const BLOCK: u64 = 65_535;
    let frames = hours * 3600 * RATE / BLOCK;
    let samples = frames * BLOCK;
    let mut file = b"fLaC\x80\x00\x00\x22\xff\xff\xff\xff\0\0\0\0\0\0".to_vec();
    // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
    file.extend((RATE << 44 | 15 << 36 | samples).to_be_bytes());
    file.extend([0; 16]);
    for number in 0..frames {
        let mut frame = vec![0xff, 0xf8, 0x70, 0x08];
        frame.extend(coded(number));
        frame.extend((BLOCK as u16 - 1).to_be_bytes());
        frame.push(crc(&frame, 8, 0x07) as u8);
        // One constant for all of the block.
        frame.extend([0, 0, 0]);
        frame.extend((crc(&frame, 16, 0x8005) as u16).to_be_bytes());
        file.extend(frame);
    }
    file
}

/// A number as FLAC codes it, which is UTF-8 and more.
fn coded(number: u64) -> Vec<u8> {
    let low = |shift: u32| 0x80 | (number >> shift & 0x3f) as u8;
    match number {
        0..=0x7f => vec![number as u8],
        0x80..=0x7ff => vec![0xc0 | (number >> 6) as u8, low(0)],
        0x800..=0xffff => vec![0xe0 | (number >> 12) as u8, low(6), low(0)],
        _ => vec![0xf0 | (number >> 18) as u8, low(12), low(6), low(0)],
    }
}

fn crc(bytes: &[u8], width: u32, polynomial: u32) -> u32 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
            let carried = crc & 1 << (width - 1) != 0;
            (crc << 1 ^ if carried { polynomial } else { 0 }) & ((1 << width) - 1)
        })
    })
}

/// The copy of an item in the store: by its length, which no other has.
/// The master of a recording.
fn master_of(station: &Station, item: &str) -> PathBuf {
    let hash = hash_of(&fs::File::open(station.plan_folder().join(format!("{item}.wav"))).unwrap()).unwrap();
    station.data().join("recordings").join(format!("{hash}.flac"))
}

/// Changes one byte in its middle, in place and without a trace in its time.
fn damage(path: &Path) {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    fs::write(path, bytes).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

#[test]
fn a_start_waits_for_no_recording_and_an_edit_meanwhile_is_taken() {
    let mut station = Station::new()
        .recording("la", 440, 1_000)
        .item("hours")
        .recording("mi", 660, 700)
        .programme("p", &["la"])
        .programme("all", &["hours", "mi"])
        .broadcast("now", "p", 8)
        .broadcast("far", "all", 7_200);
    fs::write(station.plan_folder().join("hours.wav"), hours_of_silence(11)).unwrap();
    station.write_plan();
    station.spawn();
    station.until("it answers", PATIENCE, |station| station.try_status().is_some());
    let old = station.status()["plan_hash"].clone();
    assert_eq!(station.warnings(), ["measuring"], "it says that it is not done");
    assert!(station.faults().is_empty(), "and nothing is wrong yet: {:?}", station.faults());
    station.add("new", "p", 14, "");
    station.write_plan();
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
    assert_eq!(station.until_ended("now"), "aired");
    assert_eq!(station.until_ended("new"), "aired");
    assert_eq!(station.warnings(), ["measuring"], "the long one is measured still");
    let far = station.status()["next"][0].clone();
    assert_eq!((&far["broadcast"], &far["left_out"], &far["awaited"]), (&"far".into(), &serde_json::Value::Null, &true.into()));
    assert!(station.told(&["status"]).contains("its recordings are being measured"));
    station.verify();
}

#[test]
fn an_edit_that_comes_while_the_station_starts_is_taken() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 3_600);
    station.write_plan();
    let first = station.plan_text();
    station.spawn();
    // It has read the plan, and is not yet on the air.
    station.until("it has begun", PATIENCE, |station| station.data().join("log.sqlite3").exists());
    station.add("y", "p", 3_700, "");
    station.write_plan();
    assert_ne!(station.plan_text(), first);
    station.until("the new plan is in force", PATIENCE, |station| {
        station.try_status().is_some_and(|status| status["next"].as_array().is_some_and(|next| next.len() == 2))
    });
}

#[test]
fn an_edit_that_keeps_the_length_and_the_time_is_taken() {
    let station = Station::new()
        .recording("la", 440, 700)
        .recording("mi", 660, 700)
        .programme("p", &["la"])
        .programme("q", &["mi"])
        .broadcast("x", "p", 3_600)
        .start();
    let old = station.status()["plan_hash"].clone();
    let path = station.plan();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let edited = text.replace("programme = \"p\"", "programme = \"q\"");
    assert!(text != edited && text.len() == edited.len());
    fs::write(&path, edited).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
}

#[test]
fn a_copy_that_is_damaged_or_gone_is_made_again_and_airs_whole() {
    let station = Station::new()
        .recording("la", 440, 1_000)
        .recording("mi", 660, 700)
        .programme("p", &["la", "mi"])
        .broadcast("x", "p", 20)
        .start();
    let (la, mi) = (master_of(&station, "la"), master_of(&station, "mi"));
    let whole = (fs::read(&la).unwrap(), fs::read(&mi).unwrap());
    let are_whole = |_: &Station| (fs::read(&la).unwrap_or_default(), fs::read(&mi).unwrap_or_default()) == whole;
    damage(&la);
    fs::remove_file(&mi).unwrap();
    station.until("both are whole", PATIENCE, are_whole);
    fs::remove_dir_all(la.parent().unwrap()).unwrap();
    station.until("both are there again", PATIENCE, are_whole);
    assert_eq!(station.until_ended("x"), "aired");
    let wav = station.wav();
    let (begin, _) = wav.stretches()[0];
    assert!(wav.worst_difference(begin, &tone(440, 1_000)) <= 2.0);
    assert!(wav.worst_difference(begin + 48_000, &tone(660, 700)) <= 2.0);
    station.until("nothing is wrong", PATIENCE, |station| station.faults().is_empty());
    station.verify();
}

#[test]
fn a_copy_that_cannot_be_made_again_is_a_fault_until_its_original_is_back() {
    let station = Station::new()
        .recording("la", 440, 1_000)
        .recording("mi", 660, 700)
        .programme("p", &["la", "mi"])
        .broadcast("far", "p", 3_600)
        .start();
    let (original, copy) = (station.plan_folder().join("mi.wav"), master_of(&station, "mi"));
    let bytes = fs::read(&original).unwrap();
    fs::remove_file(&original).unwrap();
    fs::remove_file(&copy).unwrap();
    station.until("it is a fault", PATIENCE, |station| station.faults() == ["recording_missing"]);
    assert_eq!(station.status()["state"], "fault");
    assert!(station.told(&["status"]).contains("Copy them into the folder"), "and says what to do");
    fs::write(&original, bytes).unwrap();
    station.until("it is mended", PATIENCE, |station| copy.exists() && station.faults().is_empty());
}

#[test]
fn what_cannot_be_taken_over_leaves_the_old_recording_on_air_and_is_a_fault_until_it_is_mended() {
    let station = Station::new().recording("la", 440, 1_000).programme("p", &["la"]).broadcast("x", "p", 14).start();
    let original = station.plan_folder().join("la.wav");
    fs::write(&original, "không phải âm thanh").unwrap();
    station.until("it is a fault", PATIENCE, |station| station.faults() == ["recording_refused"]);
    assert!(station.told(&["status"]).contains("the old ones go on airing"));
    assert_eq!(station.until_ended("x"), "aired");
    let wav = station.wav();
    assert!(wav.worst_difference(wav.stretches()[0].0, &tone(440, 1_000)) <= 2.0, "the old one");
    assert_eq!(station.faults(), ["recording_refused"]);
    station::write_wav(&original, &tone(660, 700));
    station.until("it is mended", PATIENCE, |station| station.faults().is_empty());
    assert!(master_of(&station, "la").exists());
    station.verify();
}

#[test]
fn a_settled_slot_whose_master_is_gone_for_good_is_a_fault_before_it_is_silent() {
    let station = Station::new()
        .recording("la", 440, 1_000)
        .recording("mi", 660, 700)
        .programme("p", &["la", "mi"])
        .broadcast("x", "p", 14)
        .start();
    let copy = master_of(&station, "mi");
    // Somebody copies the wrong file over it, and the disk loses what was kept of it.
    fs::write(station.plan_folder().join("mi.wav"), "không phải âm thanh").unwrap();
    fs::remove_file(&copy).unwrap();
    station.until("it is a fault", PATIENCE, |station| station.faults().contains(&"master_damaged".to_owned()));
    assert!(station.status()["now"].as_array().unwrap().is_empty(), "before it is silent");
    assert_eq!(station.until_ended("x"), "partial/file_missing");
}

#[test]
fn a_program_that_is_replaced_on_the_disk_still_measures() {
    let mut station = Station::new().recording("la", 440, 700).programme("p", &["la"]).broadcast("x", "p", 3_600);
    station.write_plan();
    let program = station.plan_folder().join("loaxa");
    fs::copy(env!("CARGO_BIN_EXE_loaxa"), &program).unwrap();
    let mut command = station.command_of(&program);
    command.args(["run", "--http", "off"]).arg(station.plan()).arg("--data").arg(station.data());
    station.adopt(command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap());
    station.until("it answers", PATIENCE, |station| station.try_status().is_some());
    let other = station.plan_folder().join("other");
    fs::write(&other, "#!/bin/sh\nexit 1\n").unwrap();
    fs::rename(&other, &program).unwrap();
    station = station.recording("mi", 660, 900).programme("q", &["mi"]);
    station.add("new", "q", 8, "");
    station.write_plan();
    assert_eq!(station.until_ended("new"), "aired");
}
