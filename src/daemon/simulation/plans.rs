//! Plans for the fault simulator: the real plan and planner, other good plans made from it, and recordings that go wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::control::request::{Ask, Order, Refusal};
use crate::daemon::loading::Loaded;
use crate::daemon::orders;
use crate::daemon::planner::{self, Current, Until};
use crate::library::{Damage, Library, Unfit};
use crate::plan::Plan;
use crate::playout::cue::PlayOrder;
use crate::playout::live::engine;
use crate::playout::simulate::mishap::{Reload, Shelf};
use crate::playout::simulate::world::{Planner, Wanted};
use crate::rundown::{Planned, Rundown, Settle, Span, build_from};
use crate::terms::*;

/// How many good plans a reload chooses from: the one that was given, and others without some of its broadcasts.
const VERSIONS: u32 = 3;

/// The plans of one case, as they are in force at a time of the run.
pub struct Plans {
    versions: Vec<Arc<Plan>>,
    /// Recordings as they were, and what has become of them.
    library: Arc<Library>,
    shelved: Arc<Library>,
    current: Current,
    /// Nothing is owed from here on.
    to: Wall,
}

/// All good plans that a run may have.
pub fn versions(plan: &Arc<Plan>) -> Vec<Arc<Plan>> {
    let count = u32::try_from(plan.broadcasts.len()).unwrap_or(u32::MAX);
    let version = |number: u32| {
        if number == 0 || count < 2 {
            return plan.clone();
        }
        let mut other = (**plan).clone();
        other.hash = PlanHash::new(format!("{}-{number}", plan.hash));
        let mut place = 0;
        other.broadcasts.retain(|_| {
            place += 1;
            !(place + number).is_multiple_of(VERSIONS)
        });
        Arc::new(other)
    };
    (0..VERSIONS).map(version).collect()
}

/// What each of the plans owes over a span, as though nothing had aired before.
pub fn owed(loaded: &Loaded, span: Span) -> BTreeMap<PlanHash, Vec<Planned>> {
    let of = |plan: Arc<Plan>| {
        let Loaded { plan, stock, .. } = Loaded::new(plan, loaded.library.clone());
        let rundown = build_from(&plan, &stock, &mut History::default(), span, Settle { now: span.from });
        (plan.hash.clone(), rundown.slots)
    };
    versions(&loaded.plan).into_iter().map(of).collect()
}

impl Plans {
    pub fn new(loaded: &Loaded, to: Wall) -> Plans {
        Plans {
            versions: versions(&loaded.plan),
            library: loaded.library.clone(),
            shelved: loaded.library.clone(),
            current: Current { loaded: loaded.clone(), before: Vec::new() },
            to,
        }
    }
}

impl Planner for Plans {
    fn station(&self) -> Arc<str> {
        self.current.loaded.plan.station.code.as_str().into()
    }

    fn plan(&self) -> PlanHash {
        self.current.loaded.plan.hash.clone()
    }

    fn begin(&mut self, before: Vec<(PlanHash, Option<Wall>)>, now: Now) {
        let until = |until: Option<Wall>| until.map_or(Until::Boot(now.mono), Until::Logged);
        let known = |hash: &PlanHash| self.versions.iter().find(|plan| plan.hash == *hash);
        let before = before.into_iter().filter_map(|(hash, to)| Some((known(&hash)?.clone(), until(to))));
        self.current.before = before.map(|(plan, until)| (Loaded::new(plan, self.shelved.clone()), until)).collect();
    }

    fn rundown(&mut self, history: History, wanted: &Wanted, now: Now) -> Rundown {
        let Span { from, to } = wanted.span;
        // Nothing is owed after the span, so that what has begun in it can end as it would on air.
        let wanted = engine::Wanted { from, to: to.min(self.to.max(from)), unsettled: wanted.unsettled.clone() };
        Rundown { to, ..planner::make(&self.current, history, &wanted, now) }
    }

    fn reload(&mut self, reload: Reload, now: Option<Now>) -> bool {
        let Reload::Good(number) = reload else { return false };
        let Some(plan) = self.versions.get(number as usize % self.versions.len().max(1)).cloned() else { return false };
        let other = plan.hash != self.plan();
        let loaded = Loaded::new(plan, self.shelved.clone());
        match now {
            Some(now) => self.current.replace(loaded, now),
            None => self.current.loaded = loaded,
        }
        other
    }

    fn shelve(&mut self, shelf: Shelf) {
        let mut shelved = (*self.library).clone();
        let one_in = |n: u32| move |place: usize| place.is_multiple_of(n as usize + 1);
        for (place, recording) in shelved.items.values_mut().enumerate() {
            match shelf {
                Shelf::Missing(n) if one_in(n)(place) => *recording = Err(Unfit::Missing),
                Shelf::Corrupt(n) if one_in(n)(place) => *recording = Err(Unfit::Undecodable { damage: Damage::Garbled }),
                Shelf::Replaced => {
                    if let Ok(recording) = recording {
                        recording.hash = FileHash::new(format!("{}-new", recording.hash));
                        recording.frames.count += recording.frames.count / 4;
                    }
                }
                Shelf::Missing(_) | Shelf::Corrupt(_) | Shelf::AsItWas => {}
            }
        }
        self.shelved = Arc::new(shelved);
        self.current.loaded = Loaded::new(self.current.loaded.plan.clone(), self.shelved.clone());
    }

    fn play(
        &self,
        item: u32,
        priority: Priority,
        output: Option<&OutputId>,
        history: &History,
        now: Wall,
    ) -> Result<(Order, Box<PlayOrder>), Refusal> {
        let Loaded { plan, .. } = &self.current.loaded;
        let wanted = plan.items.get(item as usize % plan.items.len().max(1)).ok_or(Refusal::UnknownItem)?;
        let urgent = priority == Priority::Emergency;
        let ask = Ask::Play {
            item: wanted.id.clone(),
            priority,
            outputs: output.into_iter().cloned().collect(),
            reason: urgent.then(|| "lũ quét".to_owned()),
            times: urgent.then_some(1 + item % 3),
            every: urgent.then(|| SignedDuration::from_secs(60 + i64::from(item) * 5)),
            lasting: urgent.then(|| SignedDuration::from_secs(60 + i64::from(item) * 30)),
        };
        let order = orders::place(ask, plan, now)?;
        match orders::slots(&order, &self.current.loaded, history, now)? {
            Some(play) => Ok((order, play)),
            None => Err(Refusal::Internal),
        }
    }
}
