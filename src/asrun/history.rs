//! What the past says to the future: which item aired when, what the broadcast before had, what each session has spent.
//!
//! Pure: rows go in with [`History::note`], forecasts with [`History::assume`]; rundowns read. It keeps only what they need, so
//! that years of log fold into a few hundred entries; [`Reach`] says how few rows that takes.

pub mod airtime;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use jiff::SignedDuration;

use crate::asrun::element::ItemFacts;
use crate::asrun::history::airtime::{AiredAmount, AnnouncementTake, TopicAirtime};
use crate::asrun::row::Row;
use crate::terms::*;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// When each item last began to air (whole).
    last_aired: BTreeMap<ItemId, Wall>,
    /// What the latest planned instants aired, by instant. Only as many as [`KEPT`] are kept.
    lately: BTreeMap<Wall, BTreeSet<ItemId>>,
    /// Airtime of the last two days on each output: start → length. Emergencies are not in it.
    spent: BTreeMap<OutputId, BTreeMap<Wall, SignedDuration>>,
    /// How often each item aired whole on each output in the latest broadcasts, by planned instant.
    airings: BTreeMap<Wall, BTreeMap<(OutputId, ItemId), u32>>,
    /// When what is expected on each output will be over.
    busy: BTreeMap<OutputId, Wall>,
    /// Slots whose part is in already, as far as it is settled: a rundown that holds them too must not count them twice.
    known: BTreeSet<Slot>,
    /// What has aired of each topic.
    airtime: TopicAirtime,
}

/// How many planned instants are remembered for "not in two consecutive broadcasts".
const KEPT: usize = 16;
/// How far back airtime is remembered for quotas: longer than any session.
const SPENT_FOR: SignedDuration = SignedDuration::from_hours(49);

/// How far back airings are counted: longer than a day, whatever its clock does, and than the longest gap that an item may ask for. Well within
/// what is read of the log, however late something aired.
const COUNTED_FOR: SignedDuration = SignedDuration::from_hours(27);

/// How far back a history must be read, row by row from the newest: beyond lie only airings that it would forget again.
#[derive(Debug, Default)]
pub struct Reach {
    planned: BTreeSet<Wall>,
    newest: Option<Wall>,
}

impl Reach {
    /// Whether this row, and all before it, can be left out.
    pub fn is_beyond(&mut self, row: &Row) -> bool {
        let (Kind::Air, Some(planned_at), Some(started_at)) = (row.kind(), row.planned_at, row.started_at) else { return false };
        if row.airtime_ms.unwrap_or(0) == 0 {
            return false;
        }
        let newest = *self.newest.get_or_insert(started_at);
        self.planned.insert(planned_at);
        self.planned.len() > KEPT && started_at < newest - SPENT_FOR
    }

    /// When the newest airing began.
    pub fn newest(&self) -> Option<Wall> {
        self.newest
    }
}

impl History {
    /// Takes in one row of the log; rows other than `air` and `void` change nothing.
    pub fn note(&mut self, row: &Row) {
        if row.kind() == Kind::Void {
            return self.void(row);
        }
        if row.kind() != Kind::Air {
            return;
        }
        let (Some(item), Some(planned_at), Some(started_at)) = (&row.item, row.planned_at, row.started_at) else { return };
        let airtime = SignedDuration::from_millis(row.airtime_ms.unwrap_or(0));
        if airtime.is_zero() {
            return;
        }
        if row.status == Some(Status::Aired) {
            self.last_aired.insert(item.clone(), started_at);
            if let Some(output) = &row.output {
                self.count_airing(output, planned_at, item);
            }
        }
        self.remember(planned_at, item.clone());
        self.count(row);
        if let (Some(output), Some(priority)) = (&row.output, row.priority)
            && priority != Priority::Emergency
        {
            self.spend(output.clone(), started_at, airtime);
        }
    }

    /// A time that turned out wrong has ended a slot: what it spent on the output lies ahead, and is not spent.
    fn void(&mut self, row: &Row) {
        let (Some(output), Some(now)) = (&row.output, row.started_at) else { return };
        if let Some(spent) = self.spent.get_mut(output) {
            spent.retain(|at, _| *at <= now);
        }
        for airings in self.airings.range_mut((Bound::Excluded(now), Bound::Unbounded)).map(|(_, airings)| airings) {
            airings.retain(|(of, _), _| of != output);
        }
        if let Some(slot) = row.slot() {
            self.airtime.void(&slot);
        }
    }

    /// Takes in how much of its topic a row says that aired, and nothing else of it.
    pub fn count(&mut self, row: &Row) {
        let (Some(broadcast), Some(output), Some(planned_at)) = (&row.broadcast, &row.output, row.planned_at) else { return };
        let airtime_ms = row.airtime_ms.unwrap_or(0);
        if row.kind() != Kind::Air || airtime_ms == 0 || row.item_kind.is_some_and(|kind| kind != ItemKind::Announcement) {
            return;
        }
        let aired = AiredAmount { airings: i64::from(row.status == Some(Status::Aired)), airtime_ms };
        let (element, topic) = (row.element.unwrap_or(1), row.topic.as_ref());
        let language = row.language.as_deref().unwrap_or_default();
        self.airtime.count(&AnnouncementTake { planned_at, broadcast, output, element, topic, language, aired });
    }

    /// Takes in that all of an element is expected to air, the `place`th of its slot from 0 on; by how much its topic has more.
    pub fn count_on(&mut self, slot: &Slot, place: usize, item: &ItemFacts, length: SignedDuration) -> AiredAmount {
        if item.kind != ItemKind::Announcement {
            return AiredAmount::default();
        }
        let airtime_ms = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        self.airtime.count(&AnnouncementTake {
            planned_at: slot.planned_at,
            broadcast: &slot.broadcast,
            output: &slot.output,
            element: u32::try_from(place + 1).unwrap_or(u32::MAX),
            topic: item.topic.as_ref(),
            language: &item.language,
            aired: AiredAmount { airings: 1, airtime_ms },
        })
    }

    pub fn topic_airtime(&self) -> &TopicAirtime {
        &self.airtime
    }

    /// Takes in when an item last aired whole, and nothing else of the row: what lies too far back for the rest.
    pub fn note_last(&mut self, row: &Row) {
        if let (Some(item), Some(started_at)) = (&row.item, row.started_at) {
            self.last_aired.insert(item.clone(), started_at);
        }
    }

    /// Takes in what is expected to air: `item` on `output` from `at` in the broadcast planned at `planned_at`.
    pub fn assume(&mut self, output: &OutputId, planned_at: Wall, at: Wall, item: &ItemId, length: SignedDuration) {
        self.last_aired.insert(item.clone(), at);
        self.remember(planned_at, item.clone());
        self.spend(output.clone(), at, length);
        let busy = self.busy.entry(output.clone()).or_insert(Wall::MIN);
        *busy = (*busy).max(at + length);
    }

    /// Counts an airing of an item in the broadcast planned at `planned_at`.
    pub fn count_airing(&mut self, output: &OutputId, planned_at: Wall, item: &ItemId) {
        *self.airings.entry(planned_at).or_default().entry((output.clone(), item.clone())).or_default() += 1;
    }

    /// The latest broadcasts in which an item airs on an output, by planned instant, and how often in each.
    pub fn airings(&self, output: &OutputId, item: &ItemId) -> impl Iterator<Item = (Wall, u32)> {
        let key = (output.clone(), item.clone());
        self.airings.iter().filter_map(move |(at, airings)| Some((*at, *airings.get(&key)?)))
    }

    /// All that is to be expected of this slot has been assumed; of one that is skipped that is nothing.
    pub fn know(&mut self, slot: Slot) {
        self.known.insert(slot);
    }

    pub fn knows(&self, slot: &Slot) -> bool {
        self.known.contains(slot)
    }

    /// When the item last began to air; `None` is before everything.
    pub fn last_aired(&self, item: &ItemId) -> Option<Wall> {
        self.last_aired.get(item).copied()
    }

    /// The items of the latest broadcasts planned before `planned_at`.
    pub fn before(&self, planned_at: Wall) -> Option<&BTreeSet<ItemId>> {
        self.lately.range(..planned_at).next_back().map(|(_, items)| items)
    }

    /// Airtime on `output` whose start lies in `session`.
    pub fn spent(&self, output: &OutputId, session: &Session) -> SignedDuration {
        let Some(spent) = self.spent.get(output).filter(|_| session.opens < session.closes) else { return SignedDuration::ZERO };
        spent.range(session.opens..session.closes).fold(SignedDuration::ZERO, |sum, (_, length)| sum.saturating_add(*length))
    }

    /// When what was assumed to air on `output` will be over; `None` if nothing was.
    pub fn busy_until(&self, output: &OutputId) -> Option<Wall> {
        self.busy.get(output).copied()
    }

    /// All airtime that quotas may still need: output, start, length.
    pub fn airtime(&self) -> impl Iterator<Item = (OutputId, Wall, SignedDuration)> {
        self.spent.iter().flat_map(|(output, spent)| spent.iter().map(|(at, length)| (output.clone(), *at, *length)))
    }

    fn remember(&mut self, planned_at: Wall, item: ItemId) {
        self.lately.entry(planned_at).or_default().insert(item);
        while self.lately.len() > KEPT {
            self.lately.pop_first();
        }
        let newest = self.lately.last_key_value().map_or(planned_at, |(newest, _)| *newest);
        while self.airings.first_key_value().is_some_and(|(at, _)| *at < newest - COUNTED_FOR) {
            self.airings.pop_first();
        }
    }

    fn spend(&mut self, output: OutputId, at: Wall, length: SignedDuration) {
        let spent = self.spent.entry(output).or_default();
        let entry = spent.entry(at).or_insert(SignedDuration::ZERO);
        *entry = entry.saturating_add(length);
        while spent.first_key_value().is_some_and(|(start, _)| *start < at - SPENT_FOR) {
            spent.pop_first();
        }
    }
}
