//! Takes, folded into airings: one for each element of each planned broadcast, whatever outputs carried it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::civil::Date;

use super::{End, Facts, Period, Take, Tally};
use crate::terms::*;

/// One element of one planned broadcast, over all its takes and outputs.
#[derive(Clone, Debug)]
pub struct Airing {
    pub facts: u32,
    pub content: u32,
    pub broadcast: u32,
    pub programme: u32,
    pub ordered: bool,
    pub slot_ms: i64,
    pub day: Date,
    pub period: Period,
    /// It aired whole somewhere.
    pub whole: bool,
    pub first: bool,
    pub airtime_ms: i64,
    pub planned_ms: i64,
    pub started_ms: i64,
    /// What each village got of it: whether whole, and how much.
    pub zones: Vec<(u32, bool, i64)>,
}

/// A slot's key among ends and takes.
type SlotKey = (u32, i64);

/// All airings of both periods, in order of broadcast and instant; the slots that only a test device took; the ends that count.
pub(super) struct Folded {
    pub airings: Vec<Airing>,
    pub ends: Vec<End>,
    /// Whole airings that went to test devices only.
    pub tests: usize,
    pub late_ms: Vec<i64>,
}

pub(super) fn fold(tally: &mut Tally) -> Folded {
    let mut takes = std::mem::take(&mut tally.takes);
    let places = &tally.places;
    let broadcast = |take: &Take| places.get(take.place as usize).map_or((0, 0), |place| (place.broadcast, place.output));
    takes.sort_by_key(|take| (broadcast(take).0, take.slot_ms, take.element, broadcast(take).1, take.started_ms));
    let (mut tested, mut heard): (HashSet<SlotKey>, HashSet<SlotKey>) = (HashSet::new(), HashSet::new());
    for take in takes.iter().filter(|take| take.airtime_ms > 0) {
        if take.test { &mut tested } else { &mut heard }.insert((take.place, take.slot_ms));
    }
    let mut folded = Folded { airings: Vec::new(), ends: Vec::new(), tests: 0, late_ms: Vec::new() };
    let same = |a: &Take, b: &Take| (broadcast(a).0, a.slot_ms, a.element) == (broadcast(b).0, b.slot_ms, b.element);
    for group in takes.chunk_by(same) {
        let real: Vec<&Take> = group.iter().filter(|take| !take.test).collect();
        if real.is_empty() {
            folded.tests += usize::from(group.iter().any(|take| is_counted(tally, take)));
            continue;
        }
        folded.late_ms.extend(real.iter().filter(|take| take.period == Period::Now).filter_map(|take| take.late_ms));
        folded.airings.extend(airing(tally, &real));
    }
    let ends = std::mem::take(&mut tally.ends);
    folded.ends = ends
        .into_iter()
        .filter(|end| {
            let key = (end.place, end.slot_ms);
            let sounded = heard.contains(&key);
            let test = tally.places.get(end.place as usize).is_some_and(|place| place.test);
            sounded || (!tested.contains(&key) && !test)
        })
        .collect();
    folded
}

/// Whether the take would be an airing of this period.
fn is_counted(tally: &Tally, take: &Take) -> bool {
    let announcement = tally.facts.get(take.facts as usize).is_some_and(|facts| facts.kind == ItemKind::Announcement);
    announcement && take.whole && take.period == Period::Now
}

/// One element's takes, sorted by output.
fn airing(tally: &Tally, takes: &[&Take]) -> Option<Airing> {
    let first = takes.first()?;
    let place = tally.places.get(first.place as usize)?;
    let told = takes.iter().find(|take| take.whole).unwrap_or(first);
    let mut airing = Airing {
        facts: told.facts,
        content: told.content,
        broadcast: place.broadcast,
        programme: place.programme,
        ordered: place.ordered,
        slot_ms: first.slot_ms,
        day: tally.scope.zone.civil(Wall(first.slot_ms)).date(),
        period: first.period,
        whole: takes.iter().any(|take| take.whole),
        first: takes.iter().any(|take| take.first),
        airtime_ms: 0,
        planned_ms: takes.iter().map(|take| take.planned_ms).max().unwrap_or(0),
        started_ms: takes.iter().filter(|take| take.whole).map(|take| take.started_ms).max().unwrap_or(i64::MIN),
        zones: Vec::new(),
    };
    let output = |take: &&Take| tally.places.get(take.place as usize).map(|place| place.output);
    for on_one in takes.chunk_by(|a, b| output(a) == output(b)) {
        let total = on_one.iter().map(|take| take.airtime_ms).sum();
        let whole = on_one.iter().any(|take| take.whole);
        airing.airtime_ms = airing.airtime_ms.max(total);
        let zones = on_one.iter().filter_map(|take| tally.places.get(take.place as usize)).flat_map(|place| place.zones.iter());
        for zone in zones.copied().collect::<BTreeSet<u32>>() {
            match airing.zones.iter_mut().find(|(known, ..)| *known == zone) {
                Some((_, known_whole, most)) => (*known_whole, *most) = (*known_whole || whole, (*most).max(total)),
                None => airing.zones.push((zone, whole, total)),
            }
        }
    }
    Some(airing)
}

impl Folded {
    pub fn announcements<'f>(&'f self, facts: &'f [Facts], period: Period) -> impl Iterator<Item = (&'f Airing, &'f Facts)> {
        self.of_kind(facts, period, ItemKind::Announcement)
    }

    pub fn of_kind<'f>(
        &'f self,
        facts: &'f [Facts],
        period: Period,
        kind: ItemKind,
    ) -> impl Iterator<Item = (&'f Airing, &'f Facts)> {
        let told = |airing: &'f Airing| facts.get(airing.facts as usize).map(|facts| (airing, facts));
        self.airings
            .iter()
            .filter(move |airing| airing.period == period)
            .filter_map(told)
            .filter(move |(_, facts)| facts.kind == kind)
    }
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
