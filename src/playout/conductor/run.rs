//! One slot on its way: what has become of its elements, which is next, and how it will end.
//!
//! Bookkeeping only: it knows no device and no other slot.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::element::{Element, ItemFacts};
use crate::asrun::open::{OpenSlot, Ordered, Sounding};
use crate::defect::defect;
use crate::library::attention;
use crate::playout::conductor::states::{Entry, Limit, Phase};
use crate::rundown::Planned;
use crate::terms::*;

/// How often a slot may be armed: a brown-out loop ends there.
pub const ARMS: u32 = 3;

/// One slot between its rundown and its `end` row.
#[derive(Clone, Debug)]
pub struct Run {
    pub planned: Planned,
    /// One for each of its elements.
    pub parts: Vec<Part>,
    pub phase: Phase,
    pub entry: Entry,
    pub limit: Limit,
    pub arms: u32,
    /// It comes from before the daemon's start, and nothing has confirmed it since: an emergency by a clock that is believed, anything else
    /// by the plan in force.
    pub unconfirmed: bool,
    /// Why it does not sound although it is due, where that is for a reason of its own: what an element that comes too late says.
    pub waits: Option<Reason>,
    /// Who ordered it, of what a person ordered.
    pub ordered: Option<Arc<Ordered>>,
    /// By how much the wall clock has stepped since an emergency was ordered.
    pub stepped: SignedDuration,
}

/// What has become of one element so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    /// How it ended.
    pub done: Option<Outcome>,
    pub takes: u32,
    /// At least a frame of it has sounded.
    pub sounded: bool,
}

impl Run {
    pub fn new(planned: Planned) -> Run {
        let elements = planned.elements.len();
        Run {
            planned,
            parts: vec![Part::default(); elements],
            phase: Phase::Waiting,
            entry: Entry::Unwritten,
            limit: Limit::Late,
            arms: 0,
            unconfirmed: false,
            waits: None,
            ordered: None,
            stepped: SignedDuration::ZERO,
        }
    }

    /// What was armed or on air before the daemon started, and has been silent since for the reason `off`.
    pub fn recovered(open_slot: OpenSlot, off: Reason) -> Run {
        // A list of another length would be a damaged entry: what is missing counts as not done.
        let part = |index: usize| Part {
            done: open_slot.done.get(index).copied().flatten().filter(|_| !defect!(AirsAgain)),
            takes: open_slot.takes.get(index).copied().unwrap_or_default(),
            sounded: open_slot.sounded.get(index).copied().unwrap_or_default(),
        };
        let parts: Vec<Part> = (0..open_slot.elements.len()).map(part).collect();
        let begun = parts.iter().any(|part| part.sounded || part.done.is_some());
        let planned = Planned {
            slot: open_slot.slot,
            facts: open_slot.facts,
            rank: open_slot.rank,
            late: open_slot.late,
            start_by: open_slot.start_by,
            end_by: open_slot.end_by,
            session: open_slot.session,
            elements: open_slot.elements,
            dropped: Vec::new(),
            left_out: None,
            forecast: false,
        };
        Run {
            planned,
            parts,
            phase: if begun { Phase::Begun { silent_since: None } } else { Phase::Waiting },
            entry: Entry::Noted,
            limit: if open_slot.displaced { Limit::Hours } else { Limit::Late },
            arms: open_slot.arms,
            unconfirmed: true,
            waits: Some(off),
            ordered: open_slot.ordered,
            stepped: open_slot.stepped,
        }
    }

    pub fn open_slot(&self, sounding: Option<Sounding>) -> OpenSlot {
        OpenSlot {
            slot: self.planned.slot.clone(),
            facts: self.planned.facts.clone(),
            rank: self.planned.rank,
            late: self.planned.late,
            start_by: self.planned.start_by,
            end_by: self.planned.end_by,
            session: self.planned.session,
            elements: Arc::clone(&self.planned.elements),
            done: self.parts.iter().map(|part| part.done).collect(),
            takes: self.parts.iter().map(|part| part.takes).collect(),
            sounded: self.parts.iter().map(|part| part.sounded).collect(),
            sounding,
            displaced: self.is_displaced(),
            arms: self.arms,
            ordered: self.ordered.clone(),
            stepped: self.stepped,
        }
    }

    pub fn slot(&self) -> &Slot {
        &self.planned.slot
    }

    pub fn priority(&self) -> Priority {
        self.planned.facts.priority
    }

    pub fn is_emergency(&self) -> bool {
        self.priority() == Priority::Emergency
    }

    /// An element of it has begun.
    pub fn has_begun(&self) -> bool {
        self.phase.has_begun()
    }

    /// A higher priority has taken its output.
    pub fn is_displaced(&self) -> bool {
        self.limit == Limit::Hours
    }

    /// It has been told to end.
    pub fn is_ending(&self) -> bool {
        self.phase.ending().is_some()
    }

    /// The slot's instant, as the clock now shows it.
    pub fn due_at(&self) -> Wall {
        self.planned.slot.planned_at + self.stepped
    }

    /// When its hours close, or an emergency ends.
    pub fn end_by(&self) -> Wall {
        self.planned.end_by + self.stepped
    }

    /// From when on its element wants the output: the slot's instant, or that of an emergency's next time. What has begun goes on as long
    /// as its session lasts, also where the clock is set back to before its instant.
    pub fn wants_from(&self, element: usize) -> Wall {
        if self.begins_a_time(element) {
            return self.element_planned_at(element);
        }
        let opens = self.planned.session.filter(|_| self.has_begun()).map(|session| session.opens);
        opens.map_or(self.due_at(), |opens| opens.min(self.due_at()))
    }

    /// Whether an emergency paused before this element: there one of its times begins.
    fn begins_a_time(&self, element: usize) -> bool {
        let before = element.checked_sub(1).and_then(|before| self.element(before));
        self.is_emergency() && before.is_none_or(|before| before.pause.is_positive())
    }

    /// What comes right behind an element; nothing when an emergency pauses there until its next time.
    pub fn follows(&self, element: usize) -> Option<usize> {
        self.next_from(element + 1).filter(|next| !self.begins_a_time(*next))
    }

    pub fn element(&self, index: usize) -> Option<&Element> {
        self.planned.elements.get(index)
    }

    /// Whether an element has not ended and can sound.
    pub fn is_to_come(&self, index: usize) -> bool {
        self.parts[index].done.is_none() && self.planned.elements[index].unplayable.is_none()
    }

    /// The first element that is to come.
    pub fn next(&self) -> Option<usize> {
        self.next_from(0)
    }

    pub fn next_from(&self, from: usize) -> Option<usize> {
        self.to_come(from).next()
    }

    /// What is to come from element `from` on.
    pub fn to_come(&self, from: usize) -> impl DoubleEndedIterator<Item = usize> {
        (from..self.parts.len()).filter(|index| self.is_to_come(*index))
    }

    /// Ends an element for this reason, whether some of it has sounded or nothing.
    pub fn give_up(&mut self, index: usize, reason: Reason) -> Outcome {
        let sounded = self.parts[index].sounded;
        let outcome = outcome_of(reason, sounded, sounded);
        self.parts[index].done = Some(outcome);
        outcome
    }

    /// A higher priority takes its output.
    pub fn displace(&mut self) {
        // An emergency has the output at its times: what it lets in between does not displace it.
        if !self.is_emergency() {
            self.limit = Limit::Hours;
            self.waits = Some(Reason::Preempted);
            // What is silent from now on is no dead air.
            self.phase.fall_silent(None);
        }
    }

    /// When the element would start if everything went to plan.
    pub fn element_planned_at(&self, index: usize) -> Wall {
        let offset = self.element(index).map_or(SignedDuration::ZERO, |e| e.offset);
        self.due_at() + offset
    }

    /// How long what is left would take from element `from` on, pauses between included.
    pub fn left(&self, from: usize) -> SignedDuration {
        let last_pause = self.left_elements(from).next_back().map_or(SignedDuration::ZERO, |element| element.pause);
        self.left_elements(from)
            .fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length).saturating_add(element.pause))
            .saturating_sub(last_pause)
    }

    /// The airtime of all of it.
    pub fn airtime_planned(&self) -> SignedDuration {
        self.planned.elements.iter().fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length))
    }

    /// The airtime of what is to come from element `from` on.
    pub fn airtime_left(&self, from: usize) -> SignedDuration {
        self.left_elements(from).fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length))
    }

    fn left_elements(&self, from: usize) -> impl DoubleEndedIterator<Item = &Element> {
        self.to_come(from).map(|index| &self.planned.elements[index])
    }

    pub fn is_over(&self) -> bool {
        self.next().is_none()
    }

    fn is_announcement(element: &Element) -> bool {
        element.speaks()
    }

    /// What has to be said: every element but the attention tone that leads an emergency in.
    pub fn messages(&self) -> impl Iterator<Item = usize> {
        let is_tone = |element: &Element| element.facts.as_ref().is_some_and(|facts| facts.item.as_str() == attention::ITEM);
        self.planned.elements.iter().enumerate().filter(move |(_, element)| !is_tone(element)).map(|(index, _)| index)
    }

    /// The first of them.
    pub fn message(&self) -> Option<&ItemFacts> {
        self.messages().next().and_then(|index| self.element(index)?.facts.as_deref())
    }

    /// Whether airing what is left would be a bare jingle: the programme has announcements, none has sounded and none is left.
    pub fn is_bare(&self) -> bool {
        let is_announcement = |index: &usize| Run::is_announcement(&self.planned.elements[*index]);
        let mut announcements = (0..self.parts.len()).filter(is_announcement).peekable();
        announcements.peek().is_some() && announcements.all(|index| !self.parts[index].sounded && !self.is_to_come(index))
    }

    /// Drops what does not fit from element `from` on, as long as what is left is `too_long`: pick by pick from the last, then fixed
    /// elements if the slot has begun, else all of it. Returns what was dropped.
    pub fn fit(&mut self, from: usize, reason: Reason, too_long: impl Fn(&Run) -> bool) -> Vec<usize> {
        let mut dropped = Vec::new();
        while too_long(self) {
            let last = |picked: bool| self.to_come(from).rev().find(|index| !picked || self.planned.elements[*index].picked);
            let Some(index) = last(true).or_else(|| last(false).filter(|_| self.has_begun())) else { break };
            self.give_up(index, reason);
            dropped.push(index);
        }
        if too_long(self) || (!dropped.is_empty() && self.is_bare()) {
            while let Some(index) = self.next_from(from) {
                self.give_up(index, reason);
                dropped.push(index);
            }
        }
        dropped
    }

    /// How the slot ended, once every element has: LOG.md, "Status and reasons".
    pub fn outcome(&self) -> Outcome {
        let outcomes: Vec<Outcome> =
            self.parts.iter().map(|part| part.done.unwrap_or(Outcome::missed(Reason::Internal))).collect();
        let fails = |o: &&Outcome| o.status != Status::Aired && !(defect!(TellsPartialAsAired) && o.status == Status::Partial);
        let Some(failing) = outcomes.iter().find(fails) else { return Outcome::AIRED };
        let reason = failing.reason.unwrap_or(Reason::Internal);
        let any_announcement = self.planned.elements.iter().any(Run::is_announcement);
        let mut sounded =
            self.planned.elements.iter().zip(&self.parts).filter(|(_, part)| part.sounded).map(|(element, _)| element);
        let announced = sounded.clone().any(|element| Run::is_announcement(element) || !any_announcement);
        outcome_of(reason, announced, sounded.next().is_some())
    }
}

/// The status that goes with a reason, given whether an announcement, or anything at all, has sounded.
pub fn outcome_of(reason: Reason, announced: bool, sounded: bool) -> Outcome {
    let wanted = if announced { Status::Partial } else { Status::Missed };
    let fallback = if sounded { Status::Partial } else { Status::Skipped };
    let status = [wanted, fallback, Status::Partial, Status::Skipped, Status::Missed]
        .into_iter()
        .find(|status| reason.goes_with(*status))
        .unwrap_or(wanted);
    Outcome { status, reason: Some(reason) }
}
