//! The attention tone that leads an emergency in: made by the program itself and kept in memory, so that it is there at once, whatever
//! has become of files, sticks and disks.
//!
//! Its shape: a low and a high note, a fourth apart, struck twice. Both lie where horn loudspeakers are loudest and where old ears still
//! hear (740 and 988 Hz); a rising pair asks for attention where a falling one ends something; twice tells it from a doorbell and from the
//! tunes with which programmes begin. A soft attack and a dying tone frighten nobody, unlike a siren: what is to be done is said by the
//! voice after it. Two seconds are long enough to turn a head, and long enough to read the message from the disk meanwhile.

use std::sync::LazyLock;

use jiff::SignedDuration;
use sha2::{Digest, Sha256};

use crate::library::{Level, Recording};
use crate::terms::*;

/// The id under which the log has it: no item of a plan begins so.
pub const ITEM: &str = "@attention";
const RATE: u32 = 48_000;
/// Each note, and what it is struck after.
const NOTES: [(f64, f64); 4] = [(740.0, 0.0), (988.0, 0.4), (740.0, 0.8), (988.0, 1.2)];
const SECONDS: f64 = 2.0;
/// A note is at its loudest after this, and has lost 8.7 dB after each of these.
const ATTACK_S: f64 = 0.004;
const DECAY_S: f64 = 0.35;
/// The note before is damped in this time when the next is struck.
const DAMP_S: f64 = 0.02;
const LOUDEST: f64 = 0.7;
/// As measured; a test of [`crate::audio`] measures it again.
const LOUDNESS_LUFS: f32 = -13.05;
const TRUE_PEAK_DBTP: f32 = -4.86;
const HORN: Level = Level { loudness_lufs: Some(-12.72), true_peak_dbtp: Some(-3.01) };

/// The tone as one channel at 48 kHz, in 16 bits, and what is known of it.
pub struct Attention {
    pub samples: Vec<i16>,
    pub recording: Recording,
}

/// Made once, when it is first asked for.
pub fn attention() -> &'static Attention {
    static ATTENTION: LazyLock<Attention> = LazyLock::new(Attention::make);
    &ATTENTION
}

impl Attention {
    fn make() -> Attention {
        let count = (SECONDS * f64::from(RATE)) as usize;
        let samples: Vec<i16> = (0..count).map(|frame| sample(frame as f64 / f64::from(RATE))).collect();
        let mut digest = Sha256::new();
        samples.iter().for_each(|sample| digest.update(sample.to_le_bytes()));
        let hash: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let recording = Recording {
            hash: FileHash::new(hash),
            format: "pcm".to_owned(),
            title: None,
            frames: Frames { count: samples.len() as u64, rate: RATE },
            channels: 1,
            loudness_lufs: Some(LOUDNESS_LUFS),
            true_peak_dbtp: Some(TRUE_PEAK_DBTP),
            horn: HORN,
            lead: SignedDuration::ZERO,
            tail: SignedDuration::ZERO,
            flaws: Vec::new(),
        };
        Attention { samples, recording }
    }
}

fn sample(at: f64) -> i16 {
    let struck = |n: usize| NOTES.get(n).map_or(SECONDS, |(_, from)| *from);
    let notes = NOTES.iter().enumerate().filter(|(n, (_, from))| (*from..struck(n + 1)).contains(&at));
    let sum: f64 = notes.map(|(n, (hertz, from))| note(*hertz, at - from, struck(n + 1) - at)).sum();
    (sum * LOUDEST * f64::from(i16::MAX)).round() as i16
}

/// A note some time after it was struck and before it is damped: its octave and twelfth die sooner, as on a bar that is struck.
fn note(hertz: f64, since: f64, left: f64) -> f64 {
    let part = |n: f64, level: f64| level * (-n * since / DECAY_S).exp() * (std::f64::consts::TAU * hertz * n * since).sin();
    let envelope = (since / ATTACK_S).min(left / DAMP_S).clamp(0.0, 1.0);
    envelope * (part(1.0, 0.8) + part(2.0, 0.15) + part(3.0, 0.05))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_at_once_ends_in_silence_and_never_clips() {
        let Attention { samples, recording } = attention();
        assert_eq!(recording.length(), SignedDuration::from_secs(2));
        assert!(samples[..480].iter().any(|sample| sample.unsigned_abs() > 8_000), "it is heard within 10 ms");
        assert!(samples[0] == 0 && samples.last().is_some_and(|last| last.unsigned_abs() < 64));
        assert!(samples.iter().all(|sample| sample.unsigned_abs() < 30_000));
        let steepest = samples.windows(2).map(|pair| (i32::from(pair[0]) - i32::from(pair[1])).unsigned_abs()).max();
        assert!(steepest < Some(6_000), "no click: {steepest:?}");
    }
}
