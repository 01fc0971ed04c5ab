//! What every output promises, held against those that need no device.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::terms::in_full;

/// Runs an output for a while; gives the blocks' stamps and sizes, and its shape.
fn run(name: &DeviceName, length: Duration) -> (Vec<(Stamp, u64)>, Shape) {
    let (tx, blocks) = mpsc::channel();
    let make: MakePull = Box::new(move |shape| {
        Box::new(move |block: &mut [f32], stamp| {
            assert!(block.iter().all(|sample| *sample == 0.0), "a block comes silent");
            block.fill(0.25);
            tx.send((stamp, block.len() as u64 / u64::from(shape.channels))).unwrap();
        })
    });
    let output = open(name, "OUTPUT-20261115T053000", make).unwrap();
    std::thread::sleep(length);
    let shape = output.shape();
    assert_eq!((output.health().errors(), output.health().is_dead()), (0, false));
    drop(output);
    // The callback is gone with its output, so this ends.
    (blocks.iter().collect(), shape)
}

/// A machine that is busy elsewhere makes holes in any output: what it does in real time, it does at one of some tries.
fn runs_in_real_time(name: &DeviceName) {
    let in_time = |_| {
        let began = boot_now();
        let (blocks, shape) = run(name, Duration::from_millis(300));
        let sound: u64 = blocks.iter().map(|(_, frames)| frames).sum();
        nanos_of(sound, shape.rate) >= (boot_now().0 - began.0) / 2
    };
    assert!((0..8).any(in_time), "it is slower than time");
}

fn holds_its_promises(name: &DeviceName) {
    let began = boot_now();
    let (blocks, shape) = run(name, Duration::from_millis(400));
    let took = boot_now().0 - began.0;
    let mut expected = 0;
    for (stamp, frames) in &blocks {
        assert_eq!(stamp.frame, expected, "no hole in the count of frames");
        expected += frames;
        assert!(stamp.leaves_at.0 >= stamp.at.0 - 100_000_000);
    }
    let sound = nanos_of(expected, shape.rate);
    assert!(sound <= took + nanos_of(u64::from(BLOCK), shape.rate), "never faster than time: {sound} ns in {took}");
    for pair in blocks.windows(2) {
        let apart = pair[1].0.leaves_at.0 - pair[0].0.leaves_at.0;
        assert!(apart >= nanos_of(pair[0].1, shape.rate) - 1_000, "a block leaves after the one before it");
    }
}

#[test]
fn a_null_output_holds_the_promises_of_every_output() {
    holds_its_promises(&DeviceName::Null);
    runs_in_real_time(&DeviceName::Null);
}

#[test]
fn a_wav_output_holds_the_promises_of_every_output() {
    let folder = tempfile::tempdir().unwrap();
    holds_its_promises(&DeviceName::Wav(folder.path().join("new/folder")));
    runs_in_real_time(&DeviceName::Wav(folder.path().join("new/folder")));
}

#[test]
fn a_wav_output_writes_a_new_file_each_time() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        run(&DeviceName::Wav(folder.path().to_owned()), Duration::from_millis(60));
    }
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["OUTPUT-20261115T053000-2.wav", "OUTPUT-20261115T053000.wav"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = open(&DeviceName::Wav(file.join("sub")), "x", Box::new(|_| Box::new(|_, _| {}))).err().unwrap();
    assert!(in_full(&error).contains("file/sub"), "{}", in_full(&error));
}

#[test]
fn a_device_that_is_not_there_is_never_replaced_by_another() {
    let name = DeviceName::Named("no-such-horn".to_owned());
    let error = open(&name, "x", Box::new(|_| Box::new(|_, _| {}))).err().unwrap();
    assert!(error.to_string().starts_with("there is no sound device named `no-such-horn`"), "{error}");
}
