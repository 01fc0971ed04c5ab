//! A rundown as text: [`table`] for the operator, [`json`], [`csv`] and [`ics`] for other programs.
//!
//! All four tell the same: slots in order, each with what of it is expected to sound and when, counted from its planned instant.
//! [`targets`] writes what the rundown does for a campaign.
//! Where slots collide on an output, what waits is shown from when it will start (see [`crate::rundown::timeline`]).

pub mod csv;
pub mod ics;
pub mod json;
pub mod table;
pub mod targets;

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::plan::Plan;
use crate::rundown::due::{OneDate, due};
use crate::rundown::timeline::{Course, courses};
use crate::rundown::{Planned, Rundown, Span, target_lufs};
use crate::terms::*;

/// A rundown with what is needed to write it: names from its plan, and the course of each slot.
pub struct RundownSheet<'a> {
    pub plan: &'a Plan,
    pub rundown: &'a Rundown,
    courses: Vec<Course>,
    /// What is on its date what it is on no other.
    one_date: BTreeMap<(Wall, &'a BroadcastId), OneDate<'a>>,
}

/// One slot as it is written.
pub struct SlotEntry<'a> {
    pub planned: &'a Planned,
    /// Why it will not air.
    pub left_out: Option<(Status, Reason)>,
    /// Empty for one that will not air.
    pub lines: Vec<ElementLine<'a>>,
}

/// One element as it is written.
pub struct ElementLine<'a> {
    pub element: &'a Element,
    /// From the slot's planned instant.
    pub offset: SignedDuration,
    /// Zero for one that will not sound.
    pub length: SignedDuration,
    pub reason: Option<Reason>,
}

impl<'a> RundownSheet<'a> {
    pub fn new(plan: &'a Plan, rundown: &'a Rundown) -> RundownSheet<'a> {
        RundownSheet { plan, rundown, courses: courses(rundown), one_date: one_date(plan, rundown) }
    }

    /// Whether it is on its date what it is on no other, and how.
    pub fn one_date(&self, slot: &Slot) -> Option<OneDate<'a>> {
        self.one_date.get(&(slot.planned_at, &slot.broadcast)).copied()
    }

    pub fn entries(&self) -> impl Iterator<Item = SlotEntry<'a>> {
        self.rundown.slots.iter().zip(&self.courses).map(|(planned, course)| SlotEntry::of(planned, course))
    }

    /// The programme's name; its id if the plan does not have it any more.
    fn programme(&self, planned: &Planned) -> &'a str {
        let id = planned.facts.programme.as_ref();
        let named = id.and_then(|id| self.plan.programmes.iter().find(|programme| programme.id == *id));
        named.map_or("", |programme| programme.name.as_str())
    }

    fn target_lufs(&self, planned: &Planned) -> f32 {
        target_lufs(self.plan, planned.slot.planned_at)
    }

    fn stamp(&self, at: Wall) -> String {
        crate::asrun::row::stamp(at, self.plan.station.timezone.tz())
    }
}

impl<'a> SlotEntry<'a> {
    fn of(planned: &'a Planned, course: &Course) -> SlotEntry<'a> {
        let starts = match course {
            Course::Airs(starts) if starts.iter().any(Option::is_some) => starts,
            // What waits until no element fits the hours any more ends like one that never fitted.
            Course::Airs(_) => {
                return SlotEntry { planned, left_out: Some((Status::Skipped, Reason::OutsideHours)), lines: Vec::new() };
            }
            Course::Busy => {
                return SlotEntry { planned, left_out: Some((Status::Missed, Reason::OutputBusy)), lines: Vec::new() };
            }
            Course::LeftOut => {
                let left_out = planned.left_out.and_then(|outcome| Some((outcome.status, outcome.reason?)));
                return SlotEntry { planned, left_out, lines: Vec::new() };
            }
        };
        // What does not sound stands where it would have: after what is before it, or with the slot's first sound.
        let mut next = starts.iter().flatten().next().map_or(SignedDuration::ZERO, |first| *first - planned.slot.planned_at);
        let lines = planned.elements.iter().zip(starts).map(|(element, start)| match start {
            Some(start) => {
                let offset = *start - planned.slot.planned_at;
                next = offset.saturating_add(element.length).saturating_add(element.pause);
                ElementLine { element, offset, length: element.length, reason: None }
            }
            None => {
                let reason = Some(element.unplayable.unwrap_or(Reason::OutsideHours));
                ElementLine { element, offset: next, length: SignedDuration::ZERO, reason }
            }
        });
        SlotEntry { planned, left_out: None, lines: lines.collect() }
    }

    /// When its first sound starts, from its planned instant.
    fn begins(&self) -> SignedDuration {
        self.sounding().map(|line| line.offset).min().unwrap_or_default()
    }

    /// When its last sound ends, from its planned instant.
    fn ends(&self) -> SignedDuration {
        self.sounding().map(|line| line.offset.saturating_add(line.length)).max().unwrap_or_default()
    }

    /// From its first sound to its last.
    pub fn length(&self) -> SignedDuration {
        self.ends().saturating_sub(self.begins())
    }

    fn sounding(&self) -> impl Iterator<Item = &ElementLine<'a>> {
        self.lines.iter().filter(|line| line.reason.is_none())
    }
}

fn ms(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// A level as it is printed: an f32 of −18.7 would show as −18.700000762939453.
fn hundredths(level: f32) -> f64 {
    (f64::from(level) * 100.0).round() / 100.0
}

/// What the plan's changes and extras make of the slots of a rundown.
fn one_date<'a>(plan: &'a Plan, rundown: &Rundown) -> BTreeMap<(Wall, &'a BroadcastId), OneDate<'a>> {
    if plan.changes.is_empty() && plan.broadcasts.iter().all(|broadcast| broadcast.only_on.is_none()) {
        return BTreeMap::new();
    }
    let due = due(plan, &[], Span { from: rundown.from, to: rundown.to });
    due.into_iter().filter_map(|due| Some(((due.planned_at, &plan.broadcasts[due.broadcast].id), due.one_date?))).collect()
}
