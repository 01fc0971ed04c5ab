//! A log that is damaged is kept and replaced, by the newest backup or a new one that says so; the station airs on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;
use std::path::Path;

use station::{PATIENCE, Station};

/// A station with a backup of today, stopped.
fn backed_up(station: Station, folder: &Path) -> Station {
    let plan = format!("{}[backup]\nfolder = \"{}\"\nkeep = 3\n", station.plan_text(), folder.display());
    station.write_plan_text(&plan);
    let mut station = station;
    station.start_again();
    station
}

fn plain() -> Station {
    Station::new().recording("la", 440, 500).programme("p", &["la"]).broadcast("far", "p", 3_000)
}

fn set_aside(station: &Station) -> usize {
    let names = fs::read_dir(station.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("log.sqlite3.damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm")).count()
}

type Damage = fn(&Path);

const DAMAGES: [(&str, Damage); 6] = [
    ("header", |file| overwrite(file, 0, &[0xa5; 64])),
    ("middle", |file| overwrite(file, fs::metadata(file).unwrap().len() / 2 / 4096 * 4096, &[0; 4096])),
    ("last page", |file| overwrite(file, fs::metadata(file).unwrap().len() - 4096, &[0xa5; 4096])),
    ("truncated", |file| fs::File::options().write(true).open(file).unwrap().set_len(10_000).unwrap()),
    ("empty", |file| fs::write(file, "").unwrap()),
    ("no database", |file| fs::write(file, "This is no database. ".repeat(500)).unwrap()),
];

fn overwrite(file: &Path, at: u64, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;
    fs::File::options().write(true).open(file).unwrap().write_all_at(bytes, at).unwrap();
}

#[test]
fn a_damaged_log_is_set_aside_and_the_newest_backup_goes_on() {
    let usb = tempfile::tempdir().unwrap();
    let mut station = backed_up(plain(), usb.path());
    let made = |name: &str| name.ends_with(".sqlite3");
    let names = || fs::read_dir(usb.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    station.until("the backup is made", PATIENCE, |_| names().any(|name| made(&name)));
    station.until("no fault stands", PATIENCE, |station| station.faults().is_empty());
    assert_eq!(station.term().code(), Some(0));
    let left = fs::metadata(station.data().join("log.sqlite3-wal")).map_or(0, |wal| wal.len());
    assert_eq!(left, 0, "the file is whole without its write-ahead log");
    let file = station.data().join("log.sqlite3");
    let good = fs::read(&file).unwrap();
    for (n, (what, damage)) in DAMAGES.iter().enumerate() {
        fs::write(&file, &good).unwrap();
        damage(&file);
        station.start_again();
        assert_eq!(station.faults(), ["log_damaged"], "{what}");
        assert_eq!(set_aside(&station), n + 1, "{what}");
        let log = station.log();
        let gap = log.kind("gap")[0];
        assert_eq!(gap["detail"]["what"], "log_damaged", "{what}: {gap}");
        let continues = gap["detail"]["continues"].as_str().unwrap();
        assert!(continues.starts_with(&format!("{}:", gap["seq"].as_u64().unwrap() - 1)), "{what}: {gap}");
        assert!(gap["detail"]["backup"].as_str().unwrap().ends_with(".sqlite3"), "{what}: {gap}");
        station.verify();
        station.kill();
    }
}

/// A stopped station whose newest backup is damaged in a way that its end does not show, with one of another day before it.
fn with_a_bad_backup(usb: &Path, damage: &str) -> Station {
    let mut station = backed_up(plain(), usb);
    let made = || {
        fs::read_dir(usb)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "sqlite3"))
    };
    station.until("the backup is made", PATIENCE, |_| made().is_some());
    assert_eq!(station.term().code(), Some(0));
    let newest = made().unwrap();
    fs::copy(&newest, usb.join("older-2026-01-01.sqlite3")).unwrap();
    rusqlite::Connection::open(&newest).unwrap().execute_batch(damage).unwrap();
    fs::write(station.data().join("log.sqlite3"), "no database").unwrap();
    station
}

#[test]
fn a_backup_that_cannot_be_used_after_all_gives_way_to_the_one_before_it() {
    let usb = tempfile::tempdir().unwrap();
    // The orders that stand are asked for at each start; no row tells whether they can be.
    let mut station =
        with_a_bad_backup(usb.path(), "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'unsettled'");
    station.start_again();
    let log = station.log();
    let gap = log.kind("gap")[0];
    assert!(gap["detail"]["backup"].as_str().unwrap().ends_with("older-2026-01-01.sqlite3"), "{gap}");
    assert_eq!((station.faults(), set_aside(&station)), (vec!["log_damaged".to_owned()], 1));
    station.verify();
}

#[test]
fn a_log_that_was_restored_is_looked_through_while_the_station_airs() {
    let usb = tempfile::tempdir().unwrap();
    // Its rows follow from each other, and what finds them does not find them.
    let another = "PRAGMA writable_schema = 1; \
        UPDATE sqlite_schema SET sql = replace(sql, 'started_at, ', '') WHERE name = 'log_by_time'";
    let mut station = with_a_bad_backup(usb.path(), another);
    station.start_again();
    station.until("the bad row is told", PATIENCE, |station| {
        let faults = station.status()["faults"].clone();
        faults[0]["code"] == "log_damaged" && faults[0]["detail"].as_str().unwrap().contains("loaxa verify")
    });
}

#[test]
fn a_write_ahead_log_that_is_damaged_at_its_end_is_read_as_far_as_it_goes() {
    let mut station = Station::new().recording("la", 440, 6_000).programme("p", &["la"]).broadcast("soon", "p", 4).start();
    station.until_on_air("la");
    station.kill();
    let wal = station.data().join("log.sqlite3-wal");
    let length = fs::metadata(&wal).unwrap().len();
    assert!(length > 4096, "nothing has been moved into the file yet");
    overwrite(&wal, length - 100, &[0xa5; 100]);
    station.start_again();
    // The mark that was written last may be gone, and what it told: the item starts again, and ends once.
    assert_eq!(station.until_ended("soon"), "aired");
    assert_eq!((station.faults(), set_aside(&station)), (Vec::<String>::new(), 0));
    station.verify();
}

#[test]
fn without_a_backup_a_new_log_says_what_came_before_and_the_station_airs_on() {
    let mut station = plain().start();
    assert_eq!(station.term().code(), Some(0));
    fs::write(station.data().join("log.sqlite3"), "no database at all ".repeat(300)).unwrap();
    station.add("soon", "p", 8, "");
    station.write_plan();
    station.start_again();
    let log = station.log();
    assert_eq!((&log.0[0]["kind"], &log.0[0]["detail"]["what"]), (&"gap".into(), &"log_damaged".into()));
    assert_eq!(log.0[0]["detail"]["from_seq"], 1);
    assert_eq!(station.until_ended("soon"), "aired");
    station.verify();
}

#[test]
fn an_older_log_in_the_place_of_the_last_one_is_told_until_the_next_start() {
    let mut station = plain().start();
    assert_eq!(station.term().code(), Some(0));
    let file = station.data().join("log.sqlite3");
    let old = fs::read(&file).unwrap();
    station.start_again();
    assert_eq!(station.term().code(), Some(0));
    fs::write(&file, &old).unwrap();
    station.start_again();
    assert_eq!((station.warnings(), station.faults()), (vec!["log_gap".to_owned()], vec![]));
    assert!(station.told(&["log", "--all", "--lang", "en"]).contains("an older backup was put in the log's place"));
    assert_eq!(station.term().code(), Some(0));
    station.start_again();
    assert_eq!(station.warnings(), [] as [&str; 0]);
    station.verify();
}

#[test]
fn a_running_station_is_backed_up_by_hand_and_the_copy_is_checked() {
    let station = plain().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.sqlite3");
    let told = station.told(&["log", "backup", file.to_str().unwrap(), "--lang", "en"]);
    assert!(told.contains("are backed up in"), "{told}");
    assert_eq!(station.ask(&["log", "backup", file.to_str().unwrap()]).status.code(), Some(2), "a file that is there stays");
    let verdict = station.command().args(["verify", "--json", "--data"]).arg(&file).output().unwrap();
    assert!(verdict.status.success(), "{verdict:?}");
    let head = fs::read_to_string(folder.path().join("copy.sqlite3.heads.txt")).unwrap();
    // It is printed in groups of four digits.
    let head = head.lines().last().unwrap().split(' ').next().unwrap();
    assert!(told.replace(' ', "").contains(head));
}

#[test]
fn a_stick_that_is_not_there_is_a_fault_that_goes_by_itself() {
    let usb = tempfile::tempdir().unwrap();
    let station = backed_up(plain(), &usb.path().join("stick"));
    station.until("the fault stands", PATIENCE, |station| station.faults() == ["backup_failed"]);
    assert_eq!(station.status()["state"], "fault");
}

/// The power is cut, and the machine wakes without a source of time.
fn wakes_without_a_clock(station: &mut Station) {
    station.kill();
    station.pretend(|clock| {
        (clock.synchronised, clock.boot_id) = (false, "boot-2".into());
    });
}

#[test]
fn a_log_that_a_power_cut_halved_makes_no_first_start_and_forgets_no_hold() {
    let halve: Damage = |file| {
        let half = fs::metadata(file).unwrap().len() / 2;
        fs::File::options().write(true).open(file).unwrap().set_len(half).unwrap();
    };
    let losses: [Damage; 3] = [halve, |file| fs::remove_file(file).unwrap(), |file| fs::write(file, "").unwrap()];
    for lose in losses {
        let mut station = plain().start();
        station.told(&["hold"]);
        wakes_without_a_clock(&mut station);
        let file = station.data().join("log.sqlite3");
        lose(&file);
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(station.data().join(format!("log.sqlite3{ending}")));
        }
        station.add("soon", "p", 9, "late = \"1m\"");
        station.write_plan();
        station.start_again();
        assert_eq!(station.faults(), ["log_damaged", "clock_doubtful"]);
        assert_eq!(station.status()["clock"]["evidence"], "carried");
        station.confirm_clock();
        assert_eq!(station.until_ended("soon"), "skipped/hold");
        assert!(station.wavs().is_empty(), "nothing sounds");
        station.told(&["release"]);
        station.verify();
    }
}

#[test]
fn a_bit_that_flips_in_the_log_is_damage_and_no_newer_form() {
    let usb = tempfile::tempdir().unwrap();
    let mut station = backed_up(plain(), usb.path());
    let names = || fs::read_dir(usb.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    station.until("the backup is made", PATIENCE, |_| names().any(|name| name.ends_with(".sqlite3")));
    assert_eq!(station.term().code(), Some(0));
    let file = station.data().join("log.sqlite3");
    let good = fs::read(&file).unwrap();
    let text = good.windows(10).rposition(|bytes| bytes == b"boot_id\":\"").unwrap();
    // The form, the way it is written, the encoding of its texts; the first letter of a text, which is then no letter at all.
    for (byte, bit) in [(63, 0), (62, 7), (18, 0), (19, 1), (59, 2), (47, 6), (text, 7)] {
        fs::write(&file, &good).unwrap();
        overwrite(&file, byte as u64, &[good[byte] ^ (1 << bit)]);
        station.start_again();
        let faults = station.faults();
        assert!(faults == ["log_damaged"], "bit {bit} of byte {byte}: {faults:?}");
        assert!(station.log().kind("gap")[0]["detail"]["backup"].as_str().is_some(), "bit {bit} of byte {byte}");
        station.verify();
        station.kill();
    }
}

fn pipe(path: &Path) {
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
}

#[test]
fn whatever_lies_in_the_data_folder_the_station_airs_and_says_so() {
    let odd: [(&str, Damage); 11] = [
        ("heads.txt", |path| fs::create_dir_all(path.join("inner")).unwrap()),
        ("heads.txt", pipe),
        ("control", |path| fs::write(path, "a letter").unwrap()),
        ("plans", |path| fs::write(path, "a letter").unwrap()),
        ("recordings", |path| fs::write(path, "a letter").unwrap()),
        ("facts", pipe),
        ("log.sqlite3-shm", |path| std::os::unix::fs::symlink("log.sqlite3-shm", path).unwrap()),
        ("handover", pipe),
        ("reports.txt", |path| fs::create_dir(path).unwrap()),
        ("log.sqlite3", |path| fs::create_dir(path).unwrap()),
        ("log.sqlite3-wal", |path| fs::create_dir(path).unwrap()),
    ];
    for (name, put) in odd {
        let mut station = plain().start();
        assert_eq!(station.term().code(), Some(0));
        let path = station.data().join(name);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            let _ = fs::remove_file(&path);
        }
        put(&path);
        station.add("soon", "p", 4, "");
        station.write_plan();
        station.start_again();
        let told = if name == "log.sqlite3" { "log_damaged" } else { "in_the_way" };
        assert!(station.faults().contains(&told.to_owned()), "{name}: {:?}", station.faults());
        assert_eq!(station.until_ended("soon"), "aired", "{name}");
        assert_eq!(station.term().code(), Some(0), "{name}");
    }
}

#[test]
fn what_is_put_in_the_way_while_the_station_runs_is_set_aside_and_told() {
    let mut station = plain().start();
    let handover = station.data().join("handover");
    fs::remove_file(&handover).unwrap();
    fs::create_dir(&handover).unwrap();
    station.until("it is told", std::time::Duration::from_secs(45), |station| station.faults() == ["in_the_way"]);
    assert!(station.ask(&["hold"]).status.success());
    station.until("it is written again", std::time::Duration::from_secs(10), |_| handover.is_file());
    assert!(station.data().join("handover.in-the-way-1").is_dir());
    assert_eq!(station.term().code(), Some(0));
}

#[test]
fn a_control_socket_that_is_gone_comes_back() {
    let station = plain().start();
    let socket = station.data().join("control");
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    let folder = |path: &Path, bits: u32| mode(path.parent().unwrap(), bits);
    let damages: [(&str, &dyn Fn()); 4] = [
        ("removed", &|| fs::remove_file(&socket).unwrap()),
        ("a file in its place", &|| {
            fs::remove_file(&socket).unwrap();
            fs::write(&socket, "").unwrap();
        }),
        ("a folder in its place", &|| {
            fs::remove_file(&socket).unwrap();
            fs::create_dir(&socket).unwrap();
        }),
        ("its folder closed", &|| folder(&socket, 0o000)),
    ];
    for (what, damage) in damages {
        damage();
        let is_whole = |station: &Station| {
            let rights = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(station.data()).unwrap().permissions());
            rights & 0o700 == 0o700 && station.try_status().is_some()
        };
        station.until(what, std::time::Duration::from_secs(10), is_whole);
    }
    assert!(station.faults().is_empty(), "nothing is wrong any more");
}

#[test]
fn a_log_that_is_taken_away_under_the_running_station_is_written_anew_and_nothing_airs_again() {
    let mut station = plain();
    station.add("soon", "p", 4, "late = \"5m\"");
    let mut station = station.start();
    assert_eq!(station.until_ended("soon"), "aired");
    let before = station.log().0.len();
    for ending in ["", "-wal", "-shm"] {
        fs::remove_file(station.data().join(format!("log.sqlite3{ending}"))).unwrap();
    }
    station.until("it is told", std::time::Duration::from_secs(60), |station| station.faults() == ["log_gone"]);
    assert!(station.told(&["status"]).contains("none is lost"));
    station.until("its row is there", PATIENCE, |station| station.log().kind("fault").len() == 1);
    assert_eq!(station.log().0.len(), before + 1, "no row is lost");
    station.kill();
    station.start_again();
    assert!(station.faults().is_empty());
    assert_eq!(station.until_ended("soon"), "aired");
    assert_eq!(station.log().airs("soon").len(), 1);
    station.verify();
}

#[test]
fn a_log_that_is_exchanged_under_the_running_station_gives_way_and_what_aired_does_not_air_again() {
    let mut station = plain().start();
    assert_eq!(station.term().code(), Some(0));
    let file = station.data().join("log.sqlite3");
    let older = fs::read(&file).unwrap();
    station.add("soon", "p", 4, "late = \"5m\"");
    station.write_plan();
    station.start_again();
    assert_eq!(station.until_ended("soon"), "aired");
    // A checkpoint has moved all of it into the file.
    station
        .until("the file is whole", PATIENCE, |station| fs::metadata(station.data().join("log.sqlite3-wal")).unwrap().len() == 0);
    fs::write(&file, &older).unwrap();
    station.until("it is told", std::time::Duration::from_secs(60), |station| station.faults() == ["log_gone"]);
    station.kill();
    station.start_again();
    station.wait_until(station.instant("soon") + 8_000);
    station.until("the daemon is at rest", PATIENCE, |station| station.on_air().is_none());
    assert_eq!(station.wavs().len(), 1, "it sounded once");
    station.verify();
}
