//! The planner: builds rundowns when the engine wants them, from the plan in force and the history so far.
//!
//! What lies before the present plan came into force is owed by the plan before it.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, PoisonError, RwLock};

use crate::asrun::history::History;
use crate::asrun::ledger::Pen;
use crate::daemon::loader::Notice;
use crate::daemon::loading::Loaded;
use crate::playout::clock::Clocks;
use crate::playout::live::engine::{Input, Wanted};
use crate::rundown::{Planned, Rundown, Settle, Span, build_from};
use crate::terms::*;

/// The plan in force, and the one before it.
#[derive(Clone)]
pub struct Current {
    pub loaded: Loaded,
    /// With the boot clock's instant at which the present plan replaced it: the wall clock may have been wrong then.
    pub before: Option<(Loaded, Mono)>,
}

/// Shared by everybody who needs to know the plan; only a reload writes it.
pub type Shared = Arc<RwLock<Current>>;

pub fn current(shared: &Shared) -> Current {
    shared.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Puts a new plan in force from now on. The same plan with other recordings has no past of its own.
pub fn replace(shared: &Shared, loaded: Loaded, now: Now) {
    let mut current = shared.write().unwrap_or_else(PoisonError::into_inner);
    if current.loaded.plan.hash != loaded.plan.hash {
        current.before = Some((current.loaded.clone(), now.mono));
    }
    current.loaded = loaded;
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
    let Loaded { plan, stock, .. } = &current.loaded;
    let before = current.before.as_ref().map(|(loaded, until)| (loaded, now.wall - (now.mono - *until)));
    let Some((old, until)) = before.filter(|(_, until)| *until > wanted.from) else {
        return build_from(plan, stock, &mut history, Span { from: wanted.from, to: wanted.to }, settle);
    };
    let until = until.min(wanted.to);
    let past = build_from(&old.plan, &old.stock, &mut history, Span { from: wanted.from, to: until }, settle);
    let mut rundown = build_from(plan, stock, &mut history, Span { from: until, to: wanted.to }, settle);
    rundown.slots.splice(0..0, past.slots);
    rundown.from = wanted.from;
    rundown
}
