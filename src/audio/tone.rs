//! A test tone: what somebody hears who wants to know whether sound leaves a device and reaches its horns.
//!
//! Pure: samples by their frame. A sine of 1 kHz, which any horn gives back, at the loudness that recordings are aired at, with gentle
//! fades, so that nobody on a mast gets a fright. It ends by itself after [`LENGTH`], whoever has forgotten it.

use std::f64::consts::{PI, TAU};

use jiff::SignedDuration;

use crate::audio::output::Shape;
use crate::library::TARGET_LUFS;
use crate::terms::Frames;

pub const HERTZ: u32 = 1_000;
/// From its first sample to its last, fades included.
pub const LENGTH: SignedDuration = SignedDuration::from_secs(4);
const FADE: SignedDuration = SignedDuration::from_millis(400);

pub struct Tone {
    shape: Shape,
    amplitude: f64,
    /// The frame that comes next.
    frame: u64,
    /// The frame at which the fade to the end begins.
    fades_at: u64,
    fade: u64,
}

impl Tone {
    pub fn new(shape: Shape) -> Tone {
        let fade = Frames::within(FADE, shape.rate).count.max(1);
        let fades_at = Frames::within(LENGTH, shape.rate).count.saturating_sub(fade);
        Tone { shape, amplitude: amplitude(shape.channels), frame: 0, fades_at, fade }
    }

    /// Ends it soon: the fade to the end begins now.
    pub fn leave_off(&mut self) {
        // In the middle of the fade to the beginning the one to the end takes over where it stands.
        let risen = self.frame.min(self.fade);
        self.fades_at = self.fades_at.min((self.frame + risen).saturating_sub(self.fade));
    }

    /// Fills a block of interleaved samples, with silence after the tone's end. How many frames of it were tone.
    pub fn fill(&mut self, block: &mut [f32]) -> u64 {
        let mut sounding = 0;
        for frame in block.chunks_mut(usize::from(self.shape.channels.max(1))) {
            let sample = self.next();
            sounding += u64::from(sample.is_some());
            frame.fill(sample.unwrap_or(0.0));
        }
        sounding
    }

    fn next(&mut self) -> Option<f32> {
        let end = self.fades_at + self.fade;
        if self.frame >= end {
            return None;
        }
        let left = (end - self.frame).min(self.frame + 1).min(self.fade);
        let level = 0.5 - 0.5 * (PI * left as f64 / self.fade as f64).cos();
        let turn = TAU * f64::from(HERTZ) * self.frame as f64 / f64::from(self.shape.rate);
        self.frame += 1;
        Some((self.amplitude * level * turn.sin()) as f32)
    }
}

/// By EBU R 128 a full sine of 1 kHz in two channels measures 0 LUFS, and each halving of the channels 3 dB less.
fn amplitude(channels: u16) -> f64 {
    let channels_db = 10.0 * (f64::from(channels.clamp(1, 2)) / 2.0).log10();
    10f64.powf((f64::from(TARGET_LUFS) - channels_db) / 20.0)
}

#[cfg(test)]
mod tests {
    use ebur128::{EbuR128, Mode};

    use super::*;

    /// The whole tone in blocks as a device asks for them, and the silence after it.
    fn whole(shape: Shape) -> Vec<f32> {
        let mut tone = Tone::new(shape);
        let mut block = vec![9.0; 1080 * usize::from(shape.channels)];
        let mut all = Vec::new();
        while tone.fill(&mut block) > 0 {
            all.extend_from_slice(&block);
        }
        assert!(block.iter().all(|sample| *sample == 0.0), "silence after it");
        all
    }

    #[test]
    fn it_is_as_loud_as_what_is_aired_on_any_device() {
        for shape in
            [Shape { rate: 48_000, channels: 2 }, Shape { rate: 44_100, channels: 2 }, Shape { rate: 48_000, channels: 1 }]
        {
            let samples = whole(shape);
            let mut meter = EbuR128::new(u32::from(shape.channels), shape.rate, Mode::I).unwrap();
            meter.add_frames_f32(&samples).unwrap();
            let loudness = meter.loudness_global().unwrap();
            assert!((loudness - f64::from(TARGET_LUFS)).abs() < 0.3, "{shape:?}: {loudness} LUFS");
        }
    }

    #[test]
    fn it_begins_and_ends_without_a_click_and_lasts_as_long_as_it_says() {
        let shape = Shape { rate: 48_000, channels: 1 };
        let samples = whole(shape);
        let last = samples.iter().rposition(|sample| sample.abs() > 1e-6).unwrap();
        assert!((190_000..192_000).contains(&last), "{last}");
        let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        let quiet = |part: &[f32]| part.iter().all(|sample| sample.abs() < peak / 50.0);
        assert!(quiet(&samples[..480]) && quiet(&samples[last - 480..]));
    }

    #[test]
    fn it_can_be_left_off_at_any_moment_and_never_jumps() {
        for after in [0, 1, 5_000, 19_199, 100_000, 191_000, 250_000] {
            let mut tone = Tone::new(Shape { rate: 48_000, channels: 1 });
            let mut before = vec![0.0; after];
            tone.fill(&mut before);
            tone.leave_off();
            let mut rest = vec![0.0; 48_000];
            let sounding = tone.fill(&mut rest);
            assert!(sounding <= 19_200, "{after}: {sounding} frames more");
            let all: Vec<f32> = before.into_iter().chain(rest).collect();
            let steepest = all.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(steepest < 0.025, "{after}: a jump of {steepest}");
        }
    }
}
