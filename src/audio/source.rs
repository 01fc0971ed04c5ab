//! A recording as a stream of frames, with an end that can be told from a failure: rodio's decoder ([`rodio`]), or our own for Opus.
//!
//! Promises: interleaved f32 at the file's own rate and channels, in constant memory; encoder delay and padding are left out where the
//! file says how much there is; a recording that was measured ends after exactly the measured frames, and one that ends before is an
//! error, not silence. It does not resample, mix or judge loudness.
//!
//! A decoder can abort the process on a hostile header: only files that passed [`super::preflight`] may be opened in the daemon.

mod blocks;
mod view;

pub use view::Piece;

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::audio::container::{self, Kept};
use crate::audio::opus::{self, Opus};
use crate::audio::source::blocks::Blocks;
use crate::audio::source::view::View;
use crate::library::Damage;
use crate::library::attention::attention;
use crate::library::store::{LibraryStore, StoreError};
use crate::terms::*;
use jiff::SignedDuration;

/// How much earlier than measured a recording may end: a decoder of another version counts its padding otherwise.
const SLACK: SignedDuration = SignedDuration::from_millis(100);

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("cannot open {path}: {source}")]
    Open { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The last is the decoder's own word for it.
    #[error("cannot be decoded: {1}")]
    Decode(Damage, String),
    #[error("reading failed in the middle: {0}")]
    Read(io::Error),
    #[error("ended after {had} frames of {wanted}")]
    CutShort { had: u64, wanted: u64 },
    #[error("changes its sample rate or channels in the middle")]
    Changes,
    #[error("its sample rate of {0} Hz cannot be played")]
    Rate(u32),
}

impl SourceError {
    /// What the log says of an element that could not sound for this.
    pub fn reason(&self) -> Reason {
        match self {
            SourceError::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => Reason::FileMissing,
            SourceError::Store(StoreError::Missing(_)) => Reason::FileMissing,
            SourceError::Store(StoreError::Damaged(_) | StoreError::Changed | StoreError::Io { .. })
            | SourceError::Open { .. }
            | SourceError::Decode(..)
            | SourceError::Read(_)
            | SourceError::CutShort { .. }
            | SourceError::Changes
            | SourceError::Rate(_) => Reason::FileError,
        }
    }
}

/// Rates that a recording may have.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

enum Decoding {
    Blocks(Box<Blocks<View>>),
    Opus(Box<Opus<View>>),
    /// The attention tone, from this sample on.
    Attention {
        at: usize,
    },
}

impl Decoding {
    fn new(file: View, bytes: u64, hint: Option<&str>, gapless: bool) -> Result<Decoding, SourceError> {
        Ok(match hint {
            Some("opus") => Decoding::Opus(Box::new(Opus::new(file)?)),
            hint => Decoding::Blocks(Box::new(Blocks::new(file, bytes, hint, gapless)?)),
        })
    }

    /// As many samples as there are before the end or a failure, and that failure.
    fn fill(&mut self, block: &mut [f32]) -> (usize, Option<SourceError>) {
        match self {
            Decoding::Blocks(blocks) => blocks.fill(block),
            Decoding::Opus(opus) => opus.fill(block),
            Decoding::Attention { at } => {
                let left = attention().samples.get(*at..).unwrap_or_default();
                let count = left.len().min(block.len());
                for (to, from) in block.iter_mut().zip(left) {
                    *to = f32::from(*from) / 32_768.0;
                }
                *at += count;
                (count, None)
            }
        }
    }
}

pub struct Source {
    decoding: Decoding,
    failed: Arc<OnceLock<io::Error>>,
    rate: u32,
    channels: u16,
    declared: Option<SignedDuration>,
    /// As measured: the source ends there.
    whole: Option<u64>,
    /// Frames that the container leaves out at the start, still to come, and how many it has after them.
    skip: u64,
    keep: u64,
    given: u64,
    /// Why it ended, until that was said.
    pending: Option<SourceError>,
    over: bool,
}

impl Source {
    /// Opens a file as it is. It ends where its decoder ends.
    ///
    /// # Errors
    /// When it cannot be read, or nothing in it can be decoded.
    pub fn open(path: &Path) -> Result<Source, SourceError> {
        let file = File::open(path).map_err(|source| SourceError::Open { path: path.to_owned(), source })?;
        Source::of(file, path.extension().and_then(|e| e.to_str()), None)
    }

    /// Opens a recording of the store for air, or the attention tone, which is in memory.
    ///
    /// # Errors
    /// Also when it is missing from the store or damaged there.
    pub fn from_store(store: &LibraryStore, hash: &FileHash) -> Result<Source, SourceError> {
        if *hash == attention().recording.hash {
            return Ok(Source::attention());
        }
        let file = store.open(hash)?;
        let recording = store.recording(hash);
        let (hint, whole) = recording.as_ref().map(|r| (r.format.as_str(), r.frames.count)).unzip();
        Source::of(file, hint, whole)
    }

    /// The tone that leads an emergency in: no file, no store, no decoder.
    pub fn attention() -> Source {
        let Frames { count, rate } = attention().recording.frames;
        Source {
            decoding: Decoding::Attention { at: 0 },
            failed: Arc::default(),
            rate,
            channels: attention().recording.channels,
            declared: None,
            whole: Some(count),
            skip: 0,
            keep: u64::MAX,
            given: 0,
            pending: None,
            over: false,
        }
    }

    /// Reads from an open file; `hint` is its format, `whole` how many frames were measured in it.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn of(mut file: File, hint: Option<&str>, whole: Option<u64>) -> Result<Source, SourceError> {
        let trim = container::trim(&mut file, hint.unwrap_or("mp3"));
        let failed = Arc::new(OnceLock::new());
        let pieces = container::shown(&mut file, hint.unwrap_or_default()).map_err(SourceError::Read)?;
        let view = View::new(file, pieces, Arc::clone(&failed));
        let bytes = view.length();
        let decoding = guarded(|| Decoding::new(view, bytes, hint, trim.gapless))??;
        let (rate, channels, declared) = match &decoding {
            Decoding::Blocks(blocks) => (blocks.rate(), blocks.channels(), blocks.declared()),
            Decoding::Opus(opus) => (opus::RATE, opus.channels(), None),
            Decoding::Attention { .. } => (attention().recording.frames.rate, attention().recording.channels, None),
        };
        if !RATES.contains(&rate) {
            return Err(SourceError::Rate(rate));
        }
        Ok(Source {
            decoding,
            failed,
            rate,
            channels,
            declared,
            whole,
            skip: frames_nearest(trim.skip, rate),
            keep: match trim.keep {
                Some(Kept::Length(keep)) => frames_nearest(keep, rate),
                Some(Kept::Frames(keep)) => keep,
                None => u64::MAX,
            },
            given: 0,
            pending: None,
            over: false,
        })
    }

    /// Frames in a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// How long the container says it is.
    pub fn declared(&self) -> Option<SignedDuration> {
        self.declared
    }

    /// Fills `block` with interleaved samples and says how many frames there were: 0 is the end, for ever.
    ///
    /// # Errors
    /// When the recording fails before its end, once all that came before has been handed out. After that it is at its end.
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, SourceError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let channels = usize::from(self.channels);
        while self.skip > 0 && !self.over {
            let room = (block.len() / channels).min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            let skipped = self.take(block, room);
            self.skip = if skipped == 0 { 0 } else { self.skip - skipped as u64 };
        }
        let left = self.whole.unwrap_or(self.keep).saturating_sub(self.given);
        let room = (block.len() / channels).min(usize::try_from(left).unwrap_or(usize::MAX));
        if self.over || room == 0 {
            return Ok(0);
        }
        let frames = self.take(block, room);
        self.given += frames as u64;
        if self.over {
            self.pending = self.pending.take().or_else(|| self.failure());
        }
        match self.pending.take() {
            Some(error) if frames == 0 => Err(error),
            pending => {
                self.pending = pending;
                Ok(frames)
            }
        }
    }

    /// As many frames as there are before the end or a failure, up to `room`.
    fn take(&mut self, block: &mut [f32], room: usize) -> usize {
        let channels = usize::from(self.channels);
        let decoding = &mut self.decoding;
        let (filled, error) = guarded(|| decoding.fill(&mut block[..room * channels])).unwrap_or_else(|error| (0, Some(error)));
        self.pending = error;
        let frames = filled / channels;
        self.over |= frames < room;
        frames
    }

    /// The decoder says nothing more: `None` when that is the end.
    fn failure(&self) -> Option<SourceError> {
        if let Some(error) = self.failed.get() {
            return Some(SourceError::Read(io::Error::new(error.kind(), error.to_string())));
        }
        let wanted = self.whole?;
        let short = wanted > self.given + Frames::within(SLACK, self.rate).count;
        short.then_some(SourceError::CutShort { had: self.given, wanted })
    }
}

/// An edit list counts in the movie's ticks, often milliseconds.
fn frames_nearest(length: SignedDuration, rate: u32) -> u64 {
    Frames::within(length + SignedDuration::from_nanos(500_000_000 / i64::from(rate.max(1))), rate).count
}

/// A decoder that panics has failed on this recording; the thread goes on.
fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| SourceError::Decode(Damage::Garbled, "the decoder broke on it".to_owned()))
}
