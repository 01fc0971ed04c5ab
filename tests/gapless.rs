//! Every coding gives back the very frames that went into it: no encoder's delay at the start, no padding at the end; and the daemon airs
//! them one after the other without losing or adding one, each at the loudness that its hour and its output want.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod station;

use std::fs::File;
use std::path::Path;

use ebur128::{EbuR128, Mode};
use loaxa::audio::measure::{measure, take_in};
use loaxa::audio::original::Original;
use loaxa::audio::resample::{Shape, Shaped, frames_at};
use loaxa::audio::source::Source;
use loaxa::library::{Aim, CEILING_DBTP};
use loaxa::terms::*;
use station::Station;

/// The recording that the fixtures were made of: a rising tone, so that each moment differs from the next.
fn chirp(rate: u32, frames: usize) -> Vec<f32> {
    let at = |n: usize| n as f64 / f64::from(rate);
    let tone = |t: f64| 0.4 * (std::f64::consts::TAU * (300.0 * t + 1500.0 * t * t)).sin();
    (0..frames).map(|n| tone(at(n)) as f32).collect()
}

fn fixture(name: &str) -> File {
    File::open(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)).unwrap()
}

/// The first channel of a whole recording, as its decoder gives it.
fn decoded(file: File) -> (Frames, Vec<f32>) {
    let recording = measure(file.try_clone().unwrap()).unwrap();
    let mut original = Original::of(file, Some(&recording.format)).unwrap();
    let channels = usize::from(original.channels());
    let mut block = vec![0.0; 1000 * channels];
    let mut sound = Vec::new();
    while let frames @ 1.. = original.read(&mut block).unwrap() {
        sound.extend(block[..frames * channels].chunks(channels).map(|frame| frame[0]));
    }
    let frames = Frames { count: sound.len() as u64, rate: original.rate() };
    assert_eq!(recording.frames.count, frames_at(frames.count, frames.rate, 48_000), "and its master is as long");
    (frames, sound)
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
    for (name, least_db) in [
        ("chirp.flac", 80.0),
        ("chirp-ffmpeg.mp3", 20.0),
        ("chirp-lame.mp3", 20.0),
        ("chirp-lame-vbr.mp3", 20.0),
        ("chirp.m4a", 20.0),
        ("chirp-itunes.m4a", 20.0),
        ("chirp.ogg", 20.0),
        ("chirp.opus", 30.0),
        ("chirp-opusenc.opus", 30.0),
    ] {
        // Opus has 48 kHz alone; its encoders round up.
        let rate = if name.ends_with("opus") { 48_000 } else { 44_100 };
        let whole = (32_251 * rate as usize).div_ceil(44_100);
        let (frames, sound) = decoded(fixture(name));
        assert_eq!(frames, Frames { count: whole as u64, rate }, "{name}");
        let original = chirp(rate, whole);
        let likeness = likeness_db(&original, &sound, 0);
        assert!(likeness > least_db, "{name}: {likeness} dB");
        for shift in [-2, -1, 1, 2] {
            assert!(likeness > likeness_db(&original, &sound, shift), "{name} is more like itself {shift} frames later");
        }
    }
}

#[test]
fn what_says_nothing_of_its_padding_plays_as_it_was_decoded() {
    // 3 s and the frames of 1152 that the encoder put around them.
    let (frames, _) = decoded(fixture("untagged.mp3"));
    assert_eq!(frames.count % 1152, 0);
    assert!((132_300..132_300 + 3 * 1152).contains(&frames.count), "{frames:?}");
}

#[test]
fn opus_of_all_kinds_decodes_as_the_reference_does() {
    // Each file holds speech in one of the codec's modes; what the reference decoder (libopus 1.3) made of it stands beside it as
    // the loudness of each tenth of a second, to the hundredth of a decibel.
    for name in ["opus-silk", "opus-hybrid", "opus-celt", "opus-celt-short", "opus-silk-60ms"] {
        let (frames, sound) = decoded(fixture(&format!("{name}.opus")));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/recordings/{name}.levels"));
        let levels: Vec<f64> = std::fs::read_to_string(path).unwrap().lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(frames.count as usize, levels.len() * 4800, "{name}");
        for (at, (part, wanted)) in sound.chunks(4800).zip(levels).enumerate() {
            let power = part.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 4800.0;
            let level = 10.0 * power.max(1e-9).log10();
            assert!((level - wanted).abs() < 0.02, "{name}, tenth {at}: {level:.2} dB, and {wanted} dB in the reference");
        }
    }
}

#[test]
fn the_gain_in_an_opus_header_is_applied() {
    let level = |file| decoded(file).1.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    let mut louder = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/chirp.opus")).unwrap();
    // 3 dB in the header, in 256ths; a page's checksum speaks of its own bytes, so it is made again.
    let head = louder.windows(8).position(|eight| eight == b"OpusHead").unwrap();
    louder[head + 16..head + 18].copy_from_slice(&768i16.to_le_bytes());
    let page = 27 + 1 + 19;
    louder[22..26].fill(0);
    let sum = louder[..page].iter().fold(0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    });
    louder[22..26].copy_from_slice(&sum.to_le_bytes());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("louder.opus"), &louder).unwrap();
    let gain_db = 10.0 * (level(File::open(folder.path().join("louder.opus")).unwrap()) / level(fixture("chirp.opus"))).log10();
    assert!((gain_db - 3.0).abs() < 0.01, "{gain_db} dB");
}

#[test]
fn opus_streams_one_after_another_are_all_played_and_vorbis_ones_refused() {
    let folder = tempfile::tempdir().unwrap();
    let twice = |name: &str| {
        let once = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, [once.as_slice(), &once].concat()).unwrap();
        File::open(path).unwrap()
    };
    assert_eq!(decoded(twice("chirp.opus")).0.count, 2 * 35_104);
    assert!(matches!(measure(twice("chirp.ogg")), Err(loaxa::library::Unfit::Format { .. })));
}

/// What a recording is on an output, in the 16 bits of a wav file, both channels.
fn sent(path: &Path, aim: Aim) -> Vec<i16> {
    let master = tempfile::tempfile().unwrap();
    let recording = take_in(File::open(path).unwrap(), Some(master.try_clone().unwrap())).unwrap();
    let source = Source::of(master).unwrap();
    let mut shaped = Shaped::new(source, Shape { rate: 48_000, channels: 2 }).unwrap().voiced(aim.speaker);
    let gain = 10f32.powf(recording.gain_db_for(aim) / 20.0);
    let (mut sound, mut block) = (Vec::new(), vec![0.0; 2 * 1_000]);
    loop {
        let frames = shaped.read(&mut block).unwrap();
        if frames == 0 {
            return sound;
        }
        sound.extend(block[..2 * frames].iter().map(|sample| (sample * gain * 32_768.0).round() as i16));
    }
}

fn loudness_and_peak(sound: &[i16]) -> (f64, f64) {
    let mut meter = EbuR128::new(2, 48_000, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_i16(sound).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    (meter.loudness_global().unwrap(), 20.0 * peak.log10())
}

#[test]
fn the_daemon_airs_mixed_codings_without_a_gap_at_the_level_of_the_hour_on_flat_and_on_horn_outputs() {
    const CODED: [(&str, &str); 4] =
        [("mp3", "chirp-lame.mp3"), ("aac", "chirp-itunes.m4a"), ("opus", "chirp-opusenc.opus"), ("flac", "chirp.flac")];
    let mut station = Station::new().recording("la", 440, 500);
    for (id, name) in CODED {
        // What a file is called says nothing of what it is.
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name);
        std::fs::copy(from, station.plan_folder().join(format!("{id}.wav"))).unwrap();
        station = station.item(id);
    }
    let mut station = station.programme("p", &["la", "mp3", "aac", "opus", "flac"]).broadcast("x", "p", 8);
    let tower = station.data().with_file_name("tower");
    let more = format!("[[output]]\nid = \"tower\"\ndevice = \"wav:{}\"\nspeaker = \"horn\"\n[hours]\n", tower.display());
    let hours = "levels = [{ hours = \"00:00-24:00\", lufs = -20.0 }]\n";
    station.write_plan_text(&station.plan_text().replace("[hours]\n", &(more + hours)));
    station.start_again();
    station.until("both outputs have ended", station::PATIENCE, |station| station.log().ends("x").len() == 2);
    assert_eq!(station.log().ends("x"), ["aired", "aired"]);
    station.term();

    let flat = station.wav().path;
    let horn = std::fs::read_dir(&tower).unwrap().next().unwrap().unwrap().path();
    let log = station.log();
    for (speaker, output, path) in [(Speaker::Flat, "loa", flat), (Speaker::Horn, "tower", horn)] {
        let aim = Aim { speaker, target_lufs: -20.0 };
        let parts: Vec<Vec<i16>> =
            ["la", "mp3", "aac", "opus", "flac"].map(|id| sent(&station.plan_folder().join(format!("{id}.wav")), aim)).into();
        let airs = log.airs("x").into_iter().filter(|row| row["output"] == output).collect::<Vec<_>>();
        let rows: Vec<_> =
            airs.iter().map(|row| (row["frames"].as_u64().unwrap(), row["level_lufs"].as_f64().unwrap())).collect();
        assert_eq!(rows, parts.iter().map(|part| (part.len() as u64 / 2, -20.0)).collect::<Vec<_>>(), "{output}: the log");
        let bytes = std::fs::read(path).unwrap();
        let heard: Vec<i16> = bytes[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
        let begins = |sound: &[i16]| sound.iter().position(|sample| *sample != 0).unwrap();
        let mut at = begins(&heard) - begins(&parts[0]);
        for (n, part) in parts.iter().enumerate() {
            let aired = &heard[at..at + part.len()];
            assert!(
                aired.iter().zip(part).all(|(aired, wanted)| aired.abs_diff(*wanted) <= 1),
                "{output}: element {n} is another"
            );
            let (lufs, peak) = loudness_and_peak(aired);
            assert!((lufs + 20.0).abs() < 0.5 && peak <= f64::from(CEILING_DBTP), "{output}, {n}: {lufs} LUFS, {peak} dBTP");
            at += part.len();
        }
        assert!(heard[at..].iter().all(|sample| *sample == 0), "{output}: nothing after it");
    }
}
