//! The plan in force decides what begins, whatever was settled before it: a rundown is taken in, and what is on its way is held to it.

use jiff::SignedDuration;

use crate::playout::conductor::Conductor;
use crate::rundown::{Planned, Rundown};
use crate::terms::*;

/// Ended slots are remembered this long: longer than a clock may jump back and still be believed.
const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);

/// Whether its picks are settled and stay. What could not sound as it was settled may now: a recording has been put in its place.
pub(super) fn is_settled(planned: &Planned) -> bool {
    !planned.forecast && planned.left_out.is_none() && planned.elements.iter().all(|element| element.unplayable.is_none())
}

impl Conductor {
    /// Takes a rundown in: what has been settled or admitted stays, everything later is as the new one says.
    pub(super) fn take_in(&mut self, rundown: Rundown) {
        let now = self.shared.now.wall;
        self.asked = false;
        self.owe_again(&rundown);
        self.standing = Some(rundown.standing);
        let same = rundown.plan_hash == self.plan_hash;
        if !same && !self.shared.trusted {
            // On a doubtful clock nobody knows what is past and what is to come: the rundown is asked for again once the clock is believed.
            return;
        }
        if self.shared.trusted {
            // On a doubtful clock, which may be years ahead, everything would seem long past.
            self.forget_the_past(now);
        }
        // What a doubtful clock has left open is owed as the rundown says, which knows what plan was in force at each time.
        let open = self.known_to < now;
        // A new plan owes only later instants; those that have passed stay with the plan that owed them. One that a clock which was set back since
        // the rundown was asked for has ahead of it again has not passed: nobody else would say anything of it.
        let from = if same { rundown.from } else { now };
        self.coming.retain(|slot, planned| slot.planned_at < from || (same && is_settled(planned)));
        for output in &rundown.outputs {
            self.timeline(output);
        }
        if !same {
            self.timelines.values_mut().for_each(|timeline| timeline.drop_unbegun(&mut self.shared, from));
        }
        // A plan that has only just come leaves everything that has passed to the plans before it.
        let since = if same { self.plan_since.or(self.started_at) } else { Some(now) };
        for planned in rundown.slots {
            let slot = planned.slot.clone();
            let known = self.coming.contains_key(&slot) || self.has_taken(&slot);
            let before = since.is_none_or(|since| slot.planned_at < since);
            let by_its_plan = before || planned.facts.plan_hash == rundown.plan_hash;
            let owed = slot.planned_at >= self.owed_from && by_its_plan && (same || open || slot.planned_at > now);
            if owed && !known {
                self.coming.insert(slot, planned);
            }
        }
        if !same {
            self.plan_since = Some(now);
            self.plans.insert(rundown.plan_hash.clone());
        }
        self.plan_hash = rundown.plan_hash;
        // A rundown that begins later leaves a hole, as a reload's does on a clock that was wrong or leapt: the hole is asked for again.
        if rundown.from <= self.known_to.max(self.owed_from) {
            self.known_to = rundown.to;
        }
        self.shared.heading.station = rundown.station;
    }

    /// Forgets airtime and ended slots that no session, no jump back and no rundown can reach any more.
    fn forget_the_past(&mut self, now: Wall) {
        self.shared.quota.forget(now);
        let before = (now - CLOSED_FOR).min(self.owed_from);
        while self.shared.closed.first_key_value().is_some_and(|(slot, _)| slot.planned_at < before) {
            self.shared.closed.pop_first();
        }
    }

    /// Holds every slot on its way to what the newest rundown says of it. Where it says nothing of a slot of another plan, a rundown is
    /// asked for that does.
    pub(super) fn hold_to_plan(&mut self) {
        let Some(standing) = self.standing.take() else { return };
        let now = self.shared.now.wall;
        let mut unknown = false;
        for timeline in self.timelines.values_mut() {
            unknown |= timeline.hold_to_plan(now, &standing, &self.plan_hash);
        }
        if unknown {
            self.ask_from_now();
        }
    }
}
