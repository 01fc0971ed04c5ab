//! A recording of the store as a device wants it: decoded, at its rate, for its channels, at the level that was worked out for it.

use std::path::Path;

use crate::audio::output::Shape;
use crate::audio::resample::Shaped;
use crate::audio::source::{Source, SourceError};
use crate::playout::cue::{Fault, FaultKind};
use crate::terms::Reason;

/// Frames that are decoded at a time: the feeder looks for orders in between.
const CHUNK: usize = 4096;

pub struct Recording {
    shaped: Shaped,
    shape: Shape,
    gain: f32,
}

impl Recording {
    pub fn open(path: &Path, shape: Shape, gain_db: f32) -> Result<Recording, Fault> {
        let shaped = Source::open(path).and_then(|source| Shaped::new(source, shape)).map_err(|error| fault(&error))?;
        Ok(Recording { shaped, shape, gain: 10f32.powf(gain_db / 20.0) })
    }

    /// Adds the next samples to `out`, interleaved. False when there are none after them.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let channels = usize::from(self.shape.channels);
        let before = out.len();
        out.resize(before + CHUNK * channels, 0.0);
        let frames = match self.shaped.read(&mut out[before..]) {
            Ok(frames) => frames,
            Err(error) => {
                out.truncate(before);
                return Err(fault(&error));
            }
        };
        out.truncate(before + frames * channels);
        out[before..].iter_mut().for_each(|sample| *sample *= self.gain);
        Ok(frames == CHUNK)
    }
}

fn fault(error: &SourceError) -> Fault {
    let kind = if error.reason() == Reason::FileMissing { FaultKind::FileMissing } else { FaultKind::FileError };
    Fault { kind, detail: error.to_string() }
}
