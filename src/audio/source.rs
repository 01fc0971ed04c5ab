//! What an output airs, as a stream of frames with an end that can be told from a failure: a master of the store, or the attention tone.
//!
//! Promises: interleaved f32 at 48 kHz, one channel or two, in constant memory, at the level of the recording that was handed in; a master
//! ends after exactly its frames, and one that ends before is an error, not silence. Nothing else is ever opened here: what a recording
//! was before it became a master only the limited child has seen ([`super::preflight`]).

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::audio::master::{self, MasterHead};
use crate::library::attention::attention;
use crate::library::store::{LibraryStore, StoreError};
use crate::terms::*;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the master cannot be decoded: {0}")]
    Master(io::Error),
    #[error("the master ended after {had} frames of {wanted}")]
    CutShort { had: u64, wanted: u64 },
    #[error("the rate conversion failed: {0}")]
    Rates(String),
}

impl SourceError {
    /// What the log says of an element that could not sound for this.
    pub fn reason(&self) -> Reason {
        match self {
            SourceError::Store(StoreError::Missing(_)) => Reason::FileMissing,
            SourceError::Store(_) | SourceError::Master(_) | SourceError::CutShort { .. } | SourceError::Rates(_) => {
                Reason::FileError
            }
        }
    }
}

enum SourceKind {
    Master(Box<master::MasterReader>),
    /// The attention tone, from this sample on.
    Attention(usize),
}

pub struct Source {
    sound: SourceKind,
    channels: u16,
    whole: u64,
    given: u64,
    /// Why it ended, until that was said.
    pending: Option<SourceError>,
    over: bool,
}

impl Source {
    /// Opens a recording's master, or the attention tone, which is in memory.
    ///
    /// # Errors
    /// When it is missing from the store or damaged there.
    pub fn from_store(store: &LibraryStore, hash: &FileHash) -> Result<Source, SourceError> {
        if *hash == attention().recording.hash {
            return Ok(Source::attention());
        }
        Source::of(store.open(hash)?)
    }

    /// Reads an open master.
    ///
    /// # Errors
    /// When it is none, or cannot be read.
    pub fn of(file: File) -> Result<Source, SourceError> {
        let reader = guarded(|| master::MasterReader::new(file))?;
        let MasterHead { channels, frames } = reader.head();
        Ok(Source::new(SourceKind::Master(Box::new(reader)), channels, frames))
    }

    /// The tone that leads an emergency in: no file, no store, no decoder.
    pub fn attention() -> Source {
        let known = &attention().recording;
        Source::new(SourceKind::Attention(0), known.channels, known.frames.count)
    }

    fn new(sound: SourceKind, channels: u16, whole: u64) -> Source {
        Source { sound, channels, whole, given: 0, pending: None, over: false }
    }

    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Fills `block` with interleaved samples and says how many frames there were: 0 is the end, for ever.
    ///
    /// # Errors
    /// When the master fails before its end, once all that came before has been handed out. After that it is at its end.
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, SourceError> {
        let channels = usize::from(self.channels);
        let left = usize::try_from(self.whole - self.given).unwrap_or(usize::MAX);
        let room = (block.len() / channels).min(left) * channels;
        let mut filled = 0;
        while filled < room && !self.over {
            match self.sound.fill(&mut block[filled..room]) {
                Ok(0) => {
                    self.over = true;
                    let had = self.given + (filled / channels) as u64;
                    self.pending = Some(SourceError::CutShort { had, wanted: self.whole });
                }
                Ok(count) => filled += count,
                Err(error) => {
                    self.over = true;
                    self.pending = Some(error);
                }
            }
        }
        let frames = filled / channels;
        self.given += frames as u64;
        match self.pending.take() {
            Some(error) if frames == 0 => Err(error),
            pending => {
                self.pending = pending;
                Ok(frames)
            }
        }
    }
}

impl SourceKind {
    /// As many of the next samples as there are at hand; none at the end.
    fn fill(&mut self, block: &mut [f32]) -> Result<usize, SourceError> {
        match self {
            SourceKind::Master(reader) => guarded(|| reader.read(block)),
            SourceKind::Attention(at) => {
                let left = attention().samples.get(*at..).unwrap_or_default();
                let count = left.len().min(block.len());
                for (to, from) in block.iter_mut().zip(left) {
                    *to = f32::from(*from) / 32_768.0;
                }
                *at += count;
                Ok(count)
            }
        }
    }
}

/// A decoder that panics has failed on this master; the thread goes on.
fn guarded<T>(decode: impl FnOnce() -> io::Result<T>) -> Result<T, SourceError> {
    let broke = |_| Err(io::Error::other("the decoder broke on it"));
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(broke).map_err(SourceError::Master)
}
