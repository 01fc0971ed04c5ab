//! The storage seam: a log in memory that is written as the ledger writes, and that can be slow, full, or cut off in the middle.
//!
//! What was handed over and is not on the disk is lost with the power. A transaction is there whole or not at all. Times are true time.

use std::collections::{BTreeMap, VecDeque};

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::asrun::chain::Head;
use crate::asrun::handover::Handover;
use crate::asrun::history::History;
use crate::asrun::row::Row;
use crate::asrun::store::{CLOSED_FOR, Past};
use crate::asrun::unsettled::{Settle, Unsettled};
use crate::playout::cue::{Fault, FaultKind, LedgerCue, LedgerEvent, Ticket};
use crate::playout::simulate::mishap::Left;
use crate::terms::*;

/// As many writes as the ledger puts in one transaction.
const TOGETHER: usize = 256;
/// How long a failing disk is left alone: first, and at most.
const FIRST_WAIT: SignedDuration = SignedDuration::from_millis(250);
const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(8);

#[derive(Debug)]
enum Job {
    Arm(Ticket, Box<Unsettled>),
    Mark(Box<Unsettled>),
    Append(Vec<Row>, Settle),
    Alive(Wall),
}

#[derive(Debug)]
pub struct Disk {
    /// How long a transaction takes; none is on the disk at once.
    pub sync: SignedDuration,
    pub full: bool,
    /// What is on the disk.
    pub rows: Vec<Row>,
    pub unsettled: BTreeMap<Slot, Unsettled>,
    pub head: Head,
    past: Past,
    /// Written since [`Disk::take_fresh`] was called.
    fresh: usize,
    chained: bool,
    /// What waits, each since when its slot has had something waiting: a mark that replaces another waits as long as that one.
    queue: VecDeque<(Wall, Job)>,
    /// How many of the queue are being written, and when they will be on the disk.
    flying: Option<(usize, Wall)>,
    failing: Option<(SignedDuration, Wall)>,
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
    unsettled: BTreeMap<Slot, Unsettled>,
    alive_at: Option<Wall>,
}

impl Disk {
    /// An empty disk. With `chained` each row is hashed into the chain.
    pub fn new(chained: bool) -> Disk {
        Disk {
            sync: SignedDuration::ZERO,
            full: false,
            rows: Vec::new(),
            unsettled: BTreeMap::new(),
            head: Head::EMPTY,
            past: Past { first: true, ..Past::default() },
            fresh: 0,
            chained,
            queue: VecDeque::new(),
            flying: None,
            failing: None,
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

    pub fn write(&mut self, cue: LedgerCue, at: Wall) {
        let mut since = at;
        let job = match cue {
            LedgerCue::Arm(ticket, unsettled) => Job::Arm(ticket, unsettled),
            LedgerCue::Mark(unsettled) => {
                since = self.forget_mark(&unsettled.slot).unwrap_or(at);
                Job::Mark(unsettled)
            }
            LedgerCue::Append(mut rows, settle) => {
                rows.iter().for_each(|row| self.history.note(row));
                if let Some(slot) = settle.slot() {
                    since = self.forget_mark(slot).unwrap_or(at);
                }
                if self.failing.is_some() {
                    rows.iter_mut().for_each(say_late);
                }
                Job::Append(rows, settle)
            }
        };
        self.queue.push_back((since, job));
    }

    /// A sign of life that fell due at `at`: one of long ago is on the disk by now, unless that is busy.
    pub fn alive(&mut self, wall: Wall, at: Wall, now: Wall) {
        if self.queue.is_empty() && self.failing.is_none() && !self.full && at + self.sync < now {
            self.breathe(wall);
            return;
        }
        let flying = self.flying.map_or(0, |(count, _)| count);
        let mut place = 0;
        self.queue.retain(|(_, job)| {
            place += 1;
            place <= flying || !matches!(job, Job::Alive(_))
        });
        self.queue.push_back((at, Job::Alive(wall)));
    }

    /// A mark that still waits is of no use when a newer one comes: since when it waited.
    fn forget_mark(&mut self, slot: &Slot) -> Option<Wall> {
        let flying = self.flying.map_or(0, |(count, _)| count);
        let mut place = 0;
        let mut since = None;
        self.queue.retain(|(at, job)| {
            place += 1;
            let stays = place <= flying || !matches!(job, Job::Mark(mark) if mark.slot == *slot);
            if !stays {
                since = Some(since.unwrap_or(*at).min(*at));
            }
            stays
        });
        since
    }

    /// When it does something by itself.
    pub fn next_change(&self) -> Option<Wall> {
        match (self.flying, self.failing) {
            (Some((_, done_at)), _) => Some(done_at),
            (None, Some((_, again_at))) => Some(again_at),
            (None, None) => None,
        }
    }

    /// Whether something waits that could be written now.
    pub fn has_work(&self, at: Wall) -> bool {
        match (self.flying, self.failing) {
            (Some((_, done_at)), _) => done_at <= at,
            (None, Some((_, again_at))) => again_at <= at,
            (None, None) => !self.queue.is_empty(),
        }
    }

    /// Ends the transaction that is due, begins the next.
    pub fn turn(&mut self, at: Wall) -> Vec<LedgerEvent> {
        let mut events = Vec::new();
        loop {
            match self.flying {
                Some((_, done_at)) if done_at > at => return events,
                Some((count, _)) if self.full => {
                    let _ = count;
                    self.flying = None;
                    return self.fail(at, events);
                }
                Some((count, _)) => {
                    self.flying = None;
                    self.commit(count, &mut events);
                }
                None => {}
            }
            if self.failing.is_some_and(|(_, again_at)| again_at > at) {
                return events;
            }
            if self.full && (self.failing.is_some() || !self.queue.is_empty()) {
                return self.fail(at, events);
            }
            if self.queue.is_empty() {
                if self.failing.take().is_some() {
                    events.push(LedgerEvent::Well);
                }
                return events;
            }
            self.flying = Some((self.queue.len().min(TOGETHER), at + self.sync));
        }
    }

    fn fail(&mut self, at: Wall, mut events: Vec<LedgerEvent>) -> Vec<LedgerEvent> {
        let wait = match self.failing {
            None => {
                let fault = Fault { kind: FaultKind::Disk, detail: "no space left on device".into() };
                events.push(LedgerEvent::Failing(fault));
                for (_, job) in &mut self.queue {
                    if let Job::Append(rows, _) = job {
                        rows.iter_mut().for_each(say_late);
                    }
                }
                FIRST_WAIT
            }
            Some((wait, _)) => (wait * 2).min(LONGEST_WAIT),
        };
        self.failing = Some((wait, at + wait));
        events
    }

    fn commit(&mut self, count: usize, events: &mut Vec<LedgerEvent>) {
        for (_, job) in self.queue.drain(..count).collect::<Vec<_>>() {
            match job {
                Job::Arm(ticket, unsettled) => {
                    self.unsettled.insert(unsettled.slot.clone(), *unsettled);
                    events.push(LedgerEvent::Durable(ticket));
                }
                Job::Mark(unsettled) => drop(self.unsettled.insert(unsettled.slot.clone(), *unsettled)),
                Job::Append(rows, settle) => {
                    self.keep(rows);
                    match settle {
                        Settle::Nothing => {}
                        Settle::Update(unsettled) => drop(self.unsettled.insert(unsettled.slot.clone(), *unsettled)),
                        Settle::Clear(slot) => drop(self.unsettled.remove(&slot)),
                    }
                }
                Job::Alive(wall) => self.breathe(wall),
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
    pub fn cut(&mut self, torn: bool) -> Option<Wall> {
        if let Some((count, _)) = self.flying.take()
            && !self.full
            && !torn
        {
            self.commit(count, &mut Vec::new());
        }
        let lost = self.queue.iter().map(|(at, _)| *at).min();
        self.queue.clear();
        self.failing = None;
        lost
    }

    fn breathe(&mut self, wall: Wall) {
        self.past.alive_at = Some(wall);
        self.handover.breathe(wall);
    }

    /// Copies the log as it is now.
    pub fn copy(&mut self, at: Wall) {
        let since = self.queue.iter().map(|(at, _)| *at).min().unwrap_or(at).min(at);
        let (rows, head, unsettled) = (self.rows.len(), self.head, self.unsettled.clone());
        self.copied = Some(Copied { since, rows, head, unsettled, alive_at: self.past.alive_at });
    }

    /// The log is gone, but for its copy where that takes its place. Returns the rows that are gone, and since when; `None` for all of them.
    pub fn lose(&mut self, left: Left) -> (Vec<Row>, Option<Wall>) {
        let copied = self.copied.take().filter(|_| left == Left::Copy);
        let since = copied.as_ref().map(|copied| copied.since);
        let nothing = || Copied { since: Wall::MIN, rows: 0, head: Head::EMPTY, unsettled: BTreeMap::new(), alive_at: None };
        let Copied { rows, head, unsettled, alive_at, .. } = copied.unwrap_or_else(nothing);
        self.handover.head = self.head.to_string();
        let gone = self.rows.split_off(rows);
        self.fresh = self.fresh.min(rows);
        (self.head, self.unsettled, self.lost) = (head, unsettled, true);
        self.past = Past { first: true, alive_at, ..Past::default() };
        self.rows.iter().for_each(|row| self.past.note(row));
        (gone, since)
    }

    /// The hold that stands, as people ordered it and rows said: by itself, and not by what a start makes of it.
    pub fn held(&self) -> Option<Hold> {
        self.handover.standing.hold
    }

    /// Writes all that waits, if it can be written.
    pub fn flush(&mut self) -> bool {
        if !self.full {
            self.flying = None;
            let count = self.queue.len();
            self.commit(count, &mut Vec::new());
        }
        self.queue.is_empty()
    }

    /// What a start at `now` finds.
    pub fn past(&mut self, now: Wall) -> Past {
        let whole = !std::mem::take(&mut self.lost);
        self.past.unsettled = self.unsettled.values().cloned().collect();
        self.past.lost = false;
        self.past.take_over(&self.handover, self.head, whole);
        self.unsettled = self.past.unsettled.drain(..).map(|entry| (entry.slot.clone(), entry)).collect();
        self.past.waiting.clear();
        self.history = self.past.history.clone();
        let last = self.past.newest.max(self.past.alive_at).map(|last| last.min(now));
        let late = |(slot, _): &&(Slot, Closure)| last.is_none_or(|last| slot.planned_at >= last - CLOSED_FOR);
        let closed = self.past.closed.iter().filter(late).cloned().collect();
        Past { unsettled: self.unsettled.values().cloned().collect(), closed, ..self.past.clone() }
    }
}

fn say_late(row: &mut Row) {
    row.notes.log_late = true;
}
