//! Targets and shares of languages steer the picks.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::asrun::element::Element;
use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::plan::read::values;
use crate::rundown::sample::*;
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

/// Two items of each topic, all with one tag, so many seconds long.
fn topics(topics: &[&str], seconds: u32) -> SampleStation {
    topics_of(2, topics, seconds)
}

fn topics_of(items: u32, topics: &[&str], seconds: u32) -> SampleStation {
    topics.iter().fold(SampleStation::default(), |sample, topic| {
        (1..=items).fold(sample, |sample, n| sample.item(&format!("{topic}-{n}"), topic, seconds).tagged("all"))
    })
}

fn from() -> Date {
    date(2026, 11, 15)
}

fn campaign(sample: SampleStation, days: i64, targets: &[(&str, &str)]) -> SampleStation {
    let mut sample = sample.dates("action", from(), from().checked_add((days - 1).days()).unwrap());
    let targets = targets.iter().map(|(topic, text)| ((*topic).into(), values::target(text).unwrap()));
    sample.plan.campaigns.last_mut().unwrap().targets = targets.collect();
    sample
}

fn whole(sample: &SampleStation, days: i64) -> Rundown {
    let to = from().checked_add(days.days()).unwrap();
    sample.rundown(&from().to_string(), &to.to_string())
}

/// How many airings of each topic, and the topics in order.
fn aired<'a>(slots: impl IntoIterator<Item = &'a Planned>) -> (BTreeMap<String, usize>, Vec<String>) {
    let of_slot = |planned: &Planned| planned.elements.iter().filter_map(|e| e.facts.clone()).collect::<Vec<_>>();
    let order: Vec<String> = slots.into_iter().flat_map(of_slot).filter_map(|f| Some(f.topic.as_ref()?.to_string())).collect();
    let mut count = BTreeMap::new();
    order.iter().for_each(|topic| *count.entry(topic.clone()).or_default() += 1);
    (count, order)
}

/// What the log says of a slot that aired whole.
fn rows_of(planned: &Planned) -> Vec<Row> {
    let row = |(element, place): (&Element, u32)| {
        let item = element.facts.as_ref().unwrap();
        let row = Row::of_slot(Kind::Air, &planned.slot, &planned.facts, Origin::Live).with_item(item);
        Row {
            element: Some(place),
            take: Some(1),
            started_at: Some(planned.slot.planned_at + element.offset),
            airtime_ms: Some(i64::try_from(element.length.as_millis()).unwrap()),
            ..row.with_outcome(Outcome::AIRED)
        }
    };
    planned.elements.iter().zip(1..).map(row).collect()
}

#[test]
fn a_topic_that_is_behind_goes_first_and_one_that_is_not_takes_its_turn() {
    let sample = topics(&["a", "b", "c"], 60).programme("p", vec![tag(1, "all")]).broadcast("b", "p", &["05:30", "17:00"]);
    let (_, order) = aired(&whole(&sample, 3).slots);
    assert_eq!(order, ["a", "a", "b", "b", "c", "c"], "without targets the least recently aired");
    let (count, order) = aired(&whole(&campaign(sample, 6, &[("c", "6 airings")]), 6).slots);
    assert_eq!(count["c"], 6);
    assert_eq!(order[..6], ["c", "a", "c", "a", "c", "b"], "spread over the campaign, not all at its beginning");
}

#[test]
fn picks_of_one_programme_and_of_one_day_do_not_all_chase_the_same_topic() {
    let sample = topics(&["a", "b", "c"], 60).programme("p", vec![tag(2, "all")]).broadcast("b", "p", &["05:30", "17:00"]);
    let sample = campaign(sample, 2, &[("a", "2m"), ("b", "2m"), ("c", "4m")]);
    let rundown = whole(&sample, 2);
    let of_day: Vec<Vec<String>> = rundown.slots.chunks(2).map(|day| aired(day).1).collect();
    assert!(of_day.iter().all(|day| day.iter().filter(|topic| *topic == "c").count() == 2), "{of_day:?}");
    assert_eq!(aired(&rundown.slots).0, BTreeMap::from([("a".into(), 2), ("b".into(), 2), ("c".into(), 4)]));
}

#[test]
fn a_topic_with_few_chances_is_taken_where_it_can_be() {
    // `b` can be picked in the morning alone, `a` morning and evening: each has just enough chances.
    let sample = topics(&["a", "b"], 60)
        .programme("morning", vec![tag(1, "all")])
        .programme("evening", vec![pick(1, "a")])
        .broadcast("m", "morning", &["05:30"])
        .broadcast("e", "evening", &["17:00"]);
    let sample = campaign(sample, 10, &[("a", "1 airings/day"), ("b", "10m")]);
    assert_eq!(aired(&whole(&sample, 10).slots).0, BTreeMap::from([("a".into(), 10), ("b".into(), 10)]));
}

#[test]
fn fixed_items_that_are_still_to_come_count() {
    // The evening airs `a` anyway, so the morning is for `b`.
    let sample = topics(&["a", "b"], 60)
        .programme("morning", vec![tag(1, "all")])
        .programme("evening", vec![fixed("a-1")])
        .broadcast("m", "morning", &["05:30"])
        .broadcast("e", "evening", &["17:00"]);
    let sample = campaign(sample, 7, &[("a", "7 airings/week"), ("b", "7 airings/week")]);
    assert_eq!(aired(&whole(&sample, 7).slots).0, BTreeMap::from([("a".into(), 7), ("b".into(), 7)]));
}

#[test]
fn the_same_item_waits_for_another_broadcast_though_its_topic_is_behind() {
    let sample = SampleStation::default()
        .item("wanted", "a", 60)
        .tagged("all")
        .item("other", "b", 60)
        .tagged("all")
        .programme("p", vec![tag(1, "all")])
        .broadcast("b", "p", &["05:30", "17:00"]);
    let (_, order) = aired(&whole(&campaign(sample, 3, &[("a", "2 airings/day")]), 3).slots);
    assert_eq!(order, ["a", "b", "a", "b", "a", "b"]);
}

#[test]
fn a_restart_goes_on_as_though_there_had_been_none() {
    let sample = topics(&["a", "b", "c"], 60).programme("p", vec![tag(2, "all")]).broadcast("b", "p", &["05:30", "17:00"]);
    let sample = campaign(sample, 10, &[("a", "12m"), ("c", "9 airings")]);
    let all = whole(&sample, 10).slots;
    let mut rows = History::default();
    let mut one_by_one = Vec::new();
    for planned in &all {
        let from = planned.slot.planned_at;
        let next = sample.rundown_after(&mut rows.clone(), from, from + jiff::SignedDuration::from_secs(1));
        one_by_one.extend(next.slots);
        rows_of(planned).iter().for_each(|row| rows.note(row));
    }
    let short = |slots: &[Planned]| slots.iter().map(|planned| sample.short(planned)).collect::<Vec<_>>();
    assert_eq!(short(&one_by_one), short(&all));
}

#[test]
fn languages_have_their_shares_of_the_airtime() {
    let mut sample = topics(&["a", "b"], 60).item("mường", "a", 120).tagged("all").item("mường-2", "b", 120).tagged("all");
    for item in sample.plan.items.iter_mut().skip(4) {
        item.language = "mtq".into();
    }
    sample = sample.programme("p", vec![tag(1, "all")]).broadcast("b", "p", &["05:30", "17:00"]);
    sample.plan.station.languages = vec![("vi".into(), 70), ("mtq".into(), 30)];
    let rundown = whole(&sample, 50);
    let mut ms: BTreeMap<String, i64> = BTreeMap::new();
    for element in rundown.slots.iter().flat_map(|planned| planned.elements.iter()) {
        *ms.entry(element.facts.as_ref().unwrap().language.clone()).or_default() += element.length.as_secs();
    }
    let all: i64 = ms.values().sum();
    assert!((ms["mtq"] * 100 / all - 30).abs() <= 1, "{ms:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_that_can_only_just_meet_its_targets_meets_them(
        parts in prop::collection::vec(0..12u32, 2..5),
        picks in 1..4u32,
        seconds in 20..90u32,
        in_time in any::<bool>(),
    ) {
        // As many picks as the targets need, and not one more.
        let names = ["a", "b", "c", "d"];
        let wanted: Vec<u32> = parts.iter().map(|part| part * 2 * picks).collect();
        let days = i64::from(parts.iter().sum::<u32>());
        // Enough items that no broadcast has to take one of the broadcast before.
        let sample = topics_of(2 * picks, &names[..parts.len()], seconds)
            .programme("p", vec![tag(picks, "all")])
            .broadcast("b", "p", &["05:30", "17:00"]);
        let text = |count: &u32| if in_time { format!("{}s", count * seconds) } else { format!("{count} airings") };
        let targets: Vec<(&str, String)> = names.into_iter().zip(wanted.iter().map(text)).collect();
        let targets: Vec<(&str, &str)> = targets.iter().zip(&wanted).filter(|(_, w)| **w > 0).map(|((n, t), _)| (*n, t.as_str())).collect();
        prop_assume!(days > 0);
        let (count, _) = aired(&whole(&campaign(sample, days, &targets), days).slots);
        for (name, wanted) in names.iter().zip(&wanted) {
            prop_assert_eq!(count.get(*name).copied().unwrap_or(0), *wanted as usize, "{} of {:?}", name, count);
        }
    }
}
