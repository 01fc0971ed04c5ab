//! What becomes of slots when the clock is judged anew, or steps.
//!
//! A time that was believed and turns out wrong costs nothing once it is right: what it closed and did not sound whole is named by a
//! `void` row, counts nowhere, and is owed again.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::asrun::fact::ClockChange;
use crate::control::status::FaultCode;
use crate::defect::defect;
use crate::playout::conductor::{Conductor, HORIZON, OWES_FOR};
use crate::playout::cue::{Clock, SlotChange, Write};
use crate::rundown::Rundown;
use crate::terms::*;

impl Conductor {
    pub(super) fn judge(&mut self, clock: Clock) {
        let before = std::mem::replace(&mut self.clock, clock.status);
        self.shared.heading.clock = self.clock.evidence;
        self.shared.trusted = !self.clock.doubtful || defect!(BelievesAnyClock);
        self.note_start();
        self.let_go_of_long_ago();
        self.go_back(clock.step);
        if clock.step.is_some() && !before.doubtful {
            self.belated = Some(Reason::ClockStep);
        } else if before.doubtful && self.shared.trusted {
            let leapt = before.why == Some(Doubt::ForwardStep);
            self.belated = Some(if leapt { Reason::ClockStep } else { Reason::ClockUnset });
        }
        let belated = self.belated;
        self.timelines.values_mut().for_each(|timeline| timeline.explain(belated));
        if before.doubtful && self.shared.trusted {
            // What came while nobody knew the time, another plan too, is asked for anew: nothing of it was made by a clock that was right.
            self.coming.clear();
            self.known_to = self.owed_from;
            self.ask_from_now();
        }
        let mut said = Vec::new();
        self.timelines.values_mut().for_each(|timeline| timeline.keep_emergencies(&mut self.shared, clock.step));
        if let Some(step) = clock.step {
            self.timelines.values_mut().for_each(|timeline| timeline.overtake(&mut self.shared));
            let step_ms = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
            said.push(ClockChange::Step { step_ms });
        }
        if self.clock != before || clock.step.is_none() {
            said.push(ClockChange::Evidence { doubtful: self.clock.doubtful, why: self.clock.why });
        }
        let row = |what| self.shared.heading.clock(self.shared.now.wall, before.evidence, what, clock.vouch);
        let rows: Vec<_> = said.into_iter().map(row).collect();
        if !rows.is_empty() {
            self.shared.ledger(Write::Append(rows, SlotChange::Nothing));
        }
    }

    /// A clock that is believed now lies years ahead of the last sign of life: those years are nobody's broadcasts.
    fn let_go_of_long_ago(&mut self) {
        let oldest = self.shared.now.wall - OWES_FOR;
        if self.shared.trusted && self.owed_from < oldest {
            self.owed_from = oldest;
            self.coming.retain(|slot, _| slot.planned_at >= oldest);
        }
    }

    /// The clock shows a time once more that it has shown before: whatever the plan owes from here on is owed, but for what has ended.
    fn go_back(&mut self, step: Option<SignedDuration>) {
        let now = self.shared.now.wall;
        if !self.shared.trusted || now >= self.owed_from || defect!(NeverReopens) {
            return;
        }
        let back = step.unwrap_or_default().min(SignedDuration::ZERO);
        self.started_at = self.started_at.map(|started_at| started_at + back);
        self.know_anew();
    }

    /// Of what is owed from now on nothing is known until the rundown comes, whatever the clock shows by then.
    fn know_anew(&mut self) {
        let now = self.shared.now.wall;
        let last = self.shared.closed_ahead().map(|slot| slot.planned_at + SignedDuration::from_secs(1)).next();
        self.owed_from = self.owed_from.min(now);
        self.known_to = self.known_to.min(now);
        self.settled.clear();
        self.asked = true;
        self.shared.ask_rundown(now, (now + HORIZON).max(last.unwrap_or(now)));
    }

    /// What has ended and lies ahead has ended by a time that was wrong: the plan is asked whether it is owed again.
    pub(super) fn look_again(&mut self) {
        if !self.asked && self.shared.closed_ahead().next().is_some() && !defect!(NeverReopens) {
            self.know_anew();
        }
    }

    /// Of what lies ahead and has ended, the plan owes these slots again: their rows are void. What it does not owe stays as it ended.
    pub(super) fn owe_again(&mut self, rundown: &Rundown) {
        if !self.shared.trusted || defect!(NeverReopens) {
            return;
        }
        let spans = |slot: &&Slot| rundown.from <= slot.planned_at && slot.planned_at < rundown.to;
        let ahead: BTreeSet<Slot> = self.shared.closed_ahead().filter(spans).cloned().collect();
        let again: Vec<&Slot> = rundown.slots.iter().map(|planned| &planned.slot).filter(|slot| ahead.contains(slot)).collect();
        let now = self.shared.now.wall;
        let rows: Vec<_> = again.iter().map(|slot| self.shared.heading.void(now, slot)).collect();
        for slot in ahead {
            self.shared.closed.insert(slot, Closure::ForGood);
        }
        for slot in &again {
            self.shared.closed.remove(slot);
            self.shared.quota.refund(&slot.output, now);
        }
        if !rows.is_empty() {
            self.set_fault(FaultCode::ClockWasWrong, Some(rows.len().to_string()));
            self.shared.ledger(Write::Append(rows, SlotChange::Nothing));
        }
    }

    /// Knows when the daemon started as soon as the clock is believed for the first time. A clock that was wrong until then may have been
    /// years off, either way: a station that was never alive before owes nothing of them.
    fn note_start(&mut self) {
        if !self.shared.trusted || self.started_at.is_some() {
            return;
        }
        let Now { wall, mono } = self.shared.now;
        let started_at = wall - (mono - self.shared.started);
        self.started_at = Some(started_at);
        if self.unborn {
            self.owed_from = started_at;
        }
    }
}
