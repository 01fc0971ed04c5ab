//! Late starts: until when an element may begin, which elements may not any more, and what they say.
//!
//! This file alone decides it. A slot that has not begun may begin until its `start_by` (the plan's `late`, within the hours), one that has
//! begun goes on as long as each element is no later than that, and what gave way to a higher priority as long as its hours last. The same
//! rule holds for slots that wait for others, for a device, for a clock that is believed, and after a power cut.

use crate::playout::conductor::margins::LEAD;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::states::{Device, Wait};
use crate::playout::conductor::timeline::Timeline;
use crate::rundown::Planned;
use crate::terms::*;

/// Whether a slot of the rundown may still begin.
pub fn may_begin(planned: &Planned, now: Wall) -> bool {
    now <= planned.start_by
}

/// Hours close at another time than the slot was planned with.
pub fn close_at(planned: &mut Planned, end_by: Wall) {
    planned.end_by = end_by;
    planned.start_by = (planned.slot.planned_at + planned.late).min(end_by);
}

impl Run {
    /// The last instant at which an element may start.
    pub fn start_by(&self, index: usize) -> Wall {
        if self.is_displaced() || self.is_emergency() {
            self.end_by()
        } else if self.has_begun() {
            (self.element_planned_at(index) + self.planned.late).min(self.end_by())
        } else {
            self.planned.start_by
        }
    }

    pub fn is_too_late(&self, index: usize, at: Wall) -> bool {
        at > self.start_by(index)
    }

    /// The elements that may not start any more. Before the slot has begun, what is too late for the first one is too late for all.
    fn overdue(&self, now: Wall) -> Vec<usize> {
        let Some(next) = self.next().filter(|next| self.is_too_late(*next, now)) else { return Vec::new() };
        if self.has_begun() {
            self.to_come(next).take_while(|index| self.is_too_late(*index, now)).collect()
        } else {
            (next..self.parts.len()).filter(|index| self.parts[*index].done.is_none()).collect()
        }
    }
}

impl Timeline {
    /// What of its slots comes too late, and why. An emergency goes by its own end.
    pub(super) fn late(&self, now: Wall) -> Vec<Wait> {
        let waiting = self.runs.values().filter(|run| !run.is_emergency() && !run.is_ending() && !self.owes(run.slot()));
        let late = waiting.map(|run| (run, run.overdue(now))).filter(|(_, elements)| !elements.is_empty());
        late.map(|(run, elements)| Wait::TooLate { slot: run.slot().clone(), elements, why: self.why_late(run, now) }).collect()
    }

    /// What has kept a slot waiting until it was too late.
    fn why_late(&self, run: &Run, now: Wall) -> Reason {
        // It was busy too if it has only just become free, and the recording was not ready yet.
        let freed = self.freed.as_ref().is_some_and(|(other, at)| other != run.slot() && (now - *at).abs() < LEAD);
        let busy = freed || self.emergency().is_some() || self.holder.as_ref().is_some_and(|holder| holder != run.slot());
        // Without a device nothing is busy, and what came late for a reason of its own did not wait for others.
        let known = self.lost_for().or(run.waits).or(busy.then_some(Reason::OutputBusy));
        // Nor is anything busy while the device has not answered.
        let unanswered = (self.device == Device::Opening).then_some(Reason::NoDevice);
        known.or(unanswered).unwrap_or(Reason::Internal)
    }
}
