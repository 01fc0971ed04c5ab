//! What waits to be written to the log: which writes go together, which replace one another, how long a failing disk is left alone, and which
//! rows are dropped when there is no room.
//!
//! Pure: the ledger's thread drives it over the log's file, and a simulation over a disk in memory. Writes come in the order in which they
//! were put; a newer mark of a slot replaces one that still waits. While the disk fails, rows wait, at most so many: beyond that the oldest
//! that are not `end` rows go first (how a slot ended is worth more than how its takes went), then the oldest at all. What waited for a
//! failing disk says so.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::SignedDuration;

use crate::asrun::fact::{Fact, GapFact};
use crate::asrun::open::{OpenSlot, SlotChange};
use crate::asrun::row::Row;
use crate::defect::defect;
use crate::terms::*;

/// How many rows may wait for a failing disk: about a month of a station's broadcasts, some 20 MB.
pub const ROOM: usize = 10_000;
/// How many writes go in one transaction.
const TOGETHER: usize = 256;
/// How long a failing disk is left alone: first, and at most.
const FIRST_WAIT: SignedDuration = SignedDuration::from_millis(250);
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(8);

/// Names a write that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What is to be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Write {
    /// Before a slot sounds. The ticket says when it is on the disk.
    Arm(Ticket, Box<OpenSlot>),
    /// How far a slot has come.
    Mark(Box<OpenSlot>),
    /// Finished facts, and what becomes of the open slot in the same transaction.
    Append(Vec<Row>, SlotChange),
    /// The station is alive at this instant.
    Alive(Wall),
}

impl Write {
    pub fn rows(&self) -> &[Row] {
        match self {
            Write::Append(rows, _) => rows,
            Write::Arm(..) | Write::Mark(_) | Write::Alive(_) => &[],
        }
    }
}

#[derive(Debug)]
pub struct Queue {
    waiting: VecDeque<Queued>,
    /// So many of the first are being written.
    writing: usize,
    rows: usize,
    room: usize,
    failing: Option<Failing>,
    lost: Lost,
}

#[derive(Debug)]
struct Queued {
    /// A mark that replaces another has waited as long as that one.
    since: Mono,
    write: Write,
}

#[derive(Clone, Copy, Debug)]
struct Failing {
    wait: SignedDuration,
    again_at: Mono,
}

/// Rows that were let go for want of room.
#[derive(Debug, Default)]
pub struct Lost {
    pub rows: u64,
    from: Option<Wall>,
    to: Option<Wall>,
    station: Arc<str>,
}

impl Queue {
    /// With what the life before could not write any more: it comes first, and says that it is late.
    pub fn new(room: usize, before: impl IntoIterator<Item = Write>) -> Queue {
        let mut queue = Queue { waiting: VecDeque::new(), writing: 0, rows: 0, room, failing: None, lost: Lost::default() };
        for mut write in before {
            say_late(&mut write);
            queue.rows += write.rows().len();
            queue.waiting.push_back(Queued { since: Mono::MIN, write });
        }
        queue
    }

    pub fn put(&mut self, mut write: Write, now: Mono) {
        let replaced = match &write {
            Write::Mark(open_slot) => self.forget_mark(&open_slot.slot),
            Write::Append(_, change) => change.slot().and_then(|slot| self.forget_mark(slot)),
            Write::Alive(_) => self.forget(|write| matches!(write, Write::Alive(_))).and(None),
            Write::Arm(..) => None,
        };
        if self.failing.is_some() && !defect!(LateRowsSayNothing) {
            say_late(&mut write);
        }
        self.rows += write.rows().len();
        let place = if defect!(MarksOvertake) && matches!(write, Write::Mark(_)) { self.writing } else { self.waiting.len() };
        self.waiting.insert(place, Queued { since: replaced.unwrap_or(now), write });
        if self.failing.is_some() {
            self.make_room();
        }
    }

    /// A mark that still waits is of no use when a newer one comes, or its slot has ended.
    fn forget_mark(&mut self, slot: &Slot) -> Option<Mono> {
        self.forget(|write| matches!(write, Write::Mark(mark) if mark.slot == *slot))
    }

    /// Since when the oldest of what is forgotten has waited. What is being written stays.
    fn forget(&mut self, which: impl Fn(&Write) -> bool) -> Option<Mono> {
        let (mut place, writing, mut since) = (0, self.writing, None);
        self.waiting.retain(|waiting| {
            place += 1;
            let goes = place > writing && which(&waiting.write);
            if goes {
                since = since.into_iter().chain([waiting.since]).min();
            }
            !goes
        });
        since
    }

    /// Lets the least valuable rows go, a hundredth of the room at a time.
    fn make_room(&mut self) {
        if self.rows <= self.room {
            return;
        }
        let mut excess = (self.rows - self.room).max(self.room / 100);
        for ends_too in [false, true] {
            for waiting in self.waiting.iter_mut().skip(self.writing) {
                let Write::Append(rows, _) = &mut waiting.write else { continue };
                rows.retain(|row| {
                    let goes = excess > 0 && (ends_too || !matches!(row.kind(), Kind::End | Kind::Void));
                    if goes {
                        excess -= 1;
                        self.rows -= 1;
                        self.lost.note(row);
                    }
                    !goes
                });
            }
        }
        self.forget(|write| matches!(write, Write::Append(rows, SlotChange::Nothing) if rows.is_empty()));
    }

    /// Whether there is something to write, and the disk is not to be left alone.
    pub fn is_due(&self, now: Mono) -> bool {
        self.failing.map_or(!self.is_empty(), |failing| failing.again_at <= now)
    }

    /// When a failing disk is tried again.
    pub fn again_at(&self) -> Option<Mono> {
        self.failing.map(|failing| failing.again_at)
    }

    /// Takes up what goes in the next transaction: [`Queue::writing`], and before it the row of what was let go.
    pub fn begin(&mut self) {
        self.writing = self.waiting.len().min(TOGETHER);
    }

    pub fn writing(&self) -> impl Iterator<Item = &Write> {
        self.waiting.iter().take(self.writing).map(|waiting| &waiting.write)
    }

    /// The transaction is on the disk: what it was, and how many rows were let go before it.
    pub fn written(&mut self) -> (Vec<Write>, u64) {
        let writing = std::mem::take(&mut self.writing);
        let written: Vec<Write> = self.waiting.drain(..writing).map(|waiting| waiting.write).collect();
        self.rows -= written.iter().map(|write| write.rows().len()).sum::<usize>();
        (written, std::mem::take(&mut self.lost).rows)
    }

    /// The disk did not take it: everything is where it was. `true` when it is the first failure.
    pub fn failed(&mut self, now: Mono) -> bool {
        self.writing = 0;
        let wait = self.failing.map_or(FIRST_WAIT, |failing| {
            let longer = failing.wait.saturating_mul(2);
            if defect!(WaitsEverLonger) { longer } else { longer.min(LONGEST_WAIT) }
        });
        let first = self.failing.replace(Failing { wait, again_at: now + wait }).is_none();
        if first && !defect!(LateRowsSayNothing) {
            self.waiting.iter_mut().for_each(|waiting| say_late(&mut waiting.write));
        }
        self.make_room();
        first
    }

    /// Whether a failing disk has taken all that waited.
    pub fn is_well_again(&mut self) -> bool {
        self.is_empty() && self.failing.take().is_some()
    }

    pub fn is_failing(&self) -> bool {
        self.failing.is_some()
    }

    /// How long the disk is left alone now.
    pub fn wait(&self) -> Option<SignedDuration> {
        self.failing.map(|failing| failing.wait)
    }

    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.lost.rows == 0
    }

    /// Whether more rows wait than there is room for: a disk that takes them needs none.
    pub fn is_full(&self) -> bool {
        self.rows > self.room
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// What was let go, and is not told of yet.
    pub fn lost(&self) -> &Lost {
        &self.lost
    }

    /// Since when the oldest waits.
    pub fn since(&self) -> Option<Mono> {
        self.waiting.iter().map(|waiting| waiting.since).min()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Write> {
        self.waiting.iter().map(|waiting| &waiting.write)
    }
}

impl Lost {
    fn note(&mut self, row: &Row) {
        let at = row.started_at.or(row.planned_at);
        self.rows += 1;
        self.from = [self.from, at].into_iter().flatten().min();
        self.to = [self.to, at].into_iter().flatten().max();
        self.station = row.station.clone();
    }

    /// The row that says how many; `None` when none was let go.
    pub fn row(&self, origin: Origin) -> Option<Row> {
        (self.rows > 0).then(|| Row {
            started_at: self.from,
            ended_at: self.to,
            ..Row::of(Fact::Gap(Box::new(GapFact::no_room(self.rows))), self.station.clone(), origin)
        })
    }
}

fn say_late(write: &mut Write) {
    if let Write::Append(rows, _) = write {
        rows.iter_mut().for_each(|row| row.notes.log_late = true);
    }
}
