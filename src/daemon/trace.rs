//! The trace: what the daemon says of itself, for a technician. The as-run log is something else.
//!
//! It goes to stderr, to be read by the journal or whoever caught it. Where stderr is a terminal there sits an operator: the terminal is then
//! the station's own screen, which shows what [`show`] and [`say`] are given, and the trace goes into a file of the data folder that never grows
//! beyond its two parts.
//!
//! A reader may stand still: a terminal after Ctrl-S, a frozen ssh, a journal. Nobody waits for it but a thread of the trace's own: what is
//! said goes into a queue with an end, what finds no room is dropped and counted, and the count is said when the reader is back.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustix::net::sockopt::{Timeout, set_socket_timeout};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::prelude::*;

use crate::daemon::Trace;

/// How much may wait for the reader: some two thousand messages.
const ROOM: usize = 256 << 10;
/// How long the end waits for what has been said to be written.
const ENDS_WITHIN: Duration = Duration::from_secs(1);
/// What others write into a socket that is not read is given up so soon.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The trace's file in the data folder, and what it is called when it is full.
pub const FILE: &str = "trace.txt";
pub const FULL: &str = "trace.1.txt";
/// How long each of them may become: some weeks of a station that is well.
const LONGEST_FILE: u64 = 1 << 20;

static QUEUE: TraceQueue = TraceQueue::new();
/// What the screen shows, where the trace goes elsewhere: a terminal that stands still does not keep the file from being written.
static SCREEN: TraceQueue = TraceQueue::new();
/// Whether it does.
static HAS_SCREEN: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What the writing thread itself says is that messages were dropped: there is always room for it.
    static WRITES: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, there is a trace; dropping it gives what was said last a moment to be written.
pub struct Tracing(());

/// Begins to write. `LOAXA_TRACE` says how much (`info` unless set): a level, and levels of parts of the program, such as
/// `info,loaxa::playout=debug`.
///
/// # Errors
/// When the system has no thread or descriptor to give.
pub fn begin(trace: Trace, data: &Path) -> io::Result<Tracing> {
    let has_screen = io::stderr().is_terminal() && trace == Trace::Text;
    let out = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let report = |dropped| tracing::warn!(dropped, "messages were dropped: whoever reads the trace stood still");
    let writer = thread::Builder::new().name("trace".to_owned());
    if has_screen {
        HAS_SCREEN.store(true, Ordering::Relaxed);
        let file = TraceFile { folder: data.to_owned(), open: None };
        writer.spawn(move || QUEUE.write_to(file, report))?;
        // What a screen that stood still has missed stands in the log and the trace.
        thread::Builder::new().name("screen".to_owned()).spawn(move || SCREEN.write_to(out, |_| {}))?;
    } else {
        writer.spawn(move || QUEUE.write_to(out, report))?;
    }
    // Libraries write to stderr by themselves. Where that cannot be kept from waiting, it is as it was.
    let _ = keep_stderr_from_waiting();
    let said = std::env::var("LOAXA_TRACE").ok().and_then(|text| text.parse::<Targets>().ok());
    let usual = || Targets::new().with_default(LevelFilter::INFO).with_target("symphonia", LevelFilter::WARN);
    // By itself the subscriber reports a failed write with `eprintln!`.
    let layer = tracing_subscriber::fmt::layer().with_writer(|| Mouth).log_internal_errors(false).with_timer(MachineTime);
    let layer = match trace {
        Trace::Json => layer.json().boxed(),
        Trace::Text => layer.with_ansi(false).with_target(false).boxed(),
    };
    // A second call, as in tests, changes nothing.
    let _ = tracing_subscriber::registry().with(layer.with_filter(said.unwrap_or_else(usual))).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = Some(Backtrace::capture()).filter(|trace| trace.status() == BacktraceStatus::Captured);
        tracing::error!(backtrace = backtrace.map(tracing::field::display), "{panic}");
    }));
    Ok(Tracing(()))
}

impl Drop for Tracing {
    fn drop(&mut self) {
        QUEUE.wait(ENDS_WITHIN);
        SCREEN.wait(ENDS_WITHIN);
    }
}

/// Says something as it is: on the screen, or among the trace.
pub fn say(text: &str) {
    let queue = if has_screen() { &SCREEN } else { &QUEUE };
    queue.push(text.as_bytes());
}

/// Whether there is a screen, and the trace is elsewhere.
pub fn has_screen() -> bool {
    HAS_SCREEN.load(Ordering::Relaxed)
}

/// Shows a line on the screen, where there is one; the trace has what it says in its own words.
pub fn show(line: &str) {
    if has_screen() {
        SCREEN.push(format!("{line}\n").as_bytes());
    }
}

/// When something is said, as the machine's clock and zone have it.
struct MachineTime;

impl FormatTime for MachineTime {
    fn format_time(&self, out: &mut Writer<'_>) -> fmt::Result {
        let now = jiff::tz::TimeZone::system().to_datetime(jiff::Timestamp::now());
        write!(out, "{}", now.strftime("%Y-%m-%d %H:%M:%S%.3f"))
    }
}

/// The trace's file, which is begun anew when it is full; the one before it is kept.
struct TraceFile {
    folder: PathBuf,
    open: Option<(File, u64)>,
}

impl TraceFile {
    /// A data folder that is not there yet has no place for it, and whatever lies there under its name is left alone.
    fn open(&mut self) -> io::Result<&mut (File, u64)> {
        let full = self.open.as_ref().is_some_and(|(_, length)| *length >= LONGEST_FILE);
        if full {
            self.open = None;
            fs::rename(self.folder.join(FILE), self.folder.join(FULL))?;
        }
        if self.open.is_none() {
            let flags = libc::O_NONBLOCK | libc::O_NOFOLLOW;
            let file = File::options().append(true).create(true).mode(0o600).custom_flags(flags).open(self.folder.join(FILE))?;
            let length = file.metadata()?.len();
            self.open = Some((file, length));
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Write for TraceFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (file, length) = self.open()?;
        let written = file.write(bytes)?;
        *length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens a pipe or a terminal anew, so that a write into one that is full fails at once; this changes nothing for others who write to it.
/// A socket, as the journal's, cannot be opened anew.
fn keep_stderr_from_waiting() -> io::Result<()> {
    let stderr = io::stderr();
    let kind = File::from(stderr.as_fd().try_clone_to_owned()?).metadata()?.file_type();
    if kind.is_socket() {
        set_socket_timeout(&stderr, Timeout::Send, Some(AT_ONCE))?;
    } else if kind.is_fifo() || kind.is_char_device() {
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        let anew = File::options().write(true).custom_flags(flags).open("/proc/self/fd/2")?;
        rustix::stdio::dup2_stderr(&anew)?;
    }
    Ok(())
}

/// What has been said and is not written yet.
struct TraceQueue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    bytes: Vec<u8>,
    /// Messages that found no room.
    dropped: u64,
    /// Something is being written.
    writes: bool,
}

impl TraceQueue {
    const fn new() -> TraceQueue {
        let waiting = Waiting { bytes: Vec::new(), dropped: 0, writes: false };
        TraceQueue { waiting: Mutex::new(waiting), changed: Condvar::new() }
    }

    /// Never held while something is written.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A whole message, or nothing of it.
    fn push(&self, message: &[u8]) {
        let mut waiting = self.waiting();
        if WRITES.get() || waiting.bytes.is_empty() || waiting.bytes.len() + message.len() <= ROOM {
            waiting.bytes.extend_from_slice(message);
        } else {
            waiting.dropped += 1;
        }
        self.changed.notify_all();
    }

    /// Writes for ever. `report` hears how many messages were dropped, once all that waited before them is written.
    fn write_to(&self, mut out: impl Write, report: impl Fn(u64)) {
        WRITES.set(true);
        loop {
            let idle = |waiting: &mut Waiting| waiting.bytes.is_empty() && waiting.dropped == 0;
            let mut waiting = self.changed.wait_while(self.waiting(), idle).unwrap_or_else(PoisonError::into_inner);
            let (bytes, dropped) = (std::mem::take(&mut waiting.bytes), std::mem::take(&mut waiting.dropped));
            waiting.writes = true;
            drop(waiting);
            // A station whose reader is gone still airs and logs.
            let _ = out.write_all(&bytes);
            if dropped > 0 {
                report(dropped);
            }
            self.waiting().writes = false;
            self.changed.notify_all();
        }
    }

    /// Waits until all is written, but not for ever.
    fn wait(&self, most: Duration) {
        let busy = |waiting: &mut Waiting| waiting.writes || !waiting.bytes.is_empty();
        drop(self.changed.wait_timeout_while(self.waiting(), most, busy));
    }
}

/// Where the subscriber writes, a message at a time.
struct Mouth;

impl Write for Mouth {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        QUEUE.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn the_file_of_the_trace_never_grows_beyond_its_two_parts() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = TraceFile { folder: folder.path().join("data"), open: None };
        assert!(file.write(b"before there is a folder").is_err());
        fs::create_dir(folder.path().join("data")).unwrap();
        let line = vec![b'x'; 64 << 10];
        for _ in 0..40 {
            file.write_all(&line).unwrap();
        }
        let length = |name: &str| fs::metadata(folder.path().join("data").join(name)).unwrap().len();
        assert!(length(FULL) >= LONGEST_FILE && length(FULL) < LONGEST_FILE + (64 << 10));
        assert_eq!(length(FILE), 8 * (64 << 10));
        // A restart goes on where it was.
        let mut again = TraceFile { folder: folder.path().join("data"), open: None };
        again.write_all(b"on").unwrap();
        assert_eq!(length(FILE), 8 * (64 << 10) + 2);
    }

    #[test]
    fn nobody_waits_for_a_reader_that_stands_still_and_what_was_dropped_is_counted() {
        let (mut reader, writer) = io::pipe().unwrap();
        let queue = Arc::new(TraceQueue::new());
        let theirs = Arc::clone(&queue);
        thread::spawn(move || theirs.write_to(writer, |dropped| theirs.push(format!("dropped {dropped}\n").as_bytes())));
        let said = 50_000;
        for number in 0..said {
            queue.push(format!("message {number:06}\n").as_bytes());
        }
        queue.wait(Duration::from_millis(10));
        let (mut text, mut block) = (String::new(), [0; 4096]);
        let counted = |text: &str| {
            let dropped = text.lines().filter_map(|line| line.strip_prefix("dropped ")?.parse::<usize>().ok()).sum::<usize>();
            (text.lines().filter(|line| line.starts_with("message ") && line.len() == 14).count(), dropped)
        };
        let (mut written, mut dropped) = (0, 0);
        while written + dropped < said {
            let read = reader.read(&mut block).unwrap();
            text.push_str(std::str::from_utf8(&block[..read]).unwrap());
            if text.ends_with('\n') {
                (written, dropped) = counted(&text);
            }
        }
        assert!(dropped > 0 && written + dropped == said, "{written} written, {dropped} dropped");
    }
}
