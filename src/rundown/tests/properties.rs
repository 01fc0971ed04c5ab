//! What holds for every plan: no rundown outside hours or over quota, no item twice, and a span may be cut anywhere.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::asrun::history::History;
use crate::plan;
use crate::rundown::sample::*;
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{Rundown, SeenFrom, Span, build};
use crate::terms::*;

const ZONES: [&str; 6] =
    ["Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"];

/// Days near which those zones change their clocks, or skip a day.
fn days() -> impl Strategy<Value = Date> {
    let near = [
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2026, 3, 8),
        date(2026, 11, 1),
        date(2026, 10, 4),
        date(2026, 4, 5),
        date(2026, 9, 6),
        date(2011, 12, 30),
        date(2026, 12, 31),
    ];
    (prop::sample::select(near.to_vec()), -2..3i32).prop_map(|(day, off)| day.checked_add(off.days()).unwrap())
}

#[derive(Clone, Debug)]
struct SampleBroadcast {
    at: Vec<String>,
    programme: usize,
    priority: bool,
    late_mins: i64,
    outputs: usize,
    replaces: Option<usize>,
    in_campaign: bool,
}

fn time() -> impl Strategy<Value = String> {
    (0..24u32, prop::sample::select(vec![0u32, 1, 2, 5, 15, 30, 45])).prop_map(|(h, m)| format!("{h:02}:{m:02}"))
}

fn made() -> impl Strategy<Value = SampleBroadcast> {
    (
        prop::collection::vec(time(), 1..4),
        0..3usize,
        prop::bool::weighted(0.2),
        0..12i64,
        0..3usize,
        prop::option::of(0..6usize),
        any::<bool>(),
    )
        .prop_map(|(at, programme, priority, late_mins, outputs, replaces, in_campaign)| SampleBroadcast {
            at,
            programme,
            priority,
            late_mins,
            outputs,
            replaces: replaces.filter(|r| *r < 2),
            in_campaign,
        })
}

fn element() -> impl Strategy<Value = plan::ProgrammeElement> {
    prop_oneof![
        (0..12u32).prop_map(|n| fixed(&format!("i{n}"))),
        (1..4u32, 0..3u32).prop_map(|(count, topic)| pick(count, &format!("t{topic}"))),
        (1..4u32).prop_map(|count| tag(count, "all")),
    ]
}

/// How often an item may air on a day, and how many minutes apart.
fn caps() -> impl Strategy<Value = (Option<u32>, Option<i64>)> {
    (prop::option::weighted(0.3, 1..4u32), prop::option::weighted(0.3, 1..700i64))
}

fn hours() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::select(vec![
        vec!["05:30-06:30", "17:00-18:00"],
        vec!["00:00-24:00"],
        vec!["22:00-03:30"],
        vec!["00:30-02:30", "02:30-12:00"],
        vec!["22:00-24:00", "00:00-02:00", "12:00-13:00"],
    ])
}

fn sample() -> impl Strategy<Value = SampleStation> {
    (
        prop::sample::select(ZONES.to_vec()),
        hours(),
        prop::option::of(60..2000i64),
        prop::collection::vec((0..3u32, 5..400u32, any::<bool>(), 0..10u32, caps()), 12),
        prop::collection::vec(prop::sample::select(vec!["1 airings/day", "3m/day", "10 airings/week", "7m"]), 0..4),
        prop::collection::vec(prop::collection::vec(element(), 1..5), 3),
        prop::collection::vec(made(), 1..6),
        prop::collection::vec(one_date(), 0..5),
        (prop::option::of(hours()), prop::option::of(60..1500i64)),
        days(),
    )
        .prop_map(|(zone, hours, quota, items, targets, programmes, broadcasts, dates, (own_hours, fill), campaign)| {
            let mut sample = SampleStation::default().zone(zone).hours(&hours).output("second").output("third");
            sample.plan.hours.quota = [quota.map(jiff::SignedDuration::from_secs); 7];
            if let Some(own) = own_hours {
                sample = sample.own_hours(&own);
            }
            for (n, (topic, seconds, valid, broken, (most, gap))) in items.into_iter().enumerate() {
                let id = format!("i{n}");
                sample = sample.item(&id, &format!("t{topic}"), seconds).tagged("all").capped(most, gap);
                sample.plan.items[n].language = if n % 3 == 0 { "mtq" } else { "vi" }.into();
                if valid {
                    sample = sample.valid(Some(campaign), None);
                }
                if broken == 0 {
                    sample = sample.unfit(&id, crate::library::Unfit::Missing);
                }
            }
            for (n, elements) in programmes.into_iter().enumerate() {
                sample = sample.programme(&format!("p{n}"), elements).pause(i64::try_from(n).unwrap());
                if let Some(seconds) = fill.filter(|_| n == 1) {
                    sample = sample.fill(seconds);
                }
            }
            sample = sample.dates("campaign", campaign, campaign.checked_add(1.day()).unwrap());
            let targets = targets.iter().enumerate();
            let targets = targets.map(|(n, text)| (TopicId::new(format!("t{n}")), plan::read::values::target(text).unwrap()));
            sample.plan.campaigns[0].targets = targets.collect();
            if quota.is_none() {
                sample.plan.station.languages = vec![("vi".into(), 60), ("mtq".into(), 40)];
            }
            for (n, made) in broadcasts.iter().enumerate() {
                let at: Vec<&str> = made.at.iter().map(String::as_str).collect();
                sample = sample.broadcast(&format!("b{n}"), &format!("p{}", made.programme), &at).with(|b| {
                    b.priority = if made.priority { Priority::Priority } else { Priority::Ordinary };
                    b.late = jiff::SignedDuration::from_mins(made.late_mins);
                    b.outputs.truncate(made.outputs + 1);
                    b.replaces = made.replaces.iter().map(|r| BroadcastId::new(format!("b{r}"))).collect();
                    b.replaces.retain(|other| *other != b.id);
                    if made.in_campaign {
                        b.during = vec!["campaign".into()];
                    }
                });
            }
            let number = broadcasts.len();
            for (n, made) in dates.into_iter().enumerate() {
                sample = made.add(sample, n, number, campaign);
            }
            sample
        })
}

/// A change or an extra.
#[derive(Clone, Debug)]
struct SampleDate {
    days_off: i32,
    broadcast: usize,
    time: Option<String>,
    kind: u8,
    at: String,
    programme: usize,
}

fn one_date() -> impl Strategy<Value = SampleDate> {
    (-1..4i32, 0..6usize, prop::option::of(time()), 0..5u8, time(), 0..3usize).prop_map(
        |(days_off, broadcast, time, kind, at, programme)| SampleDate { days_off, broadcast, time, kind, at, programme },
    )
}

impl SampleDate {
    fn add(self, sample: SampleStation, number: usize, broadcasts: usize, near: Date) -> SampleStation {
        let date = near.checked_add(self.days_off.days()).unwrap();
        let programme = ProgrammeId::new(format!("p{}", self.programme));
        let other = |at, programme, outputs| plan::ChangedTo::Other { at, programme, outputs };
        let at = || Some(self.at.parse().unwrap());
        let to = match self.kind {
            0 => return sample.extra(&format!("x{number}"), programme.as_str(), date, &self.at),
            1 => plan::ChangedTo::Skipped,
            2 => other(at(), None, None),
            3 => other(None, Some(programme), Some(vec!["second".into()])),
            _ => other(at(), Some(programme), None),
        };
        sample.change(&format!("b{}", self.broadcast % broadcasts), date, self.time.as_deref(), to)
    }
}

fn span(sample: &SampleStation, from: Wall, to: Wall, history: &mut History) -> Rundown {
    build(&sample.plan, &sample.library, history, Span { from, to }, SeenFrom::at(from))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn a_span_may_be_cut_anywhere(sample in sample(), day in days(), cut in 0..(4 * 86_400i64)) {
        let from = sample.plan.station.timezone.start_of(day);
        let to = sample.plan.station.timezone.start_of(day.checked_add(4.days()).unwrap());
        let cut = Wall(from.0 + cut * 1_000_000_000).min(to);
        let seen = SeenFrom::at(from);
        let (mut whole, mut carried) = (History::default(), History::default());
        let all = build(&sample.plan, &sample.library, &mut whole, Span { from, to }, seen);
        let first = build(&sample.plan, &sample.library, &mut carried, Span { from, to: cut }, seen);
        let second = build(&sample.plan, &sample.library, &mut carried, Span { from: cut, to }, seen);
        let joined: Vec<_> = first.slots.into_iter().chain(second.slots).collect();
        prop_assert_eq!(all.slots, joined);
        prop_assert_eq!(whole, carried);
    }

    #[test]
    fn nothing_airs_outside_hours_or_over_quota_and_no_slot_comes_twice(sample in sample(), day in days()) {
        let zone = &sample.plan.station.timezone;
        let (from, to) = (zone.start_of(day), zone.start_of(day.checked_add(3.days()).unwrap()));
        let rundown = span(&sample, from, to, &mut History::default());
        let slots: BTreeSet<&Slot> = rundown.slots.iter().map(|p| &p.slot).collect();
        prop_assert_eq!(slots.len(), rundown.slots.len());
        let mut spent = std::collections::BTreeMap::new();
        for (planned, course) in rundown.slots.iter().zip(courses(&rundown)) {
            prop_assert!(from <= planned.slot.planned_at && planned.slot.planned_at < to);
            if let Some(outcome) = planned.left_out {
                prop_assert!(outcome.reason.unwrap().goes_with(outcome.status));
                continue;
            }
            let session = planned.session.unwrap();
            prop_assert!(session.opens <= planned.slot.planned_at && planned.slot.planned_at < session.closes);
            prop_assert!(planned.slot.planned_at + planned.length() <= planned.end_by);
            prop_assert!(planned.start_by <= planned.end_by);
            let Course::Airs(starts) = course else { continue };
            for (element, start) in planned.elements.iter().zip(starts) {
                let Some(start) = start else { continue };
                prop_assert!(element.unplayable.is_none());
                // Hours are open at its first sample and until its last.
                let hours = sample.plan.hours_of(&planned.slot.output);
                prop_assert!(hours.open_until(start, zone).is_some_and(|until| start + element.length <= until));
                let sum = spent.entry((planned.slot.output.clone(), session.opens)).or_insert(jiff::SignedDuration::ZERO);
                *sum += element.length;
                if let Some(quota) = session.quota {
                    prop_assert!(*sum <= quota, "{} of {}", sum, quota);
                }
            }
        }
    }

    #[test]
    fn no_item_is_planned_oftener_on_a_day_or_sooner_again_than_it_may(sample in sample(), day in days()) {
        let zone = &sample.plan.station.timezone;
        let (from, to) = (zone.start_of(day), zone.start_of(day.checked_add(3.days()).unwrap()));
        let rundown = span(&sample, from, to, &mut History::default());
        let mut planned: std::collections::BTreeMap<(ItemId, OutputId), Vec<Wall>> = Default::default();
        // Where everything airs as it was planned: what comes too late behind others is not counted.
        for (slot, course) in rundown.slots.iter().zip(courses(&rundown)) {
            let Course::Airs(_) = course else { continue };
            for element in slot.elements.iter().filter(|element| element.unplayable.is_none()) {
                let Some(facts) = &element.facts else { continue };
                planned.entry((facts.item.clone(), slot.slot.output.clone())).or_default().push(slot.slot.planned_at);
            }
        }
        for ((item, output), at) in planned {
            let caps = sample.plan.item(&item).unwrap().caps;
            let mut days: std::collections::BTreeMap<Date, u32> = Default::default();
            at.iter().for_each(|at| *days.entry(zone.civil(*at).date()).or_default() += 1);
            prop_assert!(days.values().all(|times| caps.max_per_day.is_none_or(|most| *times <= most)), "{item} on {output}: {days:?}");
            let apart = |two: &[Wall]| two[0] == two[1] || caps.min_gap.is_none_or(|gap| two[1] - two[0] >= gap);
            prop_assert!(at.windows(2).all(apart), "{item} on {output}: {at:?}");
        }
    }

    #[test]
    fn no_two_things_sound_on_an_output_at_once(sample in sample(), day in days()) {
        let zone = &sample.plan.station.timezone;
        let (from, to) = (zone.start_of(day), zone.start_of(day.checked_add(3.days()).unwrap()));
        let rundown = span(&sample, from, to, &mut History::default());
        let mut sounding: Vec<(OutputId, Wall, Wall)> = Vec::new();
        for (planned, course) in rundown.slots.iter().zip(courses(&rundown)) {
            let Course::Airs(starts) = course else { continue };
            let sounds = planned.elements.iter().zip(starts).filter_map(|(e, start)| Some((start?, start? + e.length)));
            sounding.extend(sounds.map(|(start, end)| (planned.slot.output.clone(), start, end)));
        }
        sounding.sort();
        for two in sounding.windows(2) {
            prop_assert!(two[0].0 != two[1].0 || two[0].2 <= two[1].1, "{:?}", two);
        }
    }

    #[test]
    fn picks_never_repeat_within_a_programme_and_outputs_share_them(sample in sample(), day in days()) {
        let zone = &sample.plan.station.timezone;
        let (from, to) = (zone.start_of(day), zone.start_of(day.checked_add(3.days()).unwrap()));
        let rundown = span(&sample, from, to, &mut History::default());
        let mut shared: std::collections::BTreeMap<(Wall, BroadcastId), Vec<ItemId>> = Default::default();
        for planned in &rundown.slots {
            let mut seen = BTreeSet::new();
            for element in planned.elements.iter().filter(|e| e.picked) {
                let Some(facts) = &element.facts else { continue };
                prop_assert!(seen.insert(facts.item.clone()), "{} twice", facts.item);
                prop_assert!(element.unplayable.is_none(), "only what can sound is picked");
            }
            for element in planned.elements.iter().filter(|e| !e.picked) {
                prop_assert!(!seen.contains(&element.facts.as_ref().unwrap().item), "a fixed item is picked too");
            }
            let settled: Vec<ItemId> = planned
                .elements
                .iter()
                .filter(|e| e.picked)
                .filter_map(|e| Some(e.facts.as_ref()?.item.clone()))
                .chain(planned.dropped.iter().rev().map(|d| d.item.clone()))
                .collect();
            if planned.elements.is_empty() {
                continue;
            }
            let key = (planned.slot.planned_at, planned.slot.broadcast.clone());
            let sorted = |mut items: Vec<ItemId>| {
                items.sort();
                items
            };
            let other = shared.entry(key).or_insert_with(|| settled.clone()).clone();
            prop_assert_eq!(sorted(settled), sorted(other));
        }
    }
}
