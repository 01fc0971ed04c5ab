//! The signals of EBU Tech 3341 (2023, table 1), made here and sent the way of every recording: a file, its decoder, the mix, the meter.

use std::f64::consts::{PI, TAU};

use super::*;
use crate::library::attention::attention;
use crate::library::{Aim, TARGET_LUFS};

const RATE: u32 = 48_000;

/// Levels in dBFS, each for so many seconds.
type Parts<'a> = &'a [(f64, f64)];

/// A WAV file of floats: nothing is rounded, and peaks above full scale stay.
fn wav(channels: u16, samples: &[f32]) -> File {
    wav_at(RATE, channels, samples)
}

fn wav_at(rate: u32, channels: u16, samples: &[f32]) -> File {
    let mut sound = vec![0; samples.len() * 4];
    sound.chunks_exact_mut(4).zip(samples).for_each(|(bytes, sample)| bytes.copy_from_slice(&sample.to_le_bytes()));
    let (bytes, frame) = (sound.len() as u32, channels * 4);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x03\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(b"\x20\0data");
    file.extend(bytes.to_le_bytes());
    file.extend(sound);
    let mut kept = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut kept, &file).unwrap();
    kept
}

fn amplitude(dbfs: f64) -> f64 {
    10f64.powf(dbfs / 20.0)
}

/// A tone of 1 kHz that goes on in phase from part to part, each so many dBFS for so many seconds, alike in all channels. At this rate a
/// millisecond is one turn of it.
fn tones(channels: usize, parts: Parts) -> Vec<f32> {
    let turn = |level: f64| -> Vec<f32> {
        (0..48).map(|n| (level * (TAU * f64::from(n) / 48.0).sin()) as f32).flat_map(|sample| vec![sample; channels]).collect()
    };
    parts.iter().flat_map(|(dbfs, seconds)| turn(amplitude(*dbfs)).repeat((seconds * 1_000.0).round() as usize)).collect()
}

fn loudness(channels: u16, samples: &[f32]) -> f32 {
    measure(wav(channels, samples)).unwrap().loudness_lufs.unwrap()
}

fn assert_near(measured: f32, expected: f32, by: f32, what: &str) {
    assert!((measured - expected).abs() <= by, "{what}: {measured}, not {expected}");
}

#[test]
fn cases_1_to_5_measure_as_the_document_says() {
    let cases: [(&str, f32, Parts); 5] = [
        ("case 1", -23.0, &[(-23.0, 20.0)]),
        ("case 2", -33.0, &[(-33.0, 20.0)]),
        ("case 3", -23.0, &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)]),
        ("case 4", -23.0, &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)]),
        ("case 5", -23.0, &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)]),
    ];
    for (name, expected, parts) in cases {
        assert_near(loudness(2, &tones(2, parts)), expected, 0.1, name);
    }
}

/// Case 6: 20 s in five channels, L R C Ls Rs.
fn five_channels() -> Vec<f32> {
    let levels = [-28.0, -28.0, -24.0, -30.0, -30.0].map(amplitude);
    tones(1, &[(0.0, 20.0)]).iter().flat_map(|sample| levels.map(|level| (f64::from(*sample) * level) as f32)).collect()
}

#[test]
fn case_6_measures_as_the_document_says_and_is_aired_as_the_pair_that_is_made_of_it() {
    let signal = five_channels();
    let mut meter = Meter::new(5).unwrap();
    signal.chunks(5 * 4_096).for_each(|block| meter.add(block).unwrap());
    assert_near(meter.level().unwrap().loudness_lufs.unwrap(), -23.0, 0.1, "five channels");
    // What is sent out are two channels, and the gain is theirs: the mix is in phase here, so that it can be reckoned by hand.
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let pair = (amplitude(-28.0) + half * (amplitude(-24.0) + amplitude(-30.0))) / (1.0 + 2.0 * half);
    let recording = measure(wav(5, &signal)).unwrap();
    assert_near(recording.loudness_lufs.unwrap(), (20.0 * pair.log10()) as f32, 0.1, "the pair");
    assert_near(recording.level_lufs().unwrap(), TARGET_LUFS, 0.01, "on air");
}

/// What the meter alone says.
fn metered(parts: Parts) -> f32 {
    let mut meter = Meter::new(2).unwrap();
    tones(2, parts).chunks(2 * 4_096).for_each(|block| meter.add(block).unwrap());
    meter.level().unwrap().loudness_lufs.unwrap()
}

#[test]
fn what_is_ten_units_below_the_rest_is_not_counted_and_what_is_above_that_is() {
    // The gate lies 10 LU below the mean of all that is no silence: at −32.5 LUFS in the first, at −32.8 in the second.
    assert_near(metered(&[(-20.0, 20.0), (-29.5, 20.0)]), -22.55, 0.1, "counted");
    assert_near(metered(&[(-20.0, 20.0), (-33.5, 20.0)]), -20.0, 0.1, "gated");
    // The absolute gate: what is below −70 LUFS is silence, however little there is beside it.
    assert_near(metered(&[(-60.0, 10.0), (-72.0, 20.0)]), -60.0, 0.1, "silence");
}

fn true_peak(samples: Vec<f64>) -> f32 {
    let stereo: Vec<f32> = samples.iter().flat_map(|sample| [*sample as f32; 2]).collect();
    measure(wav(2, &stereo)).unwrap().true_peak_dbtp.unwrap()
}

/// The tolerance of the document.
fn assert_peak(measured: f32, expected: f32, case: usize) {
    assert!((expected - 0.4..=expected + 0.2).contains(&measured), "case {case}: {measured} dBTP, not {expected}");
}

/// Faded in and out over so many samples, so that the ends make no peak of their own.
fn tapered(mut samples: Vec<f64>, over: usize) -> Vec<f64> {
    let length = samples.len();
    for n in 0..over {
        let level = 0.5 - 0.5 * (PI * n as f64 / over as f64).cos();
        samples[n] *= level;
        samples[length - 1 - n] *= level;
    }
    samples
}

#[test]
fn cases_15_to_19_find_the_peak_between_the_samples() {
    for (case, part, amplitude, degrees, expected) in [
        (15, 4.0, 0.5, 0.0, -6.0),
        (16, 4.0, 0.5, 45.0, -6.0),
        (17, 6.0, 0.5, 60.0, -6.0),
        (18, 8.0, 0.5, 67.5, -6.0),
        (19, 4.0, 1.41, 45.0, 3.0),
    ] {
        let phase = f64::to_radians(degrees);
        let tone = (0..RATE).map(|n| amplitude * (TAU * f64::from(n) / part + phase).sin()).collect();
        assert_peak(true_peak(tapered(tone, 480)), expected, case);
    }
}

#[test]
fn cases_20_to_23_find_the_peak_of_a_single_period_wherever_the_samples_lie() {
    // At four times the rate: a tone of fs/6 at 0.5, and within it one period of fs/4 at 1.0, in phase at both sides.
    let (around, within) = (24 * 400, 16);
    let tone = |n: usize, period: usize| (TAU * (n % period) as f64 / period as f64).sin();
    let mut signal: Vec<f64> = (0..around).map(|n| 0.5 * tone(n, 24)).collect();
    signal.extend((0..within).map(|n| tone(n, 16)));
    signal.extend((0..around).map(|n| 0.5 * tone(n, 24)));
    let signal = tapered(signal, 1_920);
    // A low-pass at half the final rate: a sinc under a Blackman window.
    let half = 512i64;
    let tap = |k: i64| {
        let (x, at) = (k as f64 / 4.0, k as f64 / half as f64);
        let sinc = if k == 0 { 1.0 } else { (PI * x).sin() / (PI * x) };
        0.25 * sinc * (0.42 + 0.5 * (PI * at).cos() + 0.08 * (TAU * at).cos())
    };
    let taps: Vec<f64> = (-half..=half).map(tap).collect();
    for offset in 0..4 {
        let filtered = |at: usize| -> f64 {
            let from = at as i64 - half;
            taps.iter().zip(from..).filter_map(|(tap, n)| Some(tap * signal.get(usize::try_from(n).ok()?)?)).sum()
        };
        let down = (offset..signal.len()).step_by(4).map(filtered).collect();
        assert_peak(true_peak(down), 0.0, 20 + offset);
    }
}

#[test]
fn what_is_measured_for_a_horn_is_what_comes_out_of_its_filter() {
    // A hum below the horn and a voice within it: flat, the hum decides; behind the filter it is all but gone.
    let sound = |hum: f64| -> Vec<f32> {
        let tone = |n: u32, hertz: f64| (TAU * hertz * f64::from(n) / f64::from(RATE)).sin();
        (0..4 * RATE).map(|n| (hum * tone(n, 60.0) + 0.1 * tone(n, 1_000.0)) as f32).collect()
    };
    let hummed = measure(wav(1, &sound(0.8))).unwrap();
    let clean = measure(wav(1, &sound(0.0))).unwrap();
    assert!(hummed.loudness_lufs.unwrap() > clean.loudness_lufs.unwrap() + 8.0, "{hummed:?}");
    assert_near(hummed.horn.loudness_lufs.unwrap(), clean.horn.loudness_lufs.unwrap(), 1.5, "behind the filter");
    assert!(hummed.horn.true_peak_dbtp.unwrap() < hummed.true_peak_dbtp.unwrap() - 10.0, "{hummed:?}");
    // At 1 kHz the filter does next to nothing.
    assert_near(clean.horn.loudness_lufs.unwrap(), clean.loudness_lufs.unwrap(), 0.5, "a voice");
}

#[test]
fn what_a_device_cannot_give_back_is_not_counted() {
    let tone = |hertz: f64, level: f64| move |n: u32| level * (TAU * hertz * f64::from(n) / 96_000.0).sin();
    let (voice, above) = (tone(1_000.0, 0.05), tone(35_000.0, 0.3));
    let sound: Vec<f32> = (0..96_000).map(|n| (voice(n) + above(n)) as f32).collect();
    let recording = measure(wav_at(96_000, 1, &sound)).unwrap();
    assert_near(recording.loudness_lufs.unwrap(), -26.02 - 3.01, 0.1, "the voice");
    assert!(recording.true_peak_dbtp.unwrap() < -25.5, "its peak, but for the click with which the rest begins: {recording:?}");
}

#[test]
fn the_attention_tone_is_what_its_facts_say() {
    let known = &attention().recording;
    let sound: Vec<f32> = attention().samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let heard = measure(wav(1, &sound)).unwrap();
    assert_eq!(heard.frames, known.frames);
    for speaker in Speaker::ALL {
        assert_eq!(heard.level(*speaker), known.level(*speaker));
    }
    for speaker in Speaker::ALL {
        let level = known.level_lufs_for(Aim { speaker: *speaker, ..Aim::default() }).unwrap();
        assert!((level - TARGET_LUFS).abs() < 1.5, "it is as loud as what it leads in: {level}");
    }
}
