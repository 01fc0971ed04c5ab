//! The promises of the room, measured: length, place, level, images, and the bits of what needs no change.

use proptest::prelude::*;

use super::*;

fn sine(rate: u32, hertz: f64, frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (0.5 * (n as f64 * hertz * std::f64::consts::TAU / f64::from(rate)).sin()) as f32).collect()
}

fn convert(from: u32, to: u32, channels: u16, input: &[f32], block: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(from, to, channels).unwrap();
    let mut out = Vec::new();
    for block in input.chunks(block * usize::from(channels)) {
        resampler.push(block, &mut out).unwrap();
    }
    resampler.finish(&mut out).unwrap();
    out
}

/// The amplitude of one frequency in the middle of a signal, in dB against the 0.5 that [`sine`] makes (a Goertzel sum under a Hann
/// window, whose own leakage lies far below what is asked for).
fn level_db(signal: &[f32], rate: u32, hertz: f64) -> f64 {
    let middle = &signal[signal.len() / 8..signal.len() * 7 / 8];
    let step = hertz * std::f64::consts::TAU / f64::from(rate);
    let (mut re, mut im, mut whole) = (0.0, 0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let window = (std::f64::consts::PI * n as f64 / middle.len() as f64).sin().powi(4);
        re += f64::from(*sample) * window * (step * n as f64).cos();
        im += f64::from(*sample) * window * (step * n as f64).sin();
        whole += window;
    }
    20.0 * (2.0 * re.hypot(im) / whole / 0.5).max(1e-12).log10()
}

/// What recordings come in, and what devices want.
const PAIRS: [(u32, u32); 10] = [
    (8_000, 48_000),
    (11_025, 44_100),
    (16_000, 48_000),
    (22_050, 48_000),
    (32_000, 48_000),
    (44_100, 48_000),
    (96_000, 48_000),
    (48_000, 44_100),
    (32_000, 44_100),
    (96_000, 44_100),
];

#[test]
fn speech_and_music_keep_their_level_within_a_tenth_of_a_decibel() {
    for (from, to) in PAIRS {
        let top = f64::from(from.min(to)) / 2.0;
        for hertz in [100.0, 300.0, 1000.0, top * 0.5, top * 0.75, top * 0.85] {
            let out = convert(from, to, 1, &sine(from, hertz, from as usize), 1000);
            let level = level_db(&out, to, hertz);
            assert!(level.abs() < 0.1, "{from} to {to} at {hertz} Hz: {level} dB");
        }
    }
}

#[test]
fn images_and_aliases_lie_below_eighty_decibels() {
    for (from, to) in PAIRS {
        for part in [0.1, 0.5, 0.85] {
            let hertz = f64::from(from.min(to)) / 2.0 * part;
            let out = convert(from, to, 1, &sine(from, hertz, from as usize), 1000);
            // Around every multiple of the old rate that the new one can hold.
            let images =
                (1..).map(|k| f64::from(k * from)).take_while(|at| *at < f64::from(to)).flat_map(|at| [at - hertz, at + hertz]);
            for image in images.filter(|image| *image < f64::from(to) / 2.0) {
                let level = level_db(&out, to, image);
                assert!(level < -80.0, "{from} to {to}: {hertz} Hz shows at {image} Hz with {level} dB");
            }
        }
    }
    // What the new rate cannot hold must not come back folded: 30 kHz at 96 kHz is 18 kHz at 48 kHz, and 14.1 kHz at 44.1 kHz.
    for (from, to, hertz) in
        [(96_000, 48_000, 30_000.0), (96_000, 44_100, 30_000.0), (96_000, 48_000, 25_000.0), (48_000, 44_100, 23_500.0)]
    {
        let level = level_db(&convert(from, to, 1, &sine(from, hertz, from as usize), 1000), to, f64::from(to) - hertz);
        assert!(level < -80.0, "{from} to {to}: {hertz} Hz comes back with {level} dB");
    }
}

#[test]
fn a_chord_comes_out_as_the_same_chord_and_nothing_beside_it() {
    for (from, to) in PAIRS {
        let top = f64::from(from.min(to)) / 2.0;
        let tones = [220.0, 440.0, 1_000.0, 1_837.0, top * 0.62, top * 0.79];
        let chord = |rate: u32| -> Vec<f32> {
            let parts = tones.map(|hertz| sine(rate, hertz, rate as usize));
            (0..rate as usize).map(|n| parts.iter().map(|part| part[n]).sum::<f32>() / 4.0).collect()
        };
        let (out, wanted) = (convert(from, to, 1, &chord(from), 1000), chord(to));
        assert_eq!(out.len(), wanted.len());
        // Away from the ends, where the tones begin from nothing.
        let middle = wanted.len() / 8..wanted.len() * 7 / 8;
        let power = |sound: &mut dyn Iterator<Item = f64>| sound.map(|sample| sample * sample).sum::<f64>();
        let rest = power(&mut middle.clone().map(|n| f64::from(out[n]) - f64::from(wanted[n])));
        let whole = power(&mut middle.map(|n| f64::from(wanted[n])));
        let rest_db = 10.0 * (rest / whole).log10();
        assert!(rest_db < -80.0, "{from} to {to}: all that is not the chord comes to {rest_db:.1} dB");
    }
}

#[test]
fn a_click_stays_in_its_place() {
    for (from, to) in [(44_100, 48_000), (8_000, 48_000), (96_000, 44_100)] {
        for second in [0.0, 0.25, 0.999] {
            let mut input = vec![0.0; from as usize];
            let at = (f64::from(from) * second) as usize;
            input[at] = 1.0;
            let out = convert(from, to, 1, &input, 777);
            let loudest = (0..out.len()).max_by(|a, b| out[*a].abs().total_cmp(&out[*b].abs())).unwrap();
            let wanted = at as f64 * f64::from(to) / f64::from(from);
            assert!((loudest as f64 - wanted).abs() <= 0.51, "{from} to {to}: {loudest}, not {wanted}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn as_many_frames_come_out_as_the_length_says(
        frames in 0usize..6000,
        block in 1usize..3000,
        from in prop::sample::select(vec![8_000u32, 11_025, 16_000, 22_050, 32_000, 44_100, 44_101, 48_000, 96_000]),
        to in prop::sample::select(vec![16_000u32, 44_100, 48_000, 96_000]),
        channels in 1u16..=2,
    ) {
        let input = vec![0.25; frames * usize::from(channels)];
        let out = convert(from, to, channels, &input, block);
        prop_assert_eq!(out.len() as u64, frames_at(frames as u64, from, to) * u64::from(channels));
    }

    #[test]
    fn blocks_make_no_difference(block in 1usize..3000) {
        let input = sine(44_100, 440.0, 5000);
        prop_assert_eq!(convert(44_100, 48_000, 1, &input, block), convert(44_100, 48_000, 1, &input, 5000));
    }

    #[test]
    fn equal_rates_pass_bit_by_bit(input in prop::collection::vec(any::<f32>(), 0..500), block in 1usize..100) {
        let out = convert(48_000, 48_000, 1, &input, block);
        prop_assert!(out.iter().map(|s| s.to_bits()).eq(input.iter().map(|s| s.to_bits())));
    }

    #[test]
    fn no_mix_clips(from in 1u16..12, to in 1u16..8, signs in any::<u16>()) {
        let frame: Vec<f32> = (0..from).map(|channel| if signs >> channel & 1 == 0 { 1.0 } else { -1.0 }).collect();
        let mut out = Vec::new();
        Mix::new(from, to).apply(&frame, &mut out);
        prop_assert_eq!(out.len(), usize::from(to));
        prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0 + 1e-6));
    }
}

#[test]
fn channels_go_where_they_belong() {
    let mixed = |from, to, frame: &[f32]| {
        let mut out = Vec::new();
        Mix::new(from, to).apply(frame, &mut out);
        out
    };
    assert_eq!(mixed(1, 2, &[0.5]), [0.5, 0.5]);
    assert_eq!(mixed(2, 1, &[0.5, 0.25]), [0.375]);
    assert_eq!(mixed(2, 2, &[0.5, 0.25]), [0.5, 0.25]);
    assert_eq!(mixed(2, 4, &[0.5, 0.25]), [0.5, 0.25, 0.0, 0.0]);
    // The low-frequency channel alone is not heard; the centre is on both sides alike.
    assert_eq!(mixed(6, 2, &[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]), [0.0, 0.0]);
    let centre = mixed(6, 2, &[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(centre[0], centre[1]);
    assert!(centre[0] > 0.2);
}
