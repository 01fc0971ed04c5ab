//! A whole year of the shipped plan on a virtual clock: what the rundown owes ends exactly once, inside the hours and the quota, and a second
//! run writes the same log to the byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use jiff::civil::{DateTime, time};
use jiff::tz::TimeZone;
use serde_json::Value;

const PLAN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schedules/cam-tan");
const SPAN: [&str; 4] = ["--from", "2027-01-01", "--to", "2027-12-31"];

fn told(data: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_loaxa"))
        .args(arguments)
        .arg("--data")
        .arg(data)
        .env_remove("LOAXA_LANG")
        .env_remove("LOAXA_PRETEND_CLOCK")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn simulate(data: &Path) {
    told(data, &[&["simulate", PLAN], SPAN.as_slice()].concat());
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_else(|| panic!("{name} of {row}"))
}

/// A slot, as both the rundown and the log name it.
fn slot(row: &Value) -> (String, String, String) {
    (text(row, "planned_at").to_owned(), text(row, "broadcast").to_owned(), text(row, "output").to_owned())
}

fn civil(row: &Value, name: &str) -> DateTime {
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    zone.to_datetime(text(row, name).parse::<Timestamp>().unwrap())
}

#[test]
fn a_year_of_the_shipped_plan_ends_every_slot_once_and_a_second_run_writes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, fresh) = (folder.path().join("1"), folder.path().join("2"), folder.path().join("3"));
    simulate(&first);
    simulate(&second);
    let chain = told(&first, &["log", "--chain"]);
    assert!(chain == told(&second, &["log", "--chain"]), "the same plan and span give the same log to the byte");
    let verdict: Value = serde_json::from_str(&told(&first, &["verify", "--json"])).unwrap();
    assert_eq!(verdict["ok"], true, "{verdict}");

    let rundown: Value = serde_json::from_str(&told(&fresh, &[&["rundown", PLAN, "--json"], SPAN.as_slice()].concat())).unwrap();
    let log: Vec<Value> = serde_json::from_str(&told(&first, &["log", "--all", "--json"])).unwrap();
    let of = |kind: &str| log.iter().filter(|row| row["kind"] == kind).cloned().collect::<Vec<_>>();
    let owed = rundown["broadcasts"].as_array().unwrap();
    assert!(owed.len() > 700, "two sessions a day: {}", owed.len());
    every_slot_ends_once(owed, &of("end"));
    what_aired_is_what_was_planned(owed, &of("air"));
    nothing_sounds_outside_the_hours_or_over_the_quota(&of("air"));
    assert!(of("fault").is_empty() && of("gap").is_empty());
}

fn every_slot_ends_once(owed: &[Value], ends: &[Value]) {
    let mut ended = BTreeMap::new();
    for end in ends {
        assert!(ended.insert(slot(end), end).is_none(), "ended twice: {end}");
    }
    for planned in owed {
        let end = ended.remove(&slot(planned)).unwrap_or_else(|| panic!("never ended: {:?}", slot(planned)));
        match planned["left_out"].as_str() {
            None => assert_eq!((text(end, "status"), &end["reason"]), ("aired", &Value::Null), "{:?}", slot(planned)),
            Some(reason) => {
                assert_eq!(text(end, "reason"), reason, "{:?}", slot(planned));
                assert!(["skipped", "missed"].contains(&text(end, "status")), "{end}");
            }
        }
    }
    assert!(ended.is_empty(), "ended, but never planned: {:?}", ended.keys().next());
}

/// Element by element, with the lengths and instants that the rundown promised.
fn what_aired_is_what_was_planned(owed: &[Value], airs: &[Value]) {
    let mut aired: BTreeMap<_, Vec<&Value>> = BTreeMap::new();
    for air in airs {
        assert_eq!(text(air, "status"), "aired", "a clean year has no other: {air}");
        assert_eq!(text(air, "origin"), "simulation");
        aired.entry(slot(air)).or_default().push(air);
    }
    for planned in owed.iter().filter(|planned| planned["left_out"].is_null()) {
        let airs = aired.remove(&slot(planned)).unwrap_or_default();
        let items = planned["items"].as_array().unwrap();
        assert_eq!(airs.len(), items.len(), "{:?}", slot(planned));
        for (air, item) in airs.iter().zip(items) {
            // Which item a pick will be is a forecast in a rundown of a year; what is fixed is what it says.
            if planned["forecast"] == false {
                assert_eq!((&air["item"], &air["airtime_ms"]), (&item["item"], &item["duration_ms"]), "{:?}", slot(planned));
            }
        }
        // The programme may ask for one item several times; picks never repeat one.
        let distinct = |rows: &mut dyn Iterator<Item = &Value>| rows.map(|row| text(row, "item")).collect::<BTreeSet<_>>().len();
        let sounded = distinct(&mut airs.iter().copied());
        assert_eq!(sounded, distinct(&mut items.iter()), "an item twice: {:?}", slot(planned));
    }
    assert!(aired.is_empty(), "sounded, but never planned: {:?}", aired.keys().next());
}

fn nothing_sounds_outside_the_hours_or_over_the_quota(airs: &[Value]) {
    let sessions = [(time(5, 30, 0, 0), time(6, 30, 0, 0)), (time(17, 0, 0, 0), time(18, 0, 0, 0))];
    let mut spent: BTreeMap<_, i64> = BTreeMap::new();
    let mut last_end: BTreeMap<String, DateTime> = BTreeMap::new();
    for air in airs {
        let (begin, end) = (civil(air, "started_at"), civil(air, "ended_at"));
        let inside = sessions.iter().position(|(opens, closes)| begin.time() >= *opens && end.time() <= *closes);
        let session = inside.unwrap_or_else(|| panic!("outside the hours: {begin} to {end}"));
        assert_eq!(begin.date(), end.date());
        *spent.entry((text(air, "output").to_owned(), begin.date(), session)).or_default() += air["airtime_ms"].as_i64().unwrap();
        let before = last_end.insert(text(air, "output").to_owned(), end);
        assert!(before.is_none_or(|before| before <= begin), "two at once on one output at {begin}");
    }
    let quota = quota_ms();
    for (session, spent) in spent {
        assert!(spent <= quota, "{session:?} has {spent} ms of {quota}");
    }
}

/// The shipped plan's quota of a session.
fn quota_ms() -> i64 {
    let text = std::fs::read_to_string(Path::new(PLAN).join("10-dai.toml")).unwrap();
    let line = text.lines().find(|line| line.starts_with("quota")).expect("the shipped plan has a quota");
    let minutes = line.split('"').nth(1).and_then(|value| value.strip_suffix('m')).expect("minutes");
    minutes.parse::<i64>().unwrap() * 60_000
}

#[test]
fn the_same_seed_of_faults_gives_the_same_log_twice_and_every_law_holds() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, seed: &str| {
        let data = folder.path().join(name);
        told(&data, &["simulate", PLAN, "--from", "2027-11-10", "--to", "2027-11-20", "--faults", seed]);
        data
    };
    let (first, second, other) = (run("1", "7"), run("2", "7"), run("3", "8"));
    for arguments in [["log", "--all", "--csv"].as_slice(), &["log", "--all", "--json"], &["log", "--chain"]] {
        let text = told(&first, arguments);
        assert!(text.len() > 1_000 && text == told(&second, arguments), "{arguments:?}");
        assert!(text != told(&other, arguments), "{arguments:?}");
    }
    let verdict: Value = serde_json::from_str(&told(&first, &["verify", "--json"])).unwrap();
    assert_eq!(verdict["ok"], true, "{verdict}");
    let log: Vec<Value> = serde_json::from_str(&told(&first, &["log", "--all", "--json"])).unwrap();
    assert!(log.iter().all(|row| row["origin"] == "simulation"));
    assert!(log.iter().filter(|row| row["kind"] == "start").count() > 2, "the power was cut");
}
