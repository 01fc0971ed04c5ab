//! The ledger's own thread: it writes what waits, and says what became of it.

mod handing;

use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Closed, Inbox, LOOK_EVERY, LedgerMessage, Said};
use crate::asrun::fact::{Fact, FaultFact};
use crate::asrun::handover::Handover;
use crate::asrun::open::SlotChange;
use crate::asrun::queue::{Queue, Write};
use crate::asrun::row::Row;
use crate::asrun::store::sheet::HandoverFile;
use crate::asrun::store::{Batch, LogError, Past, Replaced, Store};
use crate::terms::*;

/// How often a failing disk is tried when the daemon ends.
const LAST_TRIES: u32 = 4;
/// How long the end waits for readers that keep the write-ahead log from being emptied.
const READERS_WITHIN: Duration = Duration::from_secs(5);

pub(super) struct Writer<F> {
    store: Store,
    /// What the next start knows beside the log.
    handover: Handover,
    sheet: HandoverFile,
    /// It knows something newer than what is written there.
    hands_over: bool,
    /// The newest instant that was heard of.
    now: Wall,
    look_at: Instant,
    queue: Queue,
    /// Why the disk fails.
    why: String,
    /// The queue's time is reckoned from here.
    began: Instant,
    /// The day whose first head was lodged.
    head_day: Option<Date>,
    flushes: Vec<Sender<bool>>,
    said: F,
}

impl<F: FnMut(Said)> Writer<F> {
    pub(super) fn new(store: Store, room: usize, past: &Past, said: F) -> Writer<F> {
        let queue = Queue::new(room, past.waiting.iter().map(handing::write));
        let handover = Handover::of(past.alive_at, &past.standing, &past.closed);
        let sheet = HandoverFile::open(store.dir());
        let now = past.newest.max(past.alive_at).unwrap_or(Wall(0));
        let (hands_over, look_at, began, why, head_day, flushes) =
            (true, Instant::now() + LOOK_EVERY, Instant::now(), String::new(), None, Vec::new());
        Writer { store, handover, sheet, hands_over, now, look_at, queue, why, began, head_day, flushes, said }
    }

    /// The present instant, as the queue has it.
    fn mono(&self) -> Mono {
        Mono(i64::try_from(self.began.elapsed().as_nanos()).unwrap_or(i64::MAX))
    }

    pub(super) fn run(mut self, inbox: &Inbox) {
        if let Some(why) = self.store.held().map(str::to_owned) {
            self.fail(why);
        }
        loop {
            let again_at = self.queue.again_at().map(|at| self.began + Duration::from_nanos(at.0.unsigned_abs()));
            let until = again_at.map_or(self.look_at, |again_at| again_at.min(self.look_at));
            let mut next = match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => None,
                // Every handle is gone without a word: what waits gets a last try, as the store is dropped.
                Err(RecvTimeoutError::Disconnected) => {
                    self.write();
                    return;
                }
            };
            let mut checkpoint = false;
            while let Some(message) = next {
                match message {
                    LedgerMessage::Write(write) => self.take(write),
                    LedgerMessage::Checkpoint => checkpoint = true,
                    LedgerMessage::Flush(answer) => self.flushes.push(answer),
                    LedgerMessage::Close(at, answer) => {
                        // Whoever asked may have stopped waiting.
                        let _ = answer.send(self.close(at));
                        return;
                    }
                }
                next = inbox.try_recv();
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
        self.hands_over |= self.queue.is_failing() && matches!(write, Write::Arm(..) | Write::Append(..));
        self.now = match &write {
            Write::Append(rows, _) => rows.iter().rev().find_map(|row| row.started_at).unwrap_or(self.now),
            Write::Alive(at) => *at,
            Write::Arm(..) | Write::Mark(_) => self.now,
        };
        self.queue.put(write, self.mono());
        if self.queue.is_full() && !self.queue.is_failing() {
            // A disk that takes them needs no room here: what years off owe comes in one go.
            self.try_all();
        }
    }

    /// Writes what waits, unless the disk fails and is to be left alone still.
    fn write(&mut self) {
        if self.queue.is_due(self.mono()) {
            self.try_all();
        }
        self.hand_over();
        for answer in self.flushes.drain(..) {
            // Whoever asked may have stopped waiting.
            let _ = answer.send(!self.queue.is_failing());
        }
    }

    fn try_all(&mut self) {
        if self.queue.is_failing() && !self.look() {
            return;
        }
        if self.queue.is_failing()
            && let Err(error) = self.store.reconnect()
        {
            return self.fail(in_full(&error));
        }
        while !self.queue.is_empty() {
            if let Err(error) = self.try_some() {
                return self.fail(in_full(&error));
            }
        }
        if self.queue.is_well_again() {
            (self.said)(Said::Well);
        }
    }

    /// Writes the front of the queue in one transaction. After an error everything is where it was.
    fn try_some(&mut self) -> Result<(), LogError> {
        self.queue.begin();
        let gap = self.queue.lost().row(self.store.origin());
        let done = self.store.write(|batch| {
            batch.append(gap.clone())?;
            self.queue.writing().try_for_each(|write| put(write, batch))
        });
        match done {
            Ok(()) => {}
            Err(error) if error.is_of_the_row() => {
                self.store.write(|batch| {
                    batch.append(gap.clone())?;
                    self.queue.writing().try_for_each(|write| put_what_can_be(write, batch))
                })?;
            }
            Err(error) => return Err(error),
        }
        let (written, let_go) = self.queue.written();
        if let_go > 0 {
            (self.said)(Said::LetGo(let_go));
        }
        for write in written {
            match write {
                Write::Arm(ticket, _) => (self.said)(Said::Durable(ticket)),
                Write::Append(rows, _) => {
                    self.hands_over |= !rows.is_empty();
                    rows.iter().for_each(|row| self.handover.note(row));
                }
                Write::Alive(at) => {
                    self.hands_over |= self.handover.breathe(at);
                    self.lodge_daily(at);
                }
                Write::Mark(_) => {}
            }
        }
        Ok(())
    }

    fn fail(&mut self, why: String) {
        if self.queue.failed(self.mono()) {
            tracing::error!(why, "the log cannot be written; rows wait in memory");
            (self.said)(Said::Failing(why.clone()));
        }
        self.why = why;
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
        let said = FaultFact { what: Some(FaultEvent::LogGone), detail: Some(why.to_owned()), ..FaultFact::default() };
        let fault = Row::of(Fact::Fault(said), self.store.station(), self.store.origin());
        let fault = Row { started_at: Some(self.now), ..fault };
        self.queue.put(Write::Append(vec![fault], SlotChange::Nothing), self.mono());
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
            let Some(wait) = self.queue.wait() else { break };
            std::thread::sleep(wait.unsigned_abs().min(Duration::from_secs(1)));
            self.try_all();
        }
        for answer in self.flushes.drain(..) {
            let _ = answer.send(!self.queue.is_failing());
        }
        self.hands_over = true;
        self.hand_over();
        if self.queue.is_failing() {
            let (rows, why) = (self.queue.rows(), self.why.clone());
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

fn put(write: &Write, batch: &mut Batch<'_>) -> Result<(), LogError> {
    match write {
        Write::Arm(_, open_slot) | Write::Mark(open_slot) => batch.mark(open_slot),
        Write::Append(rows, change) => {
            batch.append(rows.iter().cloned())?;
            batch.change(change)
        }
        Write::Alive(at) => batch.alive(*at),
    }
}

/// Writes a row that the log refuses as what it is, an internal fault, so that it does not keep the others from being written.
fn put_what_can_be(write: &Write, batch: &mut Batch<'_>) -> Result<(), LogError> {
    let Write::Append(rows, change) = write else { return put(write, batch) };
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
    batch.change(change)
}

/// What stands in the log for a row that it refused.
pub fn refused(row: &Row, error: &LogError) -> Row {
    let said = FaultFact {
        what: Some(FaultEvent::RowRefused),
        why: Some(in_full(error)),
        kind: Some(row.kind()),
        status: row.status,
        reason: row.reason,
        ..FaultFact::default()
    };
    Row {
        output: row.output.clone(),
        broadcast: row.broadcast.clone(),
        started_at: row.planned_at.or(row.started_at),
        clock: row.clock,
        ..Row::of(Fact::Fault(said), row.station.clone(), row.origin)
    }
}

#[cfg(test)]
mod tests;
