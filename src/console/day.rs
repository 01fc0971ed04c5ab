//! A span of days as it went and as it will go: each slot with how it ended, or how it stands, or what is planned. Values without words.
//!
//! What has ended is read from the log, what sounds or waits from the status, what is to come from the plan and the past.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::asrun::row::Row;
use crate::asrun::store::{LogError, Query, Reader, Store};
use crate::console::window::{InForce, StationWindow};
use crate::control::status::Status as StationStatus;
use crate::plan::Plan;
use crate::rundown::{Dropped, Planned, SeenFrom, Span, build_from};
use crate::terms::*;

/// Where a slot is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotStanding {
    /// It has ended like this.
    Ended(Outcome),
    OnAir,
    /// Its instant has passed, and it may still air.
    Waits,
    Comes,
    /// It will not air.
    LeftOut(Outcome),
}

#[derive(Clone, Debug, PartialEq)]
pub struct DaySlot {
    pub slot: Slot,
    /// What people call it.
    pub name: String,
    /// As planned.
    pub length: SignedDuration,
    /// What aired of it.
    pub airtime_ms: Option<i64>,
    pub standing: SlotStanding,
    pub elements: Vec<DayElement>,
    /// Its picks may still change.
    pub forecast: bool,
    /// Picks for which there is no time.
    pub dropped: Vec<Dropped>,
}

impl DaySlot {
    /// Another programme airs in its place: nobody misses it, and only its own day tells of it.
    pub fn is_stood_in_for(&self) -> bool {
        match self.standing {
            SlotStanding::Ended(outcome) | SlotStanding::LeftOut(outcome) => outcome.reason == Some(Reason::Replaced),
            SlotStanding::OnAir | SlotStanding::Waits | SlotStanding::Comes => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct DayElement {
    pub title: Option<String>,
    pub length_ms: i64,
    /// How it ended, or why it will not sound.
    pub outcome: Option<Outcome>,
}

/// How the slots of a day ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaySum {
    pub aired: usize,
    pub partial: usize,
    pub missed: usize,
    pub skipped: usize,
}

impl DaySum {
    pub fn of(slots: &[DaySlot]) -> DaySum {
        let mut sum = DaySum::default();
        for slot in slots {
            match slot.standing {
                SlotStanding::Ended(Outcome { status: Status::Aired, .. }) => sum.aired += 1,
                SlotStanding::Ended(Outcome { status: Status::Partial, .. }) => sum.partial += 1,
                SlotStanding::Ended(Outcome { status: Status::Missed, .. }) => sum.missed += 1,
                SlotStanding::Ended(Outcome { status: Status::Skipped, .. }) => sum.skipped += 1,
                SlotStanding::OnAir | SlotStanding::Waits | SlotStanding::Comes | SlotStanding::LeftOut(_) => {}
            }
        }
        sum
    }

    /// Those that should have aired.
    pub fn owed(&self) -> usize {
        self.aired + self.partial + self.missed
    }
}

/// The slots of these days, the last included, in order. Reads files: not for a thread that answers.
///
/// # Errors
/// When there is a log that cannot be read.
pub fn days(window: &StationWindow, from: Date, until: Date, status: Option<&StationStatus>) -> Result<Vec<DaySlot>, LogError> {
    let InForce { plan, stock } = (window.in_force)();
    let zone = &plan.station.timezone;
    let span = Span { from: zone.start_of(from), to: until.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next)) };
    let log = match Store::read_only(&window.data) {
        Ok(log) => Some(log),
        Err(LogError::NoLog(_)) => None,
        Err(error) => return Err(error),
    };
    let mut slots = BTreeMap::new();
    if let Some(log) = &log {
        ended(log, &plan, span, &mut slots)?;
    }
    let now = (window.now)();
    if now < span.to {
        let mut history = (window.history)();
        for open in log.as_ref().map(Reader::open_slots).transpose()?.into_iter().flatten() {
            open.expect(&mut history);
        }
        let mourning = status.map_or(&[][..], |status| &status.mourning);
        let seen = SeenFrom { mourning, ..SeenFrom::at(now) };
        let ahead = build_from(&plan, &stock, &mut history, Span { from: now, to: span.to }, seen);
        for planned in ahead.slots.iter().filter(|planned| planned.slot.planned_at >= span.from) {
            slots.entry(planned.slot.clone()).or_insert_with(|| coming(planned, &plan));
        }
    }
    if let Some(status) = status {
        stand(status, &plan, span, &mut slots);
    }
    Ok(slots.into_values().collect())
}

/// What the log says of the slots of the span.
fn ended(log: &Reader, plan: &Plan, span: Span, slots: &mut BTreeMap<Slot, DaySlot>) -> Result<(), LogError> {
    let kinds = vec![Kind::Air, Kind::End];
    let query = Query { from: Some(span.from), to: Some(span.to), kinds, by_slot: true, counted: true, ..Query::default() };
    log.each(&query, |stored| -> Result<bool, LogError> {
        // A row that cannot be read is `verify`'s to tell.
        let Ok(row) = Row::parse(stored.text) else { return Ok(true) };
        let Some(slot) = row.slot() else { return Ok(true) };
        let there = slots.entry(slot.clone()).or_insert_with(|| DaySlot {
            name: named(plan, row.programme.as_ref(), &slot, row.title.as_deref()),
            slot,
            length: SignedDuration::ZERO,
            airtime_ms: None,
            standing: SlotStanding::Waits,
            elements: Vec::new(),
            forecast: false,
            dropped: Vec::new(),
        });
        let outcome = row.status.map(|status| Outcome { status, reason: row.reason });
        match row.kind() {
            Kind::End => {
                there.length = SignedDuration::from_millis(row.planned_ms.unwrap_or(0));
                there.airtime_ms = row.airtime_ms;
                there.standing = outcome.map_or(SlotStanding::Waits, SlotStanding::Ended);
            }
            _ => there.elements.push(DayElement { title: row.title, length_ms: row.airtime_ms.unwrap_or(0), outcome }),
        }
        Ok(true)
    })
}

fn coming(planned: &Planned, plan: &Plan) -> DaySlot {
    let element = |element: &crate::asrun::element::Element| DayElement {
        title: element.facts.as_ref().map(|facts| facts.title.clone()),
        length_ms: i64::try_from(element.length.as_millis()).unwrap_or(i64::MAX),
        outcome: element.unplayable.filter(|_| !element.awaited).map(Outcome::missed),
    };
    DaySlot {
        slot: planned.slot.clone(),
        name: named(plan, planned.facts.programme.as_ref(), &planned.slot, None),
        length: planned.length(),
        airtime_ms: None,
        standing: planned.left_out.map_or(SlotStanding::Comes, SlotStanding::LeftOut),
        elements: planned.elements.iter().map(element).collect(),
        forecast: planned.forecast,
        dropped: planned.dropped.clone(),
    }
}

/// What sounds, waits or was skipped by a person, which neither log nor plan knows.
fn stand(status: &StationStatus, plan: &Plan, span: Span, slots: &mut BTreeMap<Slot, DaySlot>) {
    let mut set = |slot: Slot, title: Option<&str>, standing: SlotStanding| {
        if slot.planned_at < span.from || slot.planned_at >= span.to {
            return;
        }
        let there = slots.entry(slot.clone()).or_insert_with(|| DaySlot {
            name: named(plan, None, &slot, title),
            slot,
            length: SignedDuration::ZERO,
            airtime_ms: None,
            standing,
            elements: Vec::new(),
            forecast: false,
            dropped: Vec::new(),
        });
        if !matches!(there.standing, SlotStanding::Ended(_)) {
            there.standing = standing;
        }
    };
    for next in &status.next {
        let slot = next.slot();
        match next.left_out {
            Some(Reason::Operator) => set(slot, None, SlotStanding::LeftOut(Outcome::skipped(Reason::Operator))),
            None if next.planned_at <= status.at => set(slot, None, SlotStanding::Waits),
            Some(_) | None => {}
        }
    }
    for now in &status.now {
        set(now.slot(), now.title.as_deref(), SlotStanding::OnAir);
    }
}

/// The programme's name; of what a person ordered its item's; else the id.
pub fn named(plan: &Plan, programme: Option<&ProgrammeId>, slot: &Slot, title: Option<&str>) -> String {
    let programme = programme.map_or_else(|| plan.programme_of(&slot.broadcast), |id| plan.programme(id));
    let name = programme.map(|programme| programme.name.as_str()).or(title);
    name.unwrap_or(slot.broadcast.as_str()).to_owned()
}
