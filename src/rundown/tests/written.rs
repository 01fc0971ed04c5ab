//! The rundown as text.

use jiff::SignedDuration;
use jiff::civil::date;

use super::pool;
use crate::lang::Language;
use crate::library::Unfit;
use crate::rundown::sample::*;
use crate::rundown::write::{RundownSheet, csv, ics, json, table};
use crate::terms::*;

/// A day that has everything: picks, a broken item, a drop, a wait, what is replaced and what comes at night.
fn eventful() -> SampleStation {
    pool(4, 75)
        .item("x", "health", 30)
        .unfit("x", Unfit::Missing)
        .jingle("song", 20)
        .of_kind(ItemKind::Music)
        .programme("morning", vec![fixed("jingle"), pick(2, "law"), fixed("x"), pick(1, "none")])
        .pause(1)
        .programme("song", vec![fixed("song")])
        .programme("late", vec![pick(2, "law")])
        .broadcast("everyday", "morning", &["05:30"])
        .broadcast("waits", "song", &["05:31"])
        .broadcast("night", "song", &["03:15"])
        .broadcast("evening", "late", &["17:58"])
        .broadcast("old", "song", &["17:00"])
        .broadcast("special", "song", &["17:30"])
        .with(|b| b.replaces = vec!["old".into()])
}

#[test]
fn the_table_in_vietnamese() {
    let sample = eventful();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    insta::assert_snapshot!(table::write(&RundownSheet::new(&sample.plan, &rundown), Language::Vi, None));
}

#[test]
fn the_table_in_english() {
    let sample = eventful();
    let rundown = sample.rundown("2026-11-20", "2026-11-22");
    insta::assert_snapshot!(table::write(&RundownSheet::new(&sample.plan, &rundown), Language::En, None));
}

#[test]
fn an_empty_day_says_so() {
    let sample = SampleStation::default();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    insta::assert_snapshot!(table::write(&RundownSheet::new(&sample.plan, &rundown), Language::Vi, None), @r"
    Lịch phát: Đài truyền thanh xã Cẩm Tân

    Không có lần phát nào.
    ");
}

#[test]
fn the_json_document() {
    let sample = eventful();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    insta::assert_snapshot!(json::write(&RundownSheet::new(&sample.plan, &rundown)).unwrap());
}

#[test]
fn the_csv_has_a_line_for_each_element() {
    let mut sample = eventful();
    sample.plan.items[1].title = "=HYPERLINK(\"x\"), \"hai\"".into();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let text = csv::write(&RundownSheet::new(&sample.plan, &rundown)).unwrap();
    assert!(text.lines().count() > 10 && text.ends_with("\r\n"));
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn the_calendar_keeps_to_rfc_5545() {
    let mut sample = eventful();
    sample.plan.programmes[0].name =
        "Bản tin; sáng, có dấu \\ và một cái tên thật là dài để dòng phải gập lại nhiều lần cho đủ".into();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let text = ics::write(&RundownSheet::new(&sample.plan, &rundown), Language::Vi, sample.at("2026-11-19T12:00"));
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\n', '\r']), "{line}");
    }
    let unfolded = text.replace("\r\n ", "");
    assert!(unfolded.contains("SUMMARY:Bản tin\\; sáng\\, có dấu \\\\ và"), "{unfolded}");
    assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), rundown.slots.len());
    insta::assert_snapshot!(unfolded.replace("\r\n", "\n"));
}

#[test]
fn an_empty_calendar_still_has_a_component() {
    let sample = SampleStation::default();
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let text = ics::write(&RundownSheet::new(&sample.plan, &rundown), Language::Vi, Wall(0));
    assert!(text.contains("BEGIN:VTIMEZONE\r\n"));
}

#[test]
fn what_collides_is_told_from_when_it_will_start() {
    let sample = pool(3, 120)
        .programme("long", vec![pick(2, "law")])
        .programme("short", vec![fixed("jingle")])
        .broadcast("one", "long", &["05:30"])
        .broadcast("waits", "short", &["05:31"])
        .broadcast("late", "short", &["05:32"])
        .with(|b| b.late = SignedDuration::from_secs(30));
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let json = json::write(&RundownSheet::new(&sample.plan, &rundown)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["broadcasts"][1]["items"][0]["offset_ms"], 180_000);
    assert_eq!(json["broadcasts"][1]["planned_at"], "2026-11-20T05:31:00+07:00");
    assert_eq!(json["broadcasts"][2]["left_out"], "output_busy");
    assert_eq!(json["broadcasts"][2]["duration_ms"], 0);
}

#[test]
fn what_waits_until_the_hours_are_too_short_is_told_as_it_will_air() {
    // Each is planned as though it need not wait; the second then has room for two of its three, the third for nothing.
    let priority = |b: &mut crate::plan::Broadcast| b.priority = Priority::Priority;
    let mut sample = pool(3, 120)
        .item("six", "health", 360)
        .programme("long", vec![fixed("six")])
        .programme("three", vec![fixed("jingle"), pick(3, "law")])
        .pause(5)
        .programme("picks", vec![pick(1, "law"), fixed("jingle")])
        .broadcast("first", "long", &["06:19"])
        .with(priority)
        .broadcast("second", "three", &["06:20"])
        .with(priority)
        .broadcast("third", "picks", &["06:25"])
        .with(priority);
    for broadcast in &mut sample.plan.broadcasts {
        broadcast.late = SignedDuration::from_mins(20);
    }
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let json = json::write(&RundownSheet::new(&sample.plan, &rundown)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let items = |slot: usize| -> Vec<(String, i64, i64)> {
        let items = json["broadcasts"][slot]["items"].as_array().unwrap().iter();
        items
            .map(|i| (i["item"].as_str().unwrap().into(), i["offset_ms"].as_i64().unwrap(), i["duration_ms"].as_i64().unwrap()))
            .collect()
    };
    assert_eq!(
        items(1),
        [
            ("jingle".into(), 300_000, 10_000),
            ("a0".into(), 315_000, 120_000),
            ("a1".into(), 440_000, 120_000),
            ("a2".into(), 565_000, 0)
        ],
        "what is left out stands where it would have come, and not before what airs"
    );
    assert_eq!(json["broadcasts"][1]["duration_ms"], 260_000);
    assert_eq!(json["broadcasts"][1]["items"][3]["reason"], "outside_hours");
    assert_eq!(json["broadcasts"][2]["left_out"], "outside_hours", "a bare jingle does not air");
}

#[test]
fn topics_have_their_names_and_days_their_own_heads() {
    let sample = pool(1, 60).valid(None, Some(date(2026, 11, 20))).programme("p", vec![fixed("jingle"), fixed("a0")]).broadcast(
        "b",
        "p",
        &["05:30"],
    );
    let rundown = sample.rundown("2026-11-20", "2026-11-22");
    let text = table::write(&RundownSheet::new(&sample.plan, &rundown), Language::Vi, None);
    assert!(text.contains("Nhóm law"));
    assert!(text.contains("Thứ Sáu, ngày 20/11/2026") && text.contains("Thứ Bảy, ngày 21/11/2026"));
    assert!(text.contains("không phát được: ngoài hạn dùng"));
}
