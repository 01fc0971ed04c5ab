//! A master as a device wants it: decoded, at its rate, for its channels and what hangs on it, at
//! the level that was worked out for it.

use crate::asrun::element::Element;
use crate::audio::output::Shape;
use crate::audio::resample::Shaped;
use crate::audio::source::{Source, SourceError};
use crate::playout::cue::{Fault, FaultKind};
use crate::terms::Reason;

/// Frames that are decoded at a time: the feeder looks for cues in between.
const CHUNK: usize = 4096;

pub struct LoadedRecording {
    source: Shaped,
    chunk: Vec<f32>,
    gain: f32,
}

impl LoadedRecording {
    pub fn new(source: Source, shape: Shape, element: &Element) -> Result<LoadedRecording, Fault> {
        let source = Shaped::new(source, shape).map_err(|error| fault(&error))?.voiced(element.speaker);
        let chunk = vec![0.0; CHUNK * usize::from(shape.channels.max(1))];
        Ok(LoadedRecording { source, chunk, gain: 10f32.powf(element.gain_db / 20.0) })
    }

    /// Adds the next samples to `out`, interleaved. False when there are none after them.
    ///
    /// # Errors
    /// When the recording fails before its end; what came before has been given out.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let frames = self.source.read(&mut self.chunk).map_err(|error| fault(&error))?;
        let samples = frames * (self.chunk.len() / CHUNK);
        out.extend(self.chunk[..samples].iter().map(|sample| sample * self.gain));
        Ok(frames > 0)
    }
}

/// The fault under its closed kind, with all that the source says.
pub fn fault(error: &SourceError) -> Fault {
    let kind = if error.reason() == Reason::FileMissing { FaultKind::FileMissing } else { FaultKind::FileError };
    let mut detail = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(deeper) = source {
        let more = deeper.to_string();
        if !detail.contains(&more) {
            detail = format!("{detail}: {more}");
        }
        source = deeper.source();
    }
    Fault { kind, detail }
}
