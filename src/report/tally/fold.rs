//! Takes, folded into airings: one for each element of each planned broadcast, whatever outputs carried it.
//!
//! A log of thirty years has a million airings, so what is kept of each is small: which villages it reached follows from the outputs that
//! carried it, and what the tables add up by item is added up here once.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;

use super::names::Names;
use super::{AiredItem, AiredTake, PeriodRole, SlotEnd, Tally};
use crate::lang::Language;
use crate::terms::*;

/// One element of one planned broadcast, over all its takes and outputs.
#[derive(Clone, Debug)]
pub struct ElementAiring {
    pub facts: u32,
    pub content: u32,
    pub broadcast: u32,
    pub programme: u32,
    pub slot_at: i64,
    pub day: Date,
    pub period: PeriodRole,
    pub ordered: bool,
    /// It aired whole somewhere.
    pub whole: bool,
    pub first: bool,
    pub airtime_ms: i64,
    pub planned_ms: i64,
    /// Where its shares begin, and how many they are.
    shares: (u32, u16),
}

/// What one output carried of an airing.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    pub place: u32,
    pub whole: bool,
    pub airtime_ms: i64,
}

/// What the airings of one item, as rows tell of it, add up to in the period.
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemSum {
    pub airings: i64,
    pub first_runs: i64,
    pub airtime_ms: i64,
    /// The slot of its last whole airing.
    pub last_ms: Option<i64>,
}

/// A slot's key among ends and takes.
type SlotKey = (u32, i64);

/// All airings of both periods, in order of broadcast and instant, and the ends that count.
pub(super) struct Folded {
    pub airings: Vec<ElementAiring>,
    shares: Vec<Share>,
    /// By facts, of the period that is reported.
    items: Vec<ItemSum>,
    pub ends: Vec<SlotEnd>,
    /// When each slot of the period began to sound, by its first take: in milliseconds from its planned instant.
    pub begun: BTreeMap<SlotKey, i64>,
    /// Whole airings that went to test devices only.
    pub tests: usize,
}

pub(super) fn fold(tally: &mut Tally) -> Folded {
    let mut takes = std::mem::take(&mut tally.takes);
    let places = &tally.places;
    let place = |take: &AiredTake| places.get(take.place as usize).map_or((0, 0), |place| (place.broadcast, place.output));
    // Takes of one element on one output stay in the order in which they were written.
    takes.sort_by_key(|take| (place(take).0, take.slot_at, take.element, place(take).1));
    let items = vec![ItemSum::default(); tally.facts.len()];
    let (airings, shares, ends, begun) = (Vec::new(), Vec::new(), Vec::new(), begun(&takes));
    let mut folded = Folded { airings, shares, items, ends, begun, tests: 0 };
    let same = |a: &AiredTake, b: &AiredTake| (place(a).0, a.slot_at, a.element) == (place(b).0, b.slot_at, b.element);
    let mut day = None;
    for group in takes.chunk_by(same) {
        let is_real = |take: &&AiredTake| !take.test;
        if group.iter().any(|take| is_real(&take)) {
            folded.add(tally, group, &mut day);
        } else {
            folded.tests += usize::from(group.iter().any(|take| is_counted(tally, take)));
        }
    }
    folded.ends = counted_ends(tally, &takes);
    folded
}

fn begun(takes: &[AiredTake]) -> BTreeMap<SlotKey, i64> {
    let mut first: BTreeMap<SlotKey, i64> = BTreeMap::new();
    for take in takes.iter().filter(|take| take.period == PeriodRole::Reported && !take.test && take.late_ms < i64::MAX) {
        let late = first.entry((take.place, take.slot_at)).or_insert(take.late_ms);
        *late = (*late).min(take.late_ms);
    }
    first
}

/// The ends of slots that are not test devices' alone.
fn counted_ends(tally: &mut Tally, takes: &[AiredTake]) -> Vec<SlotEnd> {
    let (mut tested, mut heard): (HashSet<SlotKey>, HashSet<SlotKey>) = (HashSet::new(), HashSet::new());
    let mut last = None;
    for take in takes.iter().filter(|take| take.airtime_ms > 0) {
        let key = (take.place, take.slot_at);
        if last != Some((key, take.test)) {
            if take.test { &mut tested } else { &mut heard }.insert(key);
        }
        last = Some((key, take.test));
    }
    let mut ends = std::mem::take(&mut tally.ends);
    ends.retain(|end| {
        let key = (end.place, end.slot_at);
        let test = tally.places.get(end.place as usize).is_some_and(|place| place.test);
        heard.contains(&key) || (!tested.contains(&key) && !test)
    });
    ends
}

/// Whether the take would be an airing of this period.
fn is_counted(tally: &Tally, take: &AiredTake) -> bool {
    let announcement = tally.facts.get(take.facts as usize).is_some_and(|facts| facts.kind == ItemKind::Announcement);
    announcement && take.whole && take.period == PeriodRole::Reported
}

impl Folded {
    /// One element's takes, sorted by output, of which some are real. `day` remembers the last slot's.
    fn add(&mut self, tally: &Tally, takes: &[AiredTake], day: &mut Option<(i64, Date)>) {
        let real = || takes.iter().filter(|take| !take.test);
        let Some(first) = real().next() else { return };
        let Some(place) = tally.places.get(first.place as usize) else { return };
        let shown = real().find(|take| take.whole).unwrap_or(first);
        let known = day.filter(|(slot_at, _)| *slot_at == first.slot_at);
        let (_, date) = *day.insert(known.unwrap_or_else(|| (first.slot_at, tally.scope.zone.civil(Wall(first.slot_at)).date())));
        let begin = self.shares.len();
        let output = |take: &AiredTake| tally.places.get(take.place as usize).map(|place| place.output);
        for on_one in takes.chunk_by(|a, b| output(a) == output(b)) {
            let mut share: Option<Share> = None;
            for take in on_one.iter().filter(|take| !take.test) {
                let share = share.get_or_insert(Share { place: take.place, whole: false, airtime_ms: 0 });
                share.whole |= take.whole;
                share.airtime_ms += take.airtime_ms;
            }
            self.shares.extend(share);
        }
        let shares = self.shares.get(begin..).unwrap_or(&[]);
        let airing = ElementAiring {
            facts: shown.facts,
            content: shown.content,
            broadcast: place.broadcast,
            programme: place.programme,
            slot_at: first.slot_at,
            day: date,
            period: first.period,
            ordered: place.ordered,
            whole: real().any(|take| take.whole),
            first: real().any(|take| take.first),
            airtime_ms: shares.iter().map(|share| share.airtime_ms).max().unwrap_or(0),
            planned_ms: real().map(|take| take.planned_ms).max().unwrap_or(0),
            shares: (u32::try_from(begin).unwrap_or(u32::MAX), u16::try_from(shares.len()).unwrap_or(u16::MAX)),
        };
        self.sum(&airing);
        self.airings.push(airing);
    }

    fn sum(&mut self, airing: &ElementAiring) {
        let is_reported = airing.period == PeriodRole::Reported;
        let Some(item) = self.items.get_mut(airing.facts as usize).filter(|_| is_reported) else { return };
        item.airtime_ms += airing.airtime_ms;
        if airing.whole {
            item.airings += 1;
            item.first_runs += i64::from(airing.first);
            item.last_ms = item.last_ms.max(Some(airing.slot_at));
        }
    }

    /// By how much each scheduled slot began late. What a person orders has no instant to be late for.
    pub fn late_ms(&self, tally: &Tally) -> Vec<i64> {
        let scheduled = |place: u32| tally.places.get(place as usize).is_some_and(|place| !place.ordered);
        self.begun.iter().filter(|((place, _), _)| scheduled(*place)).map(|(_, late_ms)| *late_ms).collect()
    }

    /// What each output carried of an airing.
    pub fn shares(&self, airing: &ElementAiring) -> &[Share] {
        let (begin, count) = (airing.shares.0 as usize, usize::from(airing.shares.1));
        self.shares.get(begin..begin + count).unwrap_or(&[])
    }

    /// The items of which there were takes in the period, with what they add up to.
    pub fn items<'f>(&'f self, facts: &'f [AiredItem]) -> impl Iterator<Item = (&'f ItemSum, &'f AiredItem)> {
        self.items.iter().zip(facts).filter(|(sum, _)| sum.airings > 0 || sum.airtime_ms > 0)
    }

    pub fn announcements<'f>(
        &'f self,
        facts: &'f [AiredItem],
        period: PeriodRole,
    ) -> impl Iterator<Item = (&'f ElementAiring, &'f AiredItem)> {
        let with_facts = |airing: &'f ElementAiring| facts.get(airing.facts as usize).map(|facts| (airing, facts));
        self.airings
            .iter()
            .filter(move |airing| airing.period == period)
            .filter_map(with_facts)
            .filter(|(_, facts)| facts.kind == ItemKind::Announcement)
    }
}

/// What was taken in and folded, with the names for it: what the tables of the annexes are made from.
#[derive(Clone, Copy)]
pub(super) struct Counted<'t> {
    pub tally: &'t Tally,
    pub folded: &'t Folded,
    pub names: &'t Names,
    pub lang: Language,
}

/// Reasons with how often, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(BTreeMap<Reason, usize>);

impl Reasons {
    pub fn add(&mut self, reason: Reason) {
        *self.0.entry(reason).or_default() += 1;
    }

    pub fn by_count(&self) -> Vec<(Reason, usize)> {
        let mut all: Vec<(Reason, usize)> = self.0.iter().map(|(reason, count)| (*reason, *count)).collect();
        all.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
        all
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
