//! One trial of the engine: a plan, a span, a seed. It runs, is held against the laws, and a failing one is made as short as it can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::row::{Row, stamp};
use crate::daemon::loading::Loaded;
use crate::daemon::simulation::plans::{self, Plans};
use crate::library::Library;
use crate::plan::Plan;
use crate::playout::simulate::mishap::{self, Kinds, Mishap, Targets};
use crate::playout::simulate::model::{self, Breach, Says};
use crate::playout::simulate::record::Record;
use crate::playout::simulate::world::{Terms, World};
use crate::rundown::{Planned, Span};
use crate::terms::*;

/// How long after the span its last slots may take.
const LAST_SLOT: SignedDuration = SignedDuration::from_hours(48);
/// So much of a long span is calm at its end: a day, so that slots come that must air.
const CALM: SignedDuration = SignedDuration::from_hours(24);
/// A day has this many mishaps, a long span fewer.
const A_DAY: i64 = 6;
const MOST: i64 = 240;

pub struct Trial {
    loaded: Loaded,
    span: Span,
    /// What the plan owes as it was given.
    owed: Vec<Planned>,
    /// Whether the log in memory is hashed.
    pub chained: bool,
}

impl Trial {
    pub fn new(plan: Plan, library: Library, span: Span) -> Trial {
        Trial::of(Loaded::new(Arc::new(plan), Arc::new(library)), span)
    }

    pub(super) fn of(loaded: Loaded, span: Span) -> Trial {
        let owed = plans::says(&loaded, &loaded.plan.hash, span).map(|says| says.slots).unwrap_or_default();
        Trial { loaded, span, owed, chained: true }
    }

    fn calm_from(&self) -> Wall {
        let whole = self.span.to - self.span.from;
        self.span.to - CALM.min(whole / 2)
    }

    /// What goes wrong under this seed.
    pub fn mishaps(&self, seed: u64) -> Vec<Mishap> {
        self.mishaps_of(seed, Kinds::All)
    }

    pub fn mishaps_of(&self, seed: u64, kinds: Kinds) -> Vec<Mishap> {
        let (from, to) = (self.span.from, self.calm_from());
        let days = (to - from).as_secs() / 86_400 + 1;
        let most = u32::try_from((days * A_DAY).clamp(4, MOST)).unwrap_or(4);
        mishap::draw(seed, kinds, &self.targets(to), from, to, most)
    }

    fn targets(&self, to: Wall) -> Targets {
        let mut targets = Targets::default();
        let airs: Vec<&Planned> = self.owed.iter().filter(|p| p.left_out.is_none() && p.slot.planned_at < to).collect();
        let mut busy: BTreeMap<&OutputId, Wall> = BTreeMap::new();
        for planned in airs {
            let at = planned.slot.planned_at;
            targets.starts.push(at);
            targets.boundaries.extend(planned.elements.iter().skip(1).map(|element| at + element.offset));
            let over = busy.entry(&planned.slot.output).or_insert(Wall::MIN);
            if *over > at || planned.facts.priority > Priority::Ordinary {
                targets.preemptions.push(at);
            }
            *over = (*over).max(at + planned.length());
        }
        targets
    }

    fn world(&self, mishaps: &[Mishap], tells: bool) -> World<Plans> {
        let terms = Terms {
            from: self.span.from,
            to: self.span.to,
            calm_from: if mishaps.is_empty() { self.span.to } else { self.calm_from() },
            built_at: self.span.from - SignedDuration::from_hours(24 * 30),
            chained: self.chained,
            tells,
        };
        World::new(terms, Plans::new(&self.loaded, self.span), mishaps.to_vec())
    }

    /// Lives through it; `each_day` takes the rows as they come to the disk.
    pub fn live<E>(&self, mishaps: &[Mishap], mut each_day: impl FnMut(&[Row]) -> Result<(), E>) -> Result<Record, E> {
        let mut world = self.world(mishaps, false);
        let mut at = self.span.from;
        while at < self.span.to {
            at = (at + CALM).min(self.span.to);
            world.run_until(Wall(at.0 - i64::from(at == self.span.to)));
            each_day(world.disk.take_fresh())?;
        }
        world.run_out(self.span.to + LAST_SLOT);
        each_day(world.last_rows())?;
        Ok(world.record)
    }

    pub fn judge(&self, record: &Record) -> Vec<Breach> {
        let plans: BTreeMap<PlanHash, Says> = record
            .plans
            .iter()
            .map(|force| force.hash.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .filter_map(|hash| Some((hash.clone(), plans::says(&self.loaded, &hash, self.span)?)))
            .collect();
        model::judge(record, &plans)
    }

    /// The first breach under these mishaps.
    pub fn breach(&self, mishaps: &[Mishap]) -> Option<Breach> {
        let record = self.live(mishaps, |_| Ok::<(), ()>(())).ok()?;
        self.judge(&record).into_iter().next()
    }

    /// Fewer mishaps that break the same law: halves, quarters, … and at last one by one are left out as long as it still breaks.
    pub fn shorten(&self, mishaps: &[Mishap], law: Law) -> Vec<Mishap> {
        let breaks = |mishaps: &[Mishap]| {
            let record = self.live(mishaps, |_| Ok::<(), ()>(()));
            record.is_ok_and(|record| self.judge(&record).iter().any(|breach| breach.law == law))
        };
        let mut left = mishaps.to_vec();
        let mut size = left.len().div_ceil(2);
        while size > 0 && !left.is_empty() {
            let mut place = 0;
            let mut any = false;
            while place < left.len() {
                let mut fewer = left.clone();
                fewer.drain(place..(place + size).min(left.len()));
                if breaks(&fewer) {
                    left = fewer;
                    any = true;
                } else {
                    place += size;
                }
            }
            size = match size {
                1 if any => 1,
                size => size / 2,
            };
        }
        left
    }

    /// What happened, as short as it can be told: the mishaps that it takes, and what the engine did around the breach.
    pub fn story(&self, mishaps: &[Mishap], breach: &Breach) -> String {
        let mishaps = self.shorten(mishaps, breach.law);
        self.tell(&mishaps, breach.law)
    }

    pub fn tell(&self, mishaps: &[Mishap], law: Law) -> String {
        let mut world = self.world(mishaps, true);
        world.run_until(Wall(self.span.to.0 - 1));
        world.run_out(self.span.to + LAST_SLOT);
        let breaches = self.judge(&world.record);
        let Some(breach) = breaches.iter().find(|breach| breach.law == law) else { return String::new() };
        let tz = self.loaded.plan.station.timezone.tz();
        let mut text = String::new();
        for mishap in mishaps {
            text.push_str(&format!("! {} {:?}\n", stamp(mishap.at, tz), mishap.what));
        }
        let around = |at: &Wall| (*at - breach.at).abs() < SignedDuration::from_mins(25);
        let marked = |line: &str| line.contains("Played");
        for (at, line) in world.story.iter().filter(|(at, line)| around(at) && !marked(line)) {
            text.push_str(&format!("{} {line}\n", stamp(*at, tz)));
        }
        text.push_str(&format!("✗ {} {breach}\n", stamp(breach.at, tz)));
        text
    }
}
