//! What planned broadcasts owed, and how much of that aired.
//!
//! A broadcast owed the announcements that its rows name, and where it has rows of fewer (a power cut leaves only its end), those of its
//! programme in the plan that its end names. What aired is counted element by element and never more than was planned: what was ordered,
//! and what a take repeated, stands apart. An announcement that no row tells of has the mean length of its programme's over the whole log,
//! so that two reports over the same days agree. What rules took off the plan beforehand (a holiday, a campaign's own programme in its
//! place) was not owed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::fold::Folded;
use super::names::Names;
use super::table::percent;
use super::{PeriodRole, SlotEnd, Tally};
use crate::terms::*;

/// What was planned and what aired. Airings in numbers, airtime in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub planned: i64,
    pub planned_ms: i64,
    /// Of what was planned.
    pub fulfilled: i64,
    pub fulfilled_ms: i64,
    /// Beside the plan: orders, emergencies, what takes repeated.
    pub beyond: i64,
    pub beyond_ms: i64,
    /// Broadcasts of which nobody knows what they owed: the plan is not kept.
    pub unknown: i64,
}

impl Sum {
    pub fn add(&mut self, other: &Sum) {
        self.planned += other.planned;
        self.planned_ms += other.planned_ms;
        self.fulfilled += other.fulfilled;
        self.fulfilled_ms += other.fulfilled_ms;
        self.beyond += other.beyond;
        self.beyond_ms += other.beyond_ms;
        self.unknown += other.unknown;
    }

    /// How much of the plan aired, in tenths of a percent; `None` where nothing was planned, or nobody knows how much.
    pub fn share(&self) -> Option<i64> {
        (self.unknown == 0).then(|| percent(self.fulfilled_ms, self.planned_ms)).flatten()
    }
}

/// How long announcements are on the mean, over the whole log.
#[derive(Debug, Default)]
pub(super) struct MeanLengths {
    by_programme: BTreeMap<u32, (i64, i64)>,
    all: (i64, i64),
}

impl MeanLengths {
    pub fn note(&mut self, programme: u32, planned_ms: i64) {
        for (count, ms) in [self.by_programme.entry(programme).or_default(), &mut self.all] {
            *count += 1;
            *ms += planned_ms;
        }
    }

    /// `None` while the log knows of no announcement at all.
    fn of(&self, programme: u32) -> Option<i64> {
        let mean = |(count, ms): (i64, i64)| (count > 0).then(|| ms / count);
        self.by_programme.get(&programme).copied().and_then(mean).or_else(|| mean(self.all))
    }
}

/// What the rows of a planned broadcast tell.
#[derive(Default)]
struct PlannedBroadcast {
    day: Option<Date>,
    programme: u32,
    plan: Option<u32>,
    ordered: bool,
    /// How its ends on all outputs take it; none while it has no end.
    owed: Option<bool>,
    elements: i64,
    /// Takes and what they were planned as; whether that was owed the ends tell.
    aired: Sum,
}

impl PlannedBroadcast {
    fn sum(&self, tally: &Tally, names: &Names) -> Sum {
        let aired = &self.aired;
        if self.ordered || self.owed == Some(false) {
            let (beyond, beyond_ms) = (aired.fulfilled + aired.beyond, aired.fulfilled_ms + aired.beyond_ms);
            return Sum { beyond, beyond_ms, ..Sum::default() };
        }
        let mut sum = Sum { planned: self.elements, ..*aired };
        // What is on air has no end yet, and owes what its rows say.
        let Some(plan) = self.plan else { return sum };
        match names.announcements(tally.plans.text(plan), tally.programmes.text(self.programme)) {
            Some(named) => {
                let missing = i64::try_from(named).map_or(0, |named| (named - self.elements).max(0));
                sum.planned += missing;
                match tally.lengths.of(self.programme) {
                    Some(mean) => sum.planned_ms += missing * mean,
                    None => sum.unknown += i64::from(missing > 0),
                }
            }
            None => sum.unknown += 1,
        }
        sum
    }
}

/// All broadcasts of the period, each with its day.
pub(super) fn broadcasts(tally: &Tally, folded: &Folded, names: &Names) -> Vec<(Date, Sum)> {
    let mut known: BTreeMap<(u32, i64), PlannedBroadcast> = BTreeMap::new();
    for end in &folded.ends {
        let Some(place) = tally.places.get(end.place as usize) else { continue };
        let broadcast = known.entry((place.broadcast, end.slot_at)).or_default();
        broadcast.day = Some(tally.scope.zone.civil(Wall(end.slot_at)).date());
        broadcast.programme = place.programme;
        broadcast.ordered = place.ordered;
        broadcast.plan = Some(end.plan);
        broadcast.owed = Some(broadcast.owed.unwrap_or(false) || is_owed(end, place.ordered));
    }
    for (airing, _) in folded.announcements(&tally.facts, PeriodRole::Reported) {
        let broadcast = known.entry((airing.broadcast, airing.slot_at)).or_default();
        broadcast.day = Some(airing.day);
        broadcast.ordered |= airing.ordered;
        broadcast.elements += 1;
        let fulfilled_ms = if airing.whole { airing.planned_ms } else { airing.airtime_ms.min(airing.planned_ms) };
        broadcast.aired.add(&Sum {
            planned_ms: airing.planned_ms,
            fulfilled: i64::from(airing.whole),
            fulfilled_ms,
            beyond_ms: (airing.airtime_ms - fulfilled_ms).max(0),
            ..Sum::default()
        });
    }
    known.into_values().filter_map(|broadcast| Some((broadcast.day?, broadcast.sum(tally, names)))).collect()
}

/// How many plans the ends of the period name that nobody has kept.
pub(super) fn missing_plans(tally: &Tally, folded: &Folded, names: &Names) -> usize {
    let owed = folded.ends.iter().filter(|end| {
        let place = tally.places.get(end.place as usize);
        place.is_some_and(|place| is_owed(end, place.ordered))
    });
    let plans: BTreeSet<u32> = owed.map(|end| end.plan).collect();
    plans.into_iter().filter(|plan| !names.knows_plan(tally.plans.text(*plan))).count()
}

/// Another broadcast took its place, or would have said the same: it counts nowhere.
pub(super) fn is_replaced(end: &SlotEnd) -> bool {
    end.status == Some(Status::Skipped) && matches!(end.reason, Some(Reason::Replaced | Reason::Duplicate))
}

/// What rules took off the plan beforehand was not owed, nor is what a person orders.
pub(super) fn is_owed(end: &SlotEnd, ordered: bool) -> bool {
    let silenced = end.status == Some(Status::Skipped) && matches!(end.reason, Some(Reason::Holiday | Reason::Mourning));
    !(ordered || silenced || is_replaced(end))
}
