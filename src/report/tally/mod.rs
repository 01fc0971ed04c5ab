//! From rows, and the plans they name, to figures and tables.
//!
//! Pure. Rows go in one by one, in the order in which they were written ([`Tally::note`]); [`Tally::finish`] folds them. What is
//! counted how stands in LOG.md ("Counting") and here once:
//!
//! - An *airing* is one element aired whole in one planned broadcast, once, however many outputs carried it. Its airtime is the longest
//!   total on any one output, cut takes included; a village's is the longest among the outputs that serve it.
//! - A *first run* is the first whole airing of a content hash; every later one is a repeat.
//! - Only announcements count. Signal tunes, idents, music and notices are summed apart, what was entered by hand too, and what went to
//!   `null` or `wav:` in a live log is not airtime at all.
//! - A slot belongs to the civil day of its planned instant.

pub mod campaign;
pub mod figures;
pub mod fold;
mod fulfilled;
pub mod log_row;
pub mod names;
pub mod phrases;
mod reach;
pub mod table;
pub mod tables;

#[cfg(test)]
pub(in crate::report) mod sample;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::asrun::fact::AirFact;
use crate::calendar::timezone::Timezone;
use crate::terms::*;

use fulfilled::MeanLengths;
use log_row::{AirRow, EndRow, HandRow, LogRow, RowFact, RowItem, RowSlot};
use names::Names;
use reach::LogReach;

/// Which days are counted, and with what they are compared.
#[derive(Clone, Debug)]
pub struct Scope {
    pub zone: Timezone,
    pub origin: Origin,
    pub from: Date,
    /// Included.
    pub until: Date,
    /// Days that have not come yet are not days without sound. The last that counts.
    pub as_of: Date,
    /// Days of the log that are compared, both included.
    pub compared: Option<(Date, Date)>,
}

/// Which of the two spans something belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodRole {
    Reported,
    Compared,
}

impl Scope {
    /// Days of the period that have come.
    pub fn days(&self) -> i64 {
        days_between(self.from, self.until.min(self.as_of))
    }

    fn bounds(&self, from: Date, until: Date) -> (i64, i64) {
        let end = until.tomorrow().unwrap_or(until);
        (self.zone.start_of(from).0, self.zone.start_of(end).0)
    }
}

/// How many days a span has, both ends included; none when it ends before it begins.
pub fn days_between(from: Date, until: Date) -> i64 {
    let days = until.since(from).map_or(-1, |span| i64::from(span.get_days()));
    (days + 1).max(0)
}

/// Which broadcast of which station, on which output: shared by its rows.
#[derive(Debug)]
struct SlotPlace {
    /// The number of its (log, broadcast).
    broadcast: u32,
    output: u32,
    zones: Vec<u32>,
    programme: u32,
    ordered: bool,
    test: bool,
}

/// What rows say of an item: shared by its rows.
#[derive(Clone, Debug)]
pub struct AiredItem {
    pub item: String,
    pub kind: ItemKind,
    pub title: String,
    pub topic: String,
    pub language: String,
    pub supplier: String,
    pub contacts: Vec<String>,
    /// Its topic was a duty when it aired.
    pub duty: bool,
    pub translation_of: Option<ItemId>,
}

/// One `air` row, in numbers.
#[derive(Clone, Copy, Debug)]
struct AiredTake {
    place: u32,
    slot_at: i64,
    element: u32,
    facts: u32,
    content: u32,
    airtime_ms: i64,
    planned_ms: i64,
    /// When it began to sound, from its slot's planned instant; the largest number for what did not sound.
    late_ms: i64,
    period: PeriodRole,
    whole: bool,
    /// It is the first whole airing of its content.
    first: bool,
    /// It went to a device that nobody hears.
    test: bool,
}

/// One `end` row, in numbers; or a slot that the log does not tell of.
#[derive(Clone, Copy, Debug)]
struct SlotEnd {
    place: u32,
    slot_at: i64,
    plan: u32,
    /// `None` where nobody knows: the log ends before it.
    status: Option<Status>,
    reason: Option<Reason>,
}

/// A slot that a plan owed after the log's end.
#[derive(Clone, Debug, PartialEq)]
pub struct UnloggedSlot<'a> {
    pub planned_at: Wall,
    pub station: &'a str,
    pub output: &'a str,
    pub zones: &'a [ZoneId],
    pub broadcast: &'a str,
    pub programme: &'a str,
    pub plan_hash: &'a str,
}

/// One `hand` row: what a person says was read live or relayed. Never station airtime.
#[derive(Clone, Debug, PartialEq)]
pub struct HandEntry {
    pub at: Wall,
    pub airtime_ms: i64,
    pub what: Manual,
    pub title: String,
    pub actor: String,
}

/// Texts as small numbers.
#[derive(Debug, Default)]
struct Numbers {
    known: HashMap<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Numbers {
    fn of(&mut self, text: &str) -> u32 {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.known.insert(text.into(), number);
        self.texts.push(text.into());
        number
    }

    fn text(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", |text| text)
    }
}

/// A whole airing, to tell others of the same content from it.
type Whole = (u32, i64, u32);

/// Rows, taken in.
pub struct Tally {
    scope: Scope,
    now: (i64, i64),
    /// The first instant that has not come.
    comes_from: i64,
    compared: Option<(i64, i64)>,
    places: Vec<SlotPlace>,
    /// By log and by what its rows say of the place.
    place_of: BTreeMap<u32, HashMap<Box<str>, u32>>,
    facts: Vec<AiredItem>,
    facts_of: HashMap<Box<str>, Vec<(Box<str>, u32)>>,
    broadcasts: Numbers,
    outputs: Numbers,
    zones: Numbers,
    programmes: Numbers,
    plans: Numbers,
    contents: Numbers,
    /// The first whole airing of each content, by log.
    first: HashMap<(u32, u32), Whole>,
    takes: Vec<AiredTake>,
    ends: Vec<SlotEnd>,
    by_hand: Vec<HandEntry>,
    reach: BTreeMap<u32, LogReach>,
    lengths: MeanLengths,
    unreadable: u64,
    test_outputs: Names,
}

impl Tally {
    pub fn new(scope: Scope, names: &Names) -> Tally {
        let now = scope.bounds(scope.from, scope.until);
        let compared = scope.compared.map(|(from, until)| scope.bounds(from, until));
        let comes_from = scope.bounds(scope.as_of, scope.as_of).1;
        Tally {
            scope,
            now,
            comes_from,
            compared,
            places: Vec::new(),
            place_of: BTreeMap::new(),
            facts: Vec::new(),
            facts_of: HashMap::new(),
            broadcasts: Numbers::default(),
            outputs: Numbers::default(),
            zones: Numbers::default(),
            programmes: Numbers::default(),
            plans: Numbers::default(),
            contents: Numbers::default(),
            first: HashMap::new(),
            takes: Vec::new(),
            ends: Vec::new(),
            by_hand: Vec::new(),
            reach: BTreeMap::new(),
            lengths: MeanLengths::default(),
            unreadable: 0,
            test_outputs: names.clone(),
        }
    }

    /// Takes in one row of a log; `log` numbers the logs whose stations are added up. What belongs to the period comes back, for the annex.
    pub fn note<'a>(&mut self, log: u32, text: &'a str) -> Option<Noted<'a>> {
        let Some(row) = LogRow::read(text) else {
            self.unreadable += 1;
            return None;
        };
        let at = row.at?.0;
        let to_come = at >= self.comes_from;
        self.reach.entry(log).or_default().note(&row, at, to_come);
        let period = self.period(at);
        // A row of a rehearsal or simulation, in whatever way it came among a live station's.
        let foreign = self.scope.origin == Origin::Live && !row.live;
        let (first, test) = match row.fact {
            RowFact::Air(air) => self.air(log, &row, &air, foreign, period)?,
            RowFact::End(end) if !foreign && period == Some(PeriodRole::Reported) => self.end(log, &row, &end),
            RowFact::Hand(hand) if !foreign && period == Some(PeriodRole::Reported) => {
                self.hand(&hand);
                return None;
            }
            RowFact::End(_) | RowFact::Hand(_) | RowFact::Other => return None,
        };
        (period == Some(PeriodRole::Reported)).then_some(Noted { row, first, test })
    }

    /// Today counts as a day once something was due on it: before the first session of the day it is no day without sound.
    pub fn only_days_begun(&mut self) {
        let today = self.scope.as_of;
        let (from, to) = self.scope.bounds(today, today);
        let is_today = |slot_at: i64| from <= slot_at && slot_at < to;
        let begun = self.takes.iter().any(|take| is_today(take.slot_at)) || self.ends.iter().any(|end| is_today(end.slot_at));
        // A report of today alone has no other day.
        if !begun
            && self.scope.from < today
            && let Ok(yesterday) = today.yesterday()
        {
            self.scope.as_of = yesterday;
        }
    }

    /// The station of a log was known to be alive then, whatever its last row is.
    pub fn was_alive(&mut self, log: u32, at: Wall) {
        let reach = self.reach.entry(log).or_default();
        if reach.from.is_some() && at.0 < self.comes_from {
            reach.tells(at.0);
        }
    }

    /// The first instant after the period.
    pub fn ends_before(&self) -> Wall {
        Wall(self.now.1)
    }

    /// The last instant of which a log tells.
    pub fn told_until(&self, log: u32) -> Option<Wall> {
        self.reach.get(&log)?.until.map(Wall)
    }

    /// Takes in a slot that a plan owed after that instant: nobody knows what became of it.
    pub fn unlogged(&mut self, log: u32, slot: &UnloggedSlot<'_>) {
        if self.period(slot.planned_at.0) != Some(PeriodRole::Reported) {
            return;
        }
        let zones: Vec<&str> = slot.zones.iter().map(ZoneId::as_str).collect();
        let text = [slot.station, slot.output, &zones.join(";"), slot.broadcast, "", slot.programme].join("\u{1f}");
        let of = RowSlot {
            planned_at: slot.planned_at,
            output: slot.output,
            broadcast: slot.broadcast,
            programme: slot.programme,
            text: &text,
        };
        let place = self.place(log, zones.into_iter(), &of);
        let plan = self.plans.of(slot.plan_hash);
        self.ends.push(SlotEnd { place, slot_at: slot.planned_at.0, plan, status: None, reason: None });
    }

    fn day(&self, at: i64) -> Date {
        self.scope.zone.civil(Wall(at)).date()
    }

    /// The first and last day of which a log tells.
    fn told(&self, log: u32) -> Option<(Date, Date)> {
        let reach = self.reach.get(&log)?;
        reach.from.zip(reach.until).map(|(from, until)| (self.day(from), self.day(until)))
    }

    /// The days of which all logs tell.
    fn all_told(&self) -> Option<(Date, Date)> {
        let each = || self.reach.keys().filter_map(|log| self.told(*log));
        each().map(|(from, _)| from).max().zip(each().map(|(_, until)| until).min()).filter(|(from, until)| from <= until)
    }

    fn period(&self, at: i64) -> Option<PeriodRole> {
        let within = |(from, to): (i64, i64)| from <= at && at < to;
        if within(self.now) {
            return Some(PeriodRole::Reported);
        }
        self.compared.filter(|bounds| within(*bounds)).map(|_| PeriodRole::Compared)
    }

    /// Whether it is a first run, of a take that is whole, and whether nobody could hear it; `None` outside both periods.
    fn air(
        &mut self,
        log: u32,
        row: &LogRow<'_>,
        air: &AirRow<'_>,
        foreign: bool,
        period: Option<PeriodRole>,
    ) -> Option<(Option<bool>, bool)> {
        let place = self.place(log, row.zones(), &air.slot);
        let slot_at = air.slot.planned_at.0;
        let whole = air.status == Status::Aired;
        // What goes to `null` or into a file is no airtime of a live station. In a rehearsal or simulation nothing is.
        // What is tried out counts nowhere either.
        let drill = air.slot.broadcast.starts_with(Slot::DRILL);
        let test = self.scope.origin != Origin::Simulation && air.went_nowhere || foreign || drill;
        let content = self.content(air);
        let key = (self.places.get(place as usize)?.broadcast, slot_at, air.element);
        if whole && !test && air.take <= 1 && air.item.kind.unwrap_or(ItemKind::Announcement) == ItemKind::Announcement {
            self.lengths.note(self.places.get(place as usize)?.programme, air.planned_ms);
        }
        // The same airing on another output is the same first run.
        let first = whole && !test && *self.first.entry((log, content)).or_insert(key) == key;
        let period = period?;
        let facts = self.item(&air.item);
        let since_slot = air.started_at.filter(|_| air.airtime_ms > 0).map_or(i64::MAX, |at| (at.0 - slot_at) / 1_000_000);
        // A later element is late by its own instant, not by its slot's.
        let late_ms = air.late_ms.filter(|_| (air.element, air.take) == (1, 1)).unwrap_or(since_slot);
        self.takes.push(AiredTake {
            place,
            slot_at,
            element: air.element,
            facts,
            content,
            airtime_ms: air.airtime_ms,
            planned_ms: air.planned_ms,
            late_ms,
            period,
            whole,
            first,
            test,
        });
        Some((whole.then_some(first), test))
    }

    fn end(&mut self, log: u32, row: &LogRow<'_>, end: &EndRow<'_>) -> (Option<bool>, bool) {
        let place = self.place(log, row.zones(), &end.slot);
        let plan = self.plans.of(end.plan_hash);
        let (slot_at, status, reason) = (end.slot.planned_at.0, Some(end.status), end.reason);
        self.ends.push(SlotEnd { place, slot_at, plan, status, reason });
        (None, false)
    }

    fn hand(&mut self, hand: &HandRow<'_>) {
        self.by_hand.push(HandEntry {
            at: hand.started_at,
            airtime_ms: hand.ended_at.map_or(0, |to| (to.0 - hand.started_at.0) / 1_000_000),
            what: hand.what,
            title: hand.title.to_owned(),
            actor: hand.actor.to_owned(),
        });
    }

    fn content(&mut self, air: &AirRow<'_>) -> u32 {
        match air.file_hash {
            "" => self.contents.of(&format!("item {}", air.item.id)),
            hash => self.contents.of(hash),
        }
    }

    fn place<'z>(&mut self, log: u32, zones: impl Iterator<Item = &'z str>, slot: &RowSlot<'_>) -> u32 {
        let known = self.place_of.entry(log).or_default();
        if let Some(place) = known.get(slot.text) {
            return *place;
        }
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        known.insert(slot.text.into(), number);
        let drill = slot.broadcast.starts_with(Slot::DRILL);
        let test = self.scope.origin != Origin::Simulation && self.test_outputs.is_test_output(log, slot.output) || drill;
        self.places.push(SlotPlace {
            broadcast: self.broadcasts.of(&format!("{log} {}", slot.broadcast)),
            output: self.outputs.of(&format!("{log} {}", slot.output)),
            zones: zones.map(|zone| self.zones.of(&zone_key(log, zone))).collect(),
            programme: self.programmes.of(slot.programme),
            ordered: slot.broadcast.starts_with('@'),
            test,
        });
        number
    }

    fn item(&mut self, item: &RowItem<'_>) -> u32 {
        let known = self.facts_of.get(item.text).and_then(|known| known.iter().find(|(detail, _)| **detail == *item.detail()));
        if let Some((_, facts)) = known {
            return *facts;
        }
        let AirFact { duty, translation_of, .. } = item.told();
        let number = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        self.facts.push(AiredItem {
            item: item.id.to_owned(),
            kind: item.kind.unwrap_or(ItemKind::Announcement),
            title: item.title.to_owned(),
            topic: item.topic.to_owned(),
            language: item.language.to_owned(),
            supplier: item.supplier.to_owned(),
            contacts: item.contacts().map(str::to_owned).collect(),
            duty,
            translation_of,
        });
        self.facts_of.entry(item.text.into()).or_default().push((item.detail().into(), number));
        number
    }
}

/// A village as a text: those of different stations are different ones.
fn zone_key(log: u32, zone: &str) -> String {
    format!("{log} {zone}")
}

/// A row that belongs to the period, and what became known of it: for the annex.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noted<'a> {
    pub row: LogRow<'a>,
    pub first: Option<bool>,
    pub test: bool,
}
