//! What people ask: each order is taken once, becomes a row, and is answered.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::open::Ordered;
use crate::control::request::{Answer, DueSlot, Foreseen, OrderEffect, Refusal, Request};
use crate::defect::defect;
use crate::playout::conductor::Conductor;
use crate::playout::conductor::margins::LEAD;
use crate::playout::conductor::run::Run;
use crate::playout::cue::{Asker, PlayOrder, SlotChange, Write};
use crate::rundown::Planned;
use crate::terms::*;

/// How many request ids are remembered, the newest: whoever sends an order again does so within minutes.
pub(super) const REMEMBERED: usize = 1_000;

impl Conductor {
    pub(super) fn order(&mut self, request: Request, play: Option<Box<PlayOrder>>, asker: Asker) {
        if self.request_ids.contains(&request.id) && !defect!(ObeysTwice) {
            // It was carried out when it came first.
            return self.shared.answer(asker, Answer::Done(OrderEffect::Before));
        }
        let answer = match &request.order {
            Order::Play { .. } | Order::Drill { .. } => self.play(&request, play),
            Order::Stop { output } => self.stop(output.as_ref()),
            Order::Hold { until } => self.hold(Hold { until: *until }),
            Order::Release => match self.shared.hold.take() {
                Some(_) => Answer::Done(OrderEffect::Released { next: self.airs_next() }),
                None => Answer::Refused(Refusal::NotHeld),
            },
            Order::Skip { broadcast, planned_at } => self.skip(broadcast, planned_at),
            Order::Unskip { broadcast, planned_at } => self.unskip(broadcast, planned_at),
            Order::Mourning(mourning) => self.mourn(mourning),
            Order::WithdrawMourning { from } => self.withdraw_mourning(*from),
            // The judge of the clock has heard it too; here it is only written down.
            Order::ConfirmClock => Answer::Done(OrderEffect::Confirmed { at: self.shared.now.wall }),
        };
        if !matches!(answer, Answer::Refused(_)) {
            let (broadcast, until) = match &answer {
                Answer::Playing { broadcast, until, .. } => (Some(broadcast), *until),
                _ => (None, None),
            };
            let mut row = self.shared.heading.order(self.shared.now.wall, &request, broadcast);
            // The end that the person was told.
            row.ended_at = row.ended_at.or(until.map(Wall::floor_ms));
            if defect!(AnswersFirst) {
                self.shared.answer(asker, answer.clone());
            }
            if !(defect!(ForgetsStops) && matches!(request.order, Order::Stop { .. })) {
                self.shared.ledger(Write::Append(vec![row], SlotChange::Nothing));
            }
            self.request_ids.push_back(request.id);
            while self.request_ids.len() > REMEMBERED {
                self.request_ids.pop_front();
            }
        }
        self.shared.answer(asker, answer);
    }

    fn play(&mut self, request: &Request, play: Option<Box<PlayOrder>>) -> Answer {
        let (outputs, reason, emergency, named) = match &request.order {
            Order::Play { outputs, reason, emergency, .. } => (outputs, reason.clone(), *emergency, "@request-"),
            Order::Drill { outputs, .. } => (outputs, None, None, Slot::DRILL),
            _ => return Answer::Refused(Refusal::Internal),
        };
        let Some(play) = play.filter(|play| !play.slots.is_empty()) else { return Answer::Refused(Refusal::UnknownItem) };
        // A person who calls an emergency knows the hour: neither hours, nor a hold, nor a doubtful clock keeps it back.
        if emergency.is_none() && !self.shared.trusted {
            return Answer::Refused(Refusal::ClockDoubtful);
        }
        if emergency.is_none() && self.shared.hold.is_some() {
            return Answer::Refused(Refusal::OnHold);
        }
        if outputs.iter().any(|output| !self.timelines.contains_key(output)) {
            return Answer::Refused(Refusal::UnknownOutput);
        }
        let now = self.shared.now.wall;
        let mut runs: Vec<Run> = play.slots.into_iter().map(Run::new).collect();
        for run in runs.iter_mut().filter(|run| run.is_emergency() && (now - run.due_at()).abs() > LEAD) {
            // The clock stepped, or the station stood still, while it was on its way here: it sounds at once all the same.
            run.stepped = now - run.due_at();
        }
        if runs.iter().all(|run| self.timelines.get(&run.slot().output).is_some_and(|timeline| timeline.sounds_already(run))) {
            return Answer::Refused(Refusal::AlreadySounding);
        }
        self.requests += 1;
        let broadcast = BroadcastId::new(format!("{named}{}", self.requests));
        let ordered = Arc::new(Ordered { actor: request.actor.clone(), reason, trusted: self.shared.trusted });
        let until = runs.first().filter(|run| run.is_emergency()).map(Run::end_by);
        let short_of = runs.first().map_or(0, short_of);
        let title = runs.first().and_then(Run::message).map(|facts| facts.title.clone());
        let everyday = runs.first().is_some_and(|run| run.is_emergency() && !is_for_emergencies(run));
        for mut run in runs {
            run.planned.slot.broadcast = broadcast.clone();
            run.ordered = Some(Arc::clone(&ordered));
            let slot = run.slot().clone();
            let timeline = self.timeline(&slot.output);
            if run.is_emergency() {
                timeline.supersede(&slot);
            }
            timeline.admit(run);
        }
        Answer::Playing { broadcast, title, until, short_of, everyday }
    }

    fn stop(&mut self, output: Option<&OutputId>) -> Answer {
        if output.is_some_and(|output| !self.timelines.contains_key(output)) {
            return Answer::Refused(Refusal::UnknownOutput);
        }
        let mut ended = BTreeSet::new();
        for (id, timeline) in &mut self.timelines {
            if output.is_none_or(|output| output == id) {
                ended.extend(timeline.due_slots(self.shared.now.wall));
                timeline.end_due(&mut self.shared, Reason::Operator, |_| true);
            }
        }
        Answer::Done(OrderEffect::Stopped { slots: ended.into_iter().collect() })
    }

    fn hold(&mut self, hold: Hold) -> Answer {
        let again = self.shared.hold == Some(hold);
        let now = self.shared.now.wall;
        let mut silent: BTreeSet<DueSlot> = BTreeSet::new();
        // Silent means silent: only an emergency that is ordered after the hold sounds under it.
        for timeline in self.timelines.values_mut() {
            silent.extend(timeline.due_slots(now));
            timeline.end_due(&mut self.shared, Reason::Hold, Run::is_emergency);
        }
        self.shared.hold = Some(hold);
        silent.extend(self.coming.values().filter(|planned| self.is_held(planned)).map(due_slot));
        let more = u32::try_from(silent.len().saturating_sub(TOLD)).unwrap_or(u32::MAX);
        let silent = Foreseen { slots: silent.into_iter().take(TOLD).collect(), more };
        Answer::Done(OrderEffect::Held { until: hold.until, again, silent })
    }

    /// Whether the hold that stands keeps a slot silent that would air.
    pub(super) fn is_held(&self, planned: &Planned) -> bool {
        let held = |hold: Hold| hold.until.is_none_or(|until| planned.slot.planned_at < until);
        self.shared.hold.is_some_and(held) && self.left_out(planned).is_none()
    }

    fn airs_next(&self) -> Option<DueSlot> {
        self.coming.values().find(|planned| self.left_out(planned).is_none()).map(due_slot)
    }

    fn skip(&mut self, broadcast: &BroadcastId, planned_at: &[Wall]) -> Answer {
        let now = self.shared.now.wall;
        let later: Vec<Wall> = planned_at.iter().copied().filter(|at| *at > now).collect();
        if planned_at.is_empty() {
            return Answer::Refused(Refusal::UnknownBroadcast);
        }
        if later.is_empty() {
            return Answer::Refused(Refusal::TooLate);
        }
        let mut again = true;
        for at in later.iter().copied() {
            again &= !self.skips.insert((broadcast.clone(), at));
            for timeline in self.timelines.values_mut() {
                timeline.skip(broadcast, at);
            }
        }
        self.settle_anew();
        Answer::Done(OrderEffect::Skipped { slots: on_each(broadcast, &later), again })
    }

    fn unskip(&mut self, broadcast: &BroadcastId, planned_at: &[Wall]) -> Answer {
        let now = self.shared.now.wall;
        let is_skipped = |at: &&Wall| **at > now && self.skips.contains(&(broadcast.clone(), **at));
        let skipped: Vec<Wall> = planned_at.iter().filter(is_skipped).copied().collect();
        if skipped.is_empty() {
            return Answer::Refused(Refusal::NotSkipped);
        }
        self.skips.retain(|(id, at)| id != broadcast || !skipped.contains(at));
        self.settle_anew();
        Answer::Done(OrderEffect::Unskipped { slots: on_each(broadcast, &skipped) })
    }

    /// What is armed and has not begun ends on the way; what has begun goes on to its end.
    fn mourn(&mut self, mourning: &Mourning) -> Answer {
        if mourning.until <= self.shared.now.wall {
            return Answer::Refused(Refusal::TooLate);
        }
        self.shared.mourning.retain(|other| other.from != mourning.from);
        self.shared.mourning.push(mourning.clone());
        self.settle_anew();
        // How many slots that concerns is counted by whoever knows the plan.
        Answer::Done(OrderEffect::Mourned { mourning: mourning.clone(), silent: 0, airing: 0 })
    }

    fn withdraw_mourning(&mut self, from: Option<Wall>) -> Answer {
        let now = self.shared.now.wall;
        let meant = |mourning: &Mourning| mourning.until > now && from.is_none_or(|from| from == mourning.from);
        if !self.shared.mourning.iter().any(meant) {
            return Answer::Refused(Refusal::NotMourning);
        }
        self.shared.mourning.retain(|mourning| from.is_some_and(|from| from != mourning.from));
        self.settle_anew();
        Answer::Done(OrderEffect::MourningWithdrawn)
    }

    /// What others had to make room for has changed. On a doubtful clock the rundown is asked for once it is believed.
    fn settle_anew(&mut self) {
        if self.shared.trusted {
            self.ask_from_now();
        }
    }
}

/// Whether what is to sound was recorded for emergencies.
fn is_for_emergencies(run: &Run) -> bool {
    run.message().is_some_and(|facts| facts.kind == ItemKind::Emergency)
}

/// So many slots are named in an answer.
const TOLD: usize = 12;

fn due_slot(planned: &Planned) -> DueSlot {
    DueSlot { planned_at: planned.slot.planned_at, broadcast: planned.slot.broadcast.clone(), title: None }
}

fn on_each(broadcast: &BroadcastId, instants: &[Wall]) -> Vec<DueSlot> {
    instants.iter().map(|at| DueSlot { planned_at: *at, broadcast: broadcast.clone(), title: None }).collect()
}

/// How many times of an emergency do not fit before its end.
fn short_of(run: &Run) -> u32 {
    let over = |index: &usize| {
        let length = run.element(*index).map_or(SignedDuration::ZERO, |element| element.length);
        run.is_emergency() && run.element_planned_at(*index) + length > run.end_by()
    };
    u32::try_from(run.messages().filter(over).count()).unwrap_or(u32::MAX)
}
