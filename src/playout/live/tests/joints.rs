//! Where one element ends and the next begins: every coding, rate and channel count one after the other, through the feeder and the
//! callback, and not a frame lost, added or changed between them.

use std::fs;
use std::path::Path;

use jiff::SignedDuration;

use super::bench::Bench;
use super::{element, opened, take_in};
use crate::asrun::element::Element;
use crate::audio::output::SHAPE;
use crate::audio::resample::Shaped;
use crate::library::{Aim, Recording};
use crate::playout::cue::{Airing, DeckCue, DeckEvent, End};
use crate::terms::*;

/// Recordings in all codings, some of them the same sound, and WAV files of odd rates and lengths.
const CODED: [&str; 9] = [
    "chirp-lame.mp3",
    "chirp.m4a",
    "chirp-opusenc.opus",
    "chirp.flac",
    "chirp-itunes.m4a",
    "chirp.ogg",
    "chirp-ffmpeg.mp3",
    "opus-celt.opus",
    "tone.aac",
];
const WAVS: [(u32, u16, u64); 6] =
    [(48_000, 2, 10_001), (8_000, 1, 3_333), (44_100, 2, 9_999), (96_000, 1, 20_003), (22_050, 2, 7_001), (32_000, 1, 5_003)];

/// Fills the store, the master of each WAV file between those of two codings, and says what is in it.
fn fill(store: &Path) -> Vec<(String, Recording)> {
    let mut known = Vec::new();
    for (n, name) in CODED.into_iter().enumerate() {
        if let Some((rate, channels, frames)) = WAVS.get(n).copied() {
            let wav = format!("{rate}-{channels}.wav");
            // Loud from the first frame to the last.
            let recording = take_in(&store.join(&wav), &wav_bytes(rate, channels, frames));
            known.push((wav, recording));
        }
        let coded = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)).unwrap();
        known.push((name.to_owned(), take_in(&store.join(name), &coded)));
    }
    known
}

/// A recording whose frames are the same in every channel.
fn wav_bytes(rate: u32, channels: u16, frames: u64) -> Vec<u8> {
    let width = 2 * channels;
    let data = u32::try_from(frames).unwrap() * u32::from(width);
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + data).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(width)).to_le_bytes());
    bytes.extend(width.to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(data.to_le_bytes());
    let sample = |frame: u64| ((frame * 37) % 9_000) as i16 - 9_500;
    bytes.extend((0..frames).flat_map(|frame| sample(frame).to_le_bytes().repeat(usize::from(channels))));
    bytes
}

fn ready_to_air((name, known): &(String, Recording), speaker: Speaker, pause: SignedDuration) -> Element {
    let aim = Aim { speaker, ..Aim::default() };
    Element { length: known.length(), pause, speaker, gain_db: known.gain_db_for(aim), ..element(name, 0) }
}

/// What an element is in the shape of a device, to the bit, with the silence after it.
fn alone(store: &Path, element: &Element) -> Vec<f32> {
    let name = element.facts.as_ref().unwrap().file_hash.as_ref().unwrap();
    let source = opened(store, name.as_str()).unwrap();
    let mut shaped = Shaped::new(source, SHAPE).unwrap().voiced(element.speaker);
    let gain = 10f32.powf(element.gain_db / 20.0);
    let (mut sound, mut block) = (Vec::new(), vec![0.0; 2 * 777]);
    loop {
        let frames = shaped.read(&mut block).unwrap();
        if frames == 0 {
            break;
        }
        sound.extend(block[..2 * frames].iter().map(|sample| sample * gain));
    }
    sound.extend(vec![0.0; 2 * Frames::within(element.pause, SHAPE.rate).count as usize]);
    sound
}

/// Airs elements one after the other as a conductor does: the next is loaded when one begins. How many frames each had.
fn air(bench: &mut Bench, elements: &[Element]) -> Vec<u64> {
    bench.send(DeckCue::Open);
    let airing = |n: usize| Airing(n as u64);
    bench.send(DeckCue::Load(airing(0), elements[0].clone()));
    let mut frames = Vec::new();
    while frames.len() < elements.len() {
        match bench.next() {
            DeckEvent::Ready(Airing(0)) => drop(bench.start_in(airing(0), 1_000)),
            DeckEvent::Ready(next) => bench.send(DeckCue::Follow { after: Airing(next.0 - 1), next }),
            DeckEvent::Began(Airing(n), _) => {
                let next = n as usize + 1;
                if let Some(element) = elements.get(next) {
                    bench.send(DeckCue::Load(airing(next), element.clone()));
                }
            }
            DeckEvent::Ended(at, ended, End::Whole) => {
                assert_eq!(at, airing(frames.len()));
                frames.push(ended.count);
            }
            DeckEvent::Opened(_) => {}
            other => panic!("{other:?}"),
        }
    }
    bench.run(200);
    frames
}

#[test]
fn nothing_is_lost_or_added_between_recordings_of_all_kinds() {
    for (speaker, pause) in [(Speaker::Flat, 0), (Speaker::Horn, 7)] {
        let mut bench = Bench::with(|h| h.heard = Some(Vec::new()));
        let known = fill(bench.store());
        let pause = SignedDuration::from_millis(pause);
        let mut elements: Vec<Element> = known.iter().map(|known| ready_to_air(known, speaker, pause)).collect();
        elements.last_mut().unwrap().pause = SignedDuration::ZERO;
        let parts: Vec<Vec<f32>> = elements.iter().map(|element| alone(bench.store(), element)).collect();
        let frames = air(&mut bench, &elements);
        for ((element, part), frames) in elements.iter().zip(&parts).zip(&frames) {
            let silence = Frames::within(element.pause, SHAPE.rate).count;
            assert_eq!(part.len() as u64, 2 * (frames + silence), "{:?}", element.facts);
            // As long as it was measured, at the device's rate.
            let apart = Frames { count: *frames, rate: SHAPE.rate }.length() - element.length;
            assert!(apart.abs() <= SignedDuration::from_micros(11), "{:?}: {apart:?}", element.facts);
        }
        let wanted = parts.concat();
        let heard = bench.hardware(|h| h.heard.take().unwrap());
        let begins = |sound: &[f32]| sound.iter().position(|sample| *sample != 0.0).unwrap();
        let from = begins(&heard) - begins(&wanted);
        assert_eq!(from % 2, 0);
        let aired = &heard[from..from + wanted.len()];
        if let Some(at) = aired.iter().zip(&wanted).position(|(aired, wanted)| aired != wanted) {
            let mut ends = parts.iter().scan(0, |at, part| {
                *at += part.len();
                Some(*at)
            });
            panic!("{speaker}: frame {} of element {:?} is another", at / 2, ends.position(|end| at < end));
        }
        assert!(heard[from + wanted.len()..].iter().all(|sample| *sample == 0.0), "and nothing after it");
    }
}
