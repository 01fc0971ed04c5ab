//! Who has an output next, what is loaded for it, and when its device is open.

use crate::defect::defect;
use crate::playout::conductor::margins::{AHEAD, LEAD, PATIENCE};
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::{Device, Stage, Voice};
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::{DeckCue, Write};
use crate::terms::*;

impl Timeline {
    /// Gives the output to whoever ranks first when it is free.
    pub(super) fn choose(&mut self, shared: &mut Shared) {
        if let Some(voice) = self.voices.values().find(|voice| voice.sounds() && voice.is_on())
            && self.holder.as_ref() != Some(&voice.slot)
        {
            // A voice of another slot was tied behind the holder's and sounds now: the holder is displaced.
            let next = voice.slot.clone();
            if let Some(run) = self.holder.take().and_then(|slot| self.runs.get_mut(&slot)) {
                run.displace();
            }
            self.holder = Some(next);
        }
        if self.holder.as_ref().is_some_and(|slot| self.runs.get(slot).is_none_or(|run| self.rests(shared, run))) {
            self.holder = None;
        }
        if self.holder.is_none() {
            let tied = self.voices.values().find(|voice| voice.is_tied() && voice.is_on());
            self.holder = tied.map(|voice| voice.slot.clone()).or_else(|| self.best(shared, None));
        }
        self.yield_unbegun(shared);
    }

    /// A slot that is armed but has not begun, or is between two elements, makes room for one that outranks it.
    fn yield_unbegun(&mut self, shared: &Shared) {
        let Some(holder) = self.holder.clone() else { return };
        if self.voices.values().any(Voice::is_owed) {
            return;
        }
        let Some(best) = self.best(shared, Some(&holder)) else { return };
        let outranks = match (self.runs.get(&best), self.runs.get(&holder)) {
            (Some(best), Some(holder)) => {
                let now = shared.now.wall;
                let waits = holder.slot().planned_at > now + PATIENCE && best.slot().planned_at <= now;
                best.priority() > holder.priority() || (waits && best.has_begun())
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        if outranks && self.ready(&best).is_some() {
            if let Some(run) = self.runs.get_mut(&holder).filter(|run| run.has_begun()) {
                run.displace();
            }
            self.holder = Some(best);
        }
    }

    /// The first in rank among those that may sound now: priority, then resumed before waiting, then instant, then place in the plan.
    fn best(&self, shared: &Shared, but: Option<&Slot>) -> Option<Slot> {
        let rank = |run: &&Run| {
            let slot = run.slot();
            (std::cmp::Reverse(run.priority()), !run.has_begun(), slot.planned_at, run.planned.rank, slot.broadcast.clone())
        };
        let may_sound = self.runs.values().filter(|run| Some(run.slot()) != but && self.may_sound(shared, run));
        may_sound.min_by_key(rank).map(|run| run.slot().clone())
    }

    pub(super) fn may_sound(&self, shared: &Shared, run: &Run) -> bool {
        let near = |next| run.wants_from(next) - LEAD <= shared.now.wall;
        let left_behind = run.is_displaced() && defect!(NeverResumes);
        shared.may_start(run) && !run.is_ending() && !left_behind && run.next().is_some_and(near)
    }

    /// The slot that may take over from the holder: one that outranks it, or any once the holder's last element sounds.
    pub(super) fn heir(&self, shared: &Shared) -> Option<Slot> {
        let holder = self.holder.as_ref().and_then(|slot| self.runs.get(slot))?;
        let heir = self.best(shared, Some(holder.slot()))?;
        let outranks = self.runs.get(&heir)?.priority() > holder.priority();
        (outranks || self.is_at_last(holder)).then_some(heir)
    }

    /// The last of its elements sounds, or is about to, and nothing of it comes after.
    pub(super) fn is_at_last(&self, run: &Run) -> bool {
        self.last_owed(run.slot()).is_some_and(|element| run.follows(element).is_none())
    }

    /// Opens the device and loads what comes next, for the holder and for its heir.
    pub(super) fn prepare(&mut self, shared: &mut Shared) {
        for slot in [self.holder.clone(), self.heir(shared)].into_iter().flatten() {
            let Some(run) = self.runs.get(&slot).filter(|run| self.may_sound(shared, run)) else { continue };
            let Some(next) = self.last_owed(&slot).map_or(run.next(), |last| run.follows(last)) else { continue };
            let Some(element) = run.element(next).cloned() else { continue };
            let armed = run.entry.is_armed();
            self.open(shared);
            if !armed {
                self.arm(shared, &slot);
            }
            if matches!(self.device, Device::Lost { .. }) || self.voice_of(&slot, next).is_some() {
                continue;
            }
            let airing = shared.next_airing();
            shared.deck(&self.id, DeckCue::Load(airing, element));
            self.voices.insert(airing, Voice { slot, element: next, stage: Stage::Loading });
        }
    }

    fn open(&mut self, shared: &mut Shared) {
        if self.device == Device::Closed {
            shared.deck(&self.id, DeckCue::Open);
            self.device = Device::Opening;
        }
    }

    fn arm(&mut self, shared: &mut Shared, slot: &Slot) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        let ticket = shared.next_ticket();
        run.entry.arm(ticket);
        run.arms += 1;
        shared.ledger(Write::Arm(ticket, Box::new(run.open_slot(None))));
    }

    /// The device is closed when nothing is due, and open well before something is.
    pub(super) fn rest(&mut self, shared: &mut Shared, next_at: Option<Wall>) {
        let now = shared.now.wall;
        let near = |run: &Run| run.next().map_or(run.due_at(), |next| run.wants_from(next)) - LEAD <= now;
        let soon = shared.is_open() && next_at.is_some_and(|at| at <= now + AHEAD)
            || self.runs.values().any(|run| shared.may_start(run) && near(run));
        let owed = self.voices.values().any(Voice::is_owed);
        if self.device != Device::Closed && !owed && !soon && !defect!(LeavesOpen) {
            shared.deck(&self.id, DeckCue::Close);
            self.device = Device::Closed;
            self.voices.clear();
        } else if soon {
            self.open(shared);
        }
    }
}
