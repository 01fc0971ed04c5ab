//! rodio's decoder, which hands out blocks of samples that may each be of another kind.

use std::io::{Read, Seek};

use jiff::SignedDuration;
use rodio::decoder::DecoderError;
use rodio::{Decoder, Source as _};

use crate::audio::original::DecodeError;
use crate::library::Damage;
use crate::terms::*;

/// How much of a recording may be in another rate or channel count than its start: frames that a decoder makes of damage.
const STRANGE: SignedDuration = SignedDuration::from_millis(500);

pub struct Blocks<R: Read + Seek> {
    decoder: Decoder<R>,
    rate: u32,
    channels: u16,
    /// Samples left in the decoder's present block.
    in_block: usize,
    strange_frames: u64,
}

impl<R: Read + Seek + Send + Sync + 'static> Blocks<R> {
    /// `hint` is the file's format; `gapless` lets the decoder leave out what the file calls padding.
    ///
    /// # Errors
    /// When nothing in it can be decoded.
    pub fn new(file: R, bytes: u64, hint: Option<&str>, gapless: bool) -> Result<Blocks<R>, DecodeError> {
        let builder = Decoder::builder().with_data(file).with_byte_len(bytes).with_gapless(gapless);
        let decoder = hint.into_iter().fold(builder, |builder, hint| builder.with_hint(hint)).build();
        let decoder = decoder.map_err(|error| DecodeError::Decode(damage(&error), error.to_string()))?;
        let (rate, channels) = (decoder.sample_rate().get(), decoder.channels().get());
        let in_block = decoder.current_span_len().unwrap_or(0);
        Ok(Blocks { decoder, rate, channels, in_block, strange_frames: 0 })
    }

    pub fn rate(&self) -> u32 {
        self.rate
    }

    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// How long the decoder makes the file out to be.
    pub fn declared(&self) -> Option<SignedDuration> {
        self.decoder.total_duration().and_then(|length| SignedDuration::try_from(length).ok())
    }

    /// As many samples as there are before the end or a failure, and that failure.
    pub fn fill(&mut self, block: &mut [f32]) -> (usize, Option<DecodeError>) {
        let mut filled = 0;
        while filled < block.len() {
            if self.in_block == 0 {
                match self.next_block() {
                    Ok(Some(first)) => block[filled] = first,
                    Ok(None) => break,
                    Err(error) => return (filled, Some(error)),
                }
                filled += 1;
            }
            let count = self.in_block.min(block.len() - filled);
            for sample in &mut block[filled..filled + count] {
                *sample = self.decoder.next().map_or(0.0, finite);
            }
            self.in_block -= count;
            filled += count;
        }
        (filled, None)
    }

    /// The first sample of the decoder's next block of the recording's own kind.
    fn next_block(&mut self) -> Result<Option<f32>, DecodeError> {
        loop {
            let Some(first) = self.decoder.next() else { return Ok(None) };
            let samples = self.decoder.current_span_len().unwrap_or(1).max(1);
            let (rate, channels) = (self.decoder.sample_rate().get(), self.decoder.channels().get());
            if rate == self.rate && channels == self.channels {
                self.in_block = samples - 1;
                return Ok(Some(finite(first)));
            }
            self.strange_frames += samples as u64 / u64::from(channels.max(1));
            if (Frames { count: self.strange_frames, rate: self.rate }).length() > STRANGE {
                return Err(DecodeError::Changes);
            }
            for _ in 1..samples {
                self.decoder.next();
            }
        }
    }
}

/// A decoder may hand out what is no number; a loudspeaker gets silence for it.
fn finite(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

fn damage(error: &DecoderError) -> Damage {
    match error {
        DecoderError::UnrecognizedFormat | DecoderError::NoStreams => Damage::Variety,
        // The decoder's word for a container that promises more than the file holds.
        DecoderError::IoError(text) if text.contains("end of stream") => Damage::EndsEarly,
        DecoderError::ResetRequired => Damage::Changes,
        DecoderError::IoError(_) | DecoderError::DecodeError(_) | DecoderError::LimitError(_) => Damage::Garbled,
    }
}
