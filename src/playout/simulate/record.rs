//! What happened in a run, as seen from outside the engine: by the devices, by the people, and by whoever made the mishaps.
//!
//! All instants named `at`, `from` or `to` are true time. [`super::model`] holds the log against this, and against nothing else.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::asrun::row::Row;
use crate::control::request::Answer;
use crate::control::status::FaultCode;
use crate::playout::simulate::mishap::Off;
use crate::rundown::Planned;
use crate::terms::*;

#[derive(Clone, Debug)]
pub struct Record {
    pub from: Wall,
    pub to: Wall,
    /// What the plans owe, each for the time in which it was in force.
    pub plans: Vec<Force>,
    /// Which plan the daemon had, since when: also where a start found again what the log knew, or where the row was lost.
    pub in_force: Vec<(Wall, PlanHash)>,
    /// When the plan's files were saved, and as which plan.
    pub edits: Vec<(Wall, PlanHash)>,
    /// What the ledger and the outputs promised and did not keep.
    pub broken: Vec<(Law, Wall, String)>,
    /// The faults of the status, as they were looked at now and then.
    pub shown: Vec<(Wall, Vec<FaultCode>)>,
    pub sounds: Vec<SoundHeard>,
    pub offs: Vec<LifeEnd>,
    pub troubles: Vec<Trouble>,
    pub orders: Vec<RecordedOrder>,
    /// When each slot's `end` row was handed over; a slot that ended twice stands here twice.
    pub ends: Vec<(Slot, Wall)>,
    /// How far the wall clock was ahead of true time, from when on; and whether somebody or something vouched for it.
    pub clocks: Vec<ClockWas>,
    pub rows: Vec<Row>,
    /// Before which row so many `start` rows are gone with a log that was lost.
    pub gone: Vec<(usize, usize)>,
    /// What the engine left when all was over.
    pub left: AtRest,
    /// A deadline that did not move, a chain that did not hold: what was seen at once.
    pub seen: Vec<(Wall, String)>,
}

/// A plan in force.
#[derive(Clone, Debug)]
pub struct Force {
    pub at: Wall,
    /// What the station's clock said then.
    pub wall: Wall,
    pub hash: PlanHash,
}

#[derive(Clone, Debug)]
pub struct SoundHeard {
    pub output: OutputId,
    pub item: Option<ItemId>,
    pub length: Frames,
    pub frames: Frames,
    pub began: Wall,
    pub ended: Wall,
    /// What the station's clock said at its first and its last frame.
    pub began_wall: Wall,
    pub ended_wall: Wall,
    pub whole: bool,
    pub life: usize,
}

/// The end of one life of the daemon.
#[derive(Clone, Debug)]
pub struct LifeEnd {
    pub how: Off,
    pub at: Wall,
    pub back_at: Wall,
    /// When the oldest write that was lost with it had been handed over.
    pub lost_since: Option<Wall>,
}

#[derive(Clone, Debug)]
pub struct Trouble {
    pub kind: TroubleKind,
    pub output: Option<OutputId>,
    pub from: Wall,
    pub to: Wall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TroubleKind {
    Off(Reason),
    /// The clock is doubtful, or has stepped.
    Clock,
    Disk,
    Device,
    Recordings,
    Library,
    Plan,
    Planner,
    Stall,
    Hold,
    /// The rows of this time are gone, with what was known of slots that had not ended.
    LogLost,
}

#[derive(Clone, Debug)]
pub struct RecordedOrder {
    /// The request's.
    pub id: String,
    pub at: Wall,
    /// When it was answered: later where the daemon stood still.
    pub answered: Wall,
    pub wall: Wall,
    pub order: Order,
    pub answer: Option<Answer>,
    pub slots: Vec<Planned>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockWas {
    pub at: Wall,
    pub ahead: SignedDuration,
    /// Whoever set it, or keeps it, is to be believed: nothing but this may make the station sound at a wrong hour.
    pub vouched: bool,
}

#[derive(Clone, Debug, Default)]
pub struct AtRest {
    pub open_slots: Vec<Slot>,
    pub open: Vec<OutputId>,
    pub busy: bool,
}

impl Record {
    pub fn new(from: Wall, to: Wall) -> Record {
        Record {
            from,
            to,
            plans: Vec::new(),
            in_force: Vec::new(),
            edits: Vec::new(),
            shown: Vec::new(),
            sounds: Vec::new(),
            offs: Vec::new(),
            troubles: Vec::new(),
            orders: Vec::new(),
            ends: Vec::new(),
            clocks: Vec::new(),
            rows: Vec::new(),
            gone: Vec::new(),
            broken: Vec::new(),
            left: AtRest::default(),
            seen: Vec::new(),
        }
    }

    pub fn trouble(&mut self, kind: TroubleKind, output: Option<OutputId>, from: Wall, to: Wall) {
        self.troubles.push(Trouble { kind, output, from, to });
    }

    /// All rows from this place on are gone, and among them so many starts.
    pub fn starts_are_gone(&mut self, place: usize, starts: usize) {
        self.gone.iter_mut().for_each(|(before, _)| *before = (*before).min(place));
        self.gone.push((place, starts));
    }

    /// Whether a write that was handed over in a stretch of true time may have been lost with a cut.
    pub fn may_be_lost(&self, from: Wall, to: Wall) -> bool {
        let mut logs = self.troubles.iter().filter(|trouble| trouble.kind == TroubleKind::LogLost);
        logs.any(|lost| lost.from <= to && from <= lost.to)
            || self.offs.iter().any(|cut| cut.lost_since.is_some_and(|since| since <= to) && from <= cut.at)
    }

    /// Whether the station may not know at an instant that a time which it had believed was wrong.
    pub fn is_uncorrected(&self, at: Wall) -> bool {
        let known = self.clocks.partition_point(|clock| clock.at <= at);
        let wrong = self.clocks[..known].iter().rposition(|clock| !clock.ahead.is_zero());
        let right = wrong.and_then(|wrong| self.clocks[..known].get(wrong + 1)).map(|clock| clock.at);
        right.is_some_and(|right| self.may_be_unknown(right))
    }

    /// Whether the station may not know of what befell the clock at an instant: it was off, or went off before that was on the disk.
    pub fn may_be_unknown(&self, at: Wall) -> bool {
        self.offs.iter().any(|cut| cut.at <= at && at <= cut.back_at) || self.may_be_lost(at, at)
    }

    /// The clock as it was at an instant of true time.
    pub fn clock(&self, at: Wall) -> ClockWas {
        let known = self.clocks.partition_point(|clock| clock.at <= at);
        let first = ClockWas { at: Wall::MIN, ahead: SignedDuration::ZERO, vouched: true };
        known.checked_sub(1).and_then(|place| self.clocks.get(place)).copied().unwrap_or(first)
    }

    /// When a clock that may have been set showed an instant, in true time: the first and the last time, or when it was passed over.
    pub fn shown(&self, wall: Wall) -> (Wall, Wall) {
        let (mut first, mut last, mut shown_to) = (None, None, Wall::MIN);
        let before = ClockWas { at: Wall::MIN, ahead: SignedDuration::ZERO, vouched: true };
        for (place, clock) in std::iter::once(&before).chain(&self.clocks).enumerate() {
            let until = self.clocks.get(place).map_or(Wall::MAX, |next| next.at);
            let at = (wall - clock.ahead).max(clock.at);
            if at <= until {
                first = first.or(Some(at));
                // Shown, or passed over by a clock that had not come so far.
                if at == wall - clock.ahead || shown_to < wall {
                    last = Some(at);
                }
            }
            shown_to = if until == Wall::MAX { until } else { until + clock.ahead };
        }
        let first = first.unwrap_or(wall);
        (first, last.unwrap_or(first).max(first))
    }

    /// How slots ended, by the log: without what a `void` row has taken back.
    pub fn endings(&self) -> BTreeMap<Slot, Vec<&Row>> {
        let mut endings: BTreeMap<Slot, Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            match (row.kind(), row.slot()) {
                (Kind::End, Some(slot)) => endings.entry(slot).or_default().push(row),
                (Kind::Void, Some(slot)) => drop(endings.remove(&slot)),
                _ => {}
            }
        }
        endings
    }
}
