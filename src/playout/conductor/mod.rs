//! The conductor: the state machine that decides what each output does.
//!
//! Pure. It never waits, reads no clock and touches no device: an event and the time go in, cues come out. `run`, `rehearse` and `simulate`
//! drive the same one. What it promises: every slot that the rundown owes ends exactly once; nothing sounds outside its hours, on a
//! doubtful clock or under a hold; nothing that aired whole airs again; after a `Tick` the deadline lies in the future.
//!
//! A slot comes from the rundown ([`coming`]), is in the [`timeline`] of its output until it ends, and is remembered as ended ([`shared`]).
//! [`states`] lists where it may be on that way, and [`run`] keeps what has become of its elements. [`in_force`] takes in a rundown and holds
//! what is on its way to the plan, [`orders`] does what people ask, [`belief`] deals with a clock that is judged anew, [`recovery`] with what
//! was on air when the power went. [`quota`] counts sound, [`rows`] makes the log's rows, [`margins`] says how far ahead each step is taken.
//!
//! Data goes one way here too. A file imports only files to its left:
//!
//! ```text
//! margins, states ─▶ run ─▶ quota, rows ─▶ shared ─▶ timeline ─▶ mod.rs ─▶ coming, in_force, belief, orders, recovery, status
//! ```

mod belief;
mod coming;
mod in_force;
mod margins;
mod orders;
mod quota;
mod recovery;
pub mod rows;
pub mod run;
pub mod shared;
pub mod states;
mod status;
pub mod timeline;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::SignedDuration;

use crate::asrun::open::OpenSlot;
use crate::control::status::{ClockStatus, FaultCode, FaultStatus};
use crate::defect::defect;
use crate::playout::conductor::in_force::is_settled;
use crate::playout::conductor::rows::Heading;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::timeline::Timeline;
use crate::playout::cue::*;
use crate::rundown::allowed::Allowed;
use crate::rundown::{Planned, Rundown, Span};
use crate::terms::*;

/// How far ahead the rundown is held.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(36);
/// So far back something is owed. Of what lies before, after years in a cupboard or by a clock that leapt, the log says no more than that
/// the station was off.
pub const OWES_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What is seen of the outputs' devices without opening them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceOutlook {
    /// Outputs none of whose devices is on this machine, with their names.
    pub absent: BTreeMap<OutputId, String>,
    /// Outputs whose mixer keeps them silent, with its controls.
    pub muted: BTreeMap<OutputId, String>,
}

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
    devices: DeviceOutlook,
    /// Instants whose picks were asked to be settled.
    settled: BTreeSet<Wall>,
    /// When this daemon started on the wall clock, once that is believed: a clock that was wrong at the start is reckoned back.
    started_at: Option<Wall>,
    /// It was never alive on a clock that was believed: nothing is owed before this start.
    unborn: bool,
    /// Why the station was silent before.
    off: Reason,
    /// Why a slot is admitted after its instant although the daemon ran, where the clock is to blame.
    belated: Option<Reason>,
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
        shared.mourning = recovered.mourning;
        shared.closed = recovered.closed.into_iter().collect();
        for (output, at, length) in recovered.spent {
            shared.quota.spend(&output, at, length);
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
            devices: DeviceOutlook::default(),
            settled: BTreeSet::new(),
            started_at,
            unborn: recovered.alive_at.is_none(),
            off: recovered.off.unwrap_or(Reason::Crash),
            belated: None,
            skips: recovered.skips.into_iter().collect(),
            requests: recovered.requests,
            request_ids: recovered.request_ids.into_iter().collect(),
            faults: Vec::new(),
        };
        for open_slot in recovered.open_slots {
            conductor.recover(open_slot);
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
        let hold_ends = self.shared.hold.and_then(|hold| hold.until);
        let timelines = self.timelines.values().filter_map(|timeline| timeline.deadline(&self.shared));
        let instants = self.coming_instants().into_iter().chain(hold_ends).chain(timelines);
        instants.filter(|at| *at > self.shared.now.wall).min()
    }

    /// Whether nothing sounds and nothing is owed by a deck: the daemon may end.
    pub fn is_quiet(&self) -> bool {
        self.timelines.values().all(Timeline::is_quiet)
    }

    /// Whether no slot that it knows of is still to come, waits, sounds or could resume.
    pub fn is_idle(&self) -> bool {
        self.coming.is_empty() && self.timelines.values().all(Timeline::is_idle)
    }

    /// What is armed, waits or sounds, as a start would recover it.
    pub fn open_slots(&self) -> Vec<OpenSlot> {
        self.timelines.values().flat_map(Timeline::open_slots).collect()
    }

    /// What is wanted of the planner for a rundown of this span.
    pub fn wants(&self, span: Span) -> Wanted {
        let skips = self.skips.iter().cloned().collect();
        let mourning = self.shared.mourning.clone();
        let settled = self.coming.values().filter(|planned| is_settled(planned) && self.left_out(planned).is_none());
        let settled = settled.map(|planned| Run::new(planned.clone()).open_slot(None)).collect();
        Wanted { span, open_slots: self.open_slots(), settled, skips, mourning, plan_since: self.plan_since() }
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

    /// Whether no device of an output is open, or being opened.
    pub fn is_closed(&self, output: &OutputId) -> bool {
        self.timelines.get(output).is_none_or(Timeline::is_closed)
    }

    /// Brings every output to rest.
    fn advance(&mut self) {
        let now = self.shared.now.wall;
        if self.shared.trusted
            && let Some(hold) = self.shared.hold.take_if(|hold| hold.until.is_some_and(|until| until <= now))
        {
            // Written down, because a clock that is set back would have it stand again after a restart.
            let row = self.shared.heading.ran_out(now, hold);
            self.shared.ledger(Write::Append(vec![row], SlotChange::Nothing));
        }
        if self.shared.trusted && !self.shared.leaving {
            self.admit();
            self.timelines.values_mut().for_each(|timeline| timeline.end_false_times(&self.shared));
            self.hold_to_plan();
            self.owed_from = self.owed_from.max(self.owed_from(now).min(self.known_to));
            self.look_ahead();
            if !self.asked {
                // What a step or a doubtful clock passed has been admitted, the part that had to be asked for too.
                self.belated = None;
            }
        }
        for (id, timeline) in &mut self.timelines {
            timeline.drive(&mut self.shared, next_at(&self.coming, id));
        }
        if self.shared.trusted && !self.shared.leaving {
            self.look_again();
        }
    }

    fn timeline(&mut self, output: &OutputId) -> &mut Timeline {
        self.timelines.entry(output.clone()).or_insert_with(|| Timeline::new(output.clone()))
    }

    fn ledger(&mut self, event: LedgerEvent) {
        match event {
            LedgerEvent::Durable(ticket) => self.timelines.values_mut().for_each(|timeline| timeline.note_durable(ticket)),
            LedgerEvent::Failing(fault) => {
                if !self.faults.iter().any(|f| f.code == FaultCode::LogFailing) {
                    let since = self.shared.now.wall;
                    self.faults.push(FaultStatus { code: FaultCode::LogFailing, output: None, detail: fault.detail, since });
                }
            }
            LedgerEvent::Well => self.faults.retain(|f| f.code != FaultCode::LogFailing),
        }
    }

    /// The daemon ends.
    fn leave(&mut self) {
        self.shared.leaving = true;
        self.timelines.values_mut().for_each(|timeline| timeline.leave(&mut self.shared));
    }
}

/// When the rundown's next slot on an output comes that is to sound.
fn next_at(coming: &BTreeMap<Slot, Planned>, output: &OutputId) -> Option<Wall> {
    let sounds = |(slot, planned): &(&Slot, &Planned)| slot.output == *output && planned.left_out.is_none();
    coming.iter().find(sounds).map(|(slot, _)| slot.planned_at)
}
