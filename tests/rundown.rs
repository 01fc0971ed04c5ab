//! `loaxa rundown` tells what will air: from the plan, its recordings, and what the log has aired.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use loaxa::asrun::element::{ItemFacts, SlotFacts};
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::Store;
use loaxa::calendar::timezone::Timezone;
use loaxa::terms::*;
use serde_json::Value;

const PLAN: &str = r#"
format = 1

[station]
name = "Đài thử"
code = "thu"
timezone = "Asia/Ho_Chi_Minh"
language = "vi"
audio = "."

[[output]]
id = "amplifier"
device = "null"
zones = ["thon-1"]

[[zone]]
id = "thon-1"
name = "Thôn 1"

[hours]
daily = ["05:30-06:30", "17:00-18:00"]

[[topic]]
id = "law"
name = { vi = "Pháp luật" }

[[item]]
id = "one"
file = "1.wav"
title = "Tin một"
topic = "law"

[[item]]
id = "two"
file = "2.wav"
title = "Tin hai"
topic = "law"

[[item]]
id = "three"
file = "3.wav"
title = "Tin ba"
topic = "law"

[[item]]
id = "gone"
file = "gone.wav"
title = "Tin mất"
topic = "law"

[[programme]]
id = "bulletin"
name = "Bản tin"
elements = [{ pick = 1, topic = "law" }, "gone"]
pause = "1s"

[[broadcast]]
id = "daily"
programme = "bulletin"
at = ["05:30", "17:00", "12:00"]
"#;

struct Station {
    folder: tempfile::TempDir,
}

impl Station {
    fn new() -> Station {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("plan.toml"), PLAN).unwrap();
        for n in 1..=3u32 {
            std::fs::write(folder.path().join(format!("{n}.wav")), tone(n)).unwrap();
        }
        Station { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let plan = self.folder.path().join("plan.toml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
        command.arg("rundown").arg(plan).args(args).arg("--data").arg(self.data());
        command.env_remove("LOAXA_LANG").env("XDG_CACHE_HOME", self.folder.path().join("cache"));
        let Output { status, stdout, stderr } = command.output().unwrap();
        (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    fn json(&self, args: &[&str]) -> Value {
        let (code, out, err) = self.run(&[args, &["--json"]].concat());
        assert_eq!((code, err.as_str()), (0, ""));
        serde_json::from_str(&out).unwrap()
    }

    /// What is picked for each slot that airs.
    fn picks(&self, args: &[&str]) -> Vec<String> {
        let json = self.json(args);
        let airing = json["broadcasts"].as_array().unwrap().iter().filter(|slot| slot["left_out"].is_null());
        airing.map(|slot| slot["items"][0]["item"].as_str().unwrap().to_owned()).collect()
    }

    /// Writes into the log that an item aired whole.
    fn aired(&self, at: &str, item: &str) {
        let zone = Timezone::named("Asia/Ho_Chi_Minh").unwrap();
        std::fs::create_dir_all(self.data()).unwrap();
        let mut store = Store::open(&self.data(), Origin::Live, zone.tz().clone()).unwrap();
        let planned_at = zone.instant(at.parse().unwrap());
        let slot = Slot { planned_at, broadcast: "daily".into(), output: "amplifier".into() };
        let slot_facts = SlotFacts {
            station: "thu".into(),
            zones: vec!["thon-1".into()],
            campaign: None,
            programme: Some("bulletin".into()),
            priority: Priority::Ordinary,
            plan_hash: "00".into(),
        };
        let item_facts = ItemFacts {
            item: item.into(),
            kind: ItemKind::Announcement,
            title: "Tin".into(),
            topic: Some("law".into()),
            tags: vec![],
            language: "vi".into(),
            supplier: None,
            contacts: vec![],
            duty: false,
            translation_of: None,
            file_hash: Some("ab".into()),
        };
        let mut row = Row::of_slot(Kind::Air, &slot, &slot_facts, Origin::Live).with_item(&item_facts);
        row = row.with_outcome(Outcome::AIRED);
        (row.element, row.take) = (Some(1), Some(1));
        (row.started_at, row.ended_at) = (Some(planned_at), Some(Wall(planned_at.0 + 1_000_000_000)));
        (row.airtime_ms, row.frames, row.rate) = (Some(1000), Some(8000), Some(8000));
        store.append(vec![row], &SlotChange::Nothing).unwrap();
    }
}

/// A second of a tone, 8 kHz, 16 bits, mono.
fn tone(pitch: u32) -> Vec<u8> {
    let samples: Vec<u8> = (0..8000u32)
        .flat_map(|n| {
            let phase = f64::from(n * pitch * 200) / 8000.0 * std::f64::consts::TAU;
            ((phase.sin() * 8000.0) as i16).to_le_bytes()
        })
        .collect();
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + samples.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    for (value, bytes) in [(1u32, 2), (1, 2), (8000, 4), (16000, 4), (2, 2), (16, 2)] {
        wav.extend(&value.to_le_bytes()[..bytes]);
    }
    wav.extend(b"data");
    wav.extend((samples.len() as u32).to_le_bytes());
    wav.extend(samples);
    wav
}

#[test]
fn a_day_is_told_slot_by_slot() {
    let station = Station::new();
    let json = station.json(&["--date", "2026-11-20"]);
    let slots = json["broadcasts"].as_array().unwrap();
    assert_eq!(slots.len(), 3);
    assert_eq!(slots[0]["planned_at"], "2026-11-20T05:30:00+07:00");
    assert_eq!(slots[0]["duration_ms"], 1000);
    assert_eq!(slots[0]["items"][0]["item"], "one");
    assert_eq!(slots[0]["items"][1]["reason"], "file_missing");
    assert_eq!(slots[1]["left_out"], "outside_hours");
    assert_eq!(slots[2]["items"][0]["item"], "two");
    let (code, table, _) = station.run(&["--date", "2026-11-20"]);
    assert_eq!(code, 0);
    assert!(table.contains("Bản tin") && table.contains("thiếu bản thu") && table.contains("ngoài khung giờ"), "{table}");
    assert!(!station.data().exists(), "a look leaves no data folder behind");
}

#[test]
fn without_a_log_a_day_does_not_depend_on_the_clock() {
    let station = Station::new();
    for day in ["2020-02-29", "2026-11-20", "2199-01-01"] {
        assert_eq!(station.picks(&["--date", day]), ["one", "two"], "{day}");
    }
    assert_eq!(
        station.picks(&["--from", "2026-11-20", "--to", "2026-11-22"]),
        ["one", "two", "three", "one", "two", "three"],
        "a span of days includes its last"
    );
    assert_eq!(station.picks(&["--from", "2026-11-20 05:30", "--to", "2026-11-20 17:00"]), ["one"], "one of instants does not");
}

#[test]
fn what_the_log_has_aired_moves_the_rotation() {
    let station = Station::new();
    station.aired("2020-03-01T05:30", "one");
    station.aired("2020-03-01T17:00", "three");
    assert_eq!(station.picks(&["--date", "2020-03-02"]), ["two", "one"]);
    assert_eq!(station.picks(&["--date", "2020-03-01"]), ["one", "two"], "what came later does not change an earlier day");
}

#[test]
fn every_form_is_written_and_two_at_once_are_refused() {
    let station = Station::new();
    let day = ["--date", "2026-11-20"];
    let (code, csv, _) = station.run(&[&day[..], &["--csv"]].concat());
    assert_eq!((code, csv.lines().count()), (0, 6), "{csv}");
    let (code, ics, _) = station.run(&[&day[..], &["--ics"]].concat());
    assert!(code == 0 && ics.starts_with("BEGIN:VCALENDAR\r\n") && ics.ends_with("END:VCALENDAR\r\n"));
    for wrong in [
        &["--csv", "--ics"][..],
        &["--date", "2026-02-30"],
        &["--date", "2026-11-20", "--from", "2026-11-20", "--to", "2026-11-20"],
        &["--from", "2026-11-20"],
        &["--from", "2026-11-20", "--to", "2026-11-19"],
        &["--from", "1990-01-01", "--to", "2026-11-19"],
        &["--date", "0999-01-01"],
    ] {
        let (code, out, err) = station.run(wrong);
        assert_eq!((code, out.as_str()), (2, ""), "{wrong:?}: {err}");
        assert!(!err.is_empty());
    }
}

#[test]
fn a_campaign_is_forecast_against_its_targets_and_the_log_tells_what_has_aired() {
    let station = Station::new();
    let campaign = "\n[[campaign]]\nid = \"march\"\nname = \"Đợt tháng ba\"\ndates = { from = 2020-03-01, until = 2020-03-10 }\n\
        targets = { law = \"15 airings\" }\n";
    std::fs::write(station.folder.path().join("plan.toml"), format!("{PLAN}{campaign}")).unwrap();
    let ahead = station.json(&["--campaign", "march"]);
    assert_eq!((&ahead["from"], &ahead["until"]), (&"2020-03-01".into(), &"2020-03-10".into()));
    let law = |json: &Value| ["target", "aired", "forecast", "missing"].map(|key| json["topics"][0][key].as_i64().unwrap());
    assert_eq!(law(&ahead), [15, 0, 20, 0], "without a log the plan alone");
    station.aired("2020-02-29T17:00", "one");
    station.aired("2020-03-01T05:30", "one");
    station.aired("2020-03-10T17:00", "three");
    assert_eq!(law(&station.json(&["--campaign", "march"])), [15, 2, 2, 13], "it is over: what aired is all there is");
    let (code, table, _) = station.run(&["--campaign", "march"]);
    assert_eq!(code, 0);
    let line = table.lines().find(|line| line.starts_with("Pháp luật")).unwrap();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>().join(" "), "Pháp luật 15 lượt 2 lượt 2 lượt thiếu 13 lượt");
    let (_, csv, _) = station.run(&["--campaign", "march", "--csv"]);
    assert_eq!(csv.lines().nth(1).unwrap(), "march,2020-03-01,2020-03-10,law,airings,15,2,2,13");
    for wrong in
        [&["--campaign", "april"][..], &["--campaign", "march", "--ics"], &["--campaign", "march", "--date", "2020-03-01"]]
    {
        assert_eq!(station.run(wrong).0, 2, "{wrong:?}");
    }
}

#[test]
fn a_plan_with_errors_is_told_and_none_is_wrong_use() {
    let station = Station::new();
    let plan = station.folder.path().join("plan.toml");
    std::fs::write(&plan, PLAN.replace("pick = 1", "pikc = 1")).unwrap();
    let (code, out, err) = station.run(&["--date", "2026-11-20"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("plan.toml") && err.contains("pikc"), "{err}");
    std::fs::remove_file(&plan).unwrap();
    assert_eq!(station.run(&[]).0, 2);
}

#[test]
fn the_shipped_plan_airs_within_its_hours_every_day_of_a_year() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("schedules/cam-tan");
    let data = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
    command.arg("rundown").arg(plan).args(["--from", "2026-01-01", "--to", "2026-12-31", "--json", "--data"]).arg(data.path());
    command.env("XDG_CACHE_HOME", data.path().join("cache"));
    let json: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let slots = json["broadcasts"].as_array().unwrap();
    assert!(slots.len() > 730);
    for slot in slots {
        let out = slot["left_out"].as_str();
        assert!(matches!(out, None | Some("replaced")), "{slot}");
        let items = slot["items"].as_array().unwrap();
        assert!(items.iter().all(|item| item["reason"].is_null()), "{slot}");
        assert!(out.is_some() || (items.len() > 3 && slot["dropped"].as_array().unwrap().is_empty()), "{slot}");
    }
}
