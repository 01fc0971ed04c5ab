//! Drop folders: whatever is copied into one airs, as long as it lies there and no longer than it is valid, however it comes and goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use station::{Station, tone, write_wav};

/// A file is taken when it has lain still for five seconds.
const TAKEN: Duration = Duration::from_secs(9);

struct Dropping {
    station: Station,
    tin: PathBuf,
}

impl Dropping {
    /// A programme of all that lies in `tin`, which is empty; broadcasts so many seconds away.
    fn new(broadcasts: &[(&str, i64)]) -> Dropping {
        let mut station = Station::new().programme("p", &["FOLDER"]);
        broadcasts.iter().for_each(|(id, seconds)| station.add(id, "p", *seconds, ""));
        let tin = station.plan_folder().join("tin");
        fs::create_dir(&tin).unwrap();
        station.write_plan_text(&text(&station));
        Dropping { station, tin }
    }
}

/// The item and the title of everything that aired in a broadcast.
fn aired(station: &Station, broadcast: &str) -> Vec<(String, String)> {
    let log = station.log();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let sounded = log.airs(broadcast).into_iter().filter(|row| row["airtime_ms"].as_i64() > Some(0));
    sounded.map(|row| (text(&row["item"]), text(&row["title"]))).collect()
}

fn text(station: &Station) -> String {
    let plan = station.plan_text().replace("[\"FOLDER\"]", "[{ pick = 5, folder = \"tin\" }]");
    plan + "[[folder]]\npath = \"tin\"\ntopic = \"topic\"\nvalid_for = \"7d\"\n"
}

#[test]
fn what_is_copied_in_half_renamed_and_removed_airs_as_it_lies_there() {
    let Dropping { mut station, tin } = Dropping::new(&[("a", 26), ("b", 44), ("c", 54)]);
    station.start_again();
    let empty = station.status()["plan_hash"].clone();
    // It comes in pieces, with pauses between, from a slow stick.
    let whole = tin.parent().unwrap().join("whole.wav");
    write_wav(&whole, &tone(440, 1_500));
    let bytes = fs::read(&whole).unwrap();
    let path = tin.join("Mất điện_chiều mai.wav");
    let mut file = fs::File::create(&path).unwrap();
    for part in bytes.chunks(bytes.len() / 4 + 1) {
        file.write_all(part).unwrap();
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(station.status()["plan_hash"], empty, "it is not taken before it is whole");
    }
    drop(file);
    fs::write(tin.join(".~lock"), "").unwrap();
    fs::write(tin.join("ghi chú.txt"), "đọc lúc 5h").unwrap();
    station.until("it is taken", TAKEN, |station| station.status()["plan_hash"] != empty);
    // It is replaced over and over while its broadcast comes: the first airs until another is whole.
    let mut file = fs::File::create(&path).unwrap();
    while station.log().airs("a").is_empty() {
        file.write_all(&bytes[..200]).unwrap();
        std::thread::sleep(Duration::from_millis(500));
    }
    fs::write(&path, &bytes).unwrap();
    assert_eq!(station.until_ended("a"), "aired");
    assert_eq!(aired(&station, "a"), [("tin/mat-dien-chieu-mai".to_owned(), "Mất điện chiều mai".to_owned())]);
    let one = station.status()["plan_hash"].clone();
    // The power fails, and somebody renames it meanwhile: it is another notice then.
    station.kill();
    fs::rename(&path, tin.join("Hoãn cắt điện.wav")).unwrap();
    station.start_again();
    station.until("the other is taken", TAKEN, |station| ![&empty, &one].contains(&&station.status()["plan_hash"]));
    assert_eq!(station.until_ended("b"), "aired");
    assert_eq!(aired(&station, "b"), [("tin/hoan-cat-dien".to_owned(), "Hoãn cắt điện".to_owned())]);
    fs::remove_file(tin.join("Hoãn cắt điện.wav")).unwrap();
    station.until_ended("c");
    assert_eq!(station.log().ends("c"), ["missed/pool_empty"], "nothing is left to air");
    station.verify();
}

#[test]
fn what_has_lain_there_for_its_time_stops_by_itself() {
    let Dropping { station, tin } = Dropping::new(&[]);
    write_wav(&tin.join("Tiêm chủng.wav"), &tone(440, 700));
    // What a disk brings along is no recording, and nothing of it spoils the plan.
    fs::write(tin.join("Thumbs.db"), "x").unwrap();
    fs::create_dir(tin.join("cũ")).unwrap();
    let text = text(&station) + "[[broadcast]]\nid = \"sang\"\nprogramme = \"p\"\nat = [\"12:00\"]\n";
    station.write_plan_text(&text);
    std::thread::sleep(Duration::from_secs(6));
    let rundown = |days: i64| -> serde_json::Value {
        let day = station.civil(station.now()).date() + jiff::Span::new().days(days);
        let mut rundown = station.command();
        rundown.arg("rundown").arg(station.plan()).args(["--date", &day.to_string(), "--json"]);
        let out = rundown.output().unwrap();
        serde_json::from_slice(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
    };
    let titles = |rundown: &serde_json::Value| rundown.to_string().contains("Tiêm chủng");
    assert!(titles(&rundown(1)) && titles(&rundown(7)), "{}", rundown(1));
    let after = rundown(8);
    assert!(!titles(&after) && after.to_string().contains("pool_empty"), "{after}");
    let check = station.command().arg("check").arg(station.plan()).args(["--lang", "vi"]).output().unwrap();
    assert!(!String::from_utf8_lossy(&check.stdout).contains("Thumbs"), "{}", String::from_utf8_lossy(&check.stdout));
}

#[test]
fn a_disk_that_is_pulled_out_takes_nothing_off_the_air() {
    let Dropping { mut station, tin } = Dropping::new(&[("a", 24)]);
    let audio = station.plan_folder().join("usb");
    fs::create_dir_all(audio.join("tin")).unwrap();
    write_wav(&audio.join("tin/Họp dân.wav"), &tone(440, 1_000));
    fs::remove_dir(&tin).unwrap();
    station.write_plan_text(&text(&station).replace("audio = \".\"", "audio = \"usb\""));
    std::thread::sleep(Duration::from_secs(6));
    station.start_again();
    let hash = station.status()["plan_hash"].clone();
    fs::rename(&audio, station.plan_folder().join("away")).unwrap();
    assert_eq!(station.until_ended("a"), "aired");
    assert_eq!(station.status()["plan_hash"], hash);
    assert_eq!(aired(&station, "a"), [("tin/hop-dan".to_owned(), "Họp dân".to_owned())]);
}
