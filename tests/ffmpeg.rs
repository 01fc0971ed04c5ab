//! What our own decoders cannot read comes in through ffmpeg where it is installed, and ffmpeg is shut in. `make test` installs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use loaxa::audio::preflight::{Programs, scan};
use loaxa::audio::source::Source;
use loaxa::library::store::LibraryStore;
use loaxa::library::{Damage, Flaw, Recording, Unfit};
use loaxa::terms::*;

fn with_ffmpeg() -> Programs {
    let Programs { ffmpeg, .. } = Programs::installed();
    assert!(ffmpeg.is_some(), "ffmpeg is not installed: sudo apt install ffmpeg");
    Programs { own: env!("CARGO_BIN_EXE_loaxa").into(), ffmpeg }
}

fn without() -> Programs {
    Programs { ffmpeg: None, ..with_ffmpeg() }
}

/// A folder of recordings and a data folder, for one test.
struct Station {
    place: tempfile::TempDir,
    store: LibraryStore,
}

impl Station {
    fn new() -> Station {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("audio")).unwrap();
        let store = LibraryStore::keeping(&place.path().join("data")).unwrap();
        Station { place, store }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.place.path().join("audio").join(name)
    }

    fn scan(&self, name: &str, programs: &Programs) -> Result<Recording, Unfit> {
        let mut library = scan(&self.place.path().join("audio"), &[("it".into(), name.into())], &self.store, programs);
        library.items.remove(&ItemId::from("it")).unwrap()
    }

    /// Makes a recording with ffmpeg: three seconds of a tone, unless the arguments say otherwise.
    fn make(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(with_ffmpeg().ffmpeg.unwrap());
        command.args(["-nostdin", "-loglevel", "error"]);
        if !arguments.contains(&"-i") {
            command.args(["-f", "lavfi", "-i", "sine=1000:r=44100:d=3"]);
        }
        assert!(command.args(arguments).arg(self.at(name)).status().unwrap().success(), "{name}");
    }

    /// Writes three seconds as an old phone's recorder does. There is no encoder for it that is free: any bits are some sound.
    fn amr(&self, name: &str) {
        let mut state = 7u32;
        let mut frame = || {
            let mut bytes = vec![0x3c];
            bytes.extend((0..31).map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            }));
            bytes
        };
        let frames: Vec<u8> = (0..150).flat_map(|_| frame()).collect();
        fs::write(self.at(name), [b"#!AMR\n".as_slice(), &frames].concat()).unwrap();
    }

    /// What stands in for ffmpeg.
    fn program(&self, script: &str) -> Programs {
        let program = self.place.path().join("ffmpeg");
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Programs { ffmpeg: Some(program), ..with_ffmpeg() }
    }
}

fn frames(store: &LibraryStore, recording: &Recording) -> u64 {
    let mut source = Source::from_store(store, &recording.hash).unwrap();
    let mut block = vec![0.0; 4096 * usize::from(source.channels())];
    std::iter::from_fn(|| Some(source.read(&mut block).unwrap() as u64).filter(|frames| *frames > 0)).sum()
}

#[test]
fn what_old_phones_and_cameras_record_comes_in_like_any_recording() {
    let station = Station::new();
    station.amr("phone.amr");
    station.make("phone.3gp", &["-f", "amr", "-i", station.at("phone.amr").to_str().unwrap(), "-c", "copy"]);
    station.make("windows.wma", &[]);
    station.make("lossless.m4a", &["-c:a", "alac", "-ac", "2"]);
    station.make("browser.webm", &["-c:a", "libopus", "-ac", "2"]);
    station.make("camera.mp4", &["-f", "lavfi", "-i", "testsrc=d=3", "-f", "lavfi", "-i", "sine=1000:d=3", "-c:v", "mpeg4"]);
    station.make("studio.aiff", &[]);
    station.make("dictaphone.wav", &["-c:a", "adpcm_ms"]);
    station.make("radio.mp3", &["-f", "mp2"]);
    for (name, format, channels) in [
        ("phone.amr", "AMR", 1),
        ("phone.3gp", "AMR (3GP)", 1),
        ("windows.wma", "WMA", 1),
        ("lossless.m4a", "Apple Lossless", 2),
        ("browser.webm", "WebM/Matroska", 2),
        ("camera.mp4", "video MP4", 1),
        ("studio.aiff", "AIFF", 1),
        ("dictaphone.wav", "WAV ADPCM", 1),
        ("radio.mp3", "MP2", 1),
    ] {
        let recording = station.scan(name, &with_ffmpeg()).unwrap_or_else(|unfit| panic!("{name}: {unfit}"));
        assert_eq!(
            (recording.format.as_str(), recording.channels, &recording.flaws[..]),
            (format, channels, [].as_slice()),
            "{name}"
        );
        let seconds = recording.length().as_secs_f32();
        assert!((2.9..3.1).contains(&seconds), "{name}: {seconds}");
        assert!(recording.loudness_lufs.is_some_and(|lufs| (-40.0..-5.0).contains(&lufs)), "{name}: {recording:?}");
        assert_eq!(frames(&station.store, &recording), recording.frames.count, "{name}");
    }
}

#[test]
fn what_needs_ffmpeg_is_refused_by_name_without_it_and_comes_in_once_it_is_there() {
    let station = Station::new();
    station.amr("phone.amr");
    station.make("phone.3gp", &["-f", "amr", "-i", station.at("phone.amr").to_str().unwrap(), "-c", "copy"]);
    // A file that was written just now is looked at again, whatever is known of it.
    std::thread::sleep(std::time::Duration::from_millis(3_500));
    for (name, format) in [("phone.amr", "AMR"), ("phone.3gp", "AMR (3GP)")] {
        assert_eq!(station.scan(name, &without()), Err(Unfit::Format { format: format.to_owned() }));
        assert!(station.scan(name, &with_ffmpeg()).is_ok(), "{name}");
        assert!(station.scan(name, &without()).is_ok(), "{name} is known now");
    }
}

#[test]
fn damage_that_ffmpeg_meets_is_told_and_what_is_nothing_but_damage_is_refused() {
    let station = Station::new();
    station.make("it.wma", &[]);
    let whole = fs::read(station.at("it.wma")).unwrap();
    let middle = whole.len() / 2;
    let noise = |count: usize| (0..count).map(|n| (n as u32).wrapping_mul(2_654_435_761).to_le_bytes()[3]);
    let broken: Vec<u8> = [&whole[..middle], &noise(3_000).collect::<Vec<u8>>(), &whole[middle + 3_000..]].concat();
    for bytes in [broken, whole[..middle].to_vec()] {
        fs::write(station.at("it.wma"), bytes).unwrap();
        let recording = station.scan("it.wma", &with_ffmpeg()).unwrap();
        assert_eq!(recording.flaws, [Flaw::Damaged]);
        assert!(recording.length().as_secs_f32() > 1.0, "what there is of it is kept");
    }
    fs::write(station.at("it.wma"), [&whole[..16], &noise(5_000).collect::<Vec<u8>>()].concat()).unwrap();
    assert_eq!(station.scan("it.wma", &with_ffmpeg()), Err(Unfit::Undecodable { damage: Damage::Garbled }));
}

#[test]
fn ffmpeg_reads_the_one_recording_and_nothing_else_writes_nothing_and_reaches_nobody() {
    let station = Station::new();
    station.amr("phone.amr");
    fs::write(station.at("other.wav"), "secret").unwrap();
    let script = r#"#!/usr/bin/python3
import os, socket, sys
folder = "FOLDER"
for attempt in [
    lambda: open("/dev/fd/0", "rb").read(5),
    lambda: open(folder + "/other.wav"),
    lambda: open("/etc/passwd"),
    lambda: os.listdir(folder),
    lambda: os.remove(folder + "/other.wav"),
    lambda: open(folder + "/new", "w"),
    lambda: socket.create_connection(("127.0.0.1", PORT)),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    lambda: socket.socketpair(),
]:
    try:
        attempt()
        sys.stderr.write("yes ")
    except OSError:
        sys.stderr.write("no ")
sys.exit(127)
"#;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let script = script.replace("FOLDER", station.at("").to_str().unwrap()).replace("PORT", &port);
    match station.scan("phone.amr", &station.program(&script)) {
        Err(Unfit::Unchecked { detail }) => assert_eq!(detail, "yes no no no no no no no no "),
        other => panic!("{other:?}"),
    }
}

#[test]
fn whatever_becomes_of_ffmpeg_makes_the_file_unfit_not_us() {
    let with = |script: &str| {
        let station = Station::new();
        station.amr("phone.amr");
        station.scan("phone.amr", &station.program(&format!("#!/bin/sh\n{script}\n"))).unwrap_err()
    };
    assert_eq!(with("exit 1"), Unfit::Undecodable { damage: Damage::Garbled });
    assert_eq!(with("ulimit -S -t 1; while :; do :; done"), Unfit::TooMuch);
    assert!(
        matches!(with("echo 'libsound.so.7 is missing' >&2; exit 127"), Unfit::Unchecked { detail } if detail.contains("libsound"))
    );
    // A word a frame, of a long recording: more than a pipe holds.
    let wordy = "n=0; while [ $n -lt 20000 ]; do echo '[error] damaged' >&2; n=$((n+1)); done; exit 1";
    assert_eq!(with(wordy), Unfit::Undecodable { damage: Damage::Garbled });
    let station = Station::new();
    station.amr("phone.amr");
    let gone = Programs { ffmpeg: Some(Path::new("/no/such/ffmpeg").into()), ..with_ffmpeg() };
    assert!(matches!(station.scan("phone.amr", &gone), Err(Unfit::Unchecked { .. })));
}
