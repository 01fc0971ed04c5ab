//! What a simulation's span holds ends in its log as the rundown of that span says, also what is still sounding when the span ends.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::f32::consts::TAU;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const PLAN: &str = r#"
format = 1

[station]
name = "Đài thử"
code = "thu"
timezone = "Asia/Ho_Chi_Minh"
audio = "."

[[output]]
id = "amplifier"
device = "null"
zones = ["thon-1"]

[[zone]]
id = "thon-1"
name = "Thôn 1"

[hours]
daily = ["22:00-01:00"]

[[topic]]
id = "law"
name = { vi = "Pháp luật" }

[[item]]
id = "long"
file = "long.wav"
title = "Tin dài"
topic = "law"

[[programme]]
id = "twice"
name = "Hai lần"
elements = [{ item = "long", times = 2 }]

[[programme]]
id = "once"
name = "Một lần"
elements = ["long"]

[[broadcast]]
id = "last"
programme = "twice"
cron = "50 59 23 * * *"

[[broadcast]]
id = "behind"
programme = "once"
cron = "55 59 23 * * *"

[[broadcast]]
id = "next-day"
programme = "once"
cron = "0 0 0 * * *"
"#;

/// A mono tone of 8 kHz as a wav file.
fn tone(seconds: u32) -> Vec<u8> {
    let sound: Vec<u8> =
        (0..8000 * seconds).flat_map(|at| (((at as f32 * 440.0 * TAU / 8000.0).sin() * 8000.0) as i16).to_le_bytes()).collect();
    let size = u32::try_from(sound.len()).unwrap();
    let head = [&b"RIFF"[..], &(size + 36).to_le_bytes(), b"WAVEfmt ", &16u32.to_le_bytes(), &[1, 0, 1, 0]].concat();
    let rates = [8000u32.to_le_bytes(), 16_000u32.to_le_bytes()].concat();
    [head, rates, vec![2, 0, 16, 0], b"data".to_vec(), size.to_le_bytes().to_vec(), sound].concat()
}

fn told(folder: &Path, arguments: &[&str]) -> Value {
    let data = folder.join("data");
    let output = Command::new(env!("CARGO_BIN_EXE_loaxa"))
        .args(arguments)
        .arg("--data")
        .arg(&data)
        .env_remove("LOAXA_LANG")
        .env_remove("LOAXA_PRETEND_CLOCK")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

#[test]
fn what_sounds_or_waits_when_the_span_ends_still_ends_as_on_air_and_nothing_of_the_next_day_begins() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("long.wav"), tone(15)).unwrap();
    let plan = folder.path().join("plan.toml");
    std::fs::write(&plan, PLAN).unwrap();
    told(folder.path(), &["simulate", plan.to_str().unwrap(), "--from", "2026-11-25", "--to", "2026-11-25"]);

    let log = told(folder.path(), &["log", "--all", "--json"]);
    let of = |kind: &str| -> Vec<String> {
        let rows = log.as_array().unwrap().iter().filter(|row| row["kind"] == kind);
        rows.map(|row| format!("{} {} {} {}", row["broadcast"], row["planned_at"], row["status"], row["ended_at"])).collect()
    };
    let ends = of("end");
    assert_eq!(ends.iter().filter(|end| end.contains("\"aired\"")).count(), 3, "{ends:#?}");
    let slots: Vec<&str> = ends.iter().filter_map(|end| end.split('"').nth(1)).collect();
    assert_eq!(slots, ["next-day", "last", "behind"], "{ends:#?}");
    assert!(of("air").last().unwrap().contains("2026-11-26T00:00:35+07:00"), "{:#?}", of("air"));
    assert_eq!(told(folder.path(), &["verify", "--json"])["ok"], true);
}
