//! A recording of the store as a device wants it: decoded, at its rate, for its channels, at the level that was worked out for it.

use std::fs::File;
use std::io::BufReader;
use std::num::NonZero;
use std::path::Path;

use rodio::source::UniformSourceIterator;
use rodio::{Decoder, Source};

use crate::audio::output::Shape;
use crate::playout::cue::{Fault, FaultKind};

/// Frames that are decoded at a time: the feeder looks for orders in between.
const CHUNK: usize = 4096;

pub struct Recording {
    samples: UniformSourceIterator<Decoder<BufReader<File>>>,
    shape: Shape,
    gain: f32,
}

impl Recording {
    pub fn open(path: &Path, shape: Shape, gain_db: f32) -> Result<Recording, Fault> {
        let fault = |detail: String| Fault { kind: FaultKind::FileError, detail };
        let file = File::open(path).map_err(|error| {
            let kind = if error.kind() == std::io::ErrorKind::NotFound { FaultKind::FileMissing } else { FaultKind::FileError };
            Fault { kind, detail: format!("{}: {error}", path.display()) }
        })?;
        let decoder = Decoder::try_from(file).map_err(|error| fault(error.to_string()))?;
        let channels = NonZero::new(shape.channels).unwrap_or(NonZero::<u16>::MIN);
        let rate = NonZero::new(shape.rate).unwrap_or(NonZero::<u32>::MIN);
        let _ = decoder.total_duration();
        let samples = UniformSourceIterator::new(decoder, channels, rate);
        Ok(Recording { samples, shape, gain: 10f32.powf(gain_db / 20.0) })
    }

    /// Adds the next samples to `out`, interleaved. False when there are none after them.
    pub fn read(&mut self, out: &mut Vec<f32>) -> Result<bool, Fault> {
        let wanted = CHUNK * usize::from(self.shape.channels);
        let before = out.len();
        out.extend(self.samples.by_ref().take(wanted).map(|sample| sample * self.gain));
        Ok(out.len() - before == wanted)
    }
}
