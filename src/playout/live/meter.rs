//! How loud an output is right now, for whoever looks. The callback alone writes, with one store a block; nobody keeps it waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What is below it is as good as silence.
const FLOOR_DB: f32 = -90.0;
/// How fast the peak falls, as a meter's needle does, so that a look four times a second misses no word.
const FALL_DB_A_SECOND: f32 = 24.0;

/// The peak of what went to the device lately.
#[derive(Clone, Debug, Default)]
pub struct LevelMeter(Arc<AtomicU32>);

impl LevelMeter {
    /// Takes in the peak of a block that lasts so long.
    pub(super) fn note(&self, block: &[f32], seconds: f32) {
        let peak = block.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let before = f32::from_bits(self.0.load(Ordering::Relaxed));
        let fallen = before * (-FALL_DB_A_SECOND * seconds * std::f32::consts::LN_10 / 20.0).exp();
        self.0.store(peak.max(fallen).to_bits(), Ordering::Relaxed);
    }

    /// In decibels below full scale.
    pub fn peak_db(&self) -> i32 {
        let peak = f32::from_bits(self.0.load(Ordering::Relaxed));
        (20.0 * peak.log10()).max(FLOOR_DB).round() as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_shown_at_once_and_falls_slowly() {
        let meter = LevelMeter::default();
        assert_eq!(meter.peak_db(), -90);
        meter.note(&[0.1, -0.5, 0.2], 0.02);
        assert_eq!(meter.peak_db(), -6);
        (0..50).for_each(|_| meter.note(&[0.0; 4], 0.02));
        assert_eq!(meter.peak_db(), -30);
        (0..500).for_each(|_| meter.note(&[0.0; 4], 0.02));
        assert_eq!(meter.peak_db(), -90);
    }
}
