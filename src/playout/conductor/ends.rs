//! How slots of an output end: by an order, at the close of hours, because they came too late, or because all is done.

use crate::defect::defect;
use crate::playout::conductor::run::{ARMS, Run, settle};
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::{Device, LEAD, Stage, Timeline, Voice, unsounded};
use crate::playout::cue::{Airing, Settle, Write};
use crate::terms::*;

use jiff::SignedDuration;

/// A first sample may lie a little before the hours open: half a frame, and what a clock is slewed.
const EARLY: SignedDuration = SignedDuration::from_secs(1);

/// So far a battery clock may go wrong over a power cut.
const ROUGHLY: SignedDuration = SignedDuration::from_secs(60);

impl Timeline {
    /// Ends whatever is due: what sounds, waits or could resume. Later slots air.
    pub fn end_due(&mut self, shared: &mut Shared, reason: Reason, which: impl Fn(&Run) -> bool) {
        let now = shared.now.wall;
        let mut ended = false;
        for run in self.runs.values_mut().filter(|run| run.due_at() <= now && run.closing.is_none() && which(run)) {
            run.closing = Some(reason);
            ended = true;
        }
        if ended {
            self.silence(shared);
        }
    }

    /// Cuts what ends, but not a slot that goes on when nothing else sounds.
    pub(super) fn silence(&mut self, shared: &mut Shared) {
        let ends = |voice: &Voice| self.runs.get(&voice.slot).is_none_or(|run| run.closing.is_some());
        let mut owed = self.voices.values().filter(|voice| voice.stage.is_owed() && !voice.cut).map(ends).peekable();
        if owed.peek().is_none() || owed.any(|ends| ends) {
            self.cut(shared);
        }
    }

    /// At the close of hours whatever still sounds fades out; before they open too, where a clock that ran ahead was set right.
    pub(super) fn close_hours(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let tied = |run: &Run| run.begun && self.owes(run.slot());
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
                run.closing.is_none() && (now >= run.end_by() || early(run)) && !run.is_emergency() && !defect!(IgnoresClose)
            })
            .filter(|run| self.owes(run.slot()) && (self.sounds(run.slot()) || !urgent))
            .map(|run| run.slot().clone())
            .collect();
        for slot in &over {
            if let Some(run) = self.runs.get_mut(slot) {
                // What is only armed, and came too late for a reason of its own, says that.
                let late = !run.begun && run.waits != Reason::Internal;
                run.closing = Some(if late { run.waits } else { Reason::OutsideHours });
            }
        }
        if !over.is_empty() {
            self.cut(shared);
        }
    }

    /// Ends what a time has brought forth that turned out wrong: what a person ordered by it does not sound when it comes, and of the rest the
    /// plan says whether it is owed again. What has begun in this life goes on, and an emergency of this life goes by the boot clock.
    pub(super) fn end_false_times(&mut self, shared: &Shared) {
        let now = shared.now.wall;
        let brought_forth = |run: &Run| match &run.ordered {
            Some(_) => !defect!(KeepsFalseOrders) && (run.recovered || !run.is_emergency()),
            None => run.recovered || !run.begun,
        };
        let ahead = |run: &Run| run.closing.is_none() && run.due_at() > now + ROUGHLY && brought_forth(run);
        let over: Vec<Slot> =
            self.runs.values().filter(|run| ahead(run) && !self.owes(run.slot())).map(|run| run.slot().clone()).collect();
        for slot in over {
            if let Some(run) = self.runs.get_mut(&slot) {
                run.closing = Some(Reason::ClockStep);
            }
        }
    }

    /// Settles elements that may not start any more.
    pub(super) fn expire(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let lost = self.lost_for();
        let emergency = self.runs.values().any(|run| run.is_emergency() && run.closing.is_none());
        let slots: Vec<Slot> = self.runs.values().filter(|run| !run.is_emergency()).map(|run| run.slot().clone()).collect();
        for slot in slots {
            if self.owes(&slot) {
                continue;
            }
            // It was busy too if it has only just become free, and the recording was not ready yet.
            let freed = self.freed.as_ref().is_some_and(|(other, at)| *other != slot && (now - *at).abs() < LEAD);
            let busy = emergency || freed || self.holder.as_ref().is_some_and(|holder| *holder != slot);
            let busy = if busy { Reason::OutputBusy } else { Reason::Internal };
            let Some(run) = self.runs.get_mut(&slot) else { continue };
            if run.closing.is_some() {
                continue;
            }
            // Without a device nothing is busy; and what came late for a reason of its own did not wait for others.
            let waits = if run.waits == Reason::Internal { busy } else { run.waits };
            // Nor is anything busy while the device has not answered.
            let opening = (self.device == Device::Opening && waits == Reason::Internal).then_some(Reason::NoDevice);
            let reason = lost.or(opening).unwrap_or(waits);
            let mut gone = Vec::new();
            while let Some(next) = run.next() {
                if now <= run.element_start_by(next) {
                    break;
                }
                // Before the slot has begun, what is too late for its first element is too late for all of it.
                let last = if run.begun { next } else { run.done.len() - 1 };
                for index in next..=last {
                    if run.done[index].is_none() && (!run.begun || run.planned.elements[index].unplayable.is_none()) {
                        run.done[index] = Some(settle(reason, run.sounded[index], run.sounded[index]));
                        gone.push(index);
                    }
                }
            }
            self.forget(&slot, &gone);
            self.write_unsounded(shared, &slot, &gone);
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
        let sounding = self.voices.values().any(|v| matches!(v.stage, Stage::Sounding { .. }));
        let armed = self.voices.values().any(|v| v.stage == Stage::Started && !v.cut && !may_start(v));
        if armed && !sounding {
            self.cut(shared);
        }
    }

    /// After a step of the clock: a start that is armed and has become too late, or is far ahead again, is taken back.
    pub fn overtake(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let far = |run: &Run, element: usize| run.wants_from(element) - LEAD > now;
        let sounding = self.voices.values().any(|v| matches!(v.stage, Stage::Sounding { .. }));
        // What is behind another that sounds is never too late, and taken back when that is over.
        let off = |voice: &Voice, run: &Run| far(run, voice.element) || (!sounding && now > run.element_start_by(voice.element));
        let armed = self.voices.iter().filter(|(_, voice)| voice.stage == Stage::Started);
        let off = armed.filter(|(_, voice)| self.runs.get(&voice.slot).is_some_and(|run| off(voice, run)));
        let off: Vec<Airing> = off.map(|(airing, _)| *airing).collect();
        let cut = !off.is_empty() && !sounding;
        if cut {
            self.cut(shared);
        }
        for (_, voice) in self.voices.iter_mut().filter(|(airing, _)| cut || off.contains(airing)) {
            voice.why = Some(Reason::ClockStep);
        }
        // Until it comes near once more it has the output no longer.
        let holds = self.holder.as_ref().and_then(|slot| self.runs.get(slot));
        if holds.is_some_and(|run| run.next().is_some_and(|next| far(run, next))) {
            self.holder = None;
        }
    }

    pub(super) fn is_finished(&self, run: &Run) -> bool {
        (run.closing.is_some() || run.is_over()) && !self.owes(run.slot())
    }

    /// Ends every slot that is over: exactly once, since it is gone from here afterwards.
    pub(super) fn finish(&mut self, shared: &mut Shared) {
        let over: Vec<Slot> = self.runs.values().filter(|run| self.is_finished(run)).map(|run| run.slot().clone()).collect();
        for slot in over {
            let Some(mut run) = self.runs.remove(&slot) else { continue };
            let reason = run.closing.unwrap_or(Reason::Internal);
            let mut rows = Vec::new();
            for index in 0..run.done.len() {
                if run.done[index].is_some() {
                    continue;
                }
                let unplayable = run.planned.elements[index].unplayable.filter(|_| run.begun || run.closing.is_none());
                let reason = unplayable.unwrap_or(reason);
                let outcome = settle(reason, run.sounded[index], run.sounded[index]);
                run.done[index] = Some(outcome);
                if !run.sounded[index] && (run.begun || unplayable.is_some()) {
                    rows.push(shared.heading.air(&run, &unsounded(&run, index, outcome)));
                }
            }
            let rows_of_end = if defect!(EndsTwice) { 2 } else { 1 };
            let outcome = run.outcome();
            rows.extend((0..rows_of_end).map(|_| shared.heading.end(&run, outcome)));
            shared.ledger(Write::Append(rows, Settle::Clear(slot.clone())));
            // What a start has given up, after as many tries, is not begun once more; what ended otherwise at the last try may be.
            let given_up = run.arms >= ARMS && run.closing == Some(run.waits);
            let closed = if given_up { Closure::ForGood } else { Closure::by(&slot, outcome) };
            shared.closed.insert(slot.clone(), closed);
            self.voices.retain(|_, voice| voice.slot != slot || voice.stage.is_owed());
            if self.holder.as_ref() == Some(&slot) {
                self.holder = None;
            }
        }
    }
}
