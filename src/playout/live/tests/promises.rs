//! What a feeder promises its conductor, to the frame, on virtual time.

use jiff::SignedDuration;

use super::bench::{Bench, LATENCY, MS, Mode};
use super::{A, B, C, RATE, element};
use crate::asrun::element::Element;
use crate::audio::output::DeviceName;
use crate::playout::cue::{DeckCue, DeckEvent, End, FaultKind};
use crate::terms::*;

/// A block, at 48 kHz.
const BLOCK_MS: f64 = 22.5;

fn frames(count: u64) -> Frames {
    Frames { count, rate: RATE }
}

fn ms_apart(a: i64, b: i64) -> f64 {
    (a - b) as f64 / 1e6
}

#[test]
fn a_slot_begins_on_its_instant_and_what_follows_comes_without_a_gap() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    assert_eq!(bench.next(), DeckEvent::Opened("virtual".to_owned()));
    bench.load(A, "a", 200);
    assert_eq!(bench.next(), DeckEvent::Ready(A));
    bench.load(B, "b", 150);
    assert_eq!(bench.next(), DeckEvent::Ready(B));
    let wall = bench.start_in(A, 300);
    bench.send(DeckCue::Follow { after: A, next: B });
    let DeckEvent::Began(A, began) = bench.next() else { panic!("A did not begin") };
    assert!(ms_apart(began.0, wall.0).abs() < 0.05, "{} ms off", ms_apart(began.0, wall.0));
    assert_eq!(bench.next(), DeckEvent::Ended(A, frames(9_600), End::Whole));
    let DeckEvent::Began(B, followed) = bench.next() else { panic!("B did not begin") };
    assert!((ms_apart(followed.0, began.0) - 200.0).abs() < 0.05);
    assert_eq!(bench.next(), DeckEvent::Ended(B, frames(7_200), End::Whole));
    let onsets = bench.hardware(|h| h.onsets.clone());
    assert_eq!(onsets.len(), 2);
    assert!(ms_apart(onsets[0], bench.mono_of(wall)).abs() < 0.05, "what was told is what left");
    assert!((ms_apart(onsets[1], onsets[0]) - 200.0).abs() < 0.01);
    bench.is_silent();
}

#[test]
fn airtime_is_told_while_it_sounds_and_never_ahead_of_it() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.load(A, "a", 800);
    let wall = bench.start_in(A, 400);
    let mut tellings = 0;
    loop {
        let event = bench.event();
        let sounded = bench.wall() - wall;
        match event {
            DeckEvent::Played(A, frames) => {
                tellings += 1;
                assert!(frames.length() <= sounded, "{:?} claimed after {sounded:?}", frames.length());
            }
            DeckEvent::Ended(A, frames, End::Whole) => {
                assert_eq!(frames.count, 38_400);
                assert!(sounded >= frames.length());
                break;
            }
            _ => {}
        }
    }
    assert!(tellings >= 4, "{tellings}");
}

#[test]
fn what_cannot_be_loaded_is_bad_once_and_its_start_ends_at_once() {
    let mut bench = Bench::new();
    std::fs::write(bench.store().join("broken"), [7; 5_000]).unwrap();
    bench.send(DeckCue::Open);
    bench.next();
    bench.send(DeckCue::Load(A, element("gone", 100)));
    let DeckEvent::Bad(A, fault) = bench.next() else { panic!("not bad") };
    assert_eq!(fault.kind, FaultKind::FileMissing);
    bench.send(DeckCue::Load(B, element("broken", 100)));
    let DeckEvent::Bad(B, fault) = bench.next() else { panic!("not bad") };
    assert_eq!(fault.kind, FaultKind::FileError);
    bench.start_in(A, 0);
    assert_eq!(bench.next(), DeckEvent::Ended(A, Frames::none(RATE), End::Cut));
    bench.send(DeckCue::Follow { after: A, next: B });
    assert_eq!(bench.next(), DeckEvent::Ended(B, Frames::none(RATE), End::Cut));
    bench.is_silent();
}

#[test]
fn a_recording_that_is_shorter_than_it_was_measured_has_failed_and_the_rest_airs() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    let measured = Element { length: SignedDuration::from_millis(900), ..bench.clip("a", 100) };
    bench.send(DeckCue::Load(A, measured));
    bench.load(B, "b", 50);
    bench.start_in(A, 0);
    bench.send(DeckCue::Follow { after: A, next: B });
    let (airing, count, End::Failed(fault)) = bench.next_end() else { panic!("not failed") };
    assert_eq!((airing, count, fault.kind), (A, 4_800, FaultKind::FileError));
    assert_eq!(bench.next_end(), (B, 2_400, End::Whole));
}

#[test]
fn a_cut_ends_what_sounds_and_what_waits_and_drops_what_is_loaded() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.run(500);
    bench.load(A, "a", 3_000);
    bench.load(B, "b", 100);
    bench.load(C, "c", 100);
    bench.run(100);
    bench.start_in(A, 0);
    bench.send(DeckCue::Follow { after: A, next: B });
    bench.next_beginning();
    bench.run(100);
    bench.send(DeckCue::Cut(frames(480)));
    let cut = bench.mono();
    let mut ends = [bench.next_end(), bench.next_end()];
    ends.sort_by_key(|end| end.0);
    let sounded = ms_apart(bench.hardware(|h| h.last_sound), bench.hardware(|h| h.onsets[0]));
    assert!(ends[0].0 == A && ends[0].2 == End::Cut, "{ends:?}");
    assert!((ends[0].1 as f64 / 48.0 - sounded).abs() < 0.1, "{ends:?}: {sounded} ms sounded");
    assert_eq!(ends[1], (B, 0, End::Cut));
    let after = ms_apart(bench.hardware(|h| h.last_sound), cut);
    assert!(after <= ms_apart(LATENCY, 0) + BLOCK_MS + 10.0, "it sounds for {after} ms after the cut");
    bench.start_in(C, 0);
    assert_eq!(bench.next_end(), (C, 0, End::Cut));
    bench.is_silent();
}

#[test]
fn a_lost_device_ends_what_it_had_and_comes_back() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    assert_eq!(bench.next(), DeckEvent::Opened("virtual".to_owned()));
    bench.load(A, "a", 60_000);
    bench.load(B, "b", 100);
    bench.load(C, "c", 100);
    bench.start_in(A, 0);
    bench.send(DeckCue::Follow { after: A, next: B });
    let (_, began) = bench.next_beginning();
    bench.hardware(|h| h.mode = Mode::Fast);
    let DeckEvent::Lost(fault) = bench.next() else { panic!("not lost") };
    assert_eq!(fault.kind, FaultKind::DeviceLost);
    let sounded = bench.wall() - began + SignedDuration::from_millis(50);
    bench.hardware(|h| h.mode = Mode::Runs);
    let mut ends = [bench.next_end(), bench.next_end()];
    ends.sort_by_key(|end| end.0);
    assert!(ends[0].0 == A && frames(ends[0].1).length() <= sounded && ends[0].2 == End::Lost, "{ends:?} in {sounded:?}");
    assert_eq!(ends[1], (B, 0, End::Lost));
    assert_eq!(bench.next(), DeckEvent::Back("virtual".to_owned()));
    // What was only loaded is still there.
    bench.start_in(C, 0);
    assert_eq!(bench.next_end(), (C, 4_800, End::Whole));
    bench.is_silent();
}

#[test]
fn a_device_that_stands_still_is_lost_and_claims_only_what_left_it() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.load(A, "a", 5_000);
    let wall = bench.start_in(A, 300);
    bench.run(4_000);
    bench.hardware(|h| h.mode = Mode::Still);
    let stood = bench.wall();
    let (airing, count, end) = bench.next_end();
    assert_eq!((airing, end), (A, End::Lost));
    let lost_after = ms_apart(bench.wall().0, stood.0);
    assert!((500.0..600.0).contains(&lost_after), "{lost_after}");
    let missing = (stood - wall) - frames(count).length();
    assert!(missing.as_millis() >= 0 && missing < SignedDuration::from_millis(80), "{missing:?} missing");
}

#[test]
fn without_a_device_nothing_is_left_unanswered() {
    let mut bench = Bench::with(|h| h.absent = 1);
    bench.send(DeckCue::Open);
    let DeckEvent::Lost(fault) = bench.next() else { panic!("not lost") };
    assert_eq!(fault.kind, FaultKind::NoDevice);
    bench.load(A, "a", 100);
    assert_eq!(bench.next(), DeckEvent::Ready(A));
    bench.start_in(A, 100);
    assert_eq!(bench.next(), DeckEvent::Ended(A, Frames::none(RATE), End::Lost));
    bench.hardware(|h| h.absent = 0);
    assert_eq!(bench.next(), DeckEvent::Back("virtual".to_owned()));
    bench.load(B, "b", 100);
    bench.start_in(B, 100);
    assert_eq!(bench.next_end(), (B, 4_800, End::Whole));
    bench.is_silent();
}

#[test]
fn without_a_renewed_lease_there_is_silence() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.load(A, "a", 30_000);
    bench.load(B, "b", 100);
    bench.start_in(A, 0);
    bench.next_beginning();
    bench.lease.renew(Mono(bench.mono() + 300 * MS));
    let until = bench.mono() + 300 * MS + LATENCY;
    let (airing, _, end) = bench.next_end();
    assert_eq!((airing, end), (A, End::Lease));
    let over = ms_apart(bench.hardware(|h| h.last_sound), until);
    assert!(over <= BLOCK_MS, "it sounds for {over} ms after the lease");
    bench.start_in(B, 0);
    assert_eq!(bench.next_end(), (B, 0, End::Lease));
    bench.lease.renew(Mono::MAX);
    bench.load(C, "c", 100);
    bench.start_in(C, 0);
    assert_eq!(bench.next_end(), (C, 4_800, End::Whole));
    bench.is_silent();
}

#[test]
fn a_second_choice_is_kept_while_it_is_open_and_the_first_is_tried_first_at_the_next_opening() {
    let (first, second) = (DeviceName::Named("first".into()), DeviceName::Named("second".into()));
    let mut bench = Bench::listed(vec![first.clone(), second.clone()], |_| {});
    bench.send(DeckCue::Open);
    bench.run(4_000);
    bench.hardware(|h| h.mode = Mode::Still);
    while !matches!(bench.next(), DeckEvent::Lost(_)) {}
    bench.hardware(|h| h.mode = Mode::Runs);
    while !matches!(bench.next(), DeckEvent::Back(_)) {}
    bench.load(A, "a", 20_000);
    bench.start_in(A, 500);
    assert_eq!(bench.next_end(), (A, 960_000, End::Whole));
    bench.send(DeckCue::Close);
    bench.run(100);
    bench.send(DeckCue::Open);
    bench.run(100);
    assert_eq!(bench.hardware(|h| h.opened.clone()), [first.clone(), second, first]);
}

#[test]
fn a_lost_device_is_back_within_a_second_of_its_return_however_long_it_was_gone() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.run(4_000);
    bench.hardware(|h| (h.mode, h.absent) = (Mode::Still, 1));
    while !matches!(bench.next(), DeckEvent::Lost(_)) {}
    bench.run(60_000);
    bench.hardware(|h| (h.mode, h.absent) = (Mode::Runs, 0));
    let returned = bench.mono();
    while !matches!(bench.next(), DeckEvent::Back(_)) {}
    assert!(ms_apart(bench.mono(), returned) < 1_000.0);
    bench.load(A, "a", 100);
    bench.start_in(A, 0);
    assert_eq!(bench.next_end(), (A, 4_800, End::Whole));
    assert!(ms_apart(bench.hardware(|h| h.onsets[0]), returned) < 1_000.0);
}
