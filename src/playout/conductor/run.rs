//! One slot on its way: which of its elements are settled, which is next, and how it will end.
//!
//! Pure bookkeeping: it knows no device and no other slot.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::facts::{Element, ItemFacts};
use crate::asrun::unsettled::{Ordered, Sounding, Unsettled};
use crate::defect::defect;
use crate::library::attention;
use crate::rundown::Planned;
use crate::terms::*;

/// How often a slot may be armed: a brown-out loop ends there.
pub const ARMS: u32 = 3;

#[derive(Clone, Debug)]
pub struct Run {
    pub planned: Planned,
    pub done: Vec<Option<Outcome>>,
    pub takes: Vec<u32>,
    pub sounded: Vec<bool>,
    pub arms: u32,
    /// Armed in this daemon's life: its unsettled entry is in the ledger.
    pub armed: bool,
    /// It waits behind its instant, and the ledger knows: after a power cut the rundown would not owe it any more.
    pub noted: bool,
    /// The ledger has it on disk.
    pub durable: bool,
    /// A first element has been started.
    pub begun: bool,
    /// A higher priority has taken its output: only the hours limit what is left of it.
    pub displaced: bool,
    /// It comes from before the daemon's start: an emergency whose clock has not been believed since, or what has not been held to the plan in
    /// force.
    pub recovered: bool,
    /// Why it does not sound although it is due: what an element that comes too late says.
    pub waits: Reason,
    /// It has been told to end, and waits for its last voice.
    pub closing: Option<Reason>,
    /// When the last of its takes ended.
    pub ended_at: Option<Wall>,
    /// Who ordered it, of what a person ordered.
    pub ordered: Option<Arc<Ordered>>,
    /// By how much the wall clock has stepped since an emergency was ordered.
    pub stepped: SignedDuration,
}

impl Run {
    pub fn new(planned: Planned) -> Run {
        let elements = planned.elements.len();
        Run {
            planned,
            done: vec![None; elements],
            takes: vec![0; elements],
            sounded: vec![false; elements],
            arms: 0,
            armed: false,
            noted: false,
            durable: false,
            begun: false,
            displaced: false,
            recovered: false,
            waits: Reason::Internal,
            closing: None,
            ended_at: None,
            ordered: None,
            stepped: SignedDuration::ZERO,
        }
    }

    /// What was armed or on air before the daemon started.
    pub fn recovered(unsettled: Unsettled, waits: Reason) -> Run {
        let length = unsettled.elements.len();
        let mut run = Run::new(Planned {
            slot: unsettled.slot,
            facts: unsettled.facts,
            rank: unsettled.rank,
            late: unsettled.late,
            start_by: unsettled.start_by,
            end_by: unsettled.end_by,
            session: unsettled.session,
            elements: unsettled.elements,
            dropped: Vec::new(),
            left_out: None,
            forecast: false,
        });
        run.done = if defect!(AirsAgain) { Vec::new() } else { unsettled.done };
        run.takes = unsettled.takes;
        run.sounded = unsettled.sounded;
        // A list of another length would be a damaged entry: what is missing counts as not done.
        run.done.resize(length, None);
        run.takes.resize(length, 0);
        run.sounded.resize(length, false);
        run.begun = run.sounded.iter().any(|s| *s) || run.done.iter().any(Option::is_some);
        run.arms = unsettled.arms;
        run.noted = true;
        run.displaced = unsettled.displaced;
        run.recovered = true;
        run.waits = waits;
        run.ordered = unsettled.ordered;
        run.stepped = unsettled.stepped;
        run
    }

    pub fn unsettled(&self, sounding: Option<Sounding>) -> Unsettled {
        Unsettled {
            slot: self.planned.slot.clone(),
            facts: self.planned.facts.clone(),
            rank: self.planned.rank,
            late: self.planned.late,
            start_by: self.planned.start_by,
            end_by: self.planned.end_by,
            session: self.planned.session,
            elements: Arc::clone(&self.planned.elements),
            done: self.done.clone(),
            takes: self.takes.clone(),
            sounded: self.sounded.clone(),
            sounding,
            displaced: self.displaced,
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
        let opens = self.planned.session.filter(|_| self.begun).map(|session| session.opens);
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

    /// The first element that is neither settled nor unplayable.
    pub fn next(&self) -> Option<usize> {
        self.next_from(0)
    }

    pub fn next_from(&self, from: usize) -> Option<usize> {
        (from..self.done.len()).find(|&i| self.done[i].is_none() && self.planned.elements[i].unplayable.is_none())
    }

    /// A higher priority takes its output.
    pub fn displace(&mut self) {
        // An emergency has the output at its times: what it lets in between does not displace it.
        if !self.is_emergency() {
            self.displaced = true;
            self.waits = Reason::Preempted;
            // What is silent from now on is no dead air.
            self.ended_at = None;
        }
    }

    /// When the element would start if everything went to plan.
    pub fn element_planned_at(&self, index: usize) -> Wall {
        let offset = self.element(index).map_or(SignedDuration::ZERO, |e| e.offset);
        self.due_at() + offset
    }

    /// The last instant at which the element may start. A slot that has not begun may begin until `start_by`, or not at all.
    pub fn element_start_by(&self, index: usize) -> Wall {
        if self.displaced || self.is_emergency() {
            return self.end_by();
        }
        if !self.begun {
            return self.planned.start_by;
        }
        (self.element_planned_at(index) + self.planned.late).min(self.end_by())
    }

    /// How long what is left would take from element `from` on, pauses between included.
    pub fn left(&self, from: usize) -> SignedDuration {
        let last_pause = self.undone(from).next_back().map_or(SignedDuration::ZERO, |element| element.pause);
        self.undone(from)
            .fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length).saturating_add(element.pause))
            .saturating_sub(last_pause)
    }

    /// The airtime of what is left: quotas count sound, not pauses.
    pub fn airtime_left(&self, from: usize) -> SignedDuration {
        self.undone(from).fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length))
    }

    /// The airtime of all of it.
    pub fn airtime_planned(&self) -> SignedDuration {
        self.planned.elements.iter().fold(SignedDuration::ZERO, |sum, element| sum.saturating_add(element.length))
    }

    fn undone(&self, from: usize) -> impl DoubleEndedIterator<Item = &Element> {
        let elements = self.planned.elements.iter().zip(&self.done).skip(from);
        elements.filter(|(element, done)| done.is_none() && element.unplayable.is_none()).map(|(element, _)| element)
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
        let mut any = false;
        for (index, element) in self.planned.elements.iter().enumerate().filter(|(_, e)| Run::is_announcement(e)) {
            any = true;
            let playable = self.done[index].is_none() && element.unplayable.is_none();
            if self.sounded[index] || playable {
                return false;
            }
        }
        any
    }

    /// Drops what does not fit from element `from` on, as long as what is left is `too_long`: pick by pick from the last, then fixed
    /// elements if the slot has begun, else all of it. Returns what was dropped.
    pub fn fit(&mut self, from: usize, reason: Reason, too_long: impl Fn(&Run) -> bool) -> Vec<usize> {
        let mut dropped = Vec::new();
        while too_long(self) {
            let undone = |run: &Run, i: &usize| run.done[*i].is_none() && run.planned.elements[*i].unplayable.is_none();
            let pick = (from..self.done.len()).rev().find(|i| undone(self, i) && self.planned.elements[*i].picked);
            let fixed = (from..self.done.len()).rev().find(|i| undone(self, i)).filter(|_| self.begun);
            let Some(index) = pick.or(fixed) else { break };
            self.done[index] = Some(settle(reason, self.sounded[index], self.sounded[index]));
            dropped.push(index);
        }
        if too_long(self) || (!dropped.is_empty() && self.is_bare()) {
            for index in from..self.done.len() {
                if self.done[index].is_none() && self.planned.elements[index].unplayable.is_none() {
                    self.done[index] = Some(settle(reason, self.sounded[index], self.sounded[index]));
                    dropped.push(index);
                }
            }
        }
        dropped
    }

    /// How the slot ended, once every element has: LOG.md, "Status and reasons".
    pub fn outcome(&self) -> Outcome {
        let outcomes: Vec<Outcome> = self.done.iter().map(|d| d.unwrap_or(Outcome::missed(Reason::Internal))).collect();
        let fails = |o: &&Outcome| o.status != Status::Aired && !(defect!(TellsPartialAsAired) && o.status == Status::Partial);
        let Some(failing) = outcomes.iter().find(fails) else { return Outcome::AIRED };
        let reason = failing.reason.unwrap_or(Reason::Internal);
        let any_announcement = self.planned.elements.iter().any(Run::is_announcement);
        let announced = self
            .planned
            .elements
            .iter()
            .zip(&self.sounded)
            .any(|(element, sounded)| *sounded && (Run::is_announcement(element) || !any_announcement));
        let sounded = self.sounded.iter().any(|s| *s);
        settle(reason, announced, sounded)
    }
}

/// The status that goes with a reason, given whether an announcement, or anything at all, has sounded.
pub fn settle(reason: Reason, announced: bool, sounded: bool) -> Outcome {
    let wanted = if announced { Status::Partial } else { Status::Missed };
    let fallback = if sounded { Status::Partial } else { Status::Skipped };
    let status = [wanted, fallback, Status::Partial, Status::Skipped, Status::Missed]
        .into_iter()
        .find(|status| reason.goes_with(*status))
        .unwrap_or(wanted);
    Outcome { status, reason: Some(reason) }
}
