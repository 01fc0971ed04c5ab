//! How loud it goes out: recordings of every kind through the chain that the feeder has for each voice, measured behind it.

use std::f64::consts::TAU;
use std::fs::File;

use ebur128::{EbuR128, Mode};

use crate::asrun::element::Element;
use crate::audio::measure::take_in;
use crate::audio::output::Shape;
use crate::audio::source::Source;
use crate::library::{Aim, CEILING_DBTP, MOST_GAIN_DB, Recording, TARGET_LUFS, UNSEEN_DB};
use crate::playout::live::recording;
use crate::terms::*;

/// How long each recording is.
const SECONDS: u32 = 1;

/// What tells how a recording was made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Made {
    Soft,
    Well,
    /// Clipped.
    Hot,
    /// Soft, with a knock against the microphone in it.
    Knocked,
}

/// Something like speech: syllables of voiced sound, rich in bass, with hissing between them; the channels differ a little.
fn speech(rate: u32, channels: u16, made: Made) -> Vec<f32> {
    let (level, most) = match made {
        Made::Soft | Made::Knocked => (0.03, 1.0),
        Made::Well => (0.25, 0.9),
        Made::Hot => (3.0, 1.0),
    };
    let mut noise = 1u32;
    let mut hiss = move || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(noise >> 8) / f64::from(1u32 << 23) - 1.0
    };
    let frames = SECONDS * rate;
    let mut samples = Vec::new();
    for n in 0..frames {
        let at = f64::from(n) / f64::from(rate);
        let syllable = (0.5 + 0.5 * (TAU * 4.0 * at).sin()).powi(2);
        let voice: f64 = (1..16).map(f64::from).map(|k| (TAU * 120.0 * k * at + k * k).sin() / k).sum();
        for channel in 0..channels {
            let sound = level * (syllable * voice * (1.0 - 0.2 * f64::from(channel)) + 0.15 * (1.0 - syllable) * hiss());
            let knock = if made == Made::Knocked && n.abs_diff(rate / 2) < 3 { 0.7 } else { 0.0 };
            samples.push((sound + knock).clamp(-most, most) as f32);
        }
    }
    samples
}

fn wav(rate: u32, channels: u16, samples: &[f32]) -> File {
    let (bytes, frame) = (samples.len() as u32 * 2, channels * 2);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(b"\x10\0data");
    file.extend(bytes.to_le_bytes());
    samples.iter().for_each(|sample| file.extend(((sample * 32_767.0) as i16).to_le_bytes()));
    let mut kept = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut kept, &file).unwrap();
    kept
}

/// The master of a recording, and what is known of it.
fn taken_in(handed_in: File) -> (File, Recording) {
    let master = tempfile::tempfile().unwrap();
    let known = take_in(handed_in, Some(master.try_clone().unwrap())).unwrap();
    (master, known)
}

/// The loudness and the true peak of what leaves the chain, rounded to 16 bits as a file or most cards take it.
fn sent(master: &File, known: &Recording, aim: Aim, shape: Shape) -> (f64, f64) {
    let element = Element {
        speaker: aim.speaker,
        gain_db: known.gain_db_for(aim),
        level_lufs: known.level_lufs_for(aim),
        ..super::element("x", i64::from(SECONDS) * 1_000)
    };
    let source = Source::of(master.try_clone().unwrap()).unwrap();
    let mut recording = recording::LoadedRecording::new(source, shape, &element).unwrap();
    let mut out = Vec::new();
    while recording.read(&mut out).unwrap() {}
    assert_eq!(out.len(), (SECONDS * shape.rate) as usize * usize::from(shape.channels));
    out.iter_mut().for_each(|sample| *sample = (*sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) / 32_768.0);
    let mut meter = EbuR128::new(u32::from(shape.channels), shape.rate, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(&out).unwrap();
    let peak = (0..u32::from(shape.channels)).map(|channel| meter.true_peak(channel).unwrap()).fold(0.0, f64::max);
    (meter.loudness_global().unwrap(), 20.0 * peak.log10())
}

const STEREO: Shape = Shape { rate: 48_000, channels: 2 };

#[test]
fn every_recording_goes_out_at_the_target_and_never_above_the_ceiling() {
    let recordings = [
        (8_000, 1, Made::Soft),
        (8_000, 2, Made::Hot),
        (8_000, 1, Made::Knocked),
        (22_050, 2, Made::Well),
        (32_000, 2, Made::Soft),
        (44_100, 1, Made::Hot),
        (44_100, 2, Made::Knocked),
        (48_000, 1, Made::Well),
        (48_000, 2, Made::Hot),
        (96_000, 1, Made::Soft),
        (96_000, 2, Made::Hot),
        (96_000, 1, Made::Knocked),
    ];
    for (rate, channels, made) in recordings {
        let (master, known) = taken_in(wav(rate, channels, &speech(rate, channels, made)));
        for speaker in Speaker::ALL {
            let aim = Aim { speaker: *speaker, ..Aim::default() };
            let (lufs, peak) = sent(&master, &known, aim, STEREO);
            let what = format!("{rate} Hz, {channels} channels, {made:?}, {speaker}: {lufs:.2} LUFS, {peak:.2} dBTP");
            assert!(peak <= f64::from(CEILING_DBTP), "{what}");
            let expected = known.level_lufs_for(aim).unwrap();
            assert!((lufs - f64::from(expected)).abs() < 0.3, "{what}, and the log would say {expected:.2}");
            // Below the target only where the ceiling stops it, or it would be blown up out of all measure.
            match made {
                Made::Well | Made::Hot => assert!((lufs - f64::from(TARGET_LUFS)).abs() < 0.5, "{what}"),
                Made::Knocked => assert!(peak > f64::from(CEILING_DBTP) - 2.0 * f64::from(UNSEEN_DB), "{what}"),
                Made::Soft => assert!(expected == TARGET_LUFS || known.gain_db_for(aim) == MOST_GAIN_DB, "{what}"),
            }
        }
    }
}

#[test]
fn other_devices_get_the_same_level() {
    let (master, known) = taken_in(wav(44_100, 1, &speech(44_100, 1, Made::Well)));
    for speaker in Speaker::ALL {
        let aim = Aim { speaker: *speaker, ..Aim::default() };
        for shape in [Shape { rate: 44_100, channels: 2 }, Shape { rate: 96_000, channels: 2 }] {
            let (lufs, peak) = sent(&master, &known, aim, shape);
            assert!(
                (lufs - f64::from(TARGET_LUFS)).abs() < 0.5 && peak <= -0.9,
                "{shape:?}, {speaker}: {lufs:.2} LUFS, {peak:.2} dBTP"
            );
        }
        // One channel of the pair, which a meter takes for half the power.
        let (lufs, _) = sent(&master, &known, aim, Shape { rate: 48_000, channels: 1 });
        assert!((lufs + 3.01 - f64::from(TARGET_LUFS)).abs() < 0.5, "{speaker}: {lufs:.2} LUFS");
    }
}
