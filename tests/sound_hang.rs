//! A real sound server that stands still: its output is a fault with a remedy, and no other output is moved by it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod station;

use std::time::Duration;

use harness::Horn;
use station::{Station, at_ms};

/// Later than that nobody would call it on time.
const ON_TIME_MS: i64 = 100;

#[test]
fn sound_of_one_output_goes_on_while_the_server_of_another_stands_still() {
    let horn = Horn::start();
    let mut station = Station::new()
        .sounding(horn.environment())
        .late("2s")
        .recording("la", 440, 700)
        .programme("p", &["la"])
        .broadcast("before", "p", 6)
        .broadcast("while", "p", 16)
        .broadcast("after", "p", 45);
    let text = station.plan_text().replace("[hours]", "[[output]]\nid = \"other\"\ndevice = \"null\"\n[hours]");
    station.write_plan_text(&text);
    station.start_again();
    let ends = |station: &Station, broadcast: &str| station.log().ends(broadcast);
    station.until("the first has ended", station::PATIENCE, |station| ends(station, "before") == ["aired", "aired"]);
    horn.signal("STOP");
    station.until("the second has ended", Duration::from_secs(40), |station| ends(station, "while").len() == 2);
    let log = station.log();
    let of_other = |kind: &str, broadcast: &str| {
        let rows = log.kind(kind).into_iter().filter(|row| row["output"] == "other" && row["broadcast"] == broadcast);
        rows.cloned().collect::<Vec<_>>()
    };
    assert_eq!(of_other("end", "while")[0]["status"], "aired");
    let air = &of_other("air", "while")[0];
    let late = at_ms(&air["started_at"]) - at_ms(&air["planned_at"]);
    assert!((-ON_TIME_MS..ON_TIME_MS).contains(&late), "late by {late} ms");
    station.until("the fault stands", station::PATIENCE, |station| station.faults().contains(&"device_hangs".to_owned()));
    assert!(station.told(&["status", "--lang", "en"]).contains("the sound device hangs"));
    horn.signal("CONT");
    station.until("it is back", Duration::from_secs(30), |station| station.faults().is_empty());
    station.until("the last has ended", Duration::from_secs(60), |station| ends(station, "after").len() == 2);
    assert_eq!(ends(&station, "after"), ["aired", "aired"]);
    assert_eq!(station.term().code(), Some(0));
    station.verify();
}
