//! The station as a real process on the machine's `default`, heard at the other end: what is planned sounds whole and on its instant, what the
//! log says is what was heard, and neither a kill, a reload, a broken recording nor a stopped process makes it otherwise.
//!
//! The ear has a constant error: the null sink's monitor hears a block when it is made, some 5 ms before it would sound.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod harness;
mod station;

use std::fs;
use std::time::Duration;

use harness::{Ear, Found, Heard, Horn, RATE, murmur};
use serde_json::Value;
use station::{PATIENCE, Station, at_ms};

/// How early the ear hears, in milliseconds.
const EARLY_MS: f64 = 5.0;
/// How far what is heard may be from its instant, in milliseconds.
const NEAR_MS: f64 = 15.0;
/// Frames without sound after which what comes is another sound. Murmurs are never so still.
const STILL: usize = RATE as usize / 20;

/// A station that sounds through a horn, and its recordings as samples.
struct Place {
    horn: Horn,
    ear: Ear,
}

impl Place {
    fn new() -> Place {
        let horn = Horn::start();
        let ear = horn.listen();
        Place { horn, ear }
    }

    /// On a clock that is believed, with a murmur for each item.
    fn station(&self, items: &[(&str, &[f32])]) -> Station {
        let mut station = Station::new().sounding(self.horn.environment());
        for (id, samples) in items {
            harness::write_wav(&station.plan_folder().join(format!("{id}.wav")), samples);
            station = station.item(id);
        }
        station
    }

    /// Everything that was heard, when the last of it has had time to come.
    fn stop(self) -> Heard {
        std::thread::sleep(Duration::from_millis(500));
        self.ear.stop()
    }
}

fn whole(heard: &Heard, samples: &[f32], from: usize) -> Found {
    let found = heard.find(samples, from).expect("something was heard");
    assert!(found.similarity > 0.99, "{found:?}");
    found
}

/// When it sounded, in milliseconds since 1970, by the ear and without its error.
fn sounded_ms(found: &Found) -> f64 {
    found.at * 1000.0 + EARLY_MS
}

/// What sounds, as first frame and frame after the last.
fn stretches(heard: &Heard) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for (frame, _) in heard.samples.iter().enumerate().filter(|(_, sample)| sample.abs() > 0.001) {
        match stretches.last_mut() {
            Some((_, end)) if frame < *end + STILL => *end = frame + 1,
            _ => stretches.push((frame, frame + 1)),
        }
    }
    stretches
}

fn frames(row: &Value) -> usize {
    usize::try_from(row["frames"].as_u64().unwrap()).unwrap()
}

/// A row of the log says when what was found began.
fn assert_began(row: &Value, found: &Found) {
    let off = at_ms(&row["started_at"]) as f64 - sounded_ms(found);
    assert!(off.abs() <= NEAR_MS, "the log says {off} ms after what was heard: {row}");
}

#[test]
fn sound_of_three_broadcasts_is_heard_on_their_instants_and_the_log_agrees() {
    let place = Place::new();
    let (a, b, c) = (murmur(11, 2.0), murmur(12, 1.0), murmur(13, 1.5));
    let mut station = place
        .station(&[("a", &a), ("b", &b), ("c", &c)])
        .programme("p", &["a"])
        .programme("q", &["b"])
        .programme("r", &["c"])
        .broadcast("first", "p", 8)
        .broadcast("second", "q", 12)
        .broadcast("third", "r", 15)
        .start();
    for broadcast in ["first", "second", "third"] {
        assert_eq!(station.until_ended(broadcast), "aired");
    }
    assert_eq!(station.term().code(), Some(0));
    let (heard, log) = (place.stop(), station.log());
    let airs = log.kind("air");
    assert_eq!(airs.len(), 3);
    let mut from = 0;
    for ((broadcast, recording), row) in [("first", &a), ("second", &b), ("third", &c)].into_iter().zip(&airs) {
        let found = whole(&heard, recording, from);
        from = found.frame + recording.len();
        let late = sounded_ms(&found) - station.instant(broadcast) as f64;
        assert!(late.abs() <= NEAR_MS, "{broadcast} is heard {late} ms after its instant");
        assert_eq!(row["broadcast"], broadcast);
        assert_began(row, &found);
        let airtime = row["airtime_ms"].as_f64().unwrap() - recording.len() as f64 * 1000.0 / f64::from(RATE);
        assert!(airtime.abs() <= 1.0, "{airtime} ms too many: {row}");
    }
    let sounds = stretches(&heard);
    assert_eq!(sounds.len(), airs.len(), "nothing sounds that the log does not know: {sounds:?}");
    for ((begin, end), row) in sounds.iter().zip(&airs) {
        assert!(end - begin <= frames(row), "{} frames sound: {row}", end - begin);
    }
    station.verify();
}

#[test]
fn sound_that_a_kill_cut_is_logged_as_heard_and_comes_again_whole() {
    let place = Place::new();
    let a = murmur(21, 4.0);
    let mut station = place.station(&[("a", &a)]).programme("p", &["a"]).broadcast("x", "p", 7).start();
    station.until_on_air("a");
    std::thread::sleep(Duration::from_millis(1_700));
    station.kill();
    // The server may still have held some.
    std::thread::sleep(Duration::from_millis(400));
    let before = place.ear.so_far();
    station.start_again();
    assert_eq!(station.until_ended("x"), "aired");
    let (heard, log) = (place.stop(), station.log());

    let cut = before.find(&a[..RATE as usize / 2], 0).expect("it was heard");
    let captured = before.last_sound().unwrap() + 1 - cut.frame;
    assert!(captured < a.len(), "the kill came too late");
    let part = before.find(&a[..captured], 0).unwrap();
    assert!(part.similarity > 0.99 && part.frame == cut.frame, "{part:?}");
    assert_eq!(log.takes("x"), ["a/1 partial/crash", "a/2 aired"]);
    let airs = log.airs("x");
    let logged = frames(airs[0]);
    assert!(logged <= captured, "the log claims {logged} frames, {captured} were heard");
    assert!(captured - logged <= RATE as usize, "the log has {logged} frames of {captured}");
    assert_began(airs[0], &cut);

    let again = whole(&heard, &a, before.samples.len());
    assert_began(airs[1], &again);
    assert_eq!(frames(airs[1]), a.len());
    assert_eq!(stretches(&heard).len(), 2);
    station.verify();
}

#[test]
fn sound_goes_on_while_a_good_and_a_bad_plan_come() {
    let place = Place::new();
    let (long, next) = (murmur(31, 9.0), murmur(32, 1.0));
    let mut station = place
        .station(&[("long", &long), ("next", &next)])
        .programme("p", &["long"])
        .programme("q", &["next"])
        .broadcast("now", "p", 7)
        .start();
    let old = station.status()["plan_hash"].clone();
    station.until_on_air("long");
    station.add("later", "q", 14, "");
    station.write_plan();
    station.signal("HUP");
    station.until("the new plan is in force", PATIENCE, |station| station.status()["plan_hash"] != old);
    station.write_plan_text(&format!("{}\n[[broadcast]]\nid = \"more\"\nprogrmme = \"p\"\n", station.plan_text()));
    station.signal("HUP");
    station.until("the bad plan is refused", PATIENCE, |station| station.faults() == ["plan_refused"]);
    assert_eq!(station.on_air().as_deref(), Some("long"), "both came while it sounded");
    assert_eq!(station.until_ended("now"), "aired");
    assert_eq!(station.until_ended("later"), "aired");
    let (heard, log) = (place.stop(), station.log());
    let first = whole(&heard, &long, 0);
    let second = whole(&heard, &next, first.frame + long.len());
    for (broadcast, found, recording) in [("now", first, &long), ("later", second, &next)] {
        let late = sounded_ms(&found) - station.instant(broadcast) as f64;
        assert!(late.abs() <= NEAR_MS, "{broadcast} is heard {late} ms after its instant");
        assert_began(log.airs(broadcast)[0], &found);
        assert_eq!(frames(log.airs(broadcast)[0]), recording.len());
    }
    assert_eq!(stretches(&heard).len(), 2, "the first is one sound");
    let accepted: Vec<_> = log.kind("plan").iter().map(|row| row["detail"]["accepted"].clone()).collect();
    assert_eq!(accepted, [true, true, false]);
    station.verify();
}

#[test]
fn sound_of_neighbours_of_a_corrupt_recording_is_back_to_back() {
    let place = Place::new();
    let (a, b) = (murmur(41, 1.5), murmur(42, 1.0));
    let mut station =
        place.station(&[("a", &a), ("b", &b)]).item("bad").programme("p", &["a", "bad", "b"]).broadcast("x", "p", 7);
    let garbage: Vec<u8> = (0..40_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    fs::write(station.plan_folder().join("bad.wav"), [b"RIFF\xff\xff\xff\x7fWAVEfmt \xff\xff\xff\x7f", &garbage[..]].concat())
        .unwrap();
    station = station.start();
    let pid = station.pid();
    assert_eq!(station.until_ended("x"), "partial/file_error");
    let (heard, log) = (place.stop(), station.log());
    let (first, second) = (whole(&heard, &a, 0), whole(&heard, &b, 0));
    assert_eq!(second.frame - first.frame, a.len(), "the next follows on the very frame");
    assert_eq!(log.takes("x"), ["a/1 aired", "bad/1 missed/file_error", "b/1 aired"]);
    assert_eq!(frames(log.airs("x")[1]), 0);
    assert_began(log.airs("x")[0], &first);
    assert_began(log.airs("x")[2], &second);
    assert_eq!(stretches(&heard).len(), 1);
    assert!(station.is_running() && station.pid() == pid && log.kind("start").len() == 1, "the same process goes on");
    station.verify();
}

/// A process that stands still cannot play, and one that wakes up after its lease knows that it was away.
#[test]
fn sound_of_a_stopped_process_ends_and_does_not_go_on_late() {
    let place = Place::new();
    let a = murmur(51, 4.0);
    let mut station = place.station(&[("a", &a)]).programme("p", &["a"]).late("1s").broadcast("x", "p", 7).start();
    station.until_on_air("a");
    std::thread::sleep(Duration::from_millis(1_000));
    station.signal("STOP");
    let stopped = harness::now();
    std::thread::sleep(Duration::from_secs(10));
    station.signal("CONT");
    let end = station.until_ended("x");
    assert_eq!(end, "partial/internal");
    // By now it would have sounded to its end, had it gone on.
    std::thread::sleep(Duration::from_secs(3));
    let (heard, log) = (place.stop(), station.log());
    let first = heard.find(&a[..RATE as usize / 2], 0).expect("it was heard");
    let sounds = stretches(&heard);
    let after = heard.at(sounds[0].1) - stopped;
    assert!(after < 0.5, "it sounds for {after} s after the stop");
    // What the device had already been given may come when the process wakes: blocks, not seconds.
    let captured: usize = sounds.iter().map(|(begin, end)| end - begin).sum();
    let (late, blocks) = (captured - (sounds[0].1 - sounds[0].0), RATE as usize / 5);
    assert!(late <= blocks, "{late} frames sound after their time: {sounds:?}");
    assert_eq!(log.takes("x"), ["a/1 partial/internal"]);
    let row = log.airs("x")[0];
    assert_began(row, &first);
    assert!(frames(row).abs_diff(captured) <= blocks, "the log has {} frames, {captured} were heard", frames(row));
    assert!(station.is_running() && log.kind("start").len() == 1, "the same process goes on");
    station.verify();
}
