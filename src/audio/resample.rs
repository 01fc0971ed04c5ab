//! Any recording at any device: rate and channels.
//!
//! Promises: as many frames come out as the input's length says at the new rate, to the nearest frame; the first input frame stands on
//! the first output frame (the filter's delay is taken off); equal rates and channels pass bit by bit. Images lie below −80 dB, the
//! passband within 0.1 dB. It knows no loudness.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, WindowFunction};

use crate::audio::master;
use crate::audio::source::{Source, SourceError};
use crate::audio::voicing::Voicing;
use crate::terms::Speaker;

/// Frames that are filtered at once: enough for a steep filter at 8 kHz, 20 ms at 48 kHz.
const CHUNK: usize = 1024;

/// What a device takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    pub rate: u32,
    pub channels: u16,
}

#[derive(Debug, thiserror::Error)]
pub enum ResampleError {
    #[error("cannot bring {from} Hz to {to} Hz: {detail}")]
    Rates { from: u32, to: u32, detail: String },
    #[error("the rate conversion failed: {0}")]
    Failed(String),
}

/// The length of `frames` at another rate, to the nearest frame.
pub fn frames_at(frames: u64, from: u32, to: u32) -> u64 {
    let (from, to) = (u128::from(from.max(1)), u128::from(to));
    u64::try_from((u128::from(frames) * to + from / 2) / from).unwrap_or(u64::MAX)
}

/// At least [`CHUNK`], and an even count of the smallest blocks: the middle of the filter then lies on a frame of either rate, so that
/// the delay that is taken off is whole.
fn chunk(from: u32, to: u32) -> usize {
    let (mut smallest, mut rest) = (from.max(1), to);
    while rest != 0 {
        (smallest, rest) = (rest, smallest % rest);
    }
    let block = (from / smallest).max(1) as usize;
    2 * block * CHUNK.div_ceil(2 * block)
}

/// Brings interleaved frames from one rate to another, block by block.
pub struct Resampler {
    filter: Option<Fft<f32>>,
    from: u32,
    to: u32,
    channels: usize,
    /// Input that does not fill a chunk yet.
    waiting: Vec<f32>,
    made: Vec<f32>,
    /// Output frames still to be dropped: the filter's delay.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// # Errors
    /// When there is no filter for these rates.
    pub fn new(from: u32, to: u32, channels: u16) -> Result<Resampler, ResampleError> {
        let channels = usize::from(channels.max(1));
        let filter = if from == to {
            None
        } else {
            let rates = |error: rubato::ResamplerConstructionError| ResampleError::Rates { from, to, detail: error.to_string() };
            let window = WindowFunction::BlackmanHarris2;
            let chunk = chunk(from, to);
            Some(Fft::new_custom(from as usize, to as usize, chunk, 1, channels, window, FixedSync::Both).map_err(rates)?)
        };
        let delay = filter.as_ref().map_or(0, |f| f.output_delay());
        let made = vec![0.0; filter.as_ref().map_or(0, |f| f.output_frames_max() * channels)];
        Ok(Resampler { filter, from, to, channels, waiting: Vec::new(), made, delay, taken: 0, given: 0 })
    }

    /// Takes interleaved frames and adds to `out` what they give.
    ///
    /// # Errors
    /// Never in practice: the filter's own errors are passed on.
    pub fn push(&mut self, block: &[f32], out: &mut Vec<f32>) -> Result<(), ResampleError> {
        self.taken += (block.len() / self.channels) as u64;
        let Some(filter) = &self.filter else {
            self.given += (block.len() / self.channels) as u64;
            out.extend_from_slice(block);
            return Ok(());
        };
        let chunk = filter.input_frames_next() * self.channels;
        self.waiting.extend_from_slice(block);
        let mut used = 0;
        while self.waiting.len() - used >= chunk {
            let frames = self.convert(used, chunk / self.channels)?;
            self.give(frames, u64::MAX, out);
            used += chunk;
        }
        self.waiting.drain(..used);
        Ok(())
    }

    /// Ends the input: adds to `out` all that is still owed.
    ///
    /// # Errors
    /// As [`Resampler::push`].
    pub fn finish(&mut self, out: &mut Vec<f32>) -> Result<(), ResampleError> {
        let owed = frames_at(self.taken, self.from, self.to);
        while self.filter.is_some() && self.given < owed {
            let frames = self.convert(0, self.waiting.len() / self.channels)?;
            self.waiting.clear();
            self.give(frames, owed - self.given, out);
        }
        Ok(())
    }

    /// Filters one chunk that begins at sample `at` of what waits and has so many real frames; the rest of it is silence.
    fn convert(&mut self, at: usize, frames: usize) -> Result<usize, ResampleError> {
        let failed = |detail: String| ResampleError::Failed(detail);
        let Some(filter) = &mut self.filter else { return Ok(0) };
        let room = self.made.len() / self.channels;
        let input = InterleavedSlice::new(&self.waiting[at..at + frames * self.channels], self.channels, frames)
            .map_err(|e| failed(e.to_string()))?;
        let mut output = InterleavedSlice::new_mut(&mut self.made, self.channels, room).map_err(|e| failed(e.to_string()))?;
        let indexing = Indexing::new().partial_len(frames);
        let (_, made) = filter.process_into_buffer(&input, &mut output, Some(&indexing)).map_err(|e| failed(e.to_string()))?;
        Ok(made)
    }

    fn give(&mut self, made: usize, most: u64, out: &mut Vec<f32>) {
        let dropped = self.delay.min(made);
        self.delay -= dropped;
        let frames = (made - dropped).min(usize::try_from(most).unwrap_or(usize::MAX));
        out.extend_from_slice(&self.made[dropped * self.channels..(dropped + frames) * self.channels]);
        self.given += frames as u64;
    }
}

/// How the channels of a recording go into those of a device: one row of gains for each channel of the device.
///
/// One channel sounds on all; two go to one as their mean; of more, centre and surrounds are mixed in 3 dB down (ITU-R BS.775) and the
/// whole is brought down so that it cannot clip; the low-frequency channel is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    from: usize,
    gains: Vec<Vec<f32>>,
}

impl Mix {
    pub fn new(from: u16, to: u16) -> Mix {
        let (from, to) = (usize::from(from.max(1)), usize::from(to.max(1)));
        let gains = if from == to {
            (0..to).map(|row| (0..from).map(|column| if row == column { 1.0 } else { 0.0 }).collect()).collect()
        } else if from == 1 {
            vec![vec![1.0]; to]
        } else {
            let (left, right) = stereo(from);
            match to {
                1 => vec![left.iter().zip(&right).map(|(l, r)| (l + r) / 2.0).collect()],
                // A device of more channels gets the pair on its first two; which horn hangs on the others nobody knows.
                _ => {
                    let silent = vec![0.0; from];
                    [left, right].into_iter().chain(std::iter::repeat_n(silent, to - 2)).collect()
                }
            }
        };
        Mix { from, gains }
    }

    fn is_plain(&self) -> bool {
        self.from == self.gains.len()
    }

    /// Adds the frames of `block`, mixed, to `out`.
    pub fn apply(&self, block: &[f32], out: &mut Vec<f32>) {
        if self.is_plain() {
            out.extend_from_slice(block);
            return;
        }
        for frame in block.chunks_exact(self.from) {
            for gains in &self.gains {
                out.push(frame.iter().zip(gains).map(|(sample, gain)| sample * gain).sum());
            }
        }
    }
}

/// The gains of the left and the right of a pair, by the usual order of channels in files: L R C LFE and then the surrounds.
fn stereo(from: usize) -> (Vec<f32>, Vec<f32>) {
    const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
    let (l, r, c, none, ls, rs, both) = ((1.0, 0.0), (0.0, 1.0), (HALF, HALF), (0.0, 0.0), (HALF, 0.0), (0.0, HALF), (0.5, 0.5));
    let order: Vec<(f32, f32)> = match from {
        1 => vec![(1.0, 1.0)],
        2 => vec![l, r],
        3 => vec![l, r, c],
        4 => vec![l, r, ls, rs],
        5 => vec![l, r, c, ls, rs],
        6 => vec![l, r, c, none, ls, rs],
        7 => vec![l, r, c, none, both, ls, rs],
        8 => vec![l, r, c, none, ls, rs, ls, rs],
        more => (0..more).map(|channel| if channel % 2 == 0 { l } else { r }).collect(),
    };
    let (left, right): (Vec<f32>, Vec<f32>) = order.into_iter().unzip();
    let whole = |gains: &[f32]| gains.iter().sum::<f32>().max(1.0);
    let (of_left, of_right) = (whole(&left), whole(&right));
    (left.iter().map(|g| g / of_left).collect(), right.iter().map(|g| g / of_right).collect())
}

/// A source in a device's shape.
pub struct Shaped {
    source: Source,
    /// Channels are brought down before the rate is converted and up after it: the filter works on as few as there are.
    down: Mix,
    up: Mix,
    voicing: Option<Voicing>,
    resampler: Resampler,
    channels: usize,
    block: Vec<f32>,
    mixed: Vec<f32>,
    converted: Vec<f32>,
    ready: Vec<f32>,
    /// Samples of `ready` that were handed out.
    handed: usize,
    /// Why it ended, until that was said.
    pending: Option<SourceError>,
    over: bool,
}

impl Shaped {
    /// # Errors
    /// When the rates cannot be brought together.
    pub fn new(source: Source, shape: Shape) -> Result<Shaped, SourceError> {
        let between = source.channels().min(shape.channels);
        let resampler =
            Resampler::new(master::RATE, shape.rate, between).map_err(|error| SourceError::Rates(error.to_string()))?;
        Ok(Shaped {
            down: Mix::new(source.channels(), between),
            up: Mix::new(between, shape.channels),
            voicing: None,
            resampler,
            channels: usize::from(shape.channels.max(1)),
            block: vec![0.0; CHUNK * usize::from(source.channels())],
            source,
            mixed: Vec::new(),
            converted: Vec::new(),
            ready: Vec::new(),
            handed: 0,
            pending: None,
            over: false,
        })
    }

    /// Filtered for what hangs on the output: at the master's rate, as it was measured.
    pub fn voiced(mut self, speaker: Speaker) -> Shaped {
        let between = self.source.channels().min(u16::try_from(self.channels).unwrap_or(u16::MAX));
        self.voicing = Voicing::of(speaker, master::RATE, between);
        self
    }

    /// Fills `block` with interleaved samples in the device's shape and says how many frames there were; 0 is the end.
    ///
    /// # Errors
    /// As [`Source::read`]: what was decoded before a failure is handed out first.
    pub fn read(&mut self, block: &mut [f32]) -> Result<usize, SourceError> {
        let mut filled = 0;
        let wanted = block.len() / self.channels * self.channels;
        while filled < wanted {
            if self.handed < self.ready.len() {
                let count = (self.ready.len() - self.handed).min(wanted - filled);
                block[filled..filled + count].copy_from_slice(&self.ready[self.handed..self.handed + count]);
                self.handed += count;
                filled += count;
            } else if self.over {
                break;
            } else if let Err(error) = self.more() {
                self.over = true;
                self.pending = Some(error);
            }
        }
        match self.pending.take() {
            Some(error) if filled == 0 => Err(error),
            pending => {
                self.pending = pending;
                Ok(filled / self.channels)
            }
        }
    }

    fn more(&mut self) -> Result<(), SourceError> {
        let failed = |error: ResampleError| SourceError::Rates(error.to_string());
        for scratch in [&mut self.mixed, &mut self.converted, &mut self.ready] {
            scratch.clear();
        }
        self.handed = 0;
        let frames = self.source.read(&mut self.block)?;
        if frames == 0 {
            self.over = true;
            self.resampler.finish(&mut self.converted).map_err(failed)?;
        } else {
            self.down.apply(&self.block[..frames * usize::from(self.source.channels())], &mut self.mixed);
            if let Some(voicing) = &mut self.voicing {
                voicing.apply(&mut self.mixed);
            }
            self.resampler.push(&self.mixed, &mut self.converted).map_err(failed)?;
        }
        self.up.apply(&self.converted, &mut self.ready);
        Ok(())
    }
}

#[cfg(test)]
#[path = "resample_tests.rs"]
mod tests;
