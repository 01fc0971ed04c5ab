//! A rehearsal airs its broadcast whole, pauses and all, ends by itself, and is marked as what it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use station::Station;

#[test]
fn a_rehearsal_ends_by_itself_after_its_broadcast_and_not_in_a_pause() {
    let station = Station::new()
        .recording("la", 440, 700)
        .recording("do", 523, 700)
        .programme("p", &["la", "do"])
        .broadcast("x", "p", 3_600);
    // A pause longer than the daemon's looks at itself are apart.
    let text = station.plan_text().replace("id = \"p\"\n", "id = \"p\"\npause = \"5s\"\n");
    assert!(text.contains("pause"), "the plan has a pause:\n{text}");
    station.write_plan_text(&text);
    let (plan, wav) = (station.plan(), station.plan_folder().join("heard"));
    let output = format!("wav:{}", wav.display());
    let done = station.ask(&["rehearse", plan.to_str().unwrap(), "--next", "--output", &output]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let log = station.log();
    assert!(log.kind("gap").is_empty(), "a new folder has no log that could be lost");
    assert_eq!(log.ends("x"), ["aired"]);
    assert!(log.airs("x").iter().all(|row| row["origin"] == "rehearsal" && row["status"] == "aired"));
    assert_eq!(std::fs::read_dir(wav).unwrap().count(), 1);
}
