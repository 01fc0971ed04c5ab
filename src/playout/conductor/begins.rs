//! How slots of an output begin: who has it next, what is loaded, when it starts, and what follows what sounds.

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::{AHEAD, Device, LEAD, PATIENCE, Stage, TIE, Timeline, Voice};
use crate::playout::cue::{DeckCue, Write};
use crate::terms::*;

impl Timeline {
    /// Gives the output to whoever ranks first when it is free.
    pub(super) fn choose(&mut self, shared: &mut Shared) {
        if let Some(voice) = self.voices.values().find(|v| matches!(v.stage, Stage::Sounding { .. }) && !v.cut)
            && self.holder.as_ref() != Some(&voice.slot)
        {
            // What was told to follow across slots sounds now: whoever had the output is displaced.
            let next = voice.slot.clone();
            if let Some(run) = self.holder.take().and_then(|slot| self.runs.get_mut(&slot)) {
                run.displace();
            }
            self.holder = Some(next);
        }
        if self.holder.as_ref().is_some_and(|slot| self.runs.get(slot).is_none_or(|run| self.rests(shared, run))) {
            self.holder = None;
        }
        let started = self.voices.values().find(|v| v.stage == Stage::Started && !v.cut).map(|v| v.slot.clone());
        if self.holder.is_none() {
            self.holder = started.or_else(|| self.best(shared, None));
        }
        self.yield_unbegun(shared);
    }

    /// A slot that is armed but has not begun, or is between two elements, makes room for one that outranks it.
    pub(super) fn yield_unbegun(&mut self, shared: &mut Shared) {
        let Some(holder) = self.holder.clone() else { return };
        if self.voices.values().any(|v| v.stage.is_owed()) {
            return;
        }
        let Some(best) = self.best(shared, Some(&holder)) else { return };
        let outranks = match (self.runs.get(&best), self.runs.get(&holder)) {
            (Some(best), Some(holder)) => {
                let waits = holder.planned.slot.planned_at > shared.now.wall + PATIENCE
                    && best.planned.slot.planned_at <= shared.now.wall;
                best.priority() > holder.priority() || (waits && best.begun)
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        if outranks && self.ready(&best).is_some() {
            if let Some(run) = self.runs.get_mut(&holder).filter(|run| run.begun) {
                run.displace();
            }
            self.holder = Some(best);
        }
    }

    /// The first in rank among those that may sound now: priority, then resumed before waiting, then instant, then place in the plan.
    pub(super) fn best(&self, shared: &Shared, but: Option<&Slot>) -> Option<Slot> {
        self.runs
            .values()
            .filter(|run| Some(run.slot()) != but && self.may_sound(shared, run))
            .min_by_key(|run| {
                let slot = &run.planned.slot;
                (std::cmp::Reverse(run.priority()), !run.begun, slot.planned_at, run.planned.rank, slot.broadcast.clone())
            })
            .map(|run| run.slot().clone())
    }

    pub(super) fn may_sound(&self, shared: &Shared, run: &Run) -> bool {
        let near = |next| run.wants_from(next) - LEAD <= shared.now.wall;
        let left_behind = run.displaced && defect!(NeverResumes);
        shared.may_start(run) && run.closing.is_none() && !left_behind && run.next().is_some_and(near)
    }

    /// Who may take over from the holder: one that outranks it, or anyone once its last element sounds.
    pub(super) fn heir(&self, shared: &Shared) -> Option<Slot> {
        let holder = self.holder.as_ref().and_then(|slot| self.runs.get(slot))?;
        let heir = self.best(shared, Some(holder.slot()))?;
        let outranks = self.runs.get(&heir)?.priority() > holder.priority();
        (outranks || self.is_at_last(holder)).then_some(heir)
    }

    /// The last of its elements sounds, or is about to, and nothing of it comes after.
    pub(super) fn is_at_last(&self, run: &Run) -> bool {
        let last = self.voices.values().filter(|v| v.slot == *run.slot() && v.stage.is_owed()).map(|v| v.element).max();
        last.is_some_and(|element| run.follows(element).is_none())
    }

    /// Opens the device and loads what comes next, for the holder and for its heir.
    pub(super) fn prepare(&mut self, shared: &mut Shared) {
        for slot in [self.holder.clone(), self.heir(shared)].into_iter().flatten() {
            let Some(run) = self.runs.get(&slot).filter(|run| self.may_sound(shared, run)) else { continue };
            let last = self.voices.values().filter(|v| v.slot == slot && v.stage.is_owed()).map(|v| v.element).max();
            let Some(next) = last.map_or(run.next(), |last| run.follows(last)) else { continue };
            let armed = run.armed;
            self.open(shared);
            if !armed {
                self.arm(shared, &slot);
            }
            if matches!(self.device, Device::Lost { .. }) || self.voice_of(&slot, next).is_some() {
                continue;
            }
            let Some(element) = self.runs.get(&slot).and_then(|run| run.element(next)).cloned() else { continue };
            let airing = shared.next_airing();
            shared.deck(&self.id, DeckCue::Load(airing, element));
            let voice = Voice {
                slot,
                element: next,
                take: 0,
                stage: Stage::Loading,
                log_late: false,
                cut: false,
                why: None,
                marked_at: shared.now.mono,
            };
            self.voices.insert(airing, voice);
        }
    }

    fn open(&mut self, shared: &mut Shared) {
        if self.device == Device::Closed {
            shared.deck(&self.id, DeckCue::Open);
            self.device = Device::Opening;
        }
    }

    pub(super) fn arm(&mut self, shared: &mut Shared, slot: &Slot) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        run.armed = true;
        run.arms += 1;
        let ticket = shared.next_ticket(slot);
        shared.ledger(Write::Arm(ticket, Box::new(run.unsettled(None))));
    }

    /// Starts the holder, or its heir behind the last element: the deck lets an armed voice wait until nothing else sounds.
    pub(super) fn start(&mut self, shared: &mut Shared) {
        let Some(holder) = self.holder.clone().filter(|_| !defect!(MutedOutput)) else { return };
        let slot = if self.owes(&holder) {
            // One that is only armed has no end yet that another could start behind.
            let armed = self.voices.values().any(|v| v.stage == Stage::Started && !v.cut);
            let at_last = self.runs.get(&holder).is_some_and(|run| self.is_at_last(run));
            match self.heir(shared).filter(|_| at_last && !armed) {
                Some(heir) => heir,
                None => return,
            }
        } else if self.is_taken_over(&holder) {
            return;
        } else {
            holder
        };
        if self.voices.values().any(|v| v.stage.is_owed() && v.slot == slot) {
            return;
        }
        let Some((airing, next)) = self.ready(&slot) else { return };
        let now = shared.now.wall;
        let free_at = self.free_at();
        let Some(run) = self.runs.get(&slot).filter(|run| self.may_sound(shared, run)) else { return };
        let wanted = run.wants_from(next).max(now);
        let starts = wanted.max(free_at.unwrap_or(wanted));
        if free_at.is_some_and(|at| at - TIE > now) {
            // Until then a higher priority, or another hour, may still come between.
            return;
        }
        let by = run.element_start_by(next);
        if starts > by || !(run.durable || now >= wanted - PATIENCE) {
            return;
        }
        if self.is_called_away(shared, run, next, starts) {
            // It makes room before it is told to: only the hours limit what is left of it.
            if let Some(run) = self.runs.get_mut(&slot).filter(|run| run.begun) {
                run.displace();
            }
            return;
        }
        if self.fit(shared, &slot, 0, starts) != Some(next) {
            return;
        }
        self.mark_started(&slot, airing);
        let wanted = if defect!(StartsLate) { wanted + SignedDuration::from_millis(50) } else { wanted };
        shared.deck(&self.id, DeckCue::Start { airing, at: wanted, by });
    }

    /// Whether a higher priority's voice is tied already but has not begun: between the end of the holder's element and its beginning
    /// the output looks free, and what the holder started there would sound in the middle of the other's programme.
    fn is_taken_over(&self, holder: &Slot) -> bool {
        let priority = |slot: &Slot| self.runs.get(slot).map(Run::priority);
        self.voices.values().any(|v| v.stage == Stage::Started && !v.cut && priority(&v.slot) > priority(holder))
    }

    /// Ties the next element to the one that sounds, or a higher priority's first one in its place.
    pub(super) fn follow(&mut self, shared: &mut Shared) {
        let uncut = self.voices.iter().filter(|(_, voice)| !voice.cut);
        let sounding = uncut.filter_map(|(airing, voice)| Some((*airing, voice.clone(), self.ends_at(voice)?))).next();
        let Some((after, voice, ends_at)) = sounding else { return };
        if ends_at - TIE > shared.now.wall || self.voices.values().any(|v| v.stage == Stage::Started) {
            return;
        }
        let Some(run) = self.runs.get(&voice.slot).filter(|run| run.closing.is_none() && shared.may_start(run)) else { return };
        let pause = run.element(voice.element).map_or(SignedDuration::ZERO, |e| e.pause);
        let priority = run.priority();
        let heir = self.heir(shared).filter(|heir| {
            let heir = self.runs.get(heir);
            let wants_from = |heir: &Run| heir.next().map(|next| heir.wants_from(next));
            heir.is_some_and(|heir| heir.priority() > priority && wants_from(heir).is_some_and(|at| at <= ends_at))
        });
        let (slot, from, at) = match heir.filter(|heir| self.ready(heir).is_some()) {
            Some(heir) => (heir, 0, ends_at),
            None if run.follows(voice.element).is_none() => return,
            None => (voice.slot, voice.element + 1, ends_at + pause),
        };
        let Some(run) = self.runs.get(&slot) else { return };
        let Some(next) = run.next_from(from).filter(|next| !self.is_called_away(shared, run, *next, at)) else { return };
        let Some(airing) = self.voice_of(&slot, next).filter(|a| self.voices[a].stage == Stage::Ready) else { return };
        if self.fit(shared, &slot, from, at) != Some(next) {
            return;
        }
        self.mark_started(&slot, airing);
        shared.deck(&self.id, DeckCue::Follow { after, next: airing });
    }

    /// Drops what does not fit when the slot goes on with element `from` at `at`; returns the element that comes then.
    pub(super) fn fit(&mut self, shared: &mut Shared, slot: &Slot, from: usize, at: Wall) -> Option<usize> {
        let id = self.id.clone();
        let pending = self.pending();
        let run = self.runs.get_mut(slot)?;
        let mut dropped = Vec::new();
        if !run.is_emergency() {
            let end_by = run.end_by();
            let reason = if run.displaced { Reason::Preempted } else { Reason::OutsideHours };
            dropped = run.fit(from, reason, |run| at + run.left(from) > end_by && !defect!(IgnoresClose));
            if let Some(left) = shared.quota_left(&id, run.planned.session.as_ref()) {
                let room = left.saturating_sub(pending);
                dropped.extend(run.fit(from, Reason::OverQuota, |run| run.airtime_left(from) > room));
            }
        }
        let next = run.next_from(from);
        let begun = run.begun;
        self.forget(slot, &dropped);
        if next.is_some() || begun {
            self.write_unsounded(shared, slot, &dropped);
        }
        next
    }

    /// The device is closed when nothing is due, and open well before something is.
    pub(super) fn rest(&mut self, shared: &mut Shared, next_at: Option<Wall>) {
        let now = shared.now.wall;
        let near = |run: &Run| run.next().map_or(run.due_at(), |next| run.wants_from(next)) - LEAD <= now;
        let soon = shared.is_open() && next_at.is_some_and(|at| at <= now + AHEAD)
            || self.runs.values().any(|run| shared.may_start(run) && near(run));
        let owed = self.voices.values().any(|v| v.stage.is_owed());
        if self.device != Device::Closed && !owed && !soon && !defect!(LeavesOpen) {
            shared.deck(&self.id, DeckCue::Close);
            self.device = Device::Closed;
            self.voices.clear();
        } else if soon {
            self.open(shared);
        }
    }
}
