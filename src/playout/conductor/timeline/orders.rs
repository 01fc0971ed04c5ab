//! What people ask of an output, and the end of the daemon.

use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::Timeline;
use crate::terms::*;

impl Timeline {
    /// A slot that is armed ends, if it is this broadcast's.
    pub fn skip(&mut self, broadcast: &BroadcastId, planned_at: Wall) {
        let is_meant = |slot: &&Slot| slot.broadcast == *broadcast && slot.planned_at == planned_at;
        if let Some(slot) = self.runs.keys().find(is_meant).cloned() {
            self.call_off(&slot, Reason::Operator);
        }
    }

    /// What a mourning silences and has not begun ends. What the deck was told to sound and is due may sound already.
    pub(super) fn end_mourned(&mut self, shared: &Shared) {
        let now = shared.now.wall;
        let begins = |run: &Run| self.owes(run.slot()) && run.due_at() <= now;
        let silenced = |run: &&Run| !run.is_ending() && !run.has_begun() && !begins(run) && shared.mourns(&run.planned);
        let mourned: Vec<Slot> = self.runs.values().filter(silenced).map(|run| run.slot().clone()).collect();
        for slot in mourned {
            self.call_off(&slot, Reason::Mourning);
        }
    }

    /// Ends a slot that was not to sound yet. What the deck was told of it is taken back: at once, or as soon as what sounds before it is over.
    fn call_off(&mut self, slot: &Slot, reason: Reason) {
        if let Some(run) = self.runs.get_mut(slot) {
            run.phase.end(reason);
        }
        for voice in self.voices.values_mut().filter(|voice| voice.slot == *slot) {
            voice.take_back(reason);
        }
    }

    /// The daemon ends: what sounds fades out and ends as `stopped`; what waits is left to the next start.
    pub fn leave(&mut self, shared: &mut Shared) {
        // An emergency goes on after the restart, if that comes before its end.
        for run in self.runs.values_mut().filter(|run| run.has_begun() && !run.is_emergency()) {
            run.phase.end(Reason::Stopped);
        }
        self.cut(shared);
    }

    /// Whether what is asked for sounds already: the same item, of an emergency only as an emergency.
    pub fn sounds_already(&self, asked: &Run) -> bool {
        let message = |run: &Run| run.message().map(|facts| facts.item.clone());
        if asked.is_emergency() {
            let holder = self.holder.as_ref().and_then(|slot| self.runs.get(slot)).filter(|run| !run.is_ending());
            return holder.is_some_and(|run| run.is_emergency() && message(run) == message(asked));
        }
        let Some(voice) = self.voices.values().find(|voice| voice.sounds()) else { return false };
        let Some(run) = self.runs.get(&voice.slot) else { return false };
        let item = || run.element(voice.element)?.facts.as_ref().map(|facts| facts.item.clone());
        message(asked) == if run.is_emergency() { message(run) } else { item() }
    }
}
