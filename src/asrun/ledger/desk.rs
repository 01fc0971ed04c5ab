//! The ledger's own thread: the queue of what waits, and the writing of it.

mod handing;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Closed, LOOK_EVERY, Said, Write};
use crate::asrun::fact::{Fact, Fault, Gap};
use crate::asrun::handover::Handover;
use crate::asrun::row::Row;
use crate::asrun::store::sheet::Sheet;
use crate::asrun::store::{Batch, Past, Replaced, Store, StoreError};
use crate::asrun::unsettled::{Settle, Unsettled};
use crate::terms::*;

/// How many writes go in one transaction.
const TOGETHER: usize = 256;
/// How long a failing disk is left alone: first, and at most.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// How often a failing disk is tried when the daemon ends.
const LAST_TRIES: u32 = 4;
/// How long the end waits for readers that keep the write-ahead log from being emptied.
const READERS_WITHIN: Duration = Duration::from_secs(5);

/// What waits to be written.
#[derive(Debug)]
enum Job {
    Arm(u64, Box<Unsettled>),
    Mark(Box<Unsettled>),
    Append(Vec<Row>, Settle),
    Alive(Wall),
}

/// The disk fails.
#[derive(Debug)]
struct Failing {
    why: String,
    wait: Duration,
    again_at: Instant,
}

/// Rows that were let go for want of room.
#[derive(Debug, Default)]
struct Lost {
    rows: u64,
    from: Option<Wall>,
    to: Option<Wall>,
    station: std::sync::Arc<str>,
}

pub(super) struct Desk<F> {
    store: Store,
    /// What the next start knows beside the log.
    handover: Handover,
    sheet: Sheet,
    /// It knows something newer than what is written there.
    hands_over: bool,
    /// The newest instant that was heard of.
    now: Wall,
    look_at: Instant,
    queue: VecDeque<Job>,
    /// Rows in the queue.
    rows: usize,
    room: usize,
    failing: Option<Failing>,
    lost: Lost,
    /// The day whose first head was lodged.
    head_day: Option<Date>,
    flushes: Vec<Sender<bool>>,
    said: F,
}

impl<F: FnMut(Said)> Desk<F> {
    pub(super) fn new(store: Store, room: usize, past: &Past, said: F) -> Desk<F> {
        let queue: VecDeque<Job> = past.waiting.iter().map(Job::of).collect();
        let rows = queue.iter().map(Job::rows).sum();
        let handover = Handover::of(past.alive_at, &past.standing, &past.closed);
        let (sheet, lost) = (Sheet::open(store.dir()), Lost::default());
        let now = past.newest.max(past.alive_at).unwrap_or(Wall(0));
        let (hands_over, look_at, failing, head_day, flushes) = (true, Instant::now() + LOOK_EVERY, None, None, Vec::new());
        Desk { store, handover, sheet, hands_over, now, look_at, queue, rows, room, failing, lost, head_day, flushes, said }
    }

    pub(super) fn run(mut self, writes: &Receiver<Write>) {
        if let Some(why) = self.store.held().map(str::to_owned) {
            self.fail(why);
        }
        loop {
            let until = self.failing.as_ref().map_or(self.look_at, |failing| failing.again_at.min(self.look_at));
            let mut next = match writes.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(write) => Some(write),
                Err(RecvTimeoutError::Timeout) => None,
                // Every pen is gone without a word: what waits gets a last try, as the store is dropped.
                Err(RecvTimeoutError::Disconnected) => {
                    self.write();
                    return;
                }
            };
            let mut checkpoint = false;
            while let Some(write) = next {
                match write {
                    Write::Close(at, answer) => {
                        // Whoever asked may have stopped waiting.
                        let _ = answer.send(self.close(at));
                        return;
                    }
                    Write::Checkpoint => checkpoint = true,
                    other => self.take(other),
                }
                next = writes.try_recv().ok();
            }
            if self.look_at <= Instant::now() {
                self.look();
            }
            self.write();
            if checkpoint && self.queue.is_empty() {
                self.checkpoint();
            }
        }
    }

    /// Puts a write into the queue.
    fn take(&mut self, write: Write) {
        // While the disk fails, what must not be lost waits beside the log; a mark is not worth it.
        self.hands_over |= self.failing.is_some() && matches!(write, Write::Arm(..) | Write::Append(..));
        match write {
            Write::Arm(ticket, unsettled) => self.queue.push_back(Job::Arm(ticket, unsettled)),
            Write::Mark(unsettled) => {
                self.forget_mark(&unsettled.slot);
                self.queue.push_back(Job::Mark(unsettled));
            }
            Write::Append(mut rows, settle) => {
                if let Some(slot) = settle.slot() {
                    self.forget_mark(slot);
                }
                if self.failing.is_some() {
                    rows.iter_mut().for_each(say_late);
                }
                self.now = rows.iter().rev().find_map(|row| row.started_at).unwrap_or(self.now);
                self.rows += rows.len();
                self.queue.push_back(Job::Append(rows, settle));
                if self.rows > self.room && self.failing.is_none() {
                    // A disk that takes them needs no room here: what years off owe comes in one go.
                    self.try_all();
                }
                self.make_room();
            }
            Write::Alive(at) => {
                self.now = at;
                self.queue.retain(|job| !matches!(job, Job::Alive(_)));
                self.queue.push_back(Job::Alive(at));
            }
            Write::Flush(answer) => self.flushes.push(answer),
            // The loop in `run` answers these itself.
            Write::Checkpoint | Write::Close(..) => {}
        }
    }

    /// A mark that still waits is of no use when a newer one comes, or its slot is settled.
    fn forget_mark(&mut self, slot: &Slot) {
        self.queue.retain(|job| !matches!(job, Job::Mark(mark) if mark.slot == *slot));
    }

    /// Lets the least valuable rows go when there is no more room, a hundredth at a time: the oldest that do not say how a slot ended, then
    /// the oldest at all.
    fn make_room(&mut self) {
        if self.rows <= self.room {
            return;
        }
        let mut excess = (self.rows - self.room).max(self.room / 100);
        for ends_too in [false, true] {
            for job in &mut self.queue {
                let Job::Append(rows, _) = job else { continue };
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
        self.queue.retain(|job| !matches!(job, Job::Append(rows, Settle::Nothing) if rows.is_empty()));
    }

    /// Writes what waits, unless the disk fails and is to be left alone still.
    fn write(&mut self) {
        if self.failing.as_ref().is_none_or(|failing| failing.again_at <= Instant::now()) {
            self.try_all();
        }
        self.hand_over();
        let well = self.failing.is_none();
        for answer in self.flushes.drain(..) {
            // Whoever asked may have stopped waiting.
            let _ = answer.send(well);
        }
    }

    fn try_all(&mut self) {
        if self.failing.is_some() && !self.look() {
            return;
        }
        if self.failing.is_some()
            && let Err(error) = self.store.reconnect()
        {
            return self.fail(in_full(&error));
        }
        while !self.queue.is_empty() || self.lost.rows > 0 {
            if let Err(error) = self.try_some() {
                return self.fail(in_full(&error));
            }
        }
        if self.failing.take().is_some() {
            (self.said)(Said::Well);
        }
    }

    /// Writes the front of the queue in one transaction. After an error everything is where it was.
    fn try_some(&mut self) -> Result<(), StoreError> {
        let count = self.queue.len().min(TOGETHER);
        let gap = self.lost.row(self.store.origin());
        let jobs = || self.queue.iter().take(count);
        let done = self.store.write(|batch| {
            batch.append(gap.clone())?;
            jobs().try_for_each(|job| job.write(batch))
        });
        match done {
            Ok(()) => {}
            Err(error) if error.is_of_the_row() => {
                self.store.write(|batch| {
                    batch.append(gap.clone())?;
                    jobs().try_for_each(|job| job.write_what_can_be(batch))
                })?;
            }
            Err(error) => return Err(error),
        }
        if gap.is_some() {
            (self.said)(Said::LetGo(std::mem::take(&mut self.lost).rows));
        }
        for _ in 0..count {
            match self.queue.pop_front() {
                Some(Job::Arm(ticket, _)) => (self.said)(Said::Durable(ticket)),
                Some(Job::Append(rows, _)) => {
                    self.rows = self.rows.saturating_sub(rows.len());
                    self.hands_over |= !rows.is_empty();
                    rows.iter().for_each(|row| self.handover.note(row));
                }
                Some(Job::Alive(at)) => {
                    self.hands_over |= self.handover.breathe(at);
                    self.lodge_daily(at);
                }
                Some(Job::Mark(_)) | None => {}
            }
        }
        Ok(())
    }

    fn fail(&mut self, why: String) {
        let wait = match &self.failing {
            None => {
                tracing::error!(why, "the log cannot be written; rows wait in memory");
                (self.said)(Said::Failing(why.clone()));
                for job in &mut self.queue {
                    if let Job::Append(rows, _) = job {
                        rows.iter_mut().for_each(say_late);
                    }
                }
                FIRST_WAIT
            }
            Some(failing) => failing.wait.saturating_mul(2).min(LONGEST_WAIT),
        };
        self.failing = Some(Failing { why, wait, again_at: Instant::now() + wait });
    }

    /// Looks whether the log is still there, and lets another take its place if it is not. `false` when none can.
    fn look(&mut self) -> bool {
        self.look_at = Instant::now() + LOOK_EVERY;
        let Some(why) = self.store.is_gone() else { return true };
        tracing::error!(why, "the log is not the one that was open");
        match self.store.replace(why.clone(), self.now) {
            Ok(replaced) => {
                if replaced == Replaced::Copied {
                    self.note_copied(&why);
                }
                self.hands_over = true;
                (self.said)(Said::Replaced(replaced));
                true
            }
            Err(error) => {
                self.fail(in_full(&error));
                false
            }
        }
    }

    /// No row is lost: what happened is a fault and no gap.
    fn note_copied(&mut self, why: &str) {
        let said = Fault { what: Some(Trouble::LogGone), detail: Some(why.to_owned()), ..Fault::default() };
        let fault = Row::of(Fact::Fault(said), self.store.station(), self.store.origin());
        let fault = Row { started_at: Some(self.now), ..fault };
        self.rows += 1;
        self.queue.push_back(Job::Append(vec![fault], Settle::Nothing));
    }

    /// The first sign of life of each day lodges the head. A head that cannot be lodged is tried again at the next.
    fn lodge_daily(&mut self, at: Wall) {
        let instant = Timestamp::from_nanosecond(i128::from(at.0)).unwrap_or(Timestamp::UNIX_EPOCH);
        let day = self.store.tz().to_datetime(instant).date();
        if self.head_day != Some(day) {
            match self.store.lodge_head(at) {
                Ok(()) => self.head_day = Some(day),
                Err(error) => tracing::warn!(why = in_full(&error), "the log's head cannot be written down"),
            }
        }
    }

    /// Whether it is worth another try: a reader was busy.
    fn checkpoint(&mut self) -> bool {
        // Everything is in the write-ahead log already: nothing is lost, the file is only longer for a while.
        self.store.checkpoint().map_or_else(
            |error| {
                tracing::warn!(why = in_full(&error), "the write-ahead log cannot be emptied");
                false
            },
            |emptied| !emptied,
        )
    }

    fn close(&mut self, at: Wall) -> Closed {
        self.try_all();
        for _ in 1..LAST_TRIES {
            let Some(failing) = &self.failing else { break };
            std::thread::sleep(failing.wait.min(Duration::from_secs(1)));
            self.try_all();
        }
        for answer in self.flushes.drain(..) {
            let _ = answer.send(self.failing.is_none());
        }
        self.hands_over = true;
        self.hand_over();
        if let Some(Failing { why, .. }) = &self.failing {
            let (rows, why) = (self.rows, why.clone());
            return if self.hands_over || self.handover.lost > 0 {
                Closed::Lost { rows, why }
            } else {
                Closed::HandedOver { rows, why }
            };
        }
        if let Err(error) = self.store.lodge_head(at) {
            tracing::warn!(why = in_full(&error), "the log's head cannot be written down");
        }
        // After a stop the file is the whole log, also for whoever copies it alone: a backup or a check in progress is waited for.
        let until = Instant::now() + READERS_WITHIN;
        while self.checkpoint() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        Closed::Well
    }
}

impl Job {
    fn write(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        match self {
            Job::Arm(_, unsettled) | Job::Mark(unsettled) => batch.mark(unsettled),
            Job::Append(rows, settle) => {
                batch.append(rows.iter().cloned())?;
                batch.settle(settle)
            }
            Job::Alive(at) => batch.alive(*at),
        }
    }

    /// Writes a row that the log refuses as what it is, an internal fault, so that it does not keep the others from being written.
    fn write_what_can_be(&self, batch: &mut Batch<'_>) -> Result<(), StoreError> {
        let Job::Append(rows, settle) = self else { return self.write(batch) };
        for row in rows {
            match batch.append([row.clone()]) {
                Err(error) if error.is_of_the_row() => {
                    tracing::error!(why = in_full(&error), "a row was refused");
                    batch.append([refused(row, &error)])?;
                }
                other => {
                    other?;
                }
            }
        }
        batch.settle(settle)
    }
}

/// What stands in the log for a row that it refused.
pub fn refused(row: &Row, error: &StoreError) -> Row {
    let said = Fault {
        what: Some(Trouble::RowRefused),
        why: Some(in_full(error)),
        kind: Some(row.kind()),
        status: row.status,
        reason: row.reason,
        ..Fault::default()
    };
    Row {
        output: row.output.clone(),
        broadcast: row.broadcast.clone(),
        started_at: row.planned_at.or(row.started_at),
        clock: row.clock,
        ..Row::of(Fact::Fault(said), row.station.clone(), row.origin)
    }
}

fn say_late(row: &mut Row) {
    row.notes.log_late = true;
}

impl Lost {
    fn note(&mut self, row: &Row) {
        let at = row.started_at.or(row.planned_at);
        self.rows += 1;
        self.from = [self.from, at].into_iter().flatten().min();
        self.to = [self.to, at].into_iter().flatten().max();
        self.station = row.station.clone();
    }

    fn row(&self, origin: Origin) -> Option<Row> {
        (self.rows > 0).then(|| {
            let row = Row::of(Fact::Gap(Box::new(Gap::no_room(self.rows))), self.station.clone(), origin);
            Row { started_at: self.from, ended_at: self.to, ..row }
        })
    }
}

#[cfg(test)]
mod tests;
