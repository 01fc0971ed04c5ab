//! The voicing of a horn loudspeaker: what a voice goes through on its way to one, so that it carries and nothing is wasted.
//!
//! A horn gives back nothing below some 300 Hz; what an amplifier sends it there only heats the driver and eats the room under the
//! ceiling. Words are told apart by their consonants, between 2 and 4 kHz, which air and distance take away first. So two filters: a
//! high-pass and a gentle presence. Both are Robert Bristow-Johnson's, from his "Cookbook formulae for audio EQ biquad filter
//! coefficients".
//!
//! Promises: as many frames come out as went in, the first on the first; blocks make no difference; the recording is filtered at its own
//! rate, so that [`super::measure`] has heard the very sound that is aired. It is linear: it knows no loudness and no ceiling.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::terms::Speaker;

/// Below this a horn is silent: −3 dB here, 12 dB less for each octave under it, without a bump above (Butterworth).
const HIGH_PASS_HZ: f64 = 300.0;
/// Where consonants live, how much they are raised, and over how wide a stretch: about an octave and a half.
const PRESENCE_HZ: f64 = 2_800.0;
const PRESENCE_DB: f64 = 2.5;
const PRESENCE_Q: f64 = 0.9;
/// A bell that reaches half the sample rate is none: a recording of so low a rate has no presence to raise.
const HIGHEST_PART: f64 = 0.45;
/// What is left in a filter after the sound, smaller than any sample of 24 bits by far: it would fade for ever, in numbers that
/// processors are slow with.
const NOTHING: f64 = 1e-18;

/// The filters of one recording on its way to a speaker.
pub struct Voicing {
    channels: usize,
    stages: Vec<FilterStage>,
}

struct FilterStage {
    biquad: Biquad,
    /// Two values for each channel (transposed direct form II).
    kept: Vec<[f64; 2]>,
}

/// Coefficients, divided by `a0`.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Voicing {
    /// `None` where sound passes as it is.
    pub fn of(speaker: Speaker, rate: u32, channels: u16) -> Option<Voicing> {
        let rate = f64::from(rate);
        let biquads = match speaker {
            Speaker::Flat => return None,
            Speaker::Horn => {
                let presence =
                    (PRESENCE_HZ < rate * HIGHEST_PART).then(|| Biquad::peak(rate, PRESENCE_HZ, PRESENCE_Q, PRESENCE_DB));
                [Some(Biquad::high_pass(rate, HIGH_PASS_HZ, FRAC_1_SQRT_2)), presence]
            }
        };
        let channels = usize::from(channels.max(1));
        let stage = |biquad| FilterStage { biquad, kept: vec![[0.0; 2]; channels] };
        Some(Voicing { channels, stages: biquads.into_iter().flatten().map(stage).collect() })
    }

    /// Filters interleaved frames in their place.
    pub fn apply(&mut self, block: &mut [f32]) {
        for FilterStage { biquad, kept } in &mut self.stages {
            for (channel, kept) in kept.iter_mut().enumerate() {
                biquad.apply(block, channel, self.channels, kept);
            }
        }
    }
}

impl Biquad {
    fn high_pass(rate: f64, hertz: f64, q: f64) -> Biquad {
        let (sin, cos) = (TAU * hertz / rate).sin_cos();
        let alpha = sin / (2.0 * q);
        let edge = (1.0 + cos) / 2.0;
        Biquad::normal([edge, -2.0 * edge, edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    fn peak(rate: f64, hertz: f64, q: f64, gain_db: f64) -> Biquad {
        let (sin, cos) = (TAU * hertz / rate).sin_cos();
        let (alpha, a) = (sin / (2.0 * q), 10f64.powf(gain_db / 40.0));
        Biquad::normal([1.0 + alpha * a, -2.0 * cos, 1.0 - alpha * a], [1.0 + alpha / a, -2.0 * cos, 1.0 - alpha / a])
    }

    fn normal(b: [f64; 3], [a0, a1, a2]: [f64; 3]) -> Biquad {
        Biquad { b: b.map(|b| b / a0), a: [a1 / a0, a2 / a0] }
    }

    /// One channel of a block, from sample `at` on.
    fn apply(&self, block: &mut [f32], mut at: usize, channels: usize, kept: &mut [f64; 2]) {
        let ([b0, b1, b2], [a1, a2], [mut near, mut far]) = (self.b, self.a, *kept);
        while let Some(place) = block.get_mut(at) {
            let sample = f64::from(*place);
            let out = b0 * sample + near;
            near = b1 * sample - a1 * out + far;
            far = b2 * sample - a2 * out;
            *place = out as f32;
            at += channels;
        }
        *kept = [near, far].map(|value| if value.abs() < NOTHING { 0.0 } else { value });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RATES: [u32; 8] = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000];

    /// A tone through the filter of a horn: how much louder it comes out once it has swung in, in dB.
    fn response_db(rate: u32, hertz: f64) -> f64 {
        let frames = rate as usize;
        let mut sound: Vec<f32> = (0..frames).map(|n| (0.25 * (TAU * hertz * n as f64 / f64::from(rate)).sin()) as f32).collect();
        let power = |sound: &[f32]| sound[frames / 2..].iter().map(|s| f64::from(*s).powi(2)).sum::<f64>();
        let before = power(&sound);
        Voicing::of(Speaker::Horn, rate, 1).unwrap().apply(&mut sound);
        10.0 * (power(&sound) / before).log10()
    }

    #[test]
    fn a_horn_is_spared_what_it_cannot_give_back_and_speech_keeps_its_middle() {
        for rate in RATES {
            // Each frequency, and between what the response lies.
            for (hertz, least, most) in [
                (50.0, -40.0, -30.0),
                (100.0, -20.0, -18.0),
                (150.0, -13.0, -12.0),
                (300.0, -3.1, -2.8),
                (600.0, -0.4, 0.2),
                (1_000.0, -0.1, 0.6),
            ] {
                let response = response_db(rate, hertz);
                assert!((least..=most).contains(&response), "{rate} Hz: {response:.2} dB at {hertz} Hz");
            }
        }
    }

    #[test]
    fn consonants_are_raised_a_little_and_what_is_above_them_is_not() {
        for rate in RATES {
            let at = |hertz| response_db(rate, hertz);
            assert!((at(2_800.0) - 2.5).abs() < 0.05, "{rate} Hz: {:.2} dB", at(2_800.0));
            assert!((0.9..2.6).contains(&at(2_000.0)), "{rate} Hz: {:.2} dB", at(2_000.0));
            if rate >= 16_000 {
                assert!((1.0..2.5).contains(&at(3_500.0)), "{rate} Hz: {:.2} dB", at(3_500.0));
            }
            if rate >= 32_000 {
                assert!((0.0..0.35).contains(&at(10_000.0)), "{rate} Hz: {:.2} dB", at(10_000.0));
            }
        }
        // A telephone's recording of 4 kHz ends below the presence: there is only the high-pass.
        assert!((-0.1..0.1).contains(&response_db(4_000, 1_500.0)));
    }

    #[test]
    fn a_flat_output_has_no_filter_and_silence_after_sound_becomes_none() {
        assert!(Voicing::of(Speaker::Flat, 48_000, 2).is_none());
        let mut voicing = Voicing::of(Speaker::Horn, 48_000, 1).unwrap();
        voicing.apply(&mut [1.0; 100]);
        let mut silence = vec![0.0; 48_000];
        silence.chunks_mut(1_000).for_each(|block| voicing.apply(block));
        assert!(voicing.stages.iter().all(|stage| stage.kept == [[0.0; 2]]), "nothing goes round in it");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn blocks_and_channels_make_no_difference(
            sound in prop::collection::vec(-1.0f32..1.0, 1..2_000),
            block in 1usize..500,
            rate in prop::sample::select(RATES.to_vec()),
        ) {
            let mut whole = sound.clone();
            Voicing::of(Speaker::Horn, rate, 1).unwrap().apply(&mut whole);
            let mut pair: Vec<f32> = sound.iter().flat_map(|sample| [*sample, -*sample]).collect();
            let mut voicing = Voicing::of(Speaker::Horn, rate, 2).unwrap();
            pair.chunks_mut(2 * block).for_each(|block| voicing.apply(block));
            prop_assert!(pair.chunks(2).zip(&whole).all(|(frame, sample)| frame[0] == *sample && frame[1] == -*sample));
        }
    }
}
