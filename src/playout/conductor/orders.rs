//! What people ask: each order is taken once, becomes a row, and is answered.

use crate::control::request::{Answer, Order, Refusal, Request};
use crate::playout::conductor::Conductor;
use crate::playout::conductor::run::Run;
use crate::playout::cue::{Asker, Hold, LedgerCue, PlayOrder, Settle};
use crate::terms::*;

/// How many request ids are remembered.
const REMEMBERED: usize = 10_000;

impl Conductor {
    pub(super) fn order(&mut self, request: Request, play: Option<Box<PlayOrder>>, asker: Asker) {
        if self.request_ids.contains(&request.id) {
            // It was carried out when it came first.
            return self.desk.answer(asker, Answer::Done);
        }
        let answer = match &request.order {
            Order::Play { priority, outputs, .. } => self.play(*priority, outputs, play),
            Order::Stop { output } => self.stop(output.as_ref()),
            Order::Hold { until } => {
                self.desk.hold = Some(Hold { until: *until });
                Answer::Done
            }
            Order::Release => match self.desk.hold.take() {
                Some(_) => Answer::Done,
                None => Answer::Refused(Refusal::NothingToUndo),
            },
            Order::Skip { broadcast, planned_at } => self.skip(broadcast, planned_at),
            Order::Unskip { broadcast, planned_at } => self.unskip(broadcast, planned_at),
            // The judge of the clock has heard it too; here it is only written down.
            Order::ConfirmClock => Answer::Done,
        };
        if !matches!(answer, Answer::Refused(_)) {
            let broadcast = if let Answer::Playing { broadcast, .. } = &answer { Some(broadcast) } else { None };
            let row = self.desk.heading.order(self.desk.now.wall, &request, broadcast);
            self.desk.ledger(LedgerCue::Append(vec![row], Settle::Nothing));
            self.request_ids.insert(request.id);
            while self.request_ids.len() > REMEMBERED {
                self.request_ids.pop_first();
            }
        }
        self.desk.answer(asker, answer);
    }

    fn play(&mut self, priority: Priority, outputs: &[OutputId], play: Option<Box<PlayOrder>>) -> Answer {
        let Some(play) = play.filter(|play| !play.slots.is_empty()) else { return Answer::Refused(Refusal::UnknownItem) };
        if priority == Priority::Emergency {
            return Answer::Refused(Refusal::Internal);
        }
        if !self.desk.trusted {
            return Answer::Refused(Refusal::ClockDoubtful);
        }
        if self.desk.hold.is_some() {
            return Answer::Refused(Refusal::OnHold);
        }
        if outputs.iter().any(|output| !self.timelines.contains_key(output)) {
            return Answer::Refused(Refusal::UnknownOutput);
        }
        let item =
            |planned: &crate::rundown::Planned| planned.elements.first().and_then(|e| e.facts.as_ref().map(|f| f.item.clone()));
        let sounds = |planned: &crate::rundown::Planned| {
            let timeline = self.timelines.get(&planned.slot.output)?;
            let voice = timeline.voices.values().find(|v| v.stage.is_owed() && timeline.ends_at(v).is_some())?;
            let run = timeline.runs.get(&voice.slot)?;
            let now = run.element(voice.element)?.facts.as_ref().map(|f| f.item.clone());
            Some(now == item(planned))
        };
        if play.slots.iter().all(|planned| sounds(planned) == Some(true)) {
            return Answer::Refused(Refusal::AlreadySounding);
        }
        self.requests += 1;
        let broadcast = BroadcastId::new(format!("@request-{}", self.requests));
        for mut planned in play.slots {
            planned.slot.broadcast = broadcast.clone();
            let slot = planned.slot.clone();
            self.timeline(&slot.output).runs.insert(slot, Run::new(planned));
        }
        Answer::Playing { broadcast, until: None, short_of: 0 }
    }

    fn stop(&mut self, output: Option<&OutputId>) -> Answer {
        if output.is_some_and(|output| !self.timelines.contains_key(output)) {
            return Answer::Refused(Refusal::UnknownOutput);
        }
        for (id, timeline) in &mut self.timelines {
            if output.is_none_or(|output| output == id) {
                timeline.end_due(&mut self.desk, Reason::Operator);
            }
        }
        Answer::Done
    }

    fn skip(&mut self, broadcast: &BroadcastId, planned_at: &[Wall]) -> Answer {
        let now = self.desk.now.wall;
        let later: Vec<Wall> = planned_at.iter().copied().filter(|at| *at > now).collect();
        if planned_at.is_empty() {
            return Answer::Refused(Refusal::UnknownBroadcast);
        }
        if later.is_empty() {
            return Answer::Refused(Refusal::TooLate);
        }
        for at in later {
            self.skips.insert((broadcast.clone(), at));
            for timeline in self.timelines.values_mut() {
                let armed: Vec<Slot> =
                    timeline.runs.keys().filter(|s| s.broadcast == *broadcast && s.planned_at == at).cloned().collect();
                for slot in armed {
                    let Some(run) = timeline.runs.get_mut(&slot) else { continue };
                    run.closing = Some(Reason::Operator);
                    let others = timeline.voices.values().any(|v| v.stage.is_owed() && v.slot != slot);
                    if timeline.owes(&slot) && !others {
                        timeline.cut(&mut self.desk);
                    }
                }
            }
        }
        Answer::Done
    }

    fn unskip(&mut self, broadcast: &BroadcastId, planned_at: &[Wall]) -> Answer {
        let before = self.skips.len();
        let now = self.desk.now.wall;
        self.skips.retain(|(id, at)| id != broadcast || !planned_at.contains(at) || *at <= now);
        if self.skips.len() == before { Answer::Refused(Refusal::NothingToUndo) } else { Answer::Done }
    }
}
