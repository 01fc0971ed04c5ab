//! The plan in force decides what begins, whatever was settled before it.
//!
//! What sounds goes on to the end of its element. What waits, what comes next, and what a start has recovered, begin only within the hours
//! of the plan in force, and with items that it still has. What has been withdrawn counts as unplayable from then on, with its reason, so
//! that the slot ends as one does whose recordings are gone.

use std::sync::Arc;

use crate::defect::defect;
use crate::playout::conductor::Conductor;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::{Stage, Timeline, Voice};
use crate::rundown::allowed::Allowed;
use crate::terms::*;

impl Conductor {
    /// Holds all that is on its way to what the newest rundown says of it. What came between, of another plan, is asked for.
    pub(super) fn hold_to_plan(&mut self) {
        let Some(standing) = self.standing.take() else { return };
        let mut unknown = false;
        for timeline in self.timelines.values_mut() {
            let slots: Vec<(Slot, PlanHash)> =
                timeline.runs.values().map(|run| (run.slot().clone(), run.planned.facts.plan_hash.clone())).collect();
            for (slot, settled_by) in slots {
                match standing.iter().find(|allowed| allowed.slot == slot && allowed.settled_by == settled_by) {
                    Some(allowed) => timeline.hold_to(&self.shared, allowed),
                    None => unknown |= settled_by != self.plan_hash,
                }
            }
        }
        if unknown {
            self.ask_from_now();
        }
    }
}

impl Timeline {
    /// Takes back what the plan in force does not allow of a slot. What comes too late all the same is left to say so.
    fn hold_to(&mut self, shared: &Shared, allowed: &Allowed) {
        let now = shared.now.wall;
        let goes_on = self.owes(&allowed.slot);
        let Some(run) = self.runs.get_mut(&allowed.slot).filter(|run| run.closing.is_none()) else { return };
        let anew = run.recovered;
        if anew && defect!(ResumesByOldPlan) {
            return;
        }
        // An emergency's clock has to be believed too, before it is one of this life.
        run.recovered = anew && run.is_emergency();
        let end_by = allowed.end_by.filter(|_| !defect!(IgnoresClosedHours));
        // What sounds when its hours are closed over it fades out when they would have closed.
        let closed = end_by.is_some_and(|end_by| end_by < run.planned.end_by && end_by <= now);
        if let Some(end_by) = end_by.filter(|_| !closed) {
            run.planned.end_by = end_by;
            run.planned.start_by = (run.planned.slot.planned_at + run.planned.late).min(end_by);
        }
        let reasons = if anew { &allowed.withdrawn_anew } else { &allowed.withdrawn };
        let reason = |index: usize| {
            let withdrawn = reasons.get(index).copied().flatten();
            withdrawn.or(closed.then_some(Reason::OutsideHours)).filter(|_| goes_on || now <= run.element_start_by(index))
        };
        let mut gone: Vec<(usize, Reason)> = (0..run.done.len())
            .filter(|index| run.is_to_come(*index))
            .filter_map(|index| Some((index, reason(index)?)))
            .collect();
        let Some((_, first)) = gone.first().copied() else { return };
        run.withdraw(&gone);
        // What is left may be a bare jingle, or the tone before a warning that is withdrawn.
        if run.is_emergency() || (run.is_bare() && (!run.begun || anew)) {
            let rest: Vec<(usize, Reason)> =
                (0..run.done.len()).filter(|index| run.is_to_come(*index)).map(|index| (index, first)).collect();
            run.withdraw(&rest);
            gone.extend(rest);
        }
        if run.next().is_none() && !run.begun {
            // Nothing of it has sounded: its end says it all.
            run.closing = Some(first);
        }
        let gone_of = |voice: &Voice| gone.iter().find(|(index, _)| *index == voice.element && voice.slot == allowed.slot);
        self.voices.retain(|_, voice| voice.stage.is_owed() || gone_of(voice).is_none());
        for voice in self.voices.values_mut().filter(|voice| voice.stage == Stage::Started) {
            voice.why = gone_of(voice).map(|(_, reason)| *reason).or(voice.why);
        }
    }

    /// Cuts what was told to start before the plan withdrew it: at once, or as soon as what sounds before it is over.
    pub(super) fn take_back(&mut self, shared: &mut Shared) {
        let withdrawn = |voice: &&Voice| voice.stage.is_owed() && !voice.cut && voice.why.is_some();
        let sounds = |voice: &Voice| matches!(voice.stage, Stage::Sounding { .. }) && !voice.cut && voice.why.is_none();
        if self.voices.values().any(|voice| withdrawn(&voice)) && !self.voices.values().any(sounds) {
            self.cut(shared);
        }
    }
}

impl Run {
    /// Whether an element could still begin.
    fn is_to_come(&self, index: usize) -> bool {
        self.next_from(index) == Some(index)
    }

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
