//! A recording for emergencies is tried out: unheard as the emergency that it is for, or on air between two notices that it is a test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::Station;

/// A station with a recording for emergencies, and one that announces a drill.
fn sample() -> Station {
    let station = Station::new().recording("alarm", 440, 800).recording("notice", 660, 600).recording("other", 880, 700);
    let text = station.plan_text();
    let of = |id: &str| format!("title = \"Item {id}\"\ntopic = \"topic\"\n");
    let text = text.replace(&of("alarm"), "title = \"Alarm\"\nkind = \"emergency\"\n");
    let text = text.replace(&of("notice"), "title = \"Notice\"\nkind = \"ident\"\n");
    station.write_plan_text(&text.replace("audio = \".\"\n", "audio = \".\"\ndrill = \"notice\"\n"));
    station
}

#[test]
fn a_drill_into_a_file_is_the_emergency_itself_and_a_rehearsal() {
    let station = sample();
    let (plan, wav) = (station.plan(), station.plan_folder().join("heard"));
    let to = format!("wav:{}", wav.display());
    let done = station.ask(&["drill", "alarm", "--to", &to, "--plan", plan.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(said.lines().last(), Some("loa: aired"), "{said}");
    let log = station.log();
    assert_eq!(log.takes("@request-1"), ["@attention/1 aired", "alarm/1 aired"]);
    assert!(log.airs("@request-1").iter().all(|row| row["priority"] == "emergency" && row["origin"] == "rehearsal"));
    assert_eq!(std::fs::read_dir(wav).unwrap().count(), 1);
    let refused = station.ask(&["drill", "alarm", "--to", "default", "--plan", plan.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(2), "into a folder only");
}

#[test]
fn a_drill_on_air_is_announced_as_a_test_before_and_after() {
    let mut station = sample();
    station.start_again();
    let answer: serde_json::Value = serde_json::from_str(&station.told(&["drill", "alarm", "--json"])).unwrap();
    assert_eq!((&answer["ok"], &answer["broadcast"]), (&true.into(), &"@drill-1".into()));
    assert_eq!(station.until_ended("@drill-1"), "aired");
    let log = station.log();
    assert_eq!(log.takes("@drill-1"), ["notice/1 aired", "@attention/1 aired", "alarm/1 aired", "notice/1 aired"]);
    assert!(log.airs("@drill-1").iter().all(|row| row["topic"].is_null()), "no topic counts it");
    let refused = station.ask(&["drill", "other"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("kind = \"emergency\""));
}
