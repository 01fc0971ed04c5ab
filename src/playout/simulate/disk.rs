//! The storage seam: a log in memory that the ledger's own queue writes to, and that can be slow, full, or cut off in the middle.
//!
//! What was handed over and is not on the disk is lost with the power. A transaction is there whole or not at all. Times are true time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::asrun::chain::Head;
use crate::asrun::handover::Handover;
use crate::asrun::history::History;
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::queue::{LONGEST_WAIT, Queue, ROOM, Write};
use crate::asrun::row::Row;
use crate::asrun::store::{CLOSED_FOR, Past};
use crate::playout::cue::{Fault, FaultKind, LedgerEvent};
use crate::playout::simulate::mishap::Left;
use crate::terms::*;

/// What waits for a disk that takes writes again is tried within this time, beside the longest wait.
const SOON: SignedDuration = SignedDuration::from_secs(2);

#[derive(Debug)]
pub struct Disk {
    /// How long a transaction takes; none is on the disk at once.
    pub sync: SignedDuration,
    pub full: bool,
    /// What is on the disk.
    pub rows: Vec<Row>,
    pub open_slots: BTreeMap<Slot, OpenSlot>,
    pub head: Head,
    past: Past,
    /// Written since [`Disk::take_fresh`] was called.
    fresh: usize,
    chained: bool,
    queue: Queue,
    /// When what is being written will be on the disk.
    flying: Option<Wall>,
    /// It did not take something, and has not taken all that waited since.
    unwell: bool,
    /// Since when it takes writes again, until it was given one.
    well_since: Option<Wall>,
    /// What the ledger promised and did not keep.
    pub broken: Vec<(Law, Wall, String)>,
    /// What lies beside the log.
    handover: Handover,
    /// The log as it was copied last.
    copied: Option<Copied>,
    /// It is not the one that was here, and no start has found that out yet.
    lost: bool,
    /// Everything that was handed over, written or not: what picks are chosen by.
    pub history: History,
}

/// A copy of the log, and when the oldest row was handed over that is not in it.
#[derive(Debug)]
struct Copied {
    since: Wall,
    rows: usize,
    head: Head,
    open_slots: BTreeMap<Slot, OpenSlot>,
    alive_at: Option<Wall>,
}

impl Disk {
    /// An empty disk. With `chained` each row is hashed into the chain.
    pub fn new(chained: bool) -> Disk {
        Disk {
            sync: SignedDuration::ZERO,
            full: false,
            rows: Vec::new(),
            open_slots: BTreeMap::new(),
            head: Head::EMPTY,
            past: Past { first: true, ..Past::default() },
            fresh: 0,
            chained,
            queue: Queue::new(ROOM, []),
            flying: None,
            unwell: false,
            well_since: None,
            broken: Vec::new(),
            handover: Handover::default(),
            copied: None,
            lost: false,
            history: History::default(),
        }
    }

    /// Rows that have come to the disk since this was called last.
    pub fn take_fresh(&mut self) -> &[Row] {
        let from = std::mem::replace(&mut self.fresh, self.rows.len());
        &self.rows[from..]
    }

    /// From which row on nobody has taken them.
    pub fn fresh(&self) -> usize {
        self.fresh
    }

    pub fn write(&mut self, write: Write, at: Wall) {
        write.rows().iter().for_each(|row| self.history.note(row));
        self.queue.put(write, Mono(at.0));
    }

    /// A sign of life that fell due at `at`: one of long ago is on the disk by now, unless that is busy.
    pub fn alive(&mut self, wall: Wall, at: Wall, now: Wall) {
        if self.queue.is_empty() && !self.queue.is_failing() && !self.full && at + self.sync < now {
            self.breathe(wall);
        } else {
            self.queue.put(Write::Alive(wall), Mono(at.0));
        }
    }

    /// It takes writes again.
    pub fn is_well(&mut self, at: Wall) {
        self.full = false;
        self.well_since = Some(at);
    }

    /// When it does something by itself.
    pub fn next_change(&self) -> Option<Wall> {
        self.flying.or(self.queue.again_at().map(|at| Wall(at.0)))
    }

    /// Whether something waits that could be written now.
    pub fn has_work(&self, at: Wall) -> bool {
        self.flying.map_or(self.queue.is_due(Mono(at.0)), |done_at| done_at <= at)
    }

    /// Ends the transaction that is due, begins the next.
    pub fn turn(&mut self, at: Wall) -> Vec<LedgerEvent> {
        let mut events = Vec::new();
        while self.has_work(at) {
            if self.flying.take().is_some() && !self.full {
                self.commit(at, &mut events);
            } else if self.full {
                self.unwell = true;
                if self.queue.failed(Mono(at.0)) {
                    let fault = Fault { kind: FaultKind::Disk, detail: "no space left on device".into() };
                    events.push(LedgerEvent::Failing(fault));
                }
                return events;
            } else if self.queue.is_well_again() {
                self.unwell = false;
                events.push(LedgerEvent::Well);
            } else {
                if let Some(well_since) = self.well_since.take().filter(|since| self.unwell && at > *since + LONGEST_WAIT + SOON)
                {
                    self.broken.push((Law::WrittenSoon, at, format!("the disk took writes again at {well_since:?}")));
                }
                self.queue.begin();
                self.flying = Some(at + self.sync);
            }
        }
        events
    }

    fn commit(&mut self, at: Wall, events: &mut Vec<LedgerEvent>) {
        let gap = self.queue.lost().row(Origin::Simulation);
        self.keep(gap.into_iter().collect());
        let mut marked = BTreeSet::new();
        for write in self.queue.written().0 {
            // A mark that waits is forgotten as soon as rows of its slot come, but for one that the disk did not take: what stands behind it in
            // one transaction was there before it.
            match &write {
                _ if self.unwell => {}
                Write::Mark(mark) => drop(marked.insert(mark.slot.clone())),
                Write::Append(_, change) if change.slot().is_some_and(|slot| marked.contains(slot)) => {
                    self.broken.push((Law::InOrder, at, format!("a mark of {:?} came before its rows", change.slot())));
                }
                Write::Append(..) | Write::Arm(..) | Write::Alive(_) => {}
            }
            if self.unwell && write.rows().iter().any(|row| !row.notes.log_late) {
                self.broken.push((Law::LateSaysSo, at, format!("{:?}", write.rows()[0].fact)));
            }
            match write {
                Write::Arm(ticket, open_slot) => {
                    self.open_slots.insert(open_slot.slot.clone(), *open_slot);
                    events.push(LedgerEvent::Durable(ticket));
                }
                Write::Mark(open_slot) => drop(self.open_slots.insert(open_slot.slot.clone(), *open_slot)),
                Write::Append(rows, change) => {
                    self.keep(rows);
                    match change {
                        SlotChange::Nothing => {}
                        SlotChange::Update(open_slot) => drop(self.open_slots.insert(open_slot.slot.clone(), *open_slot)),
                        SlotChange::Clear(slot) => drop(self.open_slots.remove(&slot)),
                    }
                }
                Write::Alive(wall) => self.breathe(wall),
            }
        }
    }

    /// Rows on the disk at once: what the daemon writes before its ledger runs.
    pub fn keep(&mut self, rows: Vec<Row>) {
        for mut row in rows {
            row.seq = self.rows.len() as u64 + 1;
            if self.chained
                && let Ok(text) = row.canonical(&TimeZone::UTC)
            {
                self.head = self.head.next(&text);
                row.row_hash = self.head.hash.to_string();
            }
            self.past.note(&row);
            self.handover.note(&row);
            self.rows.push(row);
        }
    }

    /// The process is gone: what was being written is there whole, or, `torn`, not at all. Returns when the oldest write was handed over
    /// that is lost with it.
    pub fn cut(&mut self, at: Wall, torn: bool) -> Option<Wall> {
        if self.flying.take().is_some() && !self.full && !torn {
            self.commit(at, &mut Vec::new());
        }
        let lost = self.queue.since().map(|since| Wall(since.0));
        self.queue = Queue::new(ROOM, []);
        self.unwell = false;
        lost
    }

    fn breathe(&mut self, wall: Wall) {
        self.past.alive_at = Some(wall);
        self.handover.breathe(wall);
    }

    /// Copies the log as it is now.
    pub fn copy(&mut self, at: Wall) {
        let since = self.queue.since().map_or(at, |since| Wall(since.0).min(at));
        let (rows, head, open_slots) = (self.rows.len(), self.head, self.open_slots.clone());
        self.copied = Some(Copied { since, rows, head, open_slots, alive_at: self.past.alive_at });
    }

    /// The log is gone, but for its copy where that takes its place. Returns the rows that are gone, and since when; `None` for all of them.
    pub fn lose(&mut self, left: Left) -> (Vec<Row>, Option<Wall>) {
        let copied = self.copied.take().filter(|_| left == Left::Copy);
        let since = copied.as_ref().map(|copied| copied.since);
        let nothing = || Copied { since: Wall::MIN, rows: 0, head: Head::EMPTY, open_slots: BTreeMap::new(), alive_at: None };
        let Copied { rows, head, open_slots, alive_at, .. } = copied.unwrap_or_else(nothing);
        self.handover.head = self.head.to_string();
        let gone = self.rows.split_off(rows);
        self.fresh = self.fresh.min(rows);
        (self.head, self.open_slots, self.lost) = (head, open_slots, true);
        self.past = Past { first: true, alive_at, ..Past::default() };
        self.rows.iter().for_each(|row| self.past.note(row));
        (gone, since)
    }

    /// The hold that stands, as people ordered it and rows said: by itself, and not by what a start makes of it.
    pub fn held(&self) -> Option<Hold> {
        self.handover.standing.hold
    }

    /// Writes all that waits, if it can be written.
    pub fn flush(&mut self, at: Wall) -> bool {
        if self.flying.take().is_some() && !self.full {
            self.commit(at, &mut Vec::new());
        }
        while !self.full && !self.queue.is_empty() {
            self.queue.begin();
            self.commit(at, &mut Vec::new());
        }
        self.queue.is_empty()
    }

    /// What a start at `now` finds.
    pub fn past(&mut self, now: Wall) -> Past {
        let whole = !std::mem::take(&mut self.lost);
        self.past.open_slots = self.open_slots.values().cloned().collect();
        self.past.lost = false;
        self.past.take_over(&self.handover, self.head, whole);
        self.open_slots = self.past.open_slots.drain(..).map(|entry| (entry.slot.clone(), entry)).collect();
        self.past.waiting.clear();
        self.history = self.past.history.clone();
        let last = self.past.newest.max(self.past.alive_at).map(|last| last.min(now));
        let late = |(slot, _): &&(Slot, Closure)| last.is_none_or(|last| slot.planned_at >= last - CLOSED_FOR);
        let closed = self.past.closed.iter().filter(late).cloned().collect();
        Past { open_slots: self.open_slots.values().cloned().collect(), closed, ..self.past.clone() }
    }
}
