//! What a changed plan takes back of what an output was to sound.
//!
//! What sounds goes on to the end of its element. What waits, what comes next, and what a start has recovered, begin only within the hours
//! of the plan in force, and with items that it still has. What has been withdrawn counts as unplayable from then on, with its reason, so
//! that the slot ends as one does whose recordings are gone.

use std::sync::Arc;

use crate::defect::defect;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::Voice;
use crate::playout::conductor::timeline::{Timeline, late};
use crate::playout::cue::{SlotChange, Write};
use crate::rundown::allowed::Allowed;
use crate::terms::*;

impl Timeline {
    /// Drops slots of an old plan whose instant is still to come.
    pub fn drop_unbegun(&mut self, shared: &mut Shared, from: Wall) {
        // What has begun or waits stays with its plan, also where a clock was set back behind its instant.
        let stays = |run: &Run| run.ordered.is_some() || run.has_begun() || run.entry.was_noted();
        let early = self.runs.values().filter(|run| !stays(run) && run.slot().planned_at > from);
        let mut early: Vec<Slot> = early.map(|run| run.slot().clone()).collect();
        // What is tied behind another that sounds cannot be taken back alone: it stays with its plan too.
        if self.voices.values().any(|voice| voice.is_on() && !early.contains(&voice.slot)) {
            early.retain(|slot| !self.owes(slot));
        }
        let tied = early.iter().any(|slot| self.owes(slot));
        for slot in &early {
            if self.runs.remove(slot).is_some_and(|run| run.entry.is_armed()) {
                shared.ledger(Write::Append(Vec::new(), SlotChange::Clear(slot.clone())));
            }
            self.voices.retain(|_, voice| voice.slot != *slot || voice.is_owed());
        }
        if tied {
            self.cut(shared);
        }
        self.voices.retain(|_, voice| !early.contains(&voice.slot));
    }

    /// Holds its slots to what the newest rundown, of the plan `in_force`, says of them. Returns whether it says nothing of one that another
    /// plan settled.
    pub fn hold_to_plan(&mut self, now: Wall, standing: &[Allowed], in_force: &PlanHash) -> bool {
        let mut unknown = false;
        let slots: Vec<(Slot, PlanHash)> =
            self.runs.values().map(|run| (run.slot().clone(), run.planned.facts.plan_hash.clone())).collect();
        for (slot, settled_by) in slots {
            match standing.iter().find(|allowed| allowed.slot == slot && allowed.settled_by == settled_by) {
                Some(allowed) => self.hold_to(now, allowed),
                None => unknown |= settled_by != *in_force,
            }
        }
        unknown
    }

    /// Withdraws what the plan in force does not allow of a slot. What comes too late anyway is left to say that it does.
    fn hold_to(&mut self, now: Wall, allowed: &Allowed) {
        let goes_on = self.owes(&allowed.slot);
        let Some(run) = self.runs.get_mut(&allowed.slot).filter(|run| !run.is_ending()) else { return };
        let anew = run.unconfirmed;
        if anew && defect!(ResumesByOldPlan) {
            return;
        }
        // An emergency needs a clock that is believed as well before it counts as one of this life.
        run.unconfirmed = anew && run.is_emergency();
        let end_by = allowed.end_by.filter(|_| !defect!(IgnoresClosedHours));
        // What sounds when its hours are closed over it fades out when they would have closed.
        let closed = end_by.is_some_and(|end_by| end_by < run.planned.end_by && end_by <= now);
        if let Some(end_by) = end_by.filter(|_| !closed) {
            late::close_at(&mut run.planned, end_by);
        }
        let reasons = if anew { &allowed.withdrawn_anew } else { &allowed.withdrawn };
        let reason = |index: usize| {
            let withdrawn = reasons.get(index).copied().flatten();
            withdrawn.or(closed.then_some(Reason::OutsideHours)).filter(|_| goes_on || !run.is_too_late(index, now))
        };
        let mut gone: Vec<(usize, Reason)> = run.to_come(0).filter_map(|index| Some((index, reason(index)?))).collect();
        let Some((_, first)) = gone.first().copied() else { return };
        run.withdraw(&gone);
        // What is left may be a bare jingle, or the tone before a warning that is withdrawn.
        if run.is_emergency() || (run.is_bare() && (!run.has_begun() || anew)) {
            let rest: Vec<(usize, Reason)> = run.to_come(0).map(|index| (index, first)).collect();
            run.withdraw(&rest);
            gone.extend(rest);
        }
        if run.next().is_none() && !run.has_begun() {
            // Nothing of it has sounded: its end says it all.
            run.phase.end(first);
        }
        let gone_of = |voice: &Voice| {
            let found = gone.iter().find(|(index, _)| *index == voice.element && voice.slot == allowed.slot);
            found.map(|(_, why)| *why)
        };
        self.voices.retain(|_, voice| voice.is_owed() || gone_of(voice).is_none());
        for voice in self.voices.values_mut().filter(|voice| voice.is_tied()) {
            if let Some(why) = gone_of(voice) {
                voice.take_back(why);
            }
        }
    }

    /// Cuts what was tied before the plan withdrew it, or a person called it off: at once, or as soon as what sounds before it is over.
    pub(super) fn cut_withdrawn(&mut self, shared: &mut Shared) {
        let withdrawn = |voice: &Voice| voice.is_on() && voice.taken_back().is_some();
        let sounds = |voice: &Voice| voice.is_on() && voice.taken_back().is_none() && voice.sounds();
        if self.voices.values().any(withdrawn) && !self.voices.values().any(sounds) {
            self.cut(shared);
        }
    }
}

impl Run {
    fn withdraw(&mut self, gone: &[(usize, Reason)]) {
        let mut elements = self.planned.elements.to_vec();
        for (index, reason) in gone {
            if let Some(element) = elements.get_mut(*index) {
                element.unplayable = Some(*reason);
            }
        }
        self.planned.elements = Arc::from(elements);
    }
}
