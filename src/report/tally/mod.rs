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
pub mod log_row;
pub mod names;
pub mod phrases;
pub mod table;
pub mod tables;

#[cfg(test)]
pub(in crate::report) mod sample;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::calendar::timezone::Timezone;
use crate::terms::*;

use log_row::{AirRow, EndRow, HandRow, LogRow, RowFact, RowItem, RowSlot};
use names::Names;

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
}

/// One `air` row, in numbers.
#[derive(Clone, Copy, Debug)]
struct AiredTake {
    place: u32,
    slot_ms: i64,
    element: u32,
    facts: u32,
    content: u32,
    airtime_ms: i64,
    planned_ms: i64,
    period: PeriodRole,
    whole: bool,
    /// It is the first whole airing of its content.
    first: bool,
    /// It went to a device that nobody hears.
    test: bool,
}

/// One `end` row, in numbers.
#[derive(Clone, Copy, Debug)]
struct SlotEnd {
    place: u32,
    slot_ms: i64,
    plan: u32,
    status: Status,
    reason: Option<Reason>,
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

/// When a log begins: before that there is no data. A machine's clock can be years behind when it wakes, and then rows are written by
/// it, but no slot is: what counts is the first row, or the first after the clock was set while nothing had been due yet, and slots.
#[derive(Clone, Copy, Debug, Default)]
struct Began {
    at: Option<i64>,
    /// A slot was due.
    has_slots: bool,
}

impl Began {
    fn note(&mut self, kind: Kind, emergency: bool, at: i64) {
        match kind {
            Kind::Air | Kind::End if !emergency => {
                self.at = Some(self.at.map_or(at, |began| began.min(at)));
                self.has_slots = true;
            }
            Kind::Clock if !self.has_slots => self.at = Some(at),
            Kind::Air
            | Kind::End
            | Kind::Clock
            | Kind::Start
            | Kind::Stop
            | Kind::Plan
            | Kind::Order
            | Kind::Fault
            | Kind::Gap => {
                self.at.get_or_insert(at);
            }
            // What was read live may have been entered for a time before the log; a slot that is void was not due then.
            Kind::Hand | Kind::Void => {}
        }
    }
}

/// A whole airing, to tell others of the same content from it.
type Whole = (u32, i64, u32);

/// Rows, taken in.
pub struct Tally {
    scope: Scope,
    now: (i64, i64),
    compared: Option<(i64, i64)>,
    places: Vec<SlotPlace>,
    /// By log and by what its rows say of the place.
    place_of: BTreeMap<u32, HashMap<Box<str>, u32>>,
    facts: Vec<AiredItem>,
    facts_of: HashMap<Box<str>, u32>,
    broadcasts: Numbers,
    outputs: Numbers,
    zones: Numbers,
    programmes: Numbers,
    plans: Numbers,
    contents: Numbers,
    /// The first whole airing of each content, by log.
    first: HashMap<(u32, u32), Whole>,
    takes: Vec<AiredTake>,
    /// By how much each slot of the period began late.
    late_ms: Vec<i64>,
    ends: Vec<SlotEnd>,
    by_hand: Vec<HandEntry>,
    began: BTreeMap<u32, Began>,
    unreadable: u64,
    test_outputs: Names,
}

impl Tally {
    pub fn new(scope: Scope, names: &Names) -> Tally {
        let now = scope.bounds(scope.from, scope.until);
        let compared = scope.compared.map(|(from, until)| scope.bounds(from, until));
        Tally {
            scope,
            now,
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
            late_ms: Vec::new(),
            ends: Vec::new(),
            by_hand: Vec::new(),
            began: BTreeMap::new(),
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
        self.began.entry(log).or_default().note(row.kind, row.emergency, at);
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
        let is_today = |slot_ms: i64| from <= slot_ms && slot_ms < to;
        let begun = self.takes.iter().any(|take| is_today(take.slot_ms)) || self.ends.iter().any(|end| is_today(end.slot_ms));
        if !begun && let Ok(yesterday) = today.yesterday() {
            self.scope.as_of = yesterday;
        }
    }

    /// The first day of a log.
    fn began(&self, log: u32) -> Option<Date> {
        self.began.get(&log)?.at.map(|at| self.scope.zone.civil(Wall(at)).date())
    }

    fn first_began(&self) -> Option<Date> {
        self.began.keys().filter_map(|log| self.began(*log)).min()
    }

    /// The first day of which all logs tell.
    fn all_began(&self) -> Option<Date> {
        self.began.keys().filter_map(|log| self.began(*log)).max()
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
        let place = self.place(log, row, &air.slot);
        let slot_ms = air.slot.planned_at.0;
        let whole = air.status == Status::Aired;
        // What goes to `null` or into a file is no airtime of a live station. In a rehearsal or simulation nothing is.
        let test = self.scope.origin == Origin::Live && air.went_nowhere || foreign;
        let content = self.content(air);
        let key = (self.places.get(place as usize)?.broadcast, slot_ms, air.element);
        // The same airing on another output is the same first run.
        let first = whole && !test && *self.first.entry((log, content)).or_insert(key) == key;
        let period = period?;
        let facts = self.item(&air.item);
        if period == PeriodRole::Reported && !test && (air.element, air.take) == (1, 1) {
            self.late_ms.extend(air.late_ms);
        }
        self.takes.push(AiredTake {
            place,
            slot_ms,
            element: air.element,
            facts,
            content,
            airtime_ms: air.airtime_ms,
            planned_ms: air.planned_ms,
            period,
            whole,
            first,
            test,
        });
        Some((whole.then_some(first), test))
    }

    fn end(&mut self, log: u32, row: &LogRow<'_>, end: &EndRow<'_>) -> (Option<bool>, bool) {
        let place = self.place(log, row, &end.slot);
        let plan = self.plans.of(end.plan_hash);
        let (slot_ms, status, reason) = (end.slot.planned_at.0, end.status, end.reason);
        self.ends.push(SlotEnd { place, slot_ms, plan, status, reason });
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

    fn place(&mut self, log: u32, row: &LogRow<'_>, slot: &RowSlot<'_>) -> u32 {
        let known = self.place_of.entry(log).or_default();
        if let Some(place) = known.get(slot.text) {
            return *place;
        }
        let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        known.insert(slot.text.into(), number);
        let test = self.scope.origin == Origin::Live && self.test_outputs.is_test_output(slot.output);
        self.places.push(SlotPlace {
            broadcast: self.broadcasts.of(&format!("{log} {}", slot.broadcast)),
            output: self.outputs.of(&format!("{log} {}", slot.output)),
            zones: row.zones().map(|zone| self.zones.of(&zone_key(log, zone))).collect(),
            programme: self.programmes.of(slot.programme),
            ordered: slot.broadcast.starts_with('@'),
            test,
        });
        number
    }

    fn item(&mut self, item: &RowItem<'_>) -> u32 {
        if let Some(facts) = self.facts_of.get(item.text) {
            return *facts;
        }
        let number = u32::try_from(self.facts.len()).unwrap_or(u32::MAX);
        self.facts.push(AiredItem {
            item: item.id.to_owned(),
            kind: item.kind.unwrap_or(ItemKind::Announcement),
            title: item.title.to_owned(),
            topic: item.topic.to_owned(),
            language: item.language.to_owned(),
            supplier: item.supplier.to_owned(),
            contacts: item.contacts().map(str::to_owned).collect(),
        });
        self.facts_of.insert(item.text.into(), number);
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
