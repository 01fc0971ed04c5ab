//! Slots of the rundown that are still to come: when more of them is asked for, and when each is handed to its timeline.

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::conductor::margins::{AHEAD, LEAD, SETTLE};
use crate::playout::conductor::run::Run;
use crate::playout::conductor::timeline::late;
use crate::playout::conductor::{Conductor, HORIZON};
use crate::playout::cue::{SlotChange, Write};
use crate::rundown::Planned;
use crate::terms::*;

/// The rundown is extended when less than this is left of it.
const REFRESH: SignedDuration = SignedDuration::from_hours(12);

impl Conductor {
    /// Instants at which something is to be done about slots that are still to come.
    pub(super) fn coming_instants(&self) -> Vec<Wall> {
        let now = self.shared.now.wall;
        let mut instants: Vec<Wall> = Vec::new();
        if self.shared.trusted {
            if let Some((slot, planned)) = self.coming.first_key_value() {
                instants.extend([slot.planned_at - AHEAD, slot.planned_at - LEAD, slot.planned_at]);
                if planned.forecast {
                    instants.push(slot.planned_at - SETTLE);
                }
            }
            // Slots of one instant settle together, and the next instant may be nearer than its settling.
            let next = self.coming.keys().map(|slot| slot.planned_at).find(|at| *at - SETTLE > now);
            instants.extend(next.map(|at| at - SETTLE));
            // What is skipped or left out is admitted on its instant only: those behind it must not wait for it.
            let admitted = self.coming.keys().map(|slot| slot.planned_at - LEAD).find(|at| *at > now);
            instants.extend(admitted);
            instants.extend(self.awaiting(now).map(|planned| planned.start_by + SignedDuration::from_nanos(1)));
        }
        if !self.asked {
            instants.push(self.known_to - REFRESH);
        }
        instants
    }

    /// From when on a rundown is wanted at `now`: what is due and waits for its recordings to be measured, or for what the rundown says of it,
    /// belongs to it.
    pub fn owed_from(&self, now: Wall) -> Wall {
        let due = self.coming.values().take_while(|planned| planned.slot.planned_at <= now);
        let waits = due.filter(|planned| awaits(planned, now) || self.mends(planned));
        waits.map(|planned| planned.slot.planned_at).fold(now, Wall::min)
    }

    /// Whether a mourning silenced it that has been withdrawn, and the rundown is on its way that says so.
    fn mends(&self, planned: &Planned) -> bool {
        self.asked && !self.shared.mourns(planned) && planned.left_out == Some(Outcome::skipped(Reason::Mourning))
    }

    /// What is due, and would be silent for nothing but recordings that are still being measured.
    fn awaiting(&self, now: Wall) -> impl Iterator<Item = &Planned> {
        let due = self.coming.values().take_while(move |planned| planned.slot.planned_at <= now);
        due.filter(move |planned| awaits(planned, now))
    }

    /// Hands slots to their timelines: a little ahead of their instant, or on it when they will not air.
    pub(super) fn admit(&mut self) {
        let now = self.shared.now.wall;
        let started_at = self.started_at.unwrap_or(now);
        let due: Vec<Slot> = self
            .coming
            .iter()
            .take_while(|(slot, _)| slot.planned_at - LEAD <= now)
            .filter(|(slot, planned)| {
                let held = self.shared.hold.is_some() && !defect!(IgnoresHold);
                let mourned = self.shared.mourns(planned);
                let silent = planned.left_out.is_some() || self.is_skipped(slot) || held || mourned;
                (!silent || slot.planned_at <= now) && (mourned || !awaits(planned, now)) && !self.mends(planned)
            })
            .map(|(slot, _)| slot.clone())
            .collect();
        for slot in due {
            let Some(planned) = self.coming.remove(&slot) else { continue };
            if self.has_taken(&slot) {
                continue;
            }
            let left_out = self.left_out(&planned);
            let mut run = Run::new(planned);
            run.unconfirmed = !self.plans.contains(&run.planned.facts.plan_hash);
            run.waits = if slot.planned_at < started_at { Some(self.off) } else { self.belated };
            match left_out {
                Some(outcome) => {
                    let row = self.shared.heading.end(&run, outcome);
                    self.shared.closed.insert(slot.clone(), Closure::by(&slot, outcome));
                    if !defect!(ForgetsSkipped) {
                        self.shared.ledger(Write::Append(vec![row], SlotChange::Clear(slot)));
                    }
                }
                None => self.timeline(&slot.output).admit(run),
            }
        }
    }

    /// Why a slot that is still to come will not air, as the orders stand: what a rule or a person decided beforehand goes before what is
    /// missing.
    pub(super) fn left_out(&self, planned: &Planned) -> Option<Outcome> {
        if self.is_skipped(&planned.slot) {
            return Some(Outcome::skipped(Reason::Operator));
        }
        let by_rule = planned.left_out.filter(|outcome| outcome.status == Status::Skipped);
        let mourned = self.shared.mourns(planned).then_some(Outcome::skipped(Reason::Mourning));
        by_rule.or(mourned).or(planned.left_out)
    }

    pub(super) fn is_skipped(&self, slot: &Slot) -> bool {
        self.skips.contains(&(slot.broadcast.clone(), slot.planned_at))
    }

    /// Whether a slot is on its way already, or has ended.
    pub(super) fn has_taken(&self, slot: &Slot) -> bool {
        self.shared.closed.contains_key(slot) || self.timelines.get(&slot.output).is_some_and(|timeline| timeline.knows(slot))
    }

    /// Asks for the rundown when it runs short, and for settled picks ten minutes ahead of each instant.
    pub(super) fn look_ahead(&mut self) {
        let now = self.shared.now.wall;
        let settles: Vec<Wall> = self
            .coming
            .iter()
            .take_while(|(slot, _)| slot.planned_at - SETTLE <= now)
            .filter(|(slot, planned)| planned.forecast && !self.settled.contains(&slot.planned_at))
            .map(|(slot, _)| slot.planned_at)
            .collect();
        let short = self.known_to - REFRESH <= now;
        if self.asked || (settles.is_empty() && !short) {
            return;
        }
        self.settled.extend(settles);
        self.settled = self.settled.split_off(&(now - SETTLE));
        self.ask_from_now();
    }

    /// Asks for the rundown from what is owed up to the horizon.
    pub(super) fn ask_from_now(&mut self) {
        let now = self.shared.now.wall;
        self.asked = true;
        self.shared.ask_rundown(self.owed_from.min(now), now + HORIZON);
    }
}

/// Whether a slot that would be silent waits, as long as its `late` allows, until its recordings are measured.
fn awaits(planned: &Planned, now: Wall) -> bool {
    planned.left_out == Some(Outcome::missed(Reason::FileMissing)) && planned.awaits() && late::may_begin(planned, now)
}
