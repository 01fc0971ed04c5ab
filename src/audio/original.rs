//! A recording as it was handed in, as a stream of frames: rodio's decoder ([`rodio`]), or our own for Opus.
//!
//! Promises: interleaved f32 at the file's own rate and channels, in little memory; encoder delay and padding are left out where the
//! file says how much there is. It does not resample, mix or judge loudness.
//!
//! A decoder can abort the process on a hostile header: only the limited child of [`super::preflight`] opens what is handed in.

mod blocks;
mod view;

pub use view::Piece;

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use crate::audio::container::{self, Kept};
use crate::audio::opus::{self, Opus};
use crate::audio::original::blocks::Blocks;
use crate::audio::original::view::View;
use crate::library::Damage;
use crate::terms::Frames;
use jiff::SignedDuration;

#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The text is the decoder's own word for it.
    #[error("cannot be decoded: {1}")]
    Decode(Damage, String),
    #[error("reading failed in the middle: {0}")]
    Read(io::Error),
    #[error("changes its sample rate or channels in the middle")]
    Changes,
    #[error("its sample rate of {0} Hz cannot be played")]
    Rate(u32),
}

/// Rates that a recording may have.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

enum Decoding {
    Blocks(Box<Blocks<View>>),
    Opus(Box<Opus<View>>),
}

impl Decoding {
    fn new(file: View, bytes: u64, hint: Option<&str>, gapless: bool) -> Result<Decoding, DecodeError> {
        Ok(match hint {
            Some("opus") => Decoding::Opus(Box::new(Opus::new(file)?)),
            hint => Decoding::Blocks(Box::new(Blocks::new(file, bytes, hint, gapless)?)),
        })
    }

    /// As many samples as there are before the end or a failure, and that failure.
    fn fill(&mut self, block: &mut [f32]) -> (usize, Option<DecodeError>) {
        match self {
            Decoding::Blocks(blocks) => blocks.fill(block),
            Decoding::Opus(opus) => opus.fill(block),
        }
    }
}

pub struct Original {
    decoding: Decoding,
    failed: Arc<OnceLock<io::Error>>,
    rate: u32,
    channels: u16,
    declared: Option<SignedDuration>,
    /// Frames that the container leaves out at the start, still to come, and how many it has after them.
    skip: u64,
    keep: u64,
    given: u64,
    /// Why it ended, until that was said.
    pending: Option<DecodeError>,
    over: bool,
}

impl Original {
    /// Reads from an open file; `hint` is its format. It ends where its decoder ends.
    ///
    /// # Errors
    /// When it cannot be read, or nothing in it can be decoded.
    pub fn of(mut file: File, hint: Option<&str>) -> Result<Original, DecodeError> {
        let trim = container::trim(&mut file, hint.unwrap_or("mp3"));
        let failed = Arc::new(OnceLock::new());
        let pieces = container::shown(&mut file, hint.unwrap_or_default()).map_err(DecodeError::Read)?;
        let view = View::new(file, pieces, Arc::clone(&failed));
        let bytes = view.length();
        let decoding = guarded(|| Decoding::new(view, bytes, hint, trim.gapless))??;
        let (rate, channels, declared) = match &decoding {
            Decoding::Blocks(blocks) => (blocks.rate(), blocks.channels(), blocks.declared()),
            Decoding::Opus(opus) => (opus::RATE, opus.channels(), None),
        };
        if !RATES.contains(&rate) {
            return Err(DecodeError::Rate(rate));
        }
        Ok(Original {
            decoding,
            failed,
            rate,
            channels,
            declared,
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
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, DecodeError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let channels = usize::from(self.channels);
        while self.skip > 0 && !self.over {
            let room = (block.len() / channels).min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            let skipped = self.take(block, room);
            self.skip = if skipped == 0 { 0 } else { self.skip - skipped as u64 };
        }
        let left = self.keep.saturating_sub(self.given);
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
    fn failure(&self) -> Option<DecodeError> {
        self.failed.get().map(|error| DecodeError::Read(io::Error::new(error.kind(), error.to_string())))
    }
}

/// An edit list counts in the movie's ticks, often milliseconds.
fn frames_nearest(length: SignedDuration, rate: u32) -> u64 {
    Frames::within(length + SignedDuration::from_nanos(500_000_000 / i64::from(rate.max(1))), rate).count
}

/// A decoder that panics has failed on this recording; the thread goes on.
fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| DecodeError::Decode(Damage::Garbled, "the decoder broke on it".to_owned()))
}
