//! The live driver: the deck against real devices and real time, one feeder thread for each output.
//!
//! ```text
//! conductor ──DeckCue──▶ feeder ──orders, samples──▶ callback (deck) ──▶ device
//!           ◀─DeckEvent─        ◀──reports, beats──
//! ```
//!
//! The feeder decodes, resamples, applies gain, ties wall time to the device's frames, and tells the conductor only what has really left;
//! the callback runs the pure deck. What is done about a device, and what the conductor is owed, [`crate::playout::outlet`] says.
//! What is not here: what airs, and when; the conductor decides. A feeder never chooses another device than those it was given.

pub mod engine;
pub mod tone;

mod callback;
mod feeder;
mod hand;
mod mapping;
mod meter;
mod recording;
mod reel;
mod stream;

#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Instant;

use crate::audio::output::{self, DeviceName, MakePull, OutputError};
use crate::audio::source::{Source, SourceError};
use crate::playout::clock::Clocks;
use crate::playout::cue::{DeckCue, DeckEvent};
use crate::playout::live::callback::{Cut, CutBell};
use crate::playout::live::feeder::Feeder;
pub use crate::playout::live::meter::LevelMeter;
use crate::terms::{FileHash, Mono, Now, OutputId};

/// Until when sound is allowed, on the boot clock. The conductor's thread renews it; when it does not, every output falls silent.
#[derive(Clone, Debug, Default)]
pub struct Lease(Arc<Term>);

#[derive(Debug, Default)]
struct Term {
    until: AtomicI64,
    lapses: AtomicU32,
}

impl Lease {
    /// A lease that has never been renewed: silence.
    pub fn new() -> Lease {
        Lease::default()
    }

    pub fn renew(&self, until: Mono) {
        self.0.until.store(until.0, Ordering::Release);
    }

    pub fn has_lapsed(&self, now: Mono) -> bool {
        now.0 >= self.0.until.load(Ordering::Acquire)
    }

    /// Before a renewal that comes too late. When the whole process stood still, the conductor may wake before a callback does, which then
    /// never sees a lease that has run out: by this it knows, and what it was playing does not go on seconds late.
    pub fn note_lapse(&self) {
        self.0.lapses.fetch_add(1, Ordering::Release);
    }

    /// How often it lapsed.
    pub fn lapses(&self) -> u32 {
        self.0.lapses.load(Ordering::Acquire)
    }
}

/// Opens an output; [`output::open`] but in tests.
pub type OpenOutput = Arc<dyn Fn(&DeviceName, &str, MakePull) -> Result<Box<dyn output::Sink>, OutputError> + Send + Sync>;

/// Reads both clocks together.
pub type ReadClocks = Arc<dyn Fn() -> Now + Send + Sync>;

/// Opens a recording by its content.
pub type OpenRecording = Arc<dyn Fn(&FileHash) -> Result<Source, SourceError> + Send + Sync>;

/// What an output is made of.
#[derive(Clone)]
pub struct Settings {
    /// The devices of the plan, first choice first. No other is ever used.
    pub devices: Vec<DeviceName>,
    /// Names a wav file that is opened now, without its ending: `OUTPUT-YYYYMMDDTHHMMSS`.
    pub stem: Arc<dyn Fn() -> String + Send + Sync>,
    /// Opens a recording of the store.
    pub recording: OpenRecording,
    pub clocks: ReadClocks,
    pub open: OpenOutput,
    /// Shows how loud it is.
    pub meter: LevelMeter,
}

impl Settings {
    pub fn new(
        devices: Vec<DeviceName>,
        stem: impl Fn() -> String + Send + Sync + 'static,
        recording: impl Fn(&FileHash) -> Result<Source, SourceError> + Send + Sync + 'static,
        clocks: Clocks,
    ) -> Settings {
        let clocks = Arc::new(move || clocks.now());
        let (stem, recording, open) = (Arc::new(stem), Arc::new(recording), Arc::new(output::open));
        Settings { devices, stem, recording, clocks, open, meter: LevelMeter::default() }
    }
}

/// A cue on its way to the feeder, and the cut that was rung last when it was sent: a cue that cuts has been rung already.
struct Word {
    cue: DeckCue,
    cut: Cut,
}

impl Word {
    /// Rings at once if it cuts.
    fn new(cue: DeckCue, bell: &CutBell) -> Word {
        let cut = match cue {
            DeckCue::Cut(fade) => bell.ring(u32::try_from(fade.length().as_micros()).unwrap_or(u32::MAX)),
            DeckCue::Open | DeckCue::Load(..) | DeckCue::Start { .. } | DeckCue::Follow { .. } | DeckCue::Close => bell.last(),
        };
        Word { cue, cut }
    }
}

/// One output of the station: the handle to its feeder. Dropping it ends the sound at once and the thread as soon as its device lets it;
/// nobody waits for that.
pub struct LiveOutput {
    words: mpsc::Sender<Word>,
    bell: CutBell,
    over: Option<Over>,
}

/// Ends with a feeder's thread.
pub struct Over(Receiver<Infallible>);

impl Over {
    /// Waits for the device to be closed, but not past this instant.
    pub fn wait_until(&self, until: Instant) {
        // Nothing is ever sent.
        let _ = self.0.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

impl LiveOutput {
    /// Starts the feeder; nothing is opened yet. `events` is called on the feeder's thread and must not wait.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn spawn(
        id: OutputId,
        settings: Settings,
        events: impl Fn(DeckEvent) + Send + 'static,
        lease: Lease,
    ) -> std::io::Result<LiveOutput> {
        let (words, inbox) = mpsc::channel();
        let bell = CutBell::default();
        let feeder = Feeder::new(id.clone(), settings, Box::new(events), lease, bell.clone(), inbox);
        let (ends, over) = mpsc::channel::<Infallible>();
        let work = move || {
            keep_feeding(feeder);
            drop(ends);
        };
        thread::Builder::new().name(format!("loaxa-{id}")).spawn(work)?;
        Ok(LiveOutput { words, bell, over: Some(Over(over)) })
    }

    /// Hands a cue over and returns at once. A cut also goes past the feeder, straight to the callback.
    pub fn send(&self, cue: DeckCue) {
        let word = Word::new(cue, &self.bell);
        // The thread outlives this handle, and no panic ends it.
        let _ = self.words.send(word);
    }

    /// Ends it as dropping it does; what is given back tells when that is done.
    pub fn end(mut self) -> Option<Over> {
        self.over.take()
    }
}

impl Drop for LiveOutput {
    fn drop(&mut self) {
        self.bell.ring(0);
    }
}

/// A panic closes the output in silence, pays what is owed, and the feeder goes on.
fn keep_feeding(mut feeder: Feeder) {
    loop {
        match catch_unwind(AssertUnwindSafe(|| feeder.run())) {
            Ok(()) => return,
            Err(panic) => {
                let what = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let what = what.or_else(|| panic.downcast_ref::<String>().cloned());
                feeder.recover(&what.unwrap_or_else(|| "a panic without words".to_owned()));
            }
        }
    }
}
