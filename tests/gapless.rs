//! Every coding gives back the very frames that went into it: no encoder's delay at the start, no padding at the end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::File;
use std::path::Path;

use loaxa::audio::measure::measure;
use loaxa::audio::source::Source;
use loaxa::terms::*;

/// The recording that the fixtures were made of: a rising tone, so that each moment differs from the next.
fn chirp(rate: u32, frames: usize) -> Vec<f32> {
    let at = |n: usize| n as f64 / f64::from(rate);
    let tone = |t: f64| 0.4 * (std::f64::consts::TAU * (300.0 * t + 1500.0 * t * t)).sin();
    (0..frames).map(|n| tone(at(n)) as f32).collect()
}

fn fixture(name: &str) -> File {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)).unwrap()
}

/// The first channel of a whole recording.
fn decoded(file: File) -> (Frames, Vec<f32>) {
    let recording = measure(file.try_clone().unwrap()).unwrap();
    let mut source = Source::of(file, Some(&recording.format), Some(recording.frames.count)).unwrap();
    let channels = usize::from(source.channels());
    let mut block = vec![0.0; 1000 * channels];
    let mut sound = Vec::new();
    loop {
        let frames = source.read(&mut block).unwrap();
        if frames == 0 {
            break;
        }
        sound.extend(block[..frames * channels].chunks(channels).map(|frame| frame[0]));
    }
    assert_eq!(sound.len() as u64, recording.frames.count);
    (recording.frames, sound)
}

/// How much louder the original is than what differs from it, in dB, when it is laid over the sound `shift` frames later.
fn likeness_db(original: &[f32], sound: &[f32], shift: isize) -> f64 {
    let (mut signal, mut rest) = (0.0, 0.0);
    for (n, wanted) in original.iter().enumerate().skip(8).take(original.len() - 16) {
        let heard = sound.get(n.saturating_add_signed(shift)).copied().unwrap_or(0.0);
        signal += f64::from(*wanted).powi(2);
        rest += f64::from(wanted - heard).powi(2);
    }
    10.0 * (signal / rest.max(1e-12)).log10()
}

#[test]
fn the_decoded_frames_are_those_that_were_encoded() {
    for name in [
        "chirp.flac",
        "chirp-ffmpeg.mp3",
        "chirp-lame.mp3",
        "chirp-lame-vbr.mp3",
        "chirp.m4a",
        "chirp.ogg",
        "chirp.opus",
        "chirp-opusenc.opus",
    ] {
        let rate = if name.ends_with("opus") { 48_000 } else { 44_100 };
        let whole = (32_251.0 * f64::from(rate) / 44_100.0).round() as usize;
        let (frames, sound) = decoded(fixture(name));
        let original = chirp(rate, whole);
        let best = (-2000..=2000).max_by_key(|shift| (likeness_db(&original, &sound, *shift) * 1000.0) as i64).unwrap();
        println!("{name}: {} of {whole} frames, best at {best}, {:.1} dB", frames.count, likeness_db(&original, &sound, best));
    }
}
