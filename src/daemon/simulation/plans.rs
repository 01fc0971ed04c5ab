//! Plans for the fault simulator: the real plan and planner, other good plans made from it, and recordings that go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::history::History;
use crate::control::request::{Ask, Order, Refusal};
use crate::daemon::care::{self, Care, Task};
use crate::daemon::loading::Loaded;
use crate::daemon::orders;
use crate::daemon::planner::{self, Current};
use crate::daemon::watch::{Advice, FileWatch, Sight};
use crate::library::{Damage, Library, Unfit};
use crate::plan::Plan;
use crate::playout::cue::PlayOrder;
use crate::playout::live::engine;
use crate::playout::simulate::mishap::{Reload, Shelf};
use crate::playout::simulate::world::{CopyTask, FilesLook, Planner, Tending, Wanted};
use crate::rundown::{Planned, Rundown, Settle, Span, build_from};
use crate::terms::*;

/// How many good plans a reload chooses from: the one that was given, and others without some of its broadcasts.
const VERSIONS: u32 = 3;

/// A slot is settled ten minutes ahead, and what was read through shortly before that is not read again.
const LOOKED_THROUGH: SignedDuration = SignedDuration::from_mins(15);

/// The plan's files, of this version.
fn sight(version: u32) -> Sight<u32> {
    Sight::from([(PathBuf::from("plan.toml"), Some(version))])
}

fn task(task: Task) -> CopyTask {
    match task {
        Task::Read(copy) => CopyTask::Read(copy),
        Task::TakeIn(copy) => CopyTask::TakeIn(copy),
    }
}

/// The plans of one case, as they are in force at a time of the run.
pub struct Plans {
    versions: Vec<Arc<Plan>>,
    /// Recordings as they were, and what has become of them.
    library: Arc<Library>,
    shelved: Arc<Library>,
    current: Current,
    /// The version that stands in the plan's files, and the one that is being read.
    saved: u32,
    reading: u32,
    watch: FileWatch<u32>,
    care: Care,
    /// Copies that are damaged, and whether their files look different.
    damaged: BTreeMap<FileHash, bool>,
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
            current: Current { loaded: loaded.clone(), before: None },
            saved: 0,
            reading: 0,
            watch: FileWatch::begun(sight(0)),
            care: Care::default(),
            damaged: BTreeMap::new(),
            to,
        }
    }

    fn version(&self, number: u32) -> Arc<Plan> {
        let count = u32::try_from(self.versions.len()).unwrap_or(1).max(1);
        let version = self.versions.get((number % count) as usize);
        version.unwrap_or(&self.current.loaded.plan).clone()
    }

    /// Every copy that is aired from.
    fn copies(&self) -> BTreeSet<FileHash> {
        self.shelved.items.values().flatten().map(|recording| recording.hash.clone()).collect()
    }

    /// Puts a version in force; whether it is another.
    fn take(&mut self, version: u32, now: Option<Now>) -> bool {
        let plan = self.version(version);
        let other = plan.hash != self.plan();
        if other && let Some(now) = now {
            self.current.before = Some((self.current.loaded.clone(), now.mono));
        }
        self.current.loaded = Loaded::new(plan, self.shelved.clone());
        other
    }
}

impl Planner for Plans {
    fn station(&self) -> Arc<str> {
        self.current.loaded.plan.station.code.as_str().into()
    }

    fn plan(&self) -> PlanHash {
        self.current.loaded.plan.hash.clone()
    }

    fn begin(&mut self, accepted: Option<&PlanHash>, now: Now) {
        if self.version(self.saved).hash != self.plan() {
            self.take(self.saved, None);
        }
        self.watch = FileWatch::begun(sight(self.saved));
        self.care = Care::default();
        let other = self.versions.iter().find(|plan| Some(&plan.hash) == accepted && plan.hash != self.plan());
        let before = other.map(|plan| (Loaded::new(plan.clone(), self.shelved.clone()), now.mono));
        self.current.before = before;
    }

    fn rundown(&mut self, history: History, wanted: &Wanted, now: Now) -> Rundown {
        let Span { from, to } = wanted.span;
        // Nothing is owed after the span, so that what has begun in it can end as it would on air.
        let wanted = engine::Wanted { from, to: to.min(self.to.max(from)), unsettled: wanted.unsettled.clone() };
        Rundown { to, ..planner::make(&self.current, history, &wanted, now) }
    }

    fn reload(&mut self, reload: Reload, now: Option<Now>) -> bool {
        let Reload::Good(number) = reload else { return false };
        self.saved = number;
        // Seen at once, and read at once.
        self.watch = FileWatch::begun(sight(number));
        self.watch.looked(sight(number), Mono(0), false);
        self.take(number, now)
    }

    fn save(&mut self, version: u32) -> PlanHash {
        self.saved = version;
        self.version(version).hash.clone()
    }

    fn look(&mut self, now: Now) -> FilesLook {
        match self.watch.looked(sight(self.saved), now.mono, false) {
            Advice::Rest => FilesLook::Rest,
            Advice::LookAgain(after) => FilesLook::Again(after),
            Advice::Read => {
                self.reading = self.saved;
                FilesLook::Reading
            }
        }
    }

    fn is_read(&mut self, now: Now) -> bool {
        self.watch.is_read();
        self.take(self.reading, Some(now))
    }

    fn damage(&mut self, item: u32, shows: bool) -> Option<(FileHash, SignedDuration)> {
        let plan = &self.current.loaded.plan;
        let item = plan.items.get(item as usize % plan.items.len().max(1))?;
        let copy = self.shelved.items.get(&item.id)?.as_ref().ok()?.hash.clone();
        self.damaged.insert(copy.clone(), shows);
        let round = care::ROUND * i32::try_from(self.shelved.items.len() + 3).unwrap_or(i32::MAX);
        Some((copy, round.max(LOOKED_THROUGH)))
    }

    fn tend(&mut self, why: Tending<'_>, now: Now) -> Vec<CopyTask> {
        let tasks = match why {
            Tending::Rundown(rundown) => {
                let planned = self.copies();
                let needed = planner::settled(rundown).into_keys().filter(|copy| planned.contains(copy));
                self.care.are_needed(needed, now.mono)
            }
            Tending::Failed(copy) => {
                let planned = self.copies().contains(&copy);
                self.care.are_doubted(planned.then_some(copy))
            }
            Tending::Round => self.care.go_round(&self.copies(), now.mono).into_iter().collect(),
            Tending::Seen => {
                let planned = self.copies();
                let seen = self.damaged.iter().filter(|(copy, shows)| **shows && planned.contains(copy));
                self.care.are_doubted(seen.map(|(copy, _)| copy.clone()).collect::<Vec<_>>())
            }
        };
        tasks.into_iter().map(task).collect()
    }

    fn is_tended(&mut self, tended: &CopyTask, now: Now) -> Vec<CopyTask> {
        let next = match tended {
            CopyTask::Read(copy) => self.care.is_read(copy.clone(), !self.damaged.contains_key(copy), now.mono),
            CopyTask::TakeIn(copy) => {
                let well = self.copies().contains(copy);
                if well {
                    self.damaged.remove(copy);
                }
                self.care.is_taken_in(copy, well, now.mono);
                None
            }
        };
        next.into_iter().map(task).collect()
    }

    fn is_damaged(&self, copy: &FileHash) -> bool {
        self.damaged.contains_key(copy)
    }

    fn faults(&self) -> Vec<String> {
        if self.care.bad().is_empty() { Vec::new() } else { vec!["copy_damaged".to_owned()] }
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
