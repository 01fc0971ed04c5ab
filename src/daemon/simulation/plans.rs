//! Plans for the fault simulator: the real plan and planner, other good plans made from it, and recordings that go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, ToSpan};

use crate::asrun::history::History;
use crate::calendar::span::DaySpan;
use crate::calendar::timezone::Timezone;
use crate::control::request::{Ask, Refusal};
use crate::daemon::loading::Loaded;
use crate::daemon::orders;
use crate::daemon::planner::{self, Current, InForceUntil};
use crate::library::{Damage, Library, Unfit};
use crate::plan::{self, Plan};
use crate::playout::care::{self, Care, Task};
use crate::playout::cue::{PlayOrder, Wanted};
use crate::playout::file_watch::{Advice, FileWatch, Sight};
use crate::playout::simulate::mishap::{Edit, Reload, Shelf};
use crate::playout::simulate::model::{ProgrammePool, Says};
use crate::playout::simulate::world::{Planner, Tending};
use crate::rundown::{Rundown, SeenFrom, Span, build_from};
use crate::terms::*;

/// How many good plans a reload chooses from: the one that was given, and others without some of its broadcasts.
const WITHOUT: u32 = 3;

/// A slot is settled ten minutes ahead, and what was read through shortly before that is not read again.
const LOOKED_THROUGH: SignedDuration = SignedDuration::from_mins(15);

/// The plan's files, when they say this.
fn sight(plan: &Plan) -> Sight<PlanHash> {
    Sight::from([(PathBuf::from("plan.toml"), Some(plan.hash.clone()))])
}

/// The plans of one case, as they are in force at a time of the run.
pub struct Plans {
    /// As it was given.
    plan: Arc<Plan>,
    /// Recordings as they were, and what has become of them.
    library: Arc<Library>,
    shelved: Arc<Library>,
    current: Current,
    /// What stands in the plan's files, and what is being read.
    saved: Arc<Plan>,
    reading: Arc<Plan>,
    watch: FileWatch<PlanHash>,
    care: Care,
    /// Masters that are damaged, and whether their files look different.
    damaged: BTreeMap<FileHash, bool>,
    /// Nothing is owed before and after, whatever the clock shows.
    span: Span,
}

/// A plan made from the one that was given.
#[derive(Clone, Copy)]
enum Version {
    /// Without every third broadcast, counted from here; 0 is the plan itself.
    Without(u32),
    Edited(Edit),
}

impl Version {
    fn all() -> impl Iterator<Item = Version> {
        (0..WITHOUT).map(Version::Without).chain(Edit::ALL.into_iter().map(Version::Edited))
    }

    fn hash(self, plan: &Plan) -> PlanHash {
        let name = match self {
            Version::Without(0) | Version::Edited(Edit::Undo) => return plan.hash.clone(),
            Version::Without(_) if plan.broadcasts.len() < 2 => return plan.hash.clone(),
            Version::Without(number) => number.to_string(),
            Version::Edited(Edit::Hours { parts }) => format!("hours-{parts}"),
            Version::Edited(Edit::Withdraw { item, invalid }) => format!("item-{item}-{invalid}"),
            Version::Edited(Edit::Rename) => "renamed".to_owned(),
        };
        PlanHash::new(format!("{}-{name}", plan.hash))
    }

    fn of(self, plan: &Arc<Plan>) -> Arc<Plan> {
        let hash = self.hash(plan);
        if hash == plan.hash {
            return plan.clone();
        }
        let mut other = Plan { hash, ..(**plan).clone() };
        match self {
            Version::Without(number) => {
                let mut place = 0;
                other.broadcasts.retain(|_| {
                    place += 1;
                    !(place + number).is_multiple_of(WITHOUT)
                });
            }
            Version::Edited(edit) => change(&mut other, edit),
        }
        Arc::new(other)
    }
}

fn change(plan: &mut Plan, edit: Edit) {
    match edit {
        Edit::Undo => {}
        Edit::Rename => {
            let renamed = |id: &BroadcastId| BroadcastId::new(format!("{id}-renamed"));
            for broadcast in &mut plan.broadcasts {
                broadcast.id = renamed(&broadcast.id);
                broadcast.replaces = broadcast.replaces.iter().map(renamed).collect();
            }
        }
        Edit::Hours { parts: 0 } => plan.hours.days = Default::default(),
        Edit::Hours { parts } => {
            for stretch in plan.hours.days.iter_mut().flatten() {
                let (from, to) = (minutes(stretch.from), stretch.to.map_or(DAY, minutes));
                let left = (if to > from { to - from } else { to + DAY - from }) / i64::from(parts);
                stretch.to = Some(stretch.from.wrapping_add(SignedDuration::from_mins(left)));
            }
        }
        Edit::Withdraw { item, invalid } => {
            let place = item as usize % plan.items.len().max(1);
            let Some(item) = plan.items.get_mut(place) else { return };
            if invalid {
                item.valid.until = Some(LONG_AGO);
                return;
            }
            let gone = plan.items.remove(place).id;
            let has =
                |element: &plan::ProgrammeElement| matches!(element, plan::ProgrammeElement::Item { item, .. } if *item == gone);
            plan.programmes.iter_mut().for_each(|programme| programme.elements.retain(|element| !has(element)));
        }
    }
}

/// So far back a wrong time is believed.
const WRONG_BY: SignedDuration = SignedDuration::from_hours(31 * 24);

const LONG_AGO: Date = Date::constant(2000, 1, 1);
/// In minutes.
const DAY: i64 = 24 * 60;

fn minutes(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

/// What a plan made from this one says of a span, as though nothing had aired before.
pub fn says(loaded: &Loaded, hash: &PlanHash, span: Span) -> Option<Says> {
    let version = Version::all().find(|version| version.hash(&loaded.plan) == *hash)?;
    let Loaded { plan, stock, .. } = Loaded::new(version.of(&loaded.plan), loaded.library.clone());
    let rundown = build_from(&plan, &stock, &mut History::default(), span, SeenFrom::at(span.from));
    let zone = &plan.station.timezone;
    let first = zone.civil(span.from).date();
    let days = first.yesterday().unwrap_or(first).series(1.days()).take_while(|day| zone.start_of(*day) <= span.to);
    let days: Vec<Date> = days.collect();
    let hours = plan.outputs.iter().map(|output| {
        let hours = plan.hours_of(&output.id);
        let sessions = days.iter().flat_map(|day| hours.sessions_on(*day, zone));
        let open = sessions.map(|session| (session.opens, hours.open_until(session.opens, zone).unwrap_or(session.closes)));
        (output.id.clone(), open.collect())
    });
    let caps = plan.items.iter().filter(|item| !item.caps.is_free()).map(|item| (item.id.clone(), item.caps));
    let silent = |day: &Date| plan.holidays_on(*day).any(|holiday| holiday.effect == Some(plan::HolidayEffect::Silence));
    let end = |day: Date| day.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next));
    let silent = days.iter().filter(|day| silent(day)).map(|day| (zone.start_of(*day), end(*day)));
    let valid = |item: &&plan::Item| days.iter().any(|day| item.valid.contains(*day));
    Some(Says {
        hours: hours.collect(),
        silent: silent.collect(),
        items: plan.items.iter().filter(valid).map(|item| item.id.clone()).collect(),
        valid: plan.items.iter().map(|item| (item.id.clone(), instants_of(&item.valid, zone))).collect(),
        pools: plan.programmes.iter().filter_map(|programme| pool_of(&plan, &loaded.library, programme)).collect(),
        slots: rundown.slots,
        filled: plan
            .programmes
            .iter()
            .filter(|programme| programme.fill.is_some())
            .map(|programme| programme.id.clone())
            .collect(),
        caps: caps.collect(),
        days: days.iter().map(|day| zone.start_of(*day)).collect(),
    })
}

fn instants_of(valid: &DaySpan, zone: &Timezone) -> (Wall, Wall) {
    let after = |until: Date| until.tomorrow().map_or(Wall::MAX, |next| zone.start_of(next));
    (valid.from.map_or(Wall::MIN, |from| zone.start_of(from)), valid.until.map_or(Wall::MAX, after))
}

/// Of a programme all of whose picks choose from one pool, and are not chosen by their length too, to fill it up.
fn pool_of(plan: &Plan, library: &Library, programme: &plan::Programme) -> Option<(ProgrammeId, ProgrammePool)> {
    let takes = |element: &plan::ProgrammeElement| -> BTreeSet<ItemId> {
        plan.items.iter().filter(|item| element.takes(item)).map(|item| item.id.clone()).collect()
    };
    let is_pick = |element: &&plan::ProgrammeElement| matches!(element, plan::ProgrammeElement::Pick { .. });
    let (picks, fixed): (Vec<_>, Vec<_>) = programme.elements.iter().partition(is_pick);
    let ([pick], None) = (picks.as_slice(), programme.fill) else { return None };
    let mut pool = takes(pick);
    pool.retain(|item| library.items.get(item).is_some_and(Result::is_ok));
    Some((programme.id.clone(), ProgrammePool { fixed: fixed.into_iter().flat_map(takes).collect(), pool }))
}

impl Plans {
    pub fn new(loaded: &Loaded, span: Span) -> Plans {
        Plans {
            plan: loaded.plan.clone(),
            library: loaded.library.clone(),
            shelved: loaded.library.clone(),
            current: Current { loaded: loaded.clone(), before: Vec::new() },
            saved: loaded.plan.clone(),
            reading: loaded.plan.clone(),
            watch: FileWatch::begun(sight(&loaded.plan)),
            care: Care::default(),
            damaged: BTreeMap::new(),
            span,
        }
    }

    /// Every master that is aired from.
    fn masters(&self) -> BTreeSet<FileHash> {
        self.shelved.items.values().flatten().map(|recording| recording.hash.clone()).collect()
    }

    /// Puts a plan in force; whether it is another.
    fn take(&mut self, plan: Arc<Plan>, now: Option<Now>) -> bool {
        let other = plan.hash != self.plan();
        let loaded = Loaded::new(plan, self.shelved.clone());
        match now {
            Some(now) => self.current.replace(loaded, now),
            None => self.current.loaded = loaded,
        }
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

    fn find(&mut self) {
        if self.saved.hash != self.plan() {
            self.take(self.saved.clone(), None);
        }
        self.watch = FileWatch::begun(sight(&self.saved));
        self.care = Care::default();
    }

    fn begin(&mut self, before: Vec<(PlanHash, Option<Wall>)>, now: Now) {
        let until = |until: Option<Wall>| until.map_or(InForceUntil::Boot(now.mono), InForceUntil::Logged);
        let known = |hash: &PlanHash| Version::all().find(|version| version.hash(&self.plan) == *hash);
        let before = before.into_iter().filter_map(|(hash, to)| Some((known(&hash)?.of(&self.plan), until(to))));
        self.current.before = before.map(|(plan, until)| (Loaded::new(plan, self.shelved.clone()), until)).collect();
    }

    fn rundown(&mut self, history: History, wanted: &Wanted, now: Now) -> Rundown {
        let Span { from, to } = wanted.span;
        // Nothing is owed after the span, so that what has begun in it can end as it would on air; nor before it, though a wrong time reaches
        // back behind it.
        let first = from.max((self.span.from - WRONG_BY).min(to));
        let wanted = Wanted { span: Span { from: first, to: to.min(self.span.to.max(first)) }, ..wanted.clone() };
        let mut rundown = planner::make(&self.current, history, &wanted, now);
        rundown.slots.retain(|planned| planned.slot.planned_at >= self.span.from.min(to));
        Rundown { from, to, ..rundown }
    }

    fn reload(&mut self, reload: Reload, now: Option<Now>) -> bool {
        let version = match reload {
            Reload::Bad => return false,
            Reload::Good(number) => Version::Without(number % WITHOUT),
            Reload::Edit(edit) => Version::Edited(edit),
        };
        self.saved = version.of(&self.plan);
        // Seen at once, and read at once.
        self.watch = FileWatch::begun(sight(&self.saved));
        self.watch.looked(sight(&self.saved), Mono(0), false);
        self.take(self.saved.clone(), now)
    }

    fn save(&mut self, version: u32) -> PlanHash {
        self.saved = Version::Without(version % WITHOUT).of(&self.plan);
        self.saved.hash.clone()
    }

    fn look(&mut self, now: Now) -> Advice {
        let advice = self.watch.looked(sight(&self.saved), now.mono, false);
        if advice == Advice::Read {
            self.reading = self.saved.clone();
        }
        advice
    }

    fn is_read(&mut self, now: Now) -> bool {
        self.watch.is_read();
        self.take(self.reading.clone(), Some(now))
    }

    fn damage(&mut self, item: u32, shows: bool) -> Option<(FileHash, SignedDuration)> {
        let plan = &self.current.loaded.plan;
        let item = plan.items.get(item as usize % plan.items.len().max(1))?;
        let master = self.shelved.items.get(&item.id)?.as_ref().ok()?.hash.clone();
        self.damaged.insert(master.clone(), shows);
        let round = care::ROUND * i32::try_from(self.shelved.items.len() + 3).unwrap_or(i32::MAX);
        Some((master, round.max(LOOKED_THROUGH)))
    }

    fn tend(&mut self, why: Tending<'_>, now: Now) -> Vec<Task> {
        match why {
            Tending::Rundown(rundown) => {
                let planned = self.masters();
                let needed = planner::settled(rundown).into_keys().filter(|master| planned.contains(master));
                self.care.are_needed(needed, now.mono)
            }
            Tending::Failed(master) => {
                let planned = self.masters().contains(&master);
                self.care.are_doubted(planned.then_some(master))
            }
            Tending::Round => self.care.go_round(&self.masters(), now.mono).into_iter().collect(),
            Tending::Seen => {
                let planned = self.masters();
                let seen = self.damaged.iter().filter(|(master, shows)| **shows && planned.contains(master));
                self.care.are_doubted(seen.map(|(master, _)| master.clone()).collect::<Vec<_>>())
            }
        }
    }

    fn is_tended(&mut self, tended: &Task, now: Now) -> Vec<Task> {
        let next = match tended {
            Task::Read(master) => self.care.is_read(master.clone(), !self.damaged.contains_key(master), now.mono),
            Task::TakeIn(master) => {
                let well = self.masters().contains(master);
                if well {
                    self.damaged.remove(master);
                }
                self.care.is_taken_in(master, well, now.mono);
                None
            }
        };
        next.into_iter().collect()
    }

    fn is_damaged(&self, master: &FileHash) -> bool {
        self.damaged.contains_key(master)
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

    fn programme(&self, number: u32) -> Option<ProgrammeId> {
        let programmes = &self.current.loaded.plan.programmes;
        programmes.get(number as usize % programmes.len().max(1)).map(|programme| programme.id.clone())
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
