//! The planner: builds rundowns when the engine wants them, from the plan in force and the history so far.
//!
//! What lies before the present plan came into force is owed by the plan that was in force then; what is on its way is held to the present one.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError, RwLock};

use crate::asrun::history::History;
use crate::asrun::ledger::Pen;
use crate::daemon::loader::Notice;
use crate::daemon::loading::Loaded;
use crate::playout::clock::Clocks;
use crate::playout::live::engine::{Input, Wanted};
use crate::rundown::allowed::{Allowed, allowed};
use crate::rundown::{Planned, Rundown, Settle, Span, build_from};
use crate::terms::*;

/// The plan in force, and those before it.
#[derive(Clone)]
pub struct Current {
    pub loaded: Loaded,
    /// The oldest first, each with the end of its time.
    pub before: Vec<(Loaded, Until)>,
}

/// Until when a plan was in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
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
            self.before.push((old, Until::Boot(now.mono)));
            let too_many = self.before.len().saturating_sub(REMEMBERED);
            self.before.drain(..too_many);
        }
    }
}

/// Shared by everybody who needs to know the plan; only a reload writes it.
pub type Shared = Arc<RwLock<Current>>;

pub fn current(shared: &Shared) -> Current {
    shared.read().unwrap_or_else(PoisonError::into_inner).clone()
}

pub fn replace(shared: &Shared, loaded: Loaded, now: Now) {
    shared.write().unwrap_or_else(PoisonError::into_inner).replace(loaded, now);
}

/// What the planner works with.
pub struct World {
    pub shared: Shared,
    pub pen: Pen,
    pub clocks: Clocks,
    pub engine: Sender<Input>,
    pub loader: Sender<Notice>,
}

/// Builds until the engine is gone.
pub fn run(world: &World, wanted: &Receiver<Wanted>) {
    let World { shared, pen, clocks, engine, loader } = world;
    while let Ok(wanted) = wanted.recv() {
        let now = clocks.now();
        let rundown = make(&current(shared), pen.history(), &wanted, now);
        // The loader ends with the daemon, too.
        let _ = loader.send(Notice::Needed(settled(&rundown)));
        if engine.send(Input::Rundown(rundown)).is_err() {
            return;
        }
    }
}

/// The recordings of what is settled, with what they are called and when they air: their copies are read through before.
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
    for unsettled in &wanted.unsettled {
        unsettled.expect(&mut history);
    }
    let settle = Settle { now: now.wall };
    let mut from = wanted.from;
    let mut past: Vec<Planned> = Vec::new();
    let known = wanted.plan_since.as_ref().filter(|(hash, _)| *hash == current.loaded.plan.hash);
    let since = known.map_or(Wall::MAX, |(_, since)| *since);
    for (old, until) in &current.before {
        let until = end(*until, wanted.from, now).min(since).min(wanted.to);
        if until > from {
            past.extend(build_from(&old.plan, &old.stock, &mut history, Span { from, to: until }, settle).slots);
            from = until;
        }
    }
    let Loaded { plan, stock, .. } = &current.loaded;
    let mut rundown = build_from(plan, stock, &mut history, Span { from, to: wanted.to }, settle);
    rundown.standing = standing(&current.loaded, wanted, &past);
    rundown.slots.splice(0..0, past);
    rundown.from = wanted.from;
    rundown
}

/// When a plan's time ended. A clock that has been set back since makes no plan of the past one of the future.
fn end(until: Until, wanted_from: Wall, now: Now) -> Wall {
    match until {
        Until::Boot(mono) => now.wall - (now.mono - mono),
        Until::Logged(wall) if now.wall >= wanted_from => wall.min(now.wall),
        // By a clock that woke in 1970 everything is to come.
        Until::Logged(wall) => wall,
    }
}

/// What the plan in force allows of all that was settled before: what is on its way, and what plans before it owe.
fn standing(loaded: &Loaded, wanted: &Wanted, past: &[Planned]) -> Vec<Allowed> {
    let Loaded { plan, stock, .. } = loaded;
    let on_its_way = wanted.unsettled.iter().map(|it| allowed(plan, stock, &it.slot, &it.facts, &it.elements));
    let owed = past.iter().filter(|planned| planned.left_out.is_none());
    on_its_way.chain(owed.map(|it| allowed(plan, stock, &it.slot, &it.facts, &it.elements))).collect()
}
