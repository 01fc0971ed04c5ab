//! How slots of an output end: by an order, at the close of hours, because a time turned out wrong, or because all is done.

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::conductor::margins::LEAD;
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::{ARMS, Run};
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::{Device, Voice};
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::{Airing, SlotChange, Write};
use crate::terms::*;

/// A first sample may lie a little before the hours open: half a frame, and what a clock is slewed.
const EARLY: SignedDuration = SignedDuration::from_secs(1);

/// So far a battery clock may go wrong over a power cut.
const ROUGHLY: SignedDuration = SignedDuration::from_secs(60);

impl Timeline {
    /// Ends whatever is due: what sounds, waits or could resume. Later slots air.
    pub fn end_due(&mut self, shared: &mut Shared, reason: Reason, which: impl Fn(&Run) -> bool) {
        let now = shared.now.wall;
        let mut ended = false;
        for run in self.runs.values_mut().filter(|run| run.due_at() <= now && !run.is_ending() && which(run)) {
            run.phase.end(reason);
            ended = true;
        }
        if ended {
            self.silence(shared);
        }
    }

    /// Cuts what is on, unless none of it belongs to a slot that ends.
    pub(super) fn silence(&mut self, shared: &mut Shared) {
        let ends = |voice: &Voice| self.runs.get(&voice.slot).is_none_or(Run::is_ending);
        let mut on = self.voices.values().filter(|voice| voice.is_on()).map(ends).peekable();
        if on.peek().is_none() || on.any(|ends| ends) {
            self.cut(shared);
        }
    }

    /// At the close of hours whatever still sounds fades out; before they open too, where a clock that ran ahead was set right.
    pub(super) fn close_hours(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let tied = |run: &Run| run.has_begun() && self.owes(run.slot());
        let early = |run: &Run| {
            run.planned.session.is_some_and(|session| {
                now < session.opens - EARLY && self.sounds(run.slot()) || now < session.opens - LEAD - EARLY && tied(run)
            })
        };
        // What is tied behind an emergency is cut off when it begins.
        let urgent = self.emergency().is_some_and(|emergency| self.sounds(emergency.slot()));
        let over: Vec<Slot> = self
            .runs
            .values()
            .filter(|run| {
                !run.is_ending() && (now >= run.end_by() || early(run)) && !run.is_emergency() && !defect!(IgnoresClose)
            })
            .filter(|run| self.owes(run.slot()) && (self.sounds(run.slot()) || !urgent))
            .map(|run| run.slot().clone())
            .collect();
        for slot in &over {
            if let Some(run) = self.runs.get_mut(slot) {
                // What is only armed, and came too late for a reason of its own, says that.
                let late = run.waits.filter(|_| !run.has_begun());
                run.phase.end(late.unwrap_or(Reason::OutsideHours));
            }
        }
        if !over.is_empty() {
            self.cut(shared);
        }
    }

    /// Ends slots that came of a wrong time and now lie ahead. What a person ordered by it does not sound when that time comes; of the rest the
    /// plan says whether it is owed again. What has begun in this life goes on, and an emergency of this life goes by the boot clock.
    pub fn end_false_times(&mut self, shared: &Shared) {
        let now = shared.now.wall;
        let brought_forth = |run: &Run| match &run.ordered {
            Some(_) => !defect!(KeepsFalseOrders) && (run.unconfirmed || !run.is_emergency()),
            None => run.unconfirmed || !run.has_begun(),
        };
        let ahead = |run: &Run| !run.is_ending() && run.due_at() > now + ROUGHLY && brought_forth(run);
        let over: Vec<Slot> =
            self.runs.values().filter(|run| ahead(run) && !self.owes(run.slot())).map(|run| run.slot().clone()).collect();
        for slot in over {
            if let Some(run) = self.runs.get_mut(&slot) {
                run.phase.end(Reason::ClockStep);
            }
        }
    }

    /// Why nothing sounds while the device is gone.
    pub(super) fn lost_for(&self) -> Option<Reason> {
        match self.device {
            Device::Lost { ever: true, .. } => Some(Reason::DeviceFault),
            Device::Lost { ever: false, .. } => Some(Reason::NoDevice),
            Device::Closed | Device::Opening | Device::Open(_) => None,
        }
    }

    /// What is armed and may not start any more is taken back: on a doubtful clock, under a hold. What sounds runs on, or has been cut.
    pub(super) fn disarm(&mut self, shared: &mut Shared) {
        let may_start = |voice: &Voice| self.runs.get(&voice.slot).is_some_and(|run| shared.may_start(run));
        let sounding = self.voices.values().any(Voice::sounds);
        let tied = self.voices.values().any(|voice| voice.is_tied() && voice.is_on() && !may_start(voice));
        if tied && !sounding {
            self.cut(shared);
        }
    }

    /// After a step of the clock: a start that is armed and has become too late, or is far ahead again, is taken back.
    pub fn overtake(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let far = |run: &Run, element: usize| run.wants_from(element) - LEAD > now;
        let sounding = self.voices.values().any(Voice::sounds);
        // What is behind another that sounds is never too late, and taken back when that is over.
        let off = |voice: &Voice, run: &Run| far(run, voice.element) || (!sounding && run.is_too_late(voice.element, now));
        let tied = self.voices.iter().filter(|(_, voice)| voice.is_tied());
        let off = tied.filter(|(_, voice)| self.runs.get(&voice.slot).is_some_and(|run| off(voice, run)));
        let off: Vec<Airing> = off.map(|(airing, _)| *airing).collect();
        let cut = !off.is_empty() && !sounding;
        if cut {
            self.cut(shared);
        }
        for (_, voice) in self.voices.iter_mut().filter(|(airing, _)| cut || off.contains(airing)) {
            voice.take_back(Reason::ClockStep);
        }
        // A holder that is far ahead again gives the output back until it comes near.
        let holds = self.holder.as_ref().and_then(|slot| self.runs.get(slot));
        if holds.is_some_and(|run| run.next().is_some_and(|next| far(run, next))) {
            self.holder = None;
        }
    }

    pub(super) fn is_finished(&self, run: &Run) -> bool {
        (run.is_ending() || run.is_over()) && !self.owes(run.slot())
    }

    /// Ends every slot that is over: exactly once, since it leaves the timeline here.
    pub(super) fn finish(&mut self, shared: &mut Shared) {
        let over: Vec<Slot> = self.runs.values().filter(|run| self.is_finished(run)).map(|run| run.slot().clone()).collect();
        for slot in over {
            let Some(mut run) = self.runs.remove(&slot) else { continue };
            let (ending, begun) = (run.phase.ending(), run.has_begun());
            let mut rows = Vec::new();
            for index in (0..run.parts.len()).filter(|index| run.parts[*index].done.is_none()).collect::<Vec<_>>() {
                let unplayable = run.planned.elements[index].unplayable.filter(|_| begun || ending.is_none());
                run.give_up(index, unplayable.or(ending).unwrap_or(Reason::Internal));
                if !run.parts[index].sounded && (begun || unplayable.is_some()) {
                    rows.extend(Take::unsounded(&run, index).map(|take| shared.heading.air(&run, &take)));
                }
            }
            let rows_of_end = if defect!(EndsTwice) { 2 } else { 1 };
            let outcome = run.outcome();
            rows.extend((0..rows_of_end).map(|_| shared.heading.end(&run, outcome)));
            shared.ledger(Write::Append(rows, SlotChange::Clear(slot.clone())));
            // A slot that a start gave up after so many tries stays ended, also where the clock turns out wrong.
            let given_up = run.arms >= ARMS && ending.is_some() && ending == run.waits;
            let closed = if given_up { Closure::ForGood } else { Closure::by(&slot, outcome) };
            shared.closed.insert(slot.clone(), closed);
            self.voices.retain(|_, voice| voice.slot != slot);
            if self.holder.as_ref() == Some(&slot) {
                self.holder = None;
            }
        }
    }
}
