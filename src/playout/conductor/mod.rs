//! The conductor: the state machine that decides what each output does.
//!
//! Pure. It never waits, reads no clock and touches no device: an event and the time go in, cues come out. `run`, `rehearse` and `simulate`
//! drive the same one. What it promises: every slot that the rundown owes ends exactly once; nothing sounds outside its hours, on a
//! doubtful clock or under a hold; nothing that aired whole airs again; after a `Tick` the deadline lies in the future.
//!
//! [`run`] is one slot's bookkeeping, [`timeline`] one output's ([`ends`], [`begins`], [`emergency`]), [`sounds`] what decks tell, [`orders`] what people ask,
//! [`shared`] what all outputs share, [`rows`] what is written, [`belief`] and [`recovery`] a clock and a start that go wrong, [`in_force`]
//! what a changed plan takes back.

mod begins;
mod belief;
mod emergency;
mod ends;
mod in_force;
mod orders;
mod recovery;
pub mod rows;
pub mod run;
pub mod shared;
mod sounds;
mod status;
pub mod timeline;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;

use crate::asrun::unsettled::Unsettled;
use crate::control::status::{ClockStatus, FaultCode, FaultStatus};
use crate::defect::defect;
use crate::playout::conductor::rows::Heading;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::{AHEAD, LEAD, Timeline, Voice};
use crate::playout::cue::*;
use crate::rundown::allowed::Allowed;
use crate::rundown::{Planned, Rundown, Span};
use crate::terms::*;

/// How far ahead the rundown is held.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(36);
/// So far back something is owed. Of what lies before, after years in a cupboard or by a clock that leapt, the log says no more than that
/// the station was off.
pub const OWES_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);
/// It is extended when less than this is left.
const REFRESH: SignedDuration = SignedDuration::from_hours(12);
/// Picks are settled this long ahead.
pub const SETTLE: SignedDuration = SignedDuration::from_mins(10);
/// Airtime is remembered this long for quotas: longer than any session.
const SPENT_FOR: SignedDuration = SignedDuration::from_hours(49);
/// Ended slots are remembered this long: longer than a clock may jump back and still be believed.
const CLOSED_FOR: SignedDuration = SignedDuration::from_hours(40 * 24);

#[derive(Debug)]
pub struct Conductor {
    shared: Shared,
    clock: ClockStatus,
    timelines: BTreeMap<OutputId, Timeline>,
    /// Slots of the rundown that have not been admitted to their timeline.
    coming: BTreeMap<Slot, Planned>,
    /// The rundown is known up to here.
    known_to: Wall,
    /// Everything before has been admitted or has ended: a clock that jumps back behind it repeats nothing.
    owed_from: Wall,
    plan_hash: PlanHash,
    /// Those that have been in force in this life: what another owes comes from before it.
    plans: BTreeSet<PlanHash>,
    /// When the present one was taken in, if that was in this life: plans before it owe nothing of what the clock has shown since.
    plan_since: Option<Wall>,
    /// What the newest rundown allows of what is on its way, until all is held to it.
    standing: Option<Vec<Allowed>>,
    /// A rundown has been asked for and has not come.
    asked: bool,
    /// Instants whose picks were asked to be settled.
    settled: BTreeSet<Wall>,
    /// When this daemon started on the wall clock, once that is believed: a clock that was wrong at the start is reckoned back.
    started_at: Option<Wall>,
    /// It was never alive on a clock that was believed: nothing is owed before this start.
    unborn: bool,
    /// Why the station was silent before.
    off: Reason,
    /// What a slot says that is admitted after its instant, although the daemon ran.
    belated: Reason,
    skips: BTreeSet<(BroadcastId, Wall)>,
    requests: u64,
    /// In the order in which they came.
    request_ids: VecDeque<String>,
    faults: Vec<FaultStatus>,
}

/// Which station this is, and what its log's rows carry.
#[derive(Clone, Debug)]
pub struct Setting {
    pub origin: Origin,
    pub clock: ClockStatus,
}

impl Conductor {
    /// Begins: closes what was open, admits what is owed. `rundown` starts where the station was last alive.
    pub fn new(now: Now, setting: Setting, recovered: Recovered, rundown: Rundown) -> (Conductor, Vec<Cue>) {
        let heading = Heading { station: rundown.station.clone(), origin: setting.origin, clock: setting.clock.evidence };
        let mut shared = Shared::new(now, heading, !setting.clock.doubtful || defect!(BelievesAnyClock));
        shared.hold = recovered.hold;
        shared.closed = recovered.closed.into_iter().collect();
        for (output, at, length) in recovered.spent {
            shared.spend(&output, at, length);
        }
        let started_at = (!setting.clock.doubtful).then_some(now.wall);
        let mut conductor = Conductor {
            shared,
            clock: setting.clock,
            timelines: BTreeMap::new(),
            coming: BTreeMap::new(),
            known_to: rundown.to,
            owed_from: rundown.from,
            plan_hash: rundown.plan_hash.clone(),
            plans: BTreeSet::from([rundown.plan_hash.clone()]),
            plan_since: None,
            standing: None,
            asked: false,
            settled: BTreeSet::new(),
            started_at,
            unborn: recovered.alive_at.is_none(),
            off: recovered.off.unwrap_or(Reason::Crash),
            belated: Reason::Internal,
            skips: recovered.skips.into_iter().collect(),
            requests: recovered.requests,
            request_ids: recovered.request_ids.into_iter().collect(),
            faults: Vec::new(),
        };
        for unsettled in recovered.unsettled {
            conductor.recover(unsettled);
        }
        conductor.take_in(rundown);
        conductor.advance();
        let cues = conductor.shared.take_cues();
        (conductor, cues)
    }

    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Cue> {
        self.shared.now = now;
        match event {
            Event::Tick => {}
            Event::Rundown(rundown) => self.take_in(rundown),
            Event::Clock(clock) => self.judge(clock),
            Event::Request(request, play, asker) => self.order(request, play, asker),
            Event::Deck(output, event) => {
                if let Some(timeline) = self.timelines.get_mut(&output) {
                    timeline.heard(&mut self.shared, event);
                }
            }
            Event::Ledger(event) => self.ledger(event),
            Event::Shutdown => self.leave(),
        }
        self.advance();
        self.shared.take_cues()
    }

    /// When to tick at the latest.
    pub fn deadline(&self) -> Option<Wall> {
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
        if let Some(until) = self.shared.hold.and_then(|hold| hold.until) {
            instants.push(until);
        }
        instants.extend(self.timelines.values().filter_map(|timeline| timeline.deadline(&self.shared)));
        instants.into_iter().filter(|at| *at > now).min()
    }

    /// Whether nothing sounds and nothing is owed by a deck: the daemon may end.
    pub fn is_quiet(&self) -> bool {
        self.timelines.values().all(|timeline| timeline.voices.values().all(|voice| !voice.stage.is_owed()))
    }

    /// Whether no slot that it knows of is still to come, waits, sounds or could resume.
    pub fn is_idle(&self) -> bool {
        self.coming.is_empty() && self.timelines.values().all(|timeline| timeline.runs.is_empty())
    }

    /// What is armed, waits or sounds, as a start would recover it.
    pub fn unsettled(&self) -> Vec<Unsettled> {
        let of = |timeline: &Timeline, slot: &Slot| match timeline.settle(slot) {
            Settle::Update(unsettled) => Some(*unsettled),
            Settle::Nothing | Settle::Clear(_) => None,
        };
        self.timelines.values().flat_map(|timeline| timeline.runs.keys().filter_map(|slot| of(timeline, slot))).collect()
    }

    /// What is wanted of the planner for a rundown of this span.
    pub fn wants(&self, span: Span) -> Wanted {
        let skips = self.skips.iter().cloned().collect();
        Wanted { span, unsettled: self.unsettled(), skips, plan_since: self.plan_since() }
    }

    /// When the plan that is in force came into force, by a clock that was believed. Only before that another plan may owe something.
    fn plan_since(&self) -> Option<(PlanHash, Wall)> {
        Some((self.plan_hash.clone(), self.plan_since.or(self.started_at)?))
    }

    /// Up to when a station that is alive at `now` owes nothing any more, if it goes off now: behind that while a part of the past is still
    /// asked for, as after a clock that nobody believed.
    pub fn owes_nothing_before(&self, now: Wall) -> Wall {
        if self.asked { self.owed_from.min(now) } else { self.owed_from(now) }
    }

    /// From when on a rundown is wanted at `now`: what is due and waits for its recordings to be measured belongs to it.
    pub fn owed_from(&self, now: Wall) -> Wall {
        self.awaiting(now).map(|planned| planned.slot.planned_at).fold(now, Wall::min)
    }

    /// What is due, and would be silent for nothing but recordings that are still being measured.
    fn awaiting(&self, now: Wall) -> impl Iterator<Item = &Planned> {
        let due = self.coming.values().take_while(move |planned| planned.slot.planned_at <= now);
        due.filter(move |planned| awaits(planned, now))
    }

    /// Whether no device of an output is open, or being opened.
    pub fn is_closed(&self, output: &OutputId) -> bool {
        self.timelines.get(output).is_none_or(|timeline| timeline.device == timeline::Device::Closed)
    }

    /// Brings every output to rest.
    fn advance(&mut self) {
        let now = self.shared.now.wall;
        if self.shared.trusted
            && let Some(hold) = self.shared.hold.take_if(|hold| hold.until.is_some_and(|until| until <= now))
        {
            // Written down, because a clock that is set back would have it stand again after a restart.
            let row = self.shared.heading.ran_out(now, hold);
            self.shared.ledger(Write::Append(vec![row], Settle::Nothing));
        }
        if self.shared.trusted && !self.shared.leaving {
            self.admit();
            self.timelines.values_mut().for_each(|timeline| timeline.end_false_times(&self.shared));
            self.hold_to_plan();
            self.owed_from = self.owed_from.max(self.owed_from(now).min(self.known_to));
            self.look_ahead();
            if !self.asked {
                // What a step or a doubtful clock passed has been admitted, the part that had to be asked for too.
                self.belated = Reason::Internal;
            }
        }
        let next_at = |coming: &BTreeMap<Slot, Planned>, id: &OutputId| {
            coming
                .iter()
                .find(|(slot, planned)| slot.output == *id && planned.left_out.is_none())
                .map(|(slot, _)| slot.planned_at)
        };
        for (id, timeline) in &mut self.timelines {
            timeline.drive(&mut self.shared, next_at(&self.coming, id));
        }
        if self.shared.trusted && !self.shared.leaving {
            self.look_again();
        }
    }

    /// Hands slots to their timelines: a little ahead of their instant, or on it when they will not air.
    fn admit(&mut self) {
        let now = self.shared.now.wall;
        let started_at = self.started_at.unwrap_or(now);
        let due: Vec<Slot> = self
            .coming
            .iter()
            .take_while(|(slot, _)| slot.planned_at - LEAD <= now)
            .filter(|(slot, planned)| {
                let held = self.shared.hold.is_some() && !defect!(IgnoresHold);
                let silent = planned.left_out.is_some() || self.is_skipped(slot) || held;
                (!silent || slot.planned_at <= now) && !awaits(planned, now)
            })
            .map(|(slot, _)| slot.clone())
            .collect();
        for slot in due {
            let Some(planned) = self.coming.remove(&slot) else { continue };
            if self.shared.closed.contains_key(&slot)
                || self.timelines.get(&slot.output).is_some_and(|t| t.runs.contains_key(&slot))
            {
                continue;
            }
            let left_out = match (planned.left_out, self.is_skipped(&slot)) {
                (_, true) => Some(Outcome::skipped(Reason::Operator)),
                (left_out, false) => left_out,
            };
            let mut run = Run::new(planned);
            run.recovered = !self.plans.contains(&run.planned.facts.plan_hash);
            run.waits = if slot.planned_at < started_at { self.off } else { self.belated };
            match left_out {
                Some(outcome) => {
                    let row = self.shared.heading.end(&run, outcome);
                    self.shared.closed.insert(slot.clone(), Closure::by(&slot, outcome));
                    if !defect!(ForgetsSkipped) {
                        self.shared.ledger(Write::Append(vec![row], Settle::Clear(slot)));
                    }
                }
                None => {
                    self.timeline(&slot.output).runs.insert(slot, run);
                }
            }
        }
    }

    fn is_skipped(&self, slot: &Slot) -> bool {
        self.skips.contains(&(slot.broadcast.clone(), slot.planned_at))
    }

    fn timeline(&mut self, output: &OutputId) -> &mut Timeline {
        self.timelines.entry(output.clone()).or_insert_with(|| Timeline::new(output.clone()))
    }

    /// Asks for the rundown when it runs short, and for settled picks ten minutes ahead of each instant.
    fn look_ahead(&mut self) {
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
    fn ask_from_now(&mut self) {
        let now = self.shared.now.wall;
        self.asked = true;
        self.shared.ask_rundown(self.owed_from.min(now), now + HORIZON);
    }

    /// Takes a rundown in: what has been settled or admitted stays, everything later is as the new one says.
    fn take_in(&mut self, rundown: Rundown) {
        let now = self.shared.now.wall;
        self.asked = false;
        self.owe_again(&rundown);
        self.standing = Some(rundown.standing);
        let same = rundown.plan_hash == self.plan_hash;
        if !same && !self.shared.trusted {
            // By a clock that is not believed nothing is past and nothing to come: it is asked for again once it is.
            return;
        }
        if self.shared.trusted {
            // By a clock that is years ahead, everything were long past.
            self.forget_the_past(now);
        }
        // What a clock that nobody believed has left open is owed as the rundown says: it knows which plan was in force when.
        let open = self.known_to < now;
        // A new plan owes only later instants; those that have passed stay with the plan that owed them.
        let from = if same { rundown.from } else { rundown.from.max(now) };
        // What could not sound as it was settled may now: a recording has been put in its place.
        let sounds = |planned: &Planned| planned.left_out.is_none() && planned.elements.iter().all(|e| e.unplayable.is_none());
        let stays = |planned: &Planned| same && !planned.forecast && sounds(planned);
        self.coming.retain(|slot, planned| slot.planned_at < from || stays(planned));
        for output in &rundown.outputs {
            self.timeline(output);
        }
        if !same {
            self.drop_unbegun(from);
        }
        // One that has only just come leaves all that has passed to those before it.
        let since = if same { self.plan_since.or(self.started_at) } else { Some(now) };
        for planned in rundown.slots {
            let slot = planned.slot.clone();
            let known = self.shared.closed.contains_key(&slot)
                || self.coming.contains_key(&slot)
                || self.timelines.get(&slot.output).is_some_and(|timeline| timeline.runs.contains_key(&slot));
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
        // One that begins later, as a reload's does on a clock that was wrong or leapt, leaves a hole: it is asked for again.
        if rundown.from <= self.known_to.max(self.owed_from) {
            self.known_to = rundown.to;
        }
        self.shared.heading.station = rundown.station;
    }

    /// Lets go of what no session, no jump back and no rundown that is still owed can reach any more.
    fn forget_the_past(&mut self, now: Wall) {
        self.shared.forget_spent(now - SPENT_FOR);
        let before = (now - CLOSED_FOR).min(self.owed_from);
        while self.shared.closed.first_key_value().is_some_and(|(slot, _)| slot.planned_at < before) {
            self.shared.closed.pop_first();
        }
    }

    /// Takes back slots that an old plan armed for an instant still to come.
    fn drop_unbegun(&mut self, from: Wall) {
        for timeline in self.timelines.values_mut() {
            // A clock that was set back may have put the instant of one that has begun, or waits, before us again.
            let planned = timeline.runs.values().filter(|run| run.ordered.is_none() && !run.begun && !run.noted).map(Run::slot);
            let mut early: Vec<Slot> = planned.filter(|slot| slot.planned_at > from).cloned().collect();
            // What is tied behind another that sounds cannot be taken back alone: it stays with its plan too.
            let owed = |voice: &Voice| voice.stage.is_owed() && !voice.cut;
            if timeline.voices.values().any(|voice| owed(voice) && !early.contains(&voice.slot)) {
                early.retain(|slot| !timeline.owes(slot));
            }
            let armed = early.iter().any(|slot| timeline.owes(slot));
            for slot in &early {
                if timeline.runs.remove(slot).is_some_and(|run| run.armed) {
                    self.shared.ledger(Write::Append(Vec::new(), Settle::Clear(slot.clone())));
                }
                timeline.voices.retain(|_, voice| voice.slot != *slot || voice.stage.is_owed());
            }
            if armed {
                timeline.cut(&mut self.shared);
            }
            timeline.voices.retain(|_, voice| !early.contains(&voice.slot));
        }
    }

    fn ledger(&mut self, event: LedgerEvent) {
        match event {
            LedgerEvent::Durable(ticket) => {
                let Some(slot) = self.shared.tickets.remove(&ticket) else { return };
                if let Some(run) = self.timelines.get_mut(&slot.output).and_then(|t| t.runs.get_mut(&slot)) {
                    run.durable = true;
                }
            }
            LedgerEvent::Failing(fault) => {
                if !self.faults.iter().any(|f| f.code == FaultCode::LogFailing) {
                    let since = self.shared.now.wall;
                    self.faults.push(FaultStatus { code: FaultCode::LogFailing, output: None, detail: fault.detail, since });
                }
            }
            LedgerEvent::Well => self.faults.retain(|f| f.code != FaultCode::LogFailing),
        }
    }

    /// The daemon ends: what sounds fades out and ends as `stopped`; what waits is left to the next start.
    fn leave(&mut self) {
        self.shared.leaving = true;
        for timeline in self.timelines.values_mut() {
            // An emergency goes on after the restart, if that comes before its end.
            let ends = timeline.runs.values().filter(|run| run.begun && !run.is_emergency());
            let sounding: Vec<Slot> = ends.map(|run| run.slot().clone()).collect();
            for slot in sounding {
                if let Some(run) = timeline.runs.get_mut(&slot) {
                    run.closing = Some(Reason::Stopped);
                }
            }
            timeline.cut(&mut self.shared);
        }
    }
}

/// Whether a slot that would be silent waits, as long as its `late` allows, until its recordings are measured.
fn awaits(planned: &Planned, now: Wall) -> bool {
    planned.left_out == Some(Outcome::missed(Reason::FileMissing)) && planned.awaits() && now <= planned.start_by
}
