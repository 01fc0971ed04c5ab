//! The ledger: the thread that writes the log, so that no write ever keeps the conductor or a loudspeaker waiting.
//!
//! Promises: what is handed to a [`LedgerHandle`] is written in that order, as [`crate::asrun::queue`] has it; a ticket is called durable only when its
//! write is on the disk. While the disk fails, sound goes on and rows wait in memory; of those for which there is no room a `gap` row says
//! how many. What still waits when the daemon ends, however it ends, is handed over to the next start beside the log
//! ([`crate::asrun::handover`]). A log that is taken away or cut meanwhile is noticed within [`LOOK_EVERY`], and replaced. The ledger
//! never gives up and never panics; when it cannot go on, it says so.
//!
//! What bounds memory: while the disk fails, [`crate::asrun::queue`] does. A disk that neither takes nor refuses stops this thread, and what is
//! handed over waits in the channel: rows and the arming of slots, which are as many as broadcasts are (a few hundred a day, less than
//! 1 MB). What comes twice a second while something sounds, and every minute, is no longer handed over once [`BEHIND`] messages wait: the
//! airtime of a take that a power cut ends is then told too short, never too long.

mod writer;

use writer::Writer;
pub use writer::refused;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::asrun::history::History;
use crate::asrun::queue::{ROOM, Ticket, Write};
use crate::asrun::store::{Past, Replaced, Store};
use crate::terms::*;

/// How often the ledger checks that the log's file is still the one that it opened.
pub const LOOK_EVERY: Duration = Duration::from_secs(20);

/// So many messages wait only where the disk does not answer.
const BEHIND: usize = 1_000;
/// How often somebody who waits for such a disk looks again.
const BEHIND_LOOK: Duration = Duration::from_millis(50);

/// What the ledger's thread is asked to do.
#[derive(Debug)]
pub enum LedgerMessage {
    Write(Write),
    /// A session is over: the write-ahead log is emptied. Only when nothing waits.
    Checkpoint,
    /// Answers `true` when everything before it is on the disk, `false` while the disk fails.
    Flush(Sender<bool>),
    /// The last message: everything is written, the head lodged at this instant, the file closed.
    Close(Wall, Sender<Closed>),
}

/// How the ledger ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// All is on the disk.
    Well,
    /// So many rows could not be written, and why; the next start writes them.
    HandedOver { rows: usize, why: String },
    /// So many rows could not be written, and why.
    Lost { rows: usize, why: String },
}

/// What the ledger says on its own. It is called on the ledger's thread and must not block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// This ticket's write is on the disk.
    Durable(Ticket),
    /// The disk fails, and how. Said once, until [`Said::Well`].
    Failing(String),
    /// Everything that waited is written.
    Well,
    /// So many rows were let go for want of room; their `gap` row is written.
    LetGo(u64),
    /// The log was taken away, cut or exchanged, and what has taken its place.
    Replaced(Replaced),
}

/// The ledger's thread is gone: nothing is written any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log is closed")]
pub struct Gone;

/// How others write: cheap to clone, never blocks.
#[derive(Clone, Debug)]
pub struct LedgerHandle {
    messages: Sender<LedgerMessage>,
    /// How many of them the thread has not taken yet.
    waiting: Arc<AtomicUsize>,
    history: Arc<Mutex<History>>,
}

impl LedgerHandle {
    /// Hands over a write. Rows are in [`LedgerHandle::history`] from now on.
    pub fn write(&self, write: Write) -> Result<(), Gone> {
        match &write {
            Write::Append(rows, _) => {
                let mut history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
                rows.iter().for_each(|row| history.note(row));
            }
            Write::Mark(open_slot) if open_slot.sounding.is_some() && self.is_behind() => return Ok(()),
            Write::Alive(_) if self.is_behind() => return Ok(()),
            Write::Arm(..) | Write::Mark(_) | Write::Alive(_) => {}
        }
        self.tell(LedgerMessage::Write(write))
    }

    /// A session is over.
    pub fn checkpoint(&self) -> Result<(), Gone> {
        if self.is_behind() { Ok(()) } else { self.tell(LedgerMessage::Checkpoint) }
    }

    fn tell(&self, message: LedgerMessage) -> Result<(), Gone> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.messages.send(message).map_err(|_| Gone)
    }

    /// The disk does not answer, and has not for a long time.
    fn is_behind(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= BEHIND
    }

    /// The past with everything that was handed over so far, written or not.
    pub fn history(&self) -> History {
        self.history.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until everything handed over before is on the disk. `false`: it is not, because the disk fails or took longer than `wait`.
    pub fn flush(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        while self.is_behind() {
            if Instant::now() >= until {
                return false;
            }
            thread::sleep(BEHIND_LOOK);
        }
        let (answer, answered) = mpsc::channel();
        let left = until.saturating_duration_since(Instant::now());
        self.tell(LedgerMessage::Flush(answer)).is_ok() && answered.recv_timeout(left).unwrap_or(false)
    }
}

#[cfg(test)]
impl LedgerHandle {
    /// A handle whose writes go to a test in place of the ledger.
    pub fn to_listener() -> (LedgerHandle, mpsc::Receiver<LedgerMessage>) {
        let (messages, taken) = mpsc::channel();
        (LedgerHandle { messages, waiting: Arc::default(), history: Arc::default() }, taken)
    }
}

/// The thread's end of the channel.
#[derive(Debug)]
struct Inbox {
    messages: Receiver<LedgerMessage>,
    waiting: Arc<AtomicUsize>,
}

impl Inbox {
    fn recv_timeout(&self, wait: Duration) -> Result<LedgerMessage, RecvTimeoutError> {
        self.messages.recv_timeout(wait).inspect(|_| self.taken())
    }

    fn try_recv(&self) -> Option<LedgerMessage> {
        self.messages.try_recv().ok().inspect(|_| self.taken())
    }

    fn taken(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The running ledger.
#[derive(Debug)]
pub struct Ledger {
    handle: LedgerHandle,
    thread: JoinHandle<()>,
}

impl Ledger {
    /// Starts the thread. `past` is what [`Store::recover`] gave: what waits in it is written first.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn begin(store: Store, past: &Past, said: impl FnMut(Said) + Send + 'static) -> std::io::Result<Ledger> {
        let (messages, taken) = mpsc::channel();
        let handle = LedgerHandle { messages, waiting: Arc::default(), history: Arc::new(Mutex::new(past.history.clone())) };
        let inbox = Inbox { messages: taken, waiting: Arc::clone(&handle.waiting) };
        let writer = Writer::new(store, ROOM, past, said);
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || writer.run(&inbox))?;
        Ok(Ledger { handle, thread })
    }

    pub fn handle(&self) -> LedgerHandle {
        self.handle.clone()
    }

    /// Writes what waits, lodges the head, and ends the thread. A disk that fails is tried for a few seconds more.
    pub fn close(self, at: Wall) -> Closed {
        let (answer, answered) = mpsc::channel();
        let gone = |_| Closed::Lost { rows: 0, why: Gone.to_string() };
        let closed = match self.handle.tell(LedgerMessage::Close(at, answer)) {
            Ok(()) => answered.recv().unwrap_or_else(|error| gone(error.into())),
            Err(error) => gone(error),
        };
        // The thread has answered or is gone; how it ended is known already.
        let _ = self.thread.join();
        closed
    }
}

impl From<mpsc::RecvError> for Gone {
    fn from(_: mpsc::RecvError) -> Gone {
        Gone
    }
}
