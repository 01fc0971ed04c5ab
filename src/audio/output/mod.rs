//! Outputs: where sound leaves the machine. One trait; a sound device, a wav file, and nothing at all.
//!
//! Every output promises the same, and one conformance suite (`tests.rs`) holds them to it: it pulls blocks from a callback, one after
//! another and without a hole in the count of frames; it says with each block when that block's first frame leaves, on the boot clock; it
//! never goes faster than time; it stops calling before its drop returns. It is never another device than the one that was named.
//!
//! What is not here: what the sound is, wall time, and the judgement whether a device is lost (`playout::live`). An output that can no
//! longer put out does not end by itself: its frames stand still, and its [`Health`] says what was heard of it.
//!
//! Opening may stall for seconds (a sound server that does not answer): never on a thread that must not wait.

mod device;
mod mixer;
mod paced;
mod wav;

#[cfg(test)]
mod tests;

pub use crate::audio::resample::Shape;
pub use crate::terms::DeviceName;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::lang::outputs::Obstacle;
use crate::terms::Mono;

/// The frames that are asked of a device at a time, and the block of the paced outputs: of those measured the one with the least time from
/// stop to silence that does not drop out under load.
pub const BLOCK: u32 = 1080;

/// The shape of the outputs that may choose it.
pub const SHAPE: Shape = Shape { rate: 48_000, channels: 2 };

/// Where a block stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The block's first frame, counted since the output was opened.
    pub frame: u64,
    /// When the block was asked for.
    pub at: Mono,
    /// When its first frame leaves the output, as the output itself estimates.
    pub leaves_at: Mono,
}

/// Fills a block of interleaved samples, which comes silent. Called on the output's own thread; it must not allocate, lock or wait.
pub type Pull = Box<dyn FnMut(&mut [f32], Stamp) + Send>;

/// Makes the callback once the output's shape is known.
pub type MakePull = Box<dyn FnOnce(Shape) -> Pull + Send>;

/// An open output. Dropping it ends the sound at once; what has not left by then is lost.
pub trait Sink: Send {
    /// What is open, for people and for the log: the device's name, or the file.
    fn name(&self) -> String;
    fn shape(&self) -> Shape;
    fn health(&self) -> Arc<Health>;
}

/// What is heard of an output while it runs. Written by its own thread without waiting, read by anyone.
#[derive(Debug, Default)]
pub struct Health {
    errors: AtomicU64,
    first: OnceLock<String>,
    dead: AtomicBool,
}

impl Health {
    /// An error that need not be the end; after the first only the count goes on (a dead sound server gives 300,000 a second).
    fn note(&self, error: impl fmt::Display) {
        if self.errors.fetch_add(1, Ordering::Relaxed) == 0 {
            let _ = self.first.set(error.to_string());
        }
    }

    /// An error after which no block will come any more.
    fn end(&self, error: impl fmt::Display) {
        self.note(error);
        self.dead.store(true, Ordering::Release);
    }

    pub fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// The first error, in the system's words.
    pub fn first_error(&self) -> Option<&str> {
        self.first.get().map(String::as_str)
    }

    /// The output has said that it is gone for good.
    pub fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Acquire)
    }
}

/// Why an output could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("there is no sound device named `{name}`{}", there_are(.known))]
    Unknown { name: String, known: Vec<String> },
    #[error("the sound device `{name}` cannot be opened")]
    Device { name: String, source: rodio::cpal::Error },
    #[error("the sound device `{name}` takes none of the sample formats that are known here")]
    Format { name: String },
    #[error("no wav file can be written in {}", .folder.display())]
    Wav { folder: PathBuf, source: std::io::Error },
    #[error("no thread could be started for the output")]
    Thread(#[source] std::io::Error),
}

fn there_are(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; there are: {}", names.join(", ")) }
}

impl OutputError {
    /// What can be done about it.
    pub fn obstacle(&self) -> Obstacle {
        match self {
            OutputError::Unknown { .. } => Obstacle::Unknown,
            OutputError::Device { source, .. } => device::obstacle(source),
            OutputError::Wav { .. } => Obstacle::Folder,
            OutputError::Format { .. } | OutputError::Thread(_) => Obstacle::Other,
        }
    }
}

/// Opens the output that is named and no other, and begins to pull. `stem` names a wav file (without its ending) and is used for nothing else.
pub fn open(name: &DeviceName, stem: &str, make: MakePull) -> Result<Box<dyn Sink>, OutputError> {
    Ok(match name {
        DeviceName::Null => Box::new(paced::Paced::null(make(SHAPE))?),
        DeviceName::Wav(folder) => Box::new(wav::open(folder, stem, make)?),
        DeviceName::Default => Box::new(device::AlsaDevice::open(None, make)?),
        DeviceName::Named(name) => Box::new(device::AlsaDevice::open(Some(name), make)?),
    })
}

/// A sound device that the machine lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What [`DeviceName::Named`] may say; `default` is [`DeviceName::Default`].
    pub name: String,
    /// What ALSA says of it, in its own words.
    pub description: Option<String>,
}

/// The sound devices of this machine, as ALSA lists them. That one is listed does not mean that it can be opened.
pub fn devices() -> Vec<Listed> {
    device::listed()
}

/// Whether this machine knows a device, looked up without opening it: ALSA's `default` would only tell when it is opened.
pub fn is_there(device: &DeviceName) -> bool {
    match device {
        DeviceName::Named(name) => device::is_listed(name),
        DeviceName::Default | DeviceName::Null | DeviceName::Wav(_) => true,
    }
}

/// The controls of a device's mixer that keep it silent; `None` where it sounds, or where nobody knows.
pub fn muted(device: &str) -> Option<Vec<String>> {
    mixer::muted(device)
}

/// The boot clock: it goes on through steps of the wall clock and through sleep.
pub fn boot_now() -> Mono {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Mono(time.tv_sec.saturating_mul(1_000_000_000).saturating_add(time.tv_nsec))
}

/// How long `frames` last at `rate`, in nanoseconds.
pub(crate) fn nanos_of(frames: u64, rate: u32) -> i64 {
    let nanos = u128::from(frames) * 1_000_000_000 / u128::from(rate.max(1));
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Shares one [`Health`] between an output and its thread.
type SharedHealth = Arc<Health>;
