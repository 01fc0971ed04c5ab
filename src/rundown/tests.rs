//! The rules of the rundown, each as a table. The properties are in `properties`.

mod bounds;
mod levels;
mod one_date;
mod properties;
mod targets;
mod written;

use jiff::SignedDuration;
use jiff::civil::date;

use crate::asrun::history::History;
use crate::calendar::lunar::LunarDay;
use crate::calendar::span;
use crate::library::Unfit;
use crate::plan::{Except, HolidayEffect};
use crate::rundown::order::{Refused, Sounds, WantedItem, order};
use crate::rundown::sample::*;
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{SeenFrom, Span, build};
use crate::terms::*;

fn pool(count: u32, seconds: u32) -> SampleStation {
    (0..count).fold(SampleStation::default().jingle("jingle", 10), |sample, n| sample.item(&format!("a{n}"), "law", seconds))
}

#[test]
fn a_slot_holds_its_elements_one_after_the_other() {
    let sample = pool(3, 60).programme("morning", vec![fixed("jingle"), pick(2, "law"), times("a2", 2)]).pause(2).broadcast(
        "b",
        "morning",
        &["05:30"],
    );
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: jingle a0 a1 a2 a2"]);
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let planned = &rundown.slots[0];
    let offsets: Vec<i64> = planned.elements.iter().map(|e| e.offset.as_secs()).collect();
    assert_eq!(offsets, [0, 12, 74, 136, 198]);
    assert_eq!(planned.elements.iter().map(|e| e.pause.as_secs()).collect::<Vec<_>>(), [2, 2, 2, 2, 0]);
    assert_eq!(planned.length(), SignedDuration::from_secs(258));
    assert_eq!(planned.start_by, sample.at("2026-11-20T05:35"));
    assert_eq!(planned.end_by, sample.at("2026-11-20T06:30"));
    assert_eq!(planned.session.unwrap().opens, sample.at("2026-11-20T05:30"));
    assert_eq!(planned.facts.zones, ["amplifier-thon".into()]);
    let element = &planned.elements[1];
    assert!((element.gain_db - 2.0).abs() < 0.01 && (element.level_lufs.unwrap() + 18.0).abs() < 0.01);
}

#[test]
fn picks_rotate_and_start_from_the_order_of_the_plan() {
    let sample = pool(3, 60).programme("p", vec![pick(1, "law")]).broadcast("b", "p", &["05:30", "17:00"]);
    let rundown = sample.rundown("2026-11-20", "2026-11-22");
    let texts: Vec<String> = rundown.slots.iter().map(|planned| sample.short(planned)).collect();
    assert_eq!(texts, ["05:30 b: a0", "17:00 b: a1", "05:30 b: a2", "17:00 b: a0"]);
}

#[test]
fn an_item_does_not_come_in_two_broadcasts_running_while_there_is_another() {
    // a0 is fixed in the morning and is the least recently aired of the pool at noon, since a1 aired after it.
    let sample = pool(2, 60)
        .programme("morning", vec![fixed("a1"), fixed("a0")])
        .programme("evening", vec![pick(1, "law")])
        .broadcast("m", "morning", &["05:30"])
        .broadcast("e", "evening", &["17:00"]);
    assert_eq!(sample.day("2026-11-20")[1], "17:00 e: a1", "both aired before, so that rule yields and the older goes");
    let sample = pool(2, 60)
        .programme("first", vec![fixed("a1")])
        .programme("morning", vec![fixed("a0")])
        .programme("evening", vec![pick(1, "law")])
        .broadcast("f", "first", &["05:30"])
        .broadcast("m", "morning", &["06:00"])
        .broadcast("e", "evening", &["17:00"]);
    assert_eq!(sample.day("2026-11-20")[2], "17:00 e: a1");
}

#[test]
fn fixed_items_of_the_programme_are_not_picked_too() {
    let sample = pool(2, 60).programme("p", vec![pick(2, "law"), fixed("a0")]).broadcast("b", "p", &["05:30"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a1 ?!pool_empty a0"]);
}

#[test]
fn topic_and_tag_must_both_match() {
    let both =
        crate::plan::ProgrammeElement::Pick { count: 2, topic: Some("law".into()), tag: Some("story".into()), folder: None };
    let sample = SampleStation::default()
        .item("a", "law", 30)
        .item("b", "law", 30)
        .tagged("story")
        .item("c", "health", 30)
        .tagged("story")
        .programme("p", vec![both])
        .programme("q", vec![tag(2, "story")])
        .broadcast("b1", "p", &["05:30"])
        .broadcast("b2", "q", &["17:00"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b1: b ?!pool_empty", "17:00 b2: c b"]);
}

#[test]
fn what_is_expired_or_broken_is_shown_where_it_is_fixed_and_never_picked() {
    let sample = pool(2, 60)
        .item("old", "law", 60)
        .valid(None, Some(date(2026, 11, 19)))
        .item("new", "law", 60)
        .valid(Some(date(2026, 11, 20)), Some(date(2026, 11, 20)))
        .unfit("a0", Unfit::Missing)
        .programme("p", vec![fixed("old"), fixed("a0"), pick(2, "law")])
        .broadcast("b", "p", &["05:30"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: old!not_valid a0!file_missing a1 new"]);
    assert_eq!(sample.day("2026-11-19"), ["05:30 b: old a0!file_missing a1 ?!pool_empty"]);
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    assert_eq!(rundown.slots[0].length(), SignedDuration::from_secs(120), "only what can sound takes time");
    assert_eq!(rundown.slots[0].elements[2].offset, SignedDuration::ZERO);
}

#[test]
fn until_includes_its_whole_day_also_for_a_session_past_midnight() {
    let sample = SampleStation::default()
        .hours(&["22:00-01:00"])
        .item("a", "law", 60)
        .valid(None, Some(date(2026, 11, 20)))
        .programme("p", vec![fixed("a")])
        .broadcast("b", "p", &["00:30", "23:30"]);
    assert_eq!(sample.day("2026-11-20"), ["00:30 b: a", "23:30 b: a"]);
    assert_eq!(sample.day("2026-11-21"), ["00:30 b: (missed/not_valid)", "23:30 b: (missed/not_valid)"]);
}

#[test]
fn a_programme_none_of_whose_announcements_can_sound_stays_silent() {
    let sample = pool(1, 60)
        .item("x", "health", 60)
        .jingle("song", 60)
        .of_kind(ItemKind::Music)
        .unfit("a0", Unfit::Empty)
        .programme("fixed", vec![fixed("jingle"), fixed("a0"), fixed("jingle")])
        .programme("picked", vec![fixed("jingle"), pick(1, "law")])
        .programme("one-left", vec![fixed("jingle"), fixed("a0"), fixed("x")])
        .programme("music", vec![fixed("jingle"), fixed("song")])
        .broadcast("f", "fixed", &["05:30"])
        .broadcast("p", "picked", &["05:40"])
        .broadcast("o", "one-left", &["05:50"])
        .broadcast("m", "music", &["06:00"]);
    assert_eq!(
        sample.day("2026-11-20"),
        [
            "05:30 f: (missed/file_error)",
            "05:40 p: (missed/pool_empty)",
            "05:50 o: jingle a0!file_error x",
            "06:00 m: jingle song"
        ]
    );
}

#[test]
fn an_item_that_was_never_looked_at_is_missing() {
    let mut sample = pool(1, 60).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["05:30"]);
    sample.library.items.clear();
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: (missed/file_missing)"]);
}

#[test]
fn outside_hours_nothing_airs_and_it_is_shown() {
    let sample =
        pool(1, 60).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["03:15", "05:29", "05:30", "06:29", "06:30"]);
    assert_eq!(
        sample.day("2026-11-20"),
        [
            "03:15 b: (skipped/outside_hours)",
            "05:29 b: (skipped/outside_hours)",
            "05:30 b: a0",
            "06:29 b: a0",
            "06:30 b: (skipped/outside_hours)"
        ]
    );
}

#[test]
fn what_does_not_fit_the_hours_is_dropped_pick_by_pick_then_left_out_whole() {
    let sample = pool(3, 60).programme("p", vec![fixed("jingle"), pick(3, "law")]).broadcast("b", "p", &["05:30"]);
    for (until, day) in [
        ("05:34", "05:30 b: jingle a0 a1 a2"),
        ("05:33", "05:30 b: jingle a0 a1 -a2/outside_hours"),
        ("05:32", "05:30 b: jingle a0 -a2/outside_hours -a1/outside_hours"),
        ("05:31", "05:30 b: (skipped/outside_hours)"),
    ] {
        let sample = sample.clone().hours(&[&format!("05:30-{until}")]);
        assert_eq!(sample.day("2026-11-20"), [day], "until {until}");
    }
    let sample =
        pool(3, 60).programme("p", vec![pick(1, "law"), times("a2", 3), fixed("jingle")]).broadcast("b", "p", &["06:26"]);
    assert_eq!(sample.day("2026-11-20"), ["06:26 b: a2 a2 a2 jingle -a0/outside_hours"], "fixed items stay");
}

#[test]
fn quota_counts_what_the_session_has_had_on_that_output() {
    let sample = pool(4, 60)
        .quota(200)
        .programme("p", vec![fixed("jingle"), pick(1, "law")])
        .programme("q", vec![pick(3, "law")])
        .broadcast("one", "p", &["05:30", "17:00"])
        .broadcast("two", "q", &["05:40"])
        .broadcast("three", "p", &["05:50"]);
    assert_eq!(
        sample.day("2026-11-20"),
        ["05:30 one: jingle a0", "05:40 two: a1 a2 -a3/over_quota", "05:50 three: (skipped/over_quota)", "17:00 one: jingle a3"]
    );
}

#[test]
fn quota_knows_what_the_log_has_aired() {
    let sample = pool(1, 60).quota(100).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["05:50"]);
    let mut history = History::default();
    let at = sample.at("2026-11-20T05:30");
    history.assume(&"amplifier".into(), at, at, &"other".into(), SignedDuration::from_secs(41));
    let rundown = sample.rundown_after(&mut history, sample.at("2026-11-20T05:45"), sample.at("2026-11-21T00:00"));
    assert_eq!(sample.short(&rundown.slots[0]), "05:50 b: (skipped/over_quota)");
}

#[test]
fn campaigns_and_exceptions_make_no_slot() {
    let sample = pool(1, 60)
        .yearly("month", "11-15", "12-15")
        .dates("tet", date(2026, 2, 16), date(2026, 2, 20))
        .programme("p", vec![fixed("a0")])
        .broadcast("b", "p", &["05:30"])
        .with(|b| {
            b.during = vec!["tet".into(), "month".into()];
            b.except = vec![Except::Day(date(2026, 11, 20))];
        })
        .broadcast("c", "p", &["05:40"])
        .with(|b| b.except = vec![Except::Campaign("month".into())]);
    for (day, slots) in [
        ("2026-11-14", &["05:40 c: a0"] as &[&str]),
        ("2026-11-15", &["05:30 b: a0"]),
        ("2026-11-20", &[]),
        ("2026-12-15", &["05:30 b: a0"]),
        ("2026-12-16", &["05:40 c: a0"]),
        ("2026-02-16", &["05:30 b: a0", "05:40 c: a0"]),
    ] {
        assert_eq!(sample.day(day), slots, "{day}");
    }
    let campaign = |day: &str, next: &str| sample.rundown(day, next).slots[0].facts.campaign.clone();
    assert_eq!(campaign("2026-11-15", "2026-11-16"), Some("month".into()));
    assert_eq!(campaign("2026-11-14", "2026-11-15"), None);
}

#[test]
fn a_holiday_silences_names_what_airs_or_puts_its_own_broadcasts_in_the_place_of_others() {
    let day = date(2026, 11, 20);
    let on = |effect: Option<HolidayEffect>| {
        pool(1, 60)
            .programme("p", vec![fixed("a0")])
            .programme("news", vec![fixed("a0")])
            .broadcast("one", "p", &["05:30"])
            .broadcast("news", "news", &["05:40"])
            .broadcast("own", "p", &["05:50"])
            .holiday("le", day, effect)
    };
    let silent = ["05:30 one: (skipped/holiday)", "05:40 news: (skipped/holiday)", "05:50 own: (skipped/holiday)"];
    assert_eq!(on(Some(HolidayEffect::Silence)).day("2026-11-20"), silent);
    let all = ["05:30 one: a0", "05:40 news: a0", "05:50 own: a0"];
    assert_eq!(on(Some(HolidayEffect::Silence)).day("2026-11-21"), all, "the next day");
    assert_eq!(on(None).day("2026-11-20"), all);
    let only = ["05:30 one: (skipped/holiday)", "05:40 news: a0", "05:50 own: (skipped/holiday)"];
    assert_eq!(on(Some(HolidayEffect::Only(vec!["news".into()]))).day("2026-11-20"), only);
    let replaced = ["05:30 one: (skipped/replaced)", "05:40 news: (skipped/replaced)", "05:50 own: a0"];
    assert_eq!(on(Some(HolidayEffect::Replace(vec!["own".into()]))).day("2026-11-20"), replaced);
    let elsewhere =
        on(Some(HolidayEffect::Replace(vec!["own".into()]))).with(|own| own.except = vec![Except::Holiday("le".into())]);
    assert_eq!(elsewhere.day("2026-11-20"), ["05:30 one: a0", "05:40 news: a0"], "nothing stands in, nothing gives way");
    let both = on(Some(HolidayEffect::Only(vec!["news".into()]))).with(|own| own.replaces = vec!["news".into()]);
    assert_eq!(both.day("2026-11-20"), only, "what the holiday silences takes nobody's place");
    let lieu = on(Some(HolidayEffect::Silence));
    let mut lieu = SampleStation { plan: lieu.plan, library: lieu.library };
    lieu.plan.holidays[0].lieu = vec![date(2026, 11, 23)];
    assert_eq!(lieu.day("2026-11-23"), silent);
    // Where two holidays meet, each has its say.
    assert_eq!(
        on(Some(HolidayEffect::Only(vec!["news".into()]))).holiday("tang", day, Some(HolidayEffect::Silence)).day("2026-11-20"),
        silent
    );
}

#[test]
fn tet_and_exceptions_by_the_lunar_calendar() {
    let tet = |from: &str, until: &str| span::Days::Lunar {
        from: LunarDay::parse(from).unwrap(),
        until: LunarDay::parse(until).unwrap(),
    };
    let sample = pool(1, 60)
        .programme("p", vec![fixed("a0")])
        .broadcast("everyday", "p", &["05:30"])
        .with(|b| b.except = vec![Except::Days(tet("12-23", "01-07")), Except::Days(tet("01-15", "01-15"))]);
    // The last day with a slot, the days without, the first with one again, and full moon of the first month.
    for (before, first, last, after, moon) in [
        ("2027-01-29", "2027-01-30", "2027-02-12", "2027-02-13", "2027-02-20"),
        ("2028-01-18", "2028-01-19", "2028-02-01", "2028-02-02", "2028-02-09"),
        ("2029-02-05", "2029-02-06", "2029-02-19", "2029-02-20", "2029-02-27"),
        ("2030-01-25", "2030-01-26", "2030-02-08", "2030-02-09", "2030-02-16"),
    ] {
        for airs in [before, after] {
            assert_eq!(sample.day(airs), ["05:30 everyday: a0"], "{airs}");
        }
        for silent in [first, last, moon] {
            assert_eq!(sample.day(silent), Vec::<String>::new(), "{silent}");
        }
    }
}

#[test]
fn a_mourning_goes_before_what_would_take_a_place_in_it() {
    let sample = pool(1, 60)
        .programme("p", vec![fixed("a0")])
        .programme("news", vec![fixed("a0")])
        .broadcast("news", "news", &["05:30"])
        .broadcast("month", "p", &["06:00"])
        .with(|b| b.replaces = vec!["news".into()]);
    let (from, to) = (sample.at("2026-11-20T00:00"), sample.at("2026-11-21T00:00"));
    let mourning = [Mourning { from, until: to, only: vec!["news".into()], reason: "x".into() }];
    let seen = SeenFrom { mourning: &mourning, ..SeenFrom::at(from) };
    let rundown = build(&sample.plan, &sample.library, &mut History::default(), Span { from, to }, seen);
    let slots: Vec<String> = rundown.slots.iter().map(|planned| sample.short(planned)).collect();
    assert_eq!(slots, ["05:30 news: a0", "06:00 month: (skipped/mourning)"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 news: (skipped/replaced)", "06:00 month: a0"]);
}

#[test]
fn a_broadcast_replaces_others_on_its_days_only() {
    let sample = pool(1, 60)
        .yearly("month", "11-15", "12-15")
        .programme("p", vec![fixed("a0")])
        .broadcast("everyday", "p", &["05:30", "17:00"])
        .broadcast("month", "p", &["06:00"])
        .with(|b| {
            b.during = vec!["month".into()];
            b.replaces = vec!["everyday".into()];
        });
    assert_eq!(sample.day("2026-11-14"), ["05:30 everyday: a0", "17:00 everyday: a0"]);
    assert_eq!(
        sample.day("2026-11-15"),
        ["05:30 everyday: (skipped/replaced)", "06:00 month: a0", "17:00 everyday: (skipped/replaced)"]
    );
    // A span that holds only a part of the day says the same.
    let evening = sample.rundown("2026-11-15T12:00", "2026-11-16");
    assert_eq!(sample.short(&evening.slots[0]), "17:00 everyday: (skipped/replaced)");
}

#[test]
fn the_same_programme_at_once_airs_once_an_output() {
    let sample = pool(2, 60)
        .output("second")
        .programme("p", vec![pick(1, "law")])
        .programme("q", vec![pick(1, "law")])
        .broadcast("one", "p", &["05:30"])
        .with(|b| b.outputs.truncate(1))
        .broadcast("two", "p", &["05:30"])
        .broadcast("three", "p", &["05:30"])
        .with(|b| b.priority = Priority::Priority);
    assert_eq!(
        sample.day("2026-11-20"),
        [
            "05:30 one amplifier: (skipped/duplicate)",
            "05:30 two amplifier: (skipped/duplicate)",
            "05:30 three amplifier: a0",
            "05:30 two second: (skipped/duplicate)",
            "05:30 three second: a0"
        ]
    );
}

#[test]
fn what_is_replaced_does_not_make_the_other_a_duplicate() {
    let sample = pool(1, 60)
        .programme("p", vec![fixed("a0")])
        .programme("q", vec![fixed("jingle")])
        .broadcast("one", "p", &["05:30"])
        .broadcast("two", "p", &["05:30"])
        .broadcast("boss", "q", &["17:00"])
        .with(|b| b.replaces = vec!["one".into()]);
    assert_eq!(sample.day("2026-11-20")[..2], ["05:30 one: (skipped/replaced)", "05:30 two: a0"]);
}

#[test]
fn outputs_share_their_picks_and_fit_each_for_itself() {
    let sample = pool(3, 60)
        .output("second")
        .quota(150)
        .programme("p", vec![pick(1, "law")])
        .programme("q", vec![pick(2, "law")])
        .broadcast("one", "p", &["05:30"])
        .with(|b| b.outputs.truncate(1))
        .broadcast("two", "q", &["05:40"]);
    assert_eq!(
        sample.day("2026-11-20"),
        ["05:30 one amplifier: a0", "05:40 two amplifier: a1 -a2/over_quota", "05:40 two second: a1 a2"]
    );
}

#[test]
fn what_waits_is_fitted_from_when_it_can_start() {
    let sample = pool(4, 120)
        .programme("long", vec![pick(2, "law")])
        .programme("short", vec![pick(2, "law")])
        .broadcast("one", "long", &["06:22"])
        .broadcast("two", "short", &["06:23"]);
    // The first ends at 06:26; the second may wait for it, and has then only four minutes.
    assert_eq!(sample.day("2026-11-20"), ["06:22 one: a0 a1", "06:23 two: a2 a3"]);
    let later = sample.clone().hours(&["05:30-06:29"]);
    assert_eq!(later.day("2026-11-20"), ["06:22 one: a0 a1", "06:23 two: a2 -a3/outside_hours"]);
}

#[test]
fn the_timeline_shows_what_waits_gives_way_and_comes_too_late() {
    let sample = pool(6, 120)
        .programme("long", vec![pick(3, "law")])
        .programme("short", vec![fixed("a5")])
        .programme("other", vec![fixed("a4")])
        .broadcast("one", "long", &["05:30"])
        .broadcast("waits", "short", &["05:33"])
        .broadcast("late", "other", &["05:30"])
        .with(|b| b.late = SignedDuration::from_mins(1))
        .broadcast("urgent", "other", &["05:31"])
        .with(|b| b.priority = Priority::Priority);
    let rundown = sample.rundown("2026-11-20", "2026-11-21");
    let at = |text: &str| Some(sample.at(&format!("2026-11-20T{text}")));
    let told: Vec<(String, Course)> = rundown.slots.iter().map(|p| p.slot.broadcast.to_string()).zip(courses(&rundown)).collect();
    assert_eq!(
        told,
        [
            // It gives way at its first item boundary and goes on afterwards.
            ("one".into(), Course::Airs(vec![at("05:30"), at("05:34"), at("05:36")])),
            ("late".into(), Course::Busy),
            ("urgent".into(), Course::Airs(vec![at("05:32")])),
            ("waits".into(), Course::Airs(vec![at("05:38")])),
        ]
    );
}

#[test]
fn what_would_come_too_late_uses_up_neither_picks_nor_quota() {
    let sample = pool(4, 120)
        .programme("long", vec![fixed("jingle"), pick(3, "law")])
        .programme("p", vec![pick(1, "law")])
        .broadcast("one", "long", &["05:30"])
        .broadcast("late", "p", &["05:30"])
        .with(|b| b.late = SignedDuration::from_mins(1))
        .broadcast("next", "p", &["06:00"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 one: jingle a0 a1 a2", "05:30 late: a3", "06:00 next: a3"]);
}

#[test]
fn a_whole_day_station_airs_through_midnight() {
    let sample = SampleStation::default()
        .hours(&["00:00-24:00"])
        .item("a", "law", 300)
        .programme("p", vec![fixed("a")])
        .broadcast("b", "p", &["23:58"]);
    assert_eq!(sample.day("2026-11-20"), ["23:58 b: a"]);
    let planned = &sample.rundown("2026-11-20", "2026-11-21").slots[0];
    assert!(planned.end_by > sample.at("2026-11-21T01:00"));
    assert_eq!(planned.session.unwrap().closes, sample.at("2026-11-21T00:00"));
}

#[test]
fn ten_minutes_ahead_picks_are_settled() {
    let sample = pool(1, 60).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["05:30", "05:40", "05:41"]);
    let rundown = sample.rundown("2026-11-20T05:30", "2026-11-21");
    assert_eq!(rundown.slots.iter().map(|p| p.forecast).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn a_wish_is_held_against_hours_quota_and_validity() {
    let sample = pool(1, 60)
        .output("second")
        .item("old", "law", 60)
        .valid(None, Some(date(2026, 11, 1)))
        .item("broken", "law", 60)
        .unfit("broken", Unfit::Missing)
        .quota(100);
    let ask = |item: &str, outputs: &[OutputId], priority, at: &str, history: &History| {
        let item = ItemId::from(item);
        let lasting = SignedDuration::from_mins(30);
        let every = SignedDuration::from_mins(10);
        let called = Sounds::Emergency(Emergency { lasting, times: 3, every });
        let sounds = if priority == Priority::Emergency { called } else { Sounds::Plainly };
        let wish = WantedItem { item: &item, priority, outputs, sounds };
        order(&sample.plan, &sample.library, history, wish, sample.at(at), 7)
    };
    let (none, ordinary) = (History::default(), Priority::Ordinary);
    for (item, at, refused) in [
        ("nothing", "2026-11-20T05:40", Refused::UnknownItem),
        ("old", "2026-11-20T05:40", Refused::Unplayable(Reason::NotValid)),
        ("broken", "2026-11-20T05:40", Refused::Unplayable(Reason::FileMissing)),
        ("a0", "2026-11-20T05:29:59", Refused::OutsideHours),
        ("a0", "2026-11-20T06:29:01", Refused::TooLong),
    ] {
        assert_eq!(ask(item, &[], ordinary, at, &none).unwrap_err(), refused, "{item} {at}");
    }
    assert_eq!(ask("a0", &["no".into()], ordinary, "2026-11-20T05:40", &none).unwrap_err(), Refused::UnknownOutput);
    let mut spent = History::default();
    let before = sample.at("2026-11-20T05:31");
    spent.assume(&"second".into(), before, before, &"x".into(), SignedDuration::from_secs(41));
    assert_eq!(ask("a0", &[], ordinary, "2026-11-20T05:40", &spent).unwrap_err(), Refused::OverQuota);
    assert!(ask("a0", &["amplifier".into()], ordinary, "2026-11-20T05:40", &spent).is_ok(), "the other output has room");
    let called = ask("a0", &["amplifier".into()], Priority::Emergency, "2026-11-20T03:00", &none).unwrap().remove(0);
    assert_eq!((called.session, called.end_by), (None, sample.at("2026-11-20T03:30")), "no hours bind an emergency");
    let told = called.elements.iter().map(|e| (e.facts.as_ref().unwrap().kind, e.offset.as_secs(), e.pause.as_secs()));
    let (tone, item) = (ItemKind::Signal, ItemKind::Announcement);
    let times = [(tone, 0, 0), (item, 2, 538), (tone, 600, 0), (item, 602, 538), (tone, 1200, 0), (item, 1202, 0)];
    assert_eq!(told.collect::<Vec<_>>(), times);
    assert_eq!(
        ask("broken", &[], Priority::Emergency, "2026-11-20T03:00", &none).unwrap_err(),
        Refused::Unplayable(Reason::FileMissing)
    );

    let slots = ask("a0", &["second".into(), "amplifier".into()], ordinary, "2026-11-20T05:40:00.1234567", &none).unwrap();
    let outputs: Vec<&str> = slots.iter().map(|p| p.slot.output.as_str()).collect();
    assert_eq!(outputs, ["amplifier", "second"]);
    let first = &slots[0];
    assert_eq!(first.slot.broadcast.as_str(), "@request-7");
    assert_eq!(first.slot.planned_at, sample.at("2026-11-20T05:40:00.123"));
    assert_eq!(first.start_by, sample.at("2026-11-20T05:45:00.123"));
    assert_eq!(first.end_by, sample.at("2026-11-20T06:30"));
}

#[test]
fn an_emergency_recording_comes_into_no_pool_and_a_drill_announces_it_as_a_test() {
    let mut sample = pool(1, 60)
        .item("flood", "law", 20)
        .of_kind(ItemKind::Emergency)
        .tagged("story")
        .jingle("test", 5)
        .programme("p", vec![pick(2, "law"), tag(1, "story")])
        .broadcast("b", "p", &["05:30"]);
    assert_eq!(sample.day("2026-11-20"), ["05:30 b: a0 ?!pool_empty ?!pool_empty"]);
    let drill = |sample: &SampleStation, item: &str, at: &str| {
        let item = ItemId::from(item);
        let wish = WantedItem { item: &item, priority: Priority::Ordinary, outputs: &[], sounds: Sounds::AsTest };
        order(&sample.plan, &sample.library, &History::default(), wish, sample.at(at), 7)
    };
    assert_eq!(drill(&sample, "flood", "2026-11-20T05:40").unwrap_err(), Refused::NoDrillNotice);
    sample.plan.station.drill = Some("test".into());
    let planned = drill(&sample, "flood", "2026-11-20T05:40").unwrap().remove(0);
    let told = planned.elements.iter().map(|e| (e.facts.as_ref().unwrap().item.to_string(), e.offset.as_secs()));
    let sounds = [("test", 0), ("@attention", 5), ("flood", 7), ("test", 27)];
    assert_eq!(told.collect::<Vec<_>>(), sounds.map(|(item, at)| (item.to_owned(), at)));
    assert_eq!(drill(&sample, "flood", "2026-11-20T06:29:40").unwrap_err(), Refused::TooLong, "inside hours only");
    assert_eq!(drill(&sample, "flood", "2026-11-20T03:00").unwrap_err(), Refused::OutsideHours);
    assert_eq!(drill(&sample, "a0", "2026-11-20T05:40").unwrap_err(), Refused::NoEmergency);
}

#[test]
fn an_empty_span_has_no_slots() {
    let sample = pool(1, 60).programme("p", vec![fixed("a0")]).broadcast("b", "p", &["05:30"]);
    assert!(sample.rundown("2026-11-20T05:30", "2026-11-20T05:30").slots.is_empty());
    assert!(sample.rundown("2026-11-21", "2026-11-20").slots.is_empty());
    assert_eq!(sample.rundown("2026-11-20T05:30", "2026-11-20T05:30:00.000000001").slots.len(), 1, "from is inside");
}
