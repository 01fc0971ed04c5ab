//! The planner: builds rundowns when the engine wants them, from the plan in force and the history so far.
//!
//! What lies before the present plan came into force is owed by the plan that was in force then; what is on its way is held to the present one.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::asrun::ledger::LedgerHandle;
use crate::asrun::open::OpenSlot;
use crate::daemon::loader::Notice;
use crate::daemon::loading::Loaded;
use crate::plan::Output;
use crate::playout::clock::Clocks;
use crate::playout::cue::Wanted;
use crate::playout::live::engine::Input;
use crate::rundown::allowed::{Allowed, allowed};
use crate::rundown::{Planned, Rundown, SeenFrom, Span, build_from};
use crate::terms::*;

/// The plan in force, and those before it.
#[derive(Clone)]
pub struct Current {
    pub loaded: Loaded,
    /// The oldest first, each with the end of its time.
    pub before: Vec<(Loaded, InForceUntil)>,
}

/// Until when a plan was in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForceUntil {
    /// On the boot clock: the wall clock may have been wrong then.
    Boot(Mono),
    /// As the log says of the time before this start.
    Logged(Wall),
}

/// So many plans before the present one are remembered: as many as somebody edits before the rundown of the first is there.
const REMEMBERED: usize = 8;

impl Current {
    /// Puts a new plan in force from now on. The same plan with other recordings has no past of its own.
    pub fn replace(&mut self, loaded: Loaded, now: Now) {
        let old = std::mem::replace(&mut self.loaded, loaded);
        if old.plan.hash != self.loaded.plan.hash {
            self.before.push((old, InForceUntil::Boot(now.mono)));
            let too_many = self.before.len().saturating_sub(REMEMBERED);
            self.before.drain(..too_many);
        }
    }
}

/// Shared by everybody who needs to know the plan; only a reload writes it.
pub type SharedPlan = Arc<RwLock<Current>>;

pub fn current(shared: &SharedPlan) -> Current {
    shared.read().unwrap_or_else(PoisonError::into_inner).clone()
}

pub fn replace(shared: &SharedPlan, loaded: Loaded, now: Now) {
    shared.write().unwrap_or_else(PoisonError::into_inner).replace(loaded, now);
}

/// What the planner works with.
pub struct PlannerParts {
    pub shared: SharedPlan,
    pub log: LedgerHandle,
    pub clocks: Clocks,
    pub engine: Sender<Input>,
    pub loader: Sender<Notice>,
}

/// Builds until the engine is gone.
pub fn run(world: &PlannerParts, wanted: &Receiver<Wanted>) {
    let PlannerParts { shared, log, clocks, engine, loader } = world;
    while let Ok(wanted) = wanted.recv() {
        let now = clocks.now();
        let rundown = make(&current(shared), log.history(), &wanted, now);
        // The loader ends with the daemon, too.
        let _ = loader.send(Notice::Needed(settled(&rundown)));
        if engine.send(Input::Rundown(rundown)).is_err() {
            return;
        }
    }
}

/// The recordings of what is settled, with what they are called and when they air: their masters are read through before.
pub fn settled(rundown: &Rundown) -> BTreeMap<FileHash, (String, Wall)> {
    let settled = rundown.slots.iter().filter(|planned| !planned.forecast && planned.left_out.is_none());
    let of_slot = |planned: &Planned| {
        let facts = planned.elements.iter().filter_map(|element| element.facts.clone());
        let at = planned.slot.planned_at;
        facts.filter_map(move |facts| Some((facts.file_hash.clone()?, (facts.title.clone(), at)))).collect::<Vec<_>>()
    };
    settled.flat_map(of_slot).collect()
}

/// The rundown that is wanted, as seen now.
pub fn make(current: &Current, mut history: History, wanted: &Wanted, now: Now) -> Rundown {
    for open_slot in &wanted.open_slots {
        open_slot.expect(&mut history);
    }
    for (broadcast, planned_at) in &wanted.skips {
        let on = |output: &Output| Slot { planned_at: *planned_at, broadcast: broadcast.clone(), output: output.id.clone() };
        current.loaded.plan.outputs.iter().for_each(|output| history.know(on(output)));
    }
    let seen_from = SeenFrom { mourning: &wanted.mourning, ..SeenFrom::at(now.wall) };
    let mut from = wanted.span.from;
    let mut past: Vec<Planned> = Vec::new();
    let known = wanted.plan_since.as_ref().filter(|(hash, _)| *hash == current.loaded.plan.hash);
    let since = known.map_or(Wall::MAX, |(_, since)| *since);
    for (old, until) in &current.before {
        let until = end(*until, wanted.span.from, now).min(since).min(wanted.span.to);
        if until > from {
            past.extend(build_from(&old.plan, &old.stock, &mut history, Span { from, to: until }, seen_from).slots);
            from = until;
        }
    }
    let Loaded { plan, stock, .. } = &current.loaded;
    let of_plan = |slot: &&OpenSlot| slot.facts.plan_hash == plan.hash;
    let settled: Vec<OpenSlot> = wanted.settled.iter().filter(of_plan).cloned().collect();
    let seen_from = SeenFrom { settled: &settled, ..seen_from };
    let mut rundown = build_from(plan, stock, &mut history, Span { from, to: wanted.span.to }, seen_from);
    rundown.standing = standing(&current.loaded, wanted, &past);
    rundown.slots.splice(0..0, past);
    rundown.from = wanted.span.from;
    rundown
}

/// A sign of life is due each minute on a clock that is believed: a plan that came so much later came on one that was not believed (yet).
const BELIEVED: SignedDuration = SignedDuration::from_hours(1);

/// When a plan's time ended. A clock that has been set back since makes no plan of the past one of the future.
fn end(until: InForceUntil, wanted_from: Wall, now: Now) -> Wall {
    match until {
        InForceUntil::Boot(mono) => now.wall - (now.mono - mono),
        // The clock shows 1970: every instant of the log lies ahead of it.
        InForceUntil::Logged(wall) if now.wall < wanted_from => wall,
        InForceUntil::Logged(wall) if wall <= now.wall => wall,
        InForceUntil::Logged(wall) if wall - wanted_from <= BELIEVED => now.wall,
        // Nobody knows when that was: by a clock that woke in 2080.
        InForceUntil::Logged(_) => wanted_from,
    }
}

/// What the plan in force allows of all that was settled before: what is on its way, and what plans before it owe.
fn standing(loaded: &Loaded, wanted: &Wanted, past: &[Planned]) -> Vec<Allowed> {
    let Loaded { plan, stock, .. } = loaded;
    let on_its_way = wanted.open_slots.iter().map(|it| allowed(plan, stock, &it.slot, &it.facts, &it.elements));
    let owed = past.iter().filter(|planned| planned.left_out.is_none());
    on_its_way.chain(owed.map(|it| allowed(plan, stock, &it.slot, &it.facts, &it.elements))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rundown::sample::{SampleStation, fixed};

    #[test]
    fn a_plan_was_in_force_until_its_row_says_unless_the_clock_was_wrong() {
        let hours = |hours: i64| Wall(0) + SignedDuration::from_hours(hours);
        let now = Now { wall: hours(100), mono: Mono(0) };
        let until = |at: i64, from: i64| (end(InForceUntil::Logged(hours(at)), hours(from), now) - hours(0)).as_hours();
        assert_eq!(until(99, 92), 99, "edited in the first minute after hours without power");
        assert_eq!(until(101, 100), 100, "the clock was set back a little since");
        assert_eq!(until(500_000, 92), 92, "edited by a clock that woke in 2080");
        assert_eq!(until(103, 102), 103, "seen by a clock that woke in 1970");
    }

    #[test]
    fn what_is_skipped_pushes_nothing_past_the_hours() {
        let sample = SampleStation::default()
            .item("long", "t", 540)
            .item("short", "t", 120)
            .programme("p", vec![fixed("long")])
            .programme("q", vec![fixed("short")])
            .broadcast("first", "p", &["06:20"])
            .broadcast("second", "q", &["06:22"])
            .with(|second| second.late = SignedDuration::from_mins(10));
        let from = sample.at("2026-11-20 06:00");
        let loaded = Loaded::new(Arc::new(sample.plan.clone()), Arc::new(sample.library.clone()));
        let current = Current { loaded, before: Vec::new() };
        let left_out = |skips: Vec<(BroadcastId, Wall)>| {
            let span = Span { from, to: from + SignedDuration::from_hours(2) };
            let wanted =
                Wanted { span, open_slots: Vec::new(), settled: Vec::new(), skips, mourning: Vec::new(), plan_since: None };
            let rundown = make(&current, History::default(), &wanted, Now { wall: from, mono: Mono(0) });
            rundown.slots.iter().map(|planned| planned.left_out.and_then(|outcome| outcome.reason)).collect::<Vec<_>>()
        };
        assert_eq!(left_out(Vec::new()), [None, Some(Reason::OutsideHours)]);
        assert_eq!(left_out(vec![("first".into(), sample.at("2026-11-20 06:20"))]), [None, None]);
    }
}
