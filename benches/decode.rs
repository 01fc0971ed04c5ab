//! How fast recordings are decoded, and measured with their masters written, which happens once per content: `cargo bench --bench decode [FILE…]`.
//!
//! The same rising tone in every coding (44.1 kHz, one channel; Opus 48 kHz) or the files that are named, as often as makes a minute of sound.
//! Processor time of this thread, told as times real time and as a ratio to SHA-256 over the same sound as 16 bit in the same run,
//! so that machines can be compared. Figures are printed, not judged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use loaxa::audio::measure::take_in;
use loaxa::audio::original::Original;
use sha2::{Digest, Sha256};

/// The best of so many runs: what disturbs only makes slower.
const RUNS: usize = 5;

/// Sound in each run, in seconds.
const SOUND: f64 = 60.0;

/// Time that this thread has spent on a processor: what others do on the machine does not count.
fn spent() -> Duration {
    Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)).unwrap()
}

/// Seconds that the work took `times` times over, at best.
fn best(times: usize, mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let began = spent();
        (0..times).for_each(|_| work());
        (spent() - began).as_secs_f64()
    };
    (0..RUNS).map(run).min_by(f64::total_cmp).unwrap()
}

/// The bytes of the sound, had it been kept as 16 bit.
fn decode(path: &Path, format: &str) -> u64 {
    let mut original = Original::of(File::open(path).unwrap(), Some(format)).unwrap();
    let mut block = vec![0.0; 4096 * usize::from(original.channels())];
    let mut frames = 0;
    while let count @ 1.. = original.read(&mut block).unwrap() {
        frames += count as u64;
    }
    frames * 2 * u64::from(original.channels())
}

/// The tone as WAV, from the lossless one.
fn wav(folder: &Path, flac: &Path) -> PathBuf {
    let mut original = Original::of(File::open(flac).unwrap(), Some("flac")).unwrap();
    let mut samples = vec![0.0; 44_100];
    let frames = original.read(&mut samples).unwrap();
    let sound: Vec<u8> = samples[..frames].iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes()).collect();
    let size = (sound.len() as u32).to_le_bytes();
    let head = b"\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data";
    let path = folder.join("chirp.wav");
    std::fs::write(&path, [b"RIFF", head.as_slice(), &size, &sound].concat()).unwrap();
    path
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let named: Vec<PathBuf> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).map(PathBuf::from).collect();
    let files = if named.is_empty() {
        let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
        let codings = ["flac", "ogg", "opus", "m4a"].map(|ending| stored.join(format!("chirp.{ending}")));
        let mut files = vec![wav(folder.path(), &codings[0]), stored.join("chirp-lame.mp3")];
        files.extend(codings);
        files
    } else {
        named
    };
    println!("{:28} {:>10} {:>16} {:>18} {:>10}", "file", "decoded", "and measured", "SHA-256 of it", "ratio");
    for path in files {
        let taken_in = || take_in(File::open(&path).unwrap(), Some(tempfile::tempfile().unwrap())).unwrap();
        let recording = taken_in();
        let length = recording.length().as_secs_f64();
        let times = (SOUND / length).ceil() as usize;
        let sound = length * times as f64;
        let bytes = decode(&path, &recording.format);
        let plain = vec![0x5a; usize::try_from(bytes).unwrap()];
        let decoded = best(times, || assert_eq!(decode(&path, &recording.format), bytes));
        let measured = best(times, || assert_eq!(taken_in(), recording));
        let hashed = best(times, || {
            std::hint::black_box(Sha256::digest(&plain));
        });
        println!(
            "{:28} {:>9.0}× {:>15.0}× {:>17.0}× {:>10.1}",
            path.file_name().unwrap().to_string_lossy(),
            sound / decoded,
            sound / measured,
            sound / hashed,
            measured / hashed
        );
    }
}
