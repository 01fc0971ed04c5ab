//! A recording as it was handed in, as a stream of frames: symphonia's demuxers and decoders, or our own for Opus.
//!
//! Promises: interleaved f32 at the file's own rate and channels, in little memory; encoder delay and padding are left out where the
//! file says how much there is. It does not resample, mix or judge loudness.
//!
//! A decoder can abort the process on a hostile header: only the limited child of [`super::preflight`] opens what is handed in.

mod blocks;
pub mod container;
pub mod opus;
mod patched;
pub mod title;

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::SignedDuration;
use symphonia::core::io::ReadOnlySource;

use crate::audio::original::blocks::Blocks;
use crate::audio::original::container::Kept;
use crate::audio::original::opus::Opus;
use crate::audio::original::patched::Patched;
use crate::library::Damage;
use crate::terms::Frames;

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
    Blocks(Box<Blocks>),
    Opus(Box<Opus<Patched>>),
}

pub struct Original {
    decoding: Decoding,
    /// Its end is where nothing more comes.
    is_piped: bool,
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
        let file = Patched::new(file, hint).map_err(DecodeError::Read)?;
        let decoding = guarded(|| match hint {
            Some("opus") => Ok(Decoding::Opus(Box::new(Opus::new(file)?))),
            hint => Ok(Decoding::Blocks(Box::new(Blocks::new(Box::new(file), hint, trim.gapless)?))),
        })??;
        let mut original = Original::begun(decoding)?;
        let rate = original.rate();
        original.skip = frames_nearest(trim.skip, rate);
        original.keep = match trim.keep {
            Some(Kept::Length(keep)) => frames_nearest(keep, rate),
            Some(Kept::Frames(keep)) => keep,
            None => u64::MAX,
        };
        Ok(original)
    }

    /// Reads what another decoder makes of a recording: WAV in a pipe, of which nobody knows how long it will be.
    ///
    /// # Errors
    /// When none comes.
    pub fn decoded(pipe: File) -> Result<Original, DecodeError> {
        let blocks = guarded(|| Blocks::new(Box::new(ReadOnlySource::new(pipe)), Some("wav"), false))??;
        Ok(Original { is_piped: true, ..Original::begun(Decoding::Blocks(Box::new(blocks)))? })
    }

    fn begun(decoding: Decoding) -> Result<Original, DecodeError> {
        let original = Original { decoding, is_piped: false, skip: 0, keep: u64::MAX, given: 0, pending: None, over: false };
        let rate = original.rate();
        if original.channels() > 0 && !RATES.contains(&rate) {
            return Err(DecodeError::Rate(rate));
        }
        Ok(original)
    }

    /// Frames in a second.
    pub fn rate(&self) -> u32 {
        match &self.decoding {
            Decoding::Blocks(blocks) => blocks.rate(),
            Decoding::Opus(_) => opus::RATE,
        }
    }

    pub fn channels(&self) -> u16 {
        match &self.decoding {
            Decoding::Blocks(blocks) => blocks.channels(),
            Decoding::Opus(opus) => opus.channels(),
        }
    }

    /// How long the container says it is.
    pub fn declared(&self) -> Option<SignedDuration> {
        match &self.decoding {
            Decoding::Blocks(blocks) => blocks.declared(),
            Decoding::Opus(_) => None,
        }
    }

    /// How long what could not be decoded would have been, and whether it ended because nothing more could be understood.
    pub fn lost(&self) -> (SignedDuration, bool) {
        match &self.decoding {
            Decoding::Blocks(blocks) => (blocks.lost(), blocks.breaks_off() && !self.is_piped),
            Decoding::Opus(_) => (SignedDuration::ZERO, false),
        }
    }

    /// Fills `block` with interleaved samples and says how many frames there were: 0 is the end, for ever.
    ///
    /// # Errors
    /// When the recording fails before its end, once all that came before has been handed out. After that it is at its end.
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, DecodeError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let channels = usize::from(self.channels().max(1));
        while self.skip > 0 && !self.over {
            let room = (block.len() / channels).min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            let skipped = self.take(block, room, channels);
            self.skip = if skipped == 0 { 0 } else { self.skip - skipped as u64 };
        }
        let left = self.keep.saturating_sub(self.given);
        let room = (block.len() / channels).min(usize::try_from(left).unwrap_or(usize::MAX));
        if self.over || room == 0 {
            return Ok(0);
        }
        let frames = self.take(block, room, channels);
        self.given += frames as u64;
        match self.pending.take() {
            Some(error) if frames == 0 => Err(error),
            pending => {
                self.pending = pending;
                Ok(frames)
            }
        }
    }

    /// As many frames as there are before the end or a failure, up to `room`.
    fn take(&mut self, block: &mut [f32], room: usize, channels: usize) -> usize {
        let decoding = &mut self.decoding;
        let fill = || match decoding {
            Decoding::Blocks(blocks) => blocks.fill(&mut block[..room * channels]),
            Decoding::Opus(opus) => opus.fill(&mut block[..room * channels]),
        };
        let (filled, error) = guarded(fill).unwrap_or_else(|error| (0, Some(error)));
        self.pending = error;
        let frames = filled / channels;
        self.over |= frames < room;
        frames
    }
}

/// An edit list counts in the movie's ticks, often milliseconds.
fn frames_nearest(length: SignedDuration, rate: u32) -> u64 {
    let rate = rate.max(1);
    Frames::within(length + SignedDuration::from_nanos(500_000_000 / i64::from(rate)), rate).count
}

/// A decoder that panics has failed on this recording.
fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(decode)).map_err(|_| DecodeError::Decode(Damage::Garbled, "the decoder broke on it".to_owned()))
}
