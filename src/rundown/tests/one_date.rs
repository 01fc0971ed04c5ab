//! What single dates make of the series: changes and extras, on ordinary days and on those of a change of the clock.

use jiff::civil::{Date, date};

use super::pool;
use crate::lang::Language;
use crate::plan::ChangedTo;
use crate::rundown::sample::*;
use crate::rundown::write::{RundownSheet, csv, ics, json, table};
use crate::terms::*;

const DAY: Date = date(2026, 11, 20);

fn twice_a_day() -> SampleStation {
    pool(3, 60).programme("p", vec![fixed("a0")]).programme("q", vec![fixed("a1")]).broadcast("b", "p", &["05:30", "17:00"])
}

fn other(programme: Option<&str>, outputs: Option<&[&str]>) -> ChangedTo {
    let outputs = outputs.map(|outputs| outputs.iter().map(|id| OutputId::from(*id)).collect());
    ChangedTo::Other { at: None, programme: programme.map(ProgrammeId::from), outputs }
}

#[test]
fn a_change_holds_for_its_airing_on_its_date_alone() {
    let on = |time: Option<&str>, to: ChangedTo| twice_a_day().change("b", DAY, time, to).day("2026-11-20");
    assert_eq!(on(None, ChangedTo::Skipped), ["05:30 b: (skipped/operator)", "17:00 b: (skipped/operator)"]);
    assert_eq!(on(Some("05:30"), ChangedTo::Skipped), ["05:30 b: (skipped/operator)", "17:00 b: a0"]);
    assert_eq!(on(Some("05:30"), moved("06:00")), ["06:00 b: a0", "17:00 b: a0"]);
    assert_eq!(on(Some("17:00"), moved("05:40")), ["05:30 b: a0", "05:40 b: a0"]);
    assert_eq!(on(Some("17:00"), other(Some("q"), None)), ["05:30 b: a0", "17:00 b: a1"]);
    assert_eq!(on(Some("05:31"), ChangedTo::Skipped), ["05:30 b: a0", "17:00 b: a0"], "no such airing");
    for day in ["2026-11-19", "2026-11-21"] {
        let sample = twice_a_day().change("b", DAY, None, ChangedTo::Skipped);
        assert_eq!(sample.day(day), ["05:30 b: a0", "17:00 b: a0"], "{day}");
    }
}

#[test]
fn a_change_may_do_several_things_and_outside_hours_it_is_still_left_out() {
    let to = ChangedTo::Other { at: Some("05:45".parse().unwrap()), programme: Some("q".into()), outputs: None };
    assert_eq!(twice_a_day().change("b", DAY, Some("05:30"), to).day("2026-11-20")[0], "05:45 b: a1");
    let night = twice_a_day().change("b", DAY, Some("05:30"), moved("03:15")).day("2026-11-20");
    assert_eq!(night, ["03:15 b: (skipped/outside_hours)", "17:00 b: a0"]);
}

#[test]
fn an_airing_that_is_moved_to_another_of_its_broadcast_is_one_with_it() {
    assert_eq!(twice_a_day().change("b", DAY, Some("05:30"), moved("17:00")).day("2026-11-20"), ["17:00 b: a0"]);
}

#[test]
fn an_output_that_a_change_takes_away_ends_skipped_and_one_that_it_adds_airs() {
    let sample = pool(2, 60).output("second").output("third").programme("p", vec![fixed("a0")]);
    let sample = sample.broadcast("b", "p", &["05:30"]).with(|b| b.outputs = vec!["amplifier".into(), "second".into()]);
    let sample = sample.change("b", DAY, None, other(None, Some(&["second", "third"])));
    assert_eq!(sample.day("2026-11-20"), ["05:30 b amplifier: (skipped/operator)", "05:30 b second: a0", "05:30 b third: a0"]);
}

#[test]
fn what_a_skipped_broadcast_replaces_stays_replaced_and_what_is_excepted_comes_back() {
    let sample = twice_a_day().broadcast("special", "q", &["05:30"]).with(|b| b.replaces = vec!["b".into()]);
    let skipped = sample.clone().change("special", DAY, None, ChangedTo::Skipped).day("2026-11-20");
    assert_eq!(skipped, ["05:30 b: (skipped/replaced)", "05:30 special: (skipped/operator)", "17:00 b: (skipped/replaced)"]);
    let excepted = sample.with(|b| b.except = vec![crate::plan::Except::Day(DAY)]).day("2026-11-20");
    assert_eq!(excepted, ["05:30 b: a0", "17:00 b: a0"]);
}

#[test]
fn another_programme_on_one_date_may_be_the_duplicate_of_what_airs_beside_it() {
    let sample = pool(2, 60).programme("p", vec![fixed("a0")]).programme("q", vec![fixed("a1")]);
    let sample = sample.broadcast("b", "p", &["05:30"]).broadcast("c", "q", &["05:30"]);
    let sample = sample.change("c", DAY, None, other(Some("p"), None));
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0", "05:30 c: (skipped/duplicate)"]);
    // What is skipped takes nobody's place.
    let sample = sample.change("b", DAY, None, ChangedTo::Skipped);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: (skipped/operator)", "05:30 c: a0"]);
}

#[test]
fn an_extra_airs_on_its_date_alone_behind_the_series() {
    let sample = twice_a_day().extra("opening", "q", DAY, "05:30");
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0", "05:30 opening: a1", "17:00 b: a0"]);
    assert_eq!(sample.day("2026-11-21"), ["05:30 b: a0", "17:00 b: a0"]);
}

/// Berlin leaves out 02:00 to 03:00 on 29 March and has it twice on 25 October, New York on 8 March and 1 November, Lord Howe half an hour
/// on 4 October and 5 April.
#[test]
fn a_new_time_follows_the_rule_of_the_zone_on_the_day_of_a_change_of_the_clock() {
    let planned = |zone: &str, day: Date, to: &str| {
        let sample = pool(1, 60).zone(zone).hours(&["00:00-24:00"]).programme("p", vec![fixed("a0")]);
        let sample = sample.broadcast("b", "p", &["05:30"]).change("b", day, None, moved(to));
        let sample = sample.extra("x", "p", day, to).with(|b| b.programme = "p".into());
        let rundown = sample.rundown(&day.to_string(), &day.tomorrow().unwrap().to_string());
        assert_eq!(rundown.slots.len(), 2, "the moved one and the extra");
        assert_eq!(rundown.slots[0].slot.planned_at, rundown.slots[1].slot.planned_at);
        jiff::Timestamp::from_nanosecond(rundown.slots[0].slot.planned_at.0.into()).unwrap().to_string()
    };
    for (zone, day, to, utc) in [
        ("Europe/Berlin", date(2026, 3, 29), "02:30", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), "02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", date(2026, 3, 8), "02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "01:45", "2026-04-04T14:45:00Z"),
    ] {
        assert_eq!(planned(zone, day, to), utc, "{zone} {day} {to}");
    }
}

fn changed_day() -> SampleStation {
    twice_a_day()
        .output("second")
        .broadcast("c", "q", &["05:50"])
        .broadcast("d", "q", &["06:10"])
        .change(
            "b",
            DAY,
            Some("05:30"),
            ChangedTo::Other { at: Some("05:40".parse().unwrap()), programme: Some("q".into()), outputs: None },
        )
        .change("c", DAY, None, ChangedTo::Skipped)
        .change("d", DAY, None, other(None, Some(&["second"])))
        .extra("opening", "p", DAY, "17:30")
}

#[test]
fn the_rundown_shows_what_was_changed() {
    let sample = changed_day();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let sheet = RundownSheet::new(&sample.plan, &rundown);
    insta::assert_snapshot!("changed_vi", table::write(&sheet, Language::Vi, None));
    insta::assert_snapshot!("changed_en", table::write(&sheet, Language::En, None));
    let json: serde_json::Value = serde_json::from_str(&json::write(&sheet).unwrap()).unwrap();
    let told: Vec<String> = json["broadcasts"].as_array().unwrap().iter().map(|slot| slot["one_date"].to_string()).collect();
    insta::assert_snapshot!("changed_json", told.join("\n"));
    let csv = csv::write(&sheet).unwrap();
    let told: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').nth(7).unwrap()).collect();
    assert_eq!(told, ["at programme", "skip", "skip", "outputs", "outputs", "", "extra", "extra"]);
    assert!(ics::write(&sheet, Language::En, Wall(0)).contains("moved from 05:30"));
}
