//! Several outputs: each its own timeline and devices, the picks of a broadcast shared by all, one instant for all; what one of them
//! lacks does not touch the others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::path::PathBuf;

use serde_json::Value;
use station::{Log, RATE, Station, Wav, at_ms, outcome};

/// Beyond what the file itself leaves open: the log's milliseconds, and the file system's clock, which may be a timer's tick behind.
const MS: f64 = 12.0;
const NOBODY: &str = "hw:CARD=nobody,DEV=7";

/// Writes the plan with these outputs in place of the only one: an id, and what stands behind `device = `.
fn with_outputs(station: &Station, outputs: &[(&str, String)]) {
    let text = station.plan_text();
    let from = text.find("[[output]]").unwrap();
    let to = text.find("[hours]").unwrap();
    let outputs: String = outputs.iter().map(|(id, device)| format!("[[output]]\nid = \"{id}\"\ndevice = {device}\n")).collect();
    let text = format!("{}{outputs}{}", &text[..from], &text[to..]);
    // The programme that is shared picks what it airs.
    station.write_plan_text(&text.replace("elements = [\"la\"]", "elements = [{ pick = 2, topic = \"topic\" }]"));
}

fn folder(station: &Station, output: &str) -> PathBuf {
    station.data().with_file_name(output)
}

fn wav_of(station: &Station, output: &str) -> String {
    format!("\"wav:{}\"", folder(station, output).display())
}

fn only_wav(folder: &std::path::Path, output: &str) -> Wav {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_str().unwrap().starts_with(&format!("{output}-")));
    assert_eq!(files.len(), 1, "one file for {output}: {files:?}");
    Wav::read(&files[0])
}

fn of_output<'a>(log: &'a Log, kind: &str, output: &str) -> Vec<&'a Value> {
    log.kind(kind).into_iter().filter(|row| row["output"] == output).collect()
}

fn until_all_ended(station: &Station, slots: usize) {
    station.until("all slots have ended", station::PATIENCE, |station| station.log().kind("end").len() == slots);
}

#[test]
fn each_output_has_its_own_timeline_and_what_is_shared_is_the_same_at_the_same_instant() {
    let mut station = Station::on_real_clock()
        .recording("la", 440, 1_000)
        .recording("mi", 660, 1_000)
        .recording("do", 1_050, 1_500)
        .programme("shared", &["la"])
        .programme("own", &["do"])
        .broadcast_with("together", "shared", 8, "late = \"2s\"\noutputs = [\"thon-1\", \"thon-2\", \"thon-4\"]")
        .broadcast_with("alone", "own", 8, "outputs = [\"thon-3\"]")
        .broadcast_with("later", "own", 9, "outputs = [\"thon-3\", \"thon-2\"]\nlate = \"1m\"");
    let listed = format!("[\"hw:CARD=nowhere,DEV=1\", {}]", wav_of(&station, "thon-2"));
    let outputs = [
        ("thon-1", wav_of(&station, "thon-1")),
        ("thon-2", listed),
        ("thon-3", wav_of(&station, "thon-3")),
        ("thon-4", format!("\"{NOBODY}\"")),
    ];
    // All three instants were reckoned from the same second, unless it turned in between.
    with_outputs(&station, &outputs);
    station.start_again();
    until_all_ended(&station, 6);
    assert_eq!(station.term().code(), Some(0));
    let log = station.log();

    let ends = |output: &str| of_output(&log, "end", output).into_iter().map(outcome).collect::<Vec<_>>();
    assert_eq!(
        (ends("thon-1"), ends("thon-2"), ends("thon-3")),
        (vec!["aired".into()], vec!["aired".into(); 2], vec!["aired".into(); 2])
    );
    assert_eq!(ends("thon-4"), ["missed/no_device"]);
    let faults = log.kind("fault");
    assert!(faults.len() == 1 && faults[0].to_string().contains("nobody"), "the fourth's device alone: {faults:?}");

    // The picks were settled once: the same, in the same order, wherever they could sound, and planned where they could not.
    let items = |output: &str, broadcast: &str| {
        let rows = of_output(&log, "air", output).into_iter().filter(|row| row["broadcast"] == broadcast);
        rows.map(|row| row["item"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let picked = items("thon-1", "together");
    assert_eq!(picked.len(), 2);
    assert_eq!(items("thon-2", "together"), picked);
    assert_eq!((items("thon-3", "alone"), items("thon-3", "together")), (vec!["do".to_owned()], vec![]));

    // Each file holds what its output's rows say, each at its instant.
    let mut starts = Vec::new();
    for output in ["thon-1", "thon-2", "thon-3"] {
        let wav = only_wav(&folder(&station, output), output);
        let airs = of_output(&log, "air", output);
        let mut frame = wav.onset(0).unwrap();
        for row in &airs {
            // Elements and slots that follow each other at once are one stretch: the next begins where this one's frames end.
            let pitch = match row["item"].as_str().unwrap() {
                "la" => 440,
                "mi" => 660,
                _ => 1_050,
            };
            assert_eq!(wav.hertz(frame), pitch, "{output}: {row}");
            assert!(row["device"].as_str().unwrap().contains(&format!("/{output}/")), "{row}");
            let started_at = at_ms(&row["started_at"]) as f64;
            let (earliest, latest) = wav.left_at(frame);
            assert!(
                (earliest - MS..=latest + MS).contains(&started_at),
                "{output}: {started_at} by the log, {earliest} to {latest}"
            );
            starts.push((
                output,
                row["broadcast"].as_str().unwrap(),
                row["element"].as_u64().unwrap(),
                row["started_at"].clone(),
            ));
            frame += row["frames"].as_u64().unwrap() as usize;
            frame = wav.onset(frame).unwrap_or(frame);
        }
        assert!(wav.onset(frame + RATE / 50).is_none(), "{output}: nothing else sounds");
    }
    let start = |output: &str, broadcast: &str| {
        let found = starts.iter().find(|(o, b, element, _)| (*o, *b, *element) == (output, broadcast, 1));
        at_ms(&found.unwrap().3)
    };
    let planned = at_ms(&of_output(&log, "end", "thon-1")[0]["planned_at"]);
    for at in [start("thon-1", "together"), start("thon-2", "together")] {
        assert!((at - planned).abs() <= 1, "{at} for {planned}");
    }
    let alone = at_ms(&of_output(&log, "end", "thon-3")[0]["planned_at"]);
    assert!((start("thon-3", "alone") - alone).abs() <= 1);
    // What came a second later waits on each output for what that output has.
    assert!((start("thon-2", "later") - (planned + 2_000)).abs() <= 60, "behind two seconds of picks");
    assert!((start("thon-3", "later") - (alone + 1_500)).abs() <= 60, "behind a second and a half");
    station.verify();
}

#[test]
fn one_device_for_two_outputs_is_an_error_of_the_plan() {
    let station = Station::new().recording("la", 440, 500).programme("p", &["la"]).broadcast("x", "p", 60);
    for (first, second) in [("\"default\"", "[\"null\", \"default\"]"), ("\"hw:1,0\"", "\"hw:1,0\"")] {
        with_outputs(&station, &[("thon-1", first.into()), ("thon-2", second.into())]);
        let checked = station.ask(&["check", station.plan().to_str().unwrap(), "--json"]);
        assert_eq!(checked.status.code(), Some(1));
        let told: Value = serde_json::from_slice(&checked.stdout).unwrap();
        let problem = told["problems"].as_array().unwrap().iter().find(|problem| problem["code"] == "same_device").unwrap();
        assert!(problem["message"].as_str().unwrap().contains("thon-1") && problem["line"].is_u64(), "{problem}");
        let run = station.ask(&["run", station.plan().to_str().unwrap()]);
        assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    }
    // Silence and files are nobody's.
    with_outputs(&station, &[("thon-1", "\"null\"".into()), ("thon-2", "\"null\"".into())]);
    station.told(&["check", station.plan().to_str().unwrap()]);
}

#[test]
fn one_device_given_for_several_outputs_may_only_be_null_or_files() {
    let mut station =
        Station::new().recording("la", 440, 500).recording("mi", 660, 500).programme("p", &["mi"]).broadcast("x", "p", 7);
    with_outputs(&station, &[("thon-1", "\"default\"".into()), ("thon-2", format!("\"{NOBODY}\""))]);
    let plan = station.plan();
    for device in ["default", "hw:1,0"] {
        let run = station.ask(&["run", plan.to_str().unwrap(), "--output", device]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{said}");
        assert!(said.contains("several outputs") && said.contains("wav:"), "{said}");
    }
    let out = folder(&station, "together");
    let mut command = station.command();
    command
        .args(["run", "--http", "off"])
        .arg(&plan)
        .arg("--data")
        .arg(station.data())
        .arg("--output")
        .arg(format!("wav:{}", out.display()));
    station.adopt(command.spawn().unwrap());
    station.until("the daemon answers", station::PATIENCE, |station| station.try_status().is_some());
    let told = station.status();
    assert!(told["output"].as_array().unwrap().iter().all(|o| o["device"].as_str().unwrap().starts_with("wav:")), "{told}");
    until_all_ended(&station, 2);
    assert_eq!(station.log().ends("x"), ["aired", "aired"]);
    station.term();
    for output in ["thon-1", "thon-2"] {
        let wav = only_wav(&out, output);
        assert_eq!(wav.stretches().iter().map(|(begin, _)| wav.hertz(*begin)).collect::<Vec<_>>(), [660]);
    }
}
