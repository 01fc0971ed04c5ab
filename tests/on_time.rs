//! What is planned sounds on its instant, in order, without a gap inside a programme, and the log says exactly what the file holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::{RATE, Station, at_ms, tone};

/// Beyond what the file itself leaves open: the log's milliseconds, and the file system's clock, which may be a timer's tick behind.
const MS: f64 = 12.0;

#[test]
fn three_broadcasts_sound_on_their_instants_and_the_log_agrees_with_the_file() {
    let mut station = Station::on_real_clock()
        .recording("la", 440, 1500)
        .recording("mi", 660, 500)
        .recording("do", 1_050, 1000)
        .programme("pair", &["la", "mi"])
        .programme("one", &["do"])
        .programme("other", &["mi"])
        .broadcast("first", "pair", 7)
        .broadcast("second", "one", 10)
        .broadcast("third", "other", 13)
        .start();
    for broadcast in ["first", "second", "third"] {
        assert_eq!(station.until_ended(broadcast), "aired");
    }
    assert_eq!(station.term().code(), Some(0));
    let (log, wav) = (station.log(), station.wav());
    let airs = log.kind("air");
    let items: Vec<_> = airs.iter().map(|row| row["item"].as_str().unwrap()).collect();
    assert_eq!(items, ["la", "mi", "do", "mi"]);

    // In order and of their lengths, the pair as one sound without a gap.
    let stretches = wav.stretches();
    let lengths: Vec<_> = stretches.iter().map(|(begin, end)| (end - begin) as f64 / RATE as f64).collect();
    assert_eq!(lengths.iter().map(|length| (length * 100.0).round() as u32).collect::<Vec<_>>(), [200, 100, 50]);
    assert_eq!(stretches.iter().map(|(begin, _)| wav.hertz(*begin)).collect::<Vec<_>>(), [440, 1_050, 660]);

    // To the sample what was recorded, but for its loudness.
    let seam = stretches[0].0 + RATE * 3 / 2;
    for (from, recording) in [
        (stretches[0].0, tone(440, 1500)),
        (seam, tone(660, 500)),
        (stretches[1].0, tone(1_050, 1000)),
        (stretches[2].0, tone(660, 500)),
    ] {
        let worst = wav.worst_difference(from, &recording);
        assert!(worst <= 2.0, "the sound at frame {from} is not the recording: {worst}");
    }

    // On their instants, by the file and by the log, which counts the same frames.
    for (row, frame) in airs.iter().zip([stretches[0].0, seam, stretches[1].0, stretches[2].0]) {
        let planned_at = at_ms(&row["planned_at"]) as f64 + if row["element"] == 2 { 1500.0 } else { 0.0 };
        let started_at = at_ms(&row["started_at"]) as f64;
        let (earliest, latest) = wav.left_at(frame);
        assert!((started_at - planned_at).abs() <= 50.0, "late by {} ms", started_at - planned_at);
        assert!(
            (earliest - MS..=latest + MS).contains(&started_at),
            "the log says {started_at}, the file {earliest} to {latest}"
        );
        assert_eq!(row["frames"].as_u64(), row["airtime_ms"].as_u64().map(|ms| ms * 48), "{row}");
        assert_eq!((&row["rate"], &row["origin"]), (&48_000.into(), &"live".into()));
        assert!(row["late_ms"].as_i64().unwrap().abs() <= 50, "{row}");
        assert!(row["device"].as_str().unwrap().contains(wav.path.file_name().unwrap().to_str().unwrap()), "{row}");
    }
    assert_eq!(airs.iter().map(|row| row["frames"].as_u64().unwrap()).collect::<Vec<_>>(), [72_000, 24_000, 48_000, 24_000]);
    assert!(airs.iter().all(|row| row["first_run"].is_null()), "nobody hears a file");
    station.verify();
}

#[test]
fn a_slot_that_the_start_found_passed_begins_at_once_while_late_allows() {
    let mut station = Station::new().recording("la", 440, 1000).programme("p", &["la"]).broadcast("x", "p", 8);
    // A station that was there before the instant, and away over it.
    station.write_plan();
    station.start_again();
    station.kill();
    station.wait_until(station.instant("x") + 1_500);
    station.start_again();
    assert_eq!(station.until_ended("x"), "aired");
    let log = station.log();
    let late_ms = log.airs("x")[0]["late_ms"].as_i64().unwrap();
    assert!((1_500..60_000).contains(&late_ms), "late_ms is {late_ms}");
    station.verify();
}
