//! Starts stay on their instants although no crystal is right, no callback punctual, and the wall clock moves.

use jiff::SignedDuration;

use super::bench::{Bench, Hardware, MS, Mode};
use crate::asrun::element::Element;
use crate::audio::output::Shape;
use crate::playout::cue::{Airing, DeckCue, End};
use crate::terms::Frames;

/// Blocks are asked for up to 3 ms late, and the device is up to 2 ms wrong about when they leave.
fn noisy(block: u64) -> (i64, i64) {
    let random = block.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16;
    ((random % 3_000) as i64 * 1_000, (random / 3_000 % 4_000) as i64 * 1_000 - 2_000_000)
}

fn off(ppm: i64) -> impl FnOnce(&mut Hardware) {
    move |h| (h.ppm, h.noise) = (ppm, noisy)
}

/// How far each onset is from where it should be, in milliseconds.
fn errors(bench: &Bench, planned: &[i64]) -> Vec<f64> {
    let onsets = bench.hardware(|h| h.onsets.clone());
    assert_eq!(onsets.len(), planned.len());
    onsets.iter().zip(planned).map(|(onset, planned)| (onset - planned) as f64 / 1e6).collect()
}

fn worst(errors: &[f64]) -> f64 {
    errors.iter().fold(0.0, |worst: f64, error| worst.max(error.abs()))
}

#[test]
fn an_hour_of_slots_on_a_device_that_is_fast_or_slow_begins_each_on_its_instant() {
    for ppm in [-200, 200] {
        let mut bench = Bench::with(off(ppm));
        bench.send(DeckCue::Open);
        let mut planned = Vec::new();
        for minute in 0..60 {
            let airing = Airing(minute);
            bench.load(airing, "clip", 1_000);
            bench.run(55_000);
            let wall = bench.start_in(airing, 5_000);
            planned.push(bench.mono_of(wall));
            let (_, told) = bench.next_beginning();
            assert!((told.0 - wall.0).abs() < MS, "{ppm} ppm: the log says {} ns", told.0 - wall.0);
            assert_eq!(bench.next_end(), (airing, 48_000, End::Whole));
        }
        let errors = errors(&bench, &planned);
        assert!(worst(&errors) < 1.0, "{ppm} ppm: {errors:?}");
    }
}

#[test]
fn two_outputs_on_unlike_devices_begin_together() {
    let begin = |ppm, ms, shape| {
        let mut bench = Bench::with(|h| (h.ppm, h.noise, h.shape) = (ppm, noisy, shape));
        bench.run(ms);
        bench.send(DeckCue::Open);
        bench.load(Airing(1), "clip", 300);
        bench.run(5_000 - ms);
        bench.start_in(Airing(1), 3_000);
        bench.next_end();
        bench.hardware(|h| h.onsets[0])
    };
    let one = begin(200, 0, Shape { rate: 48_000, channels: 2 });
    let other = begin(-200, 17, Shape { rate: 44_100, channels: 1 });
    assert!((one - other).abs() < MS, "{} ns apart", one - other);
}

#[test]
fn a_waiting_start_follows_a_wall_clock_that_is_stepped_or_slewed() {
    for (step, slew) in [(1_700 * MS, 0), (-2_300 * MS, 0), (40 * MS, 0), (0, 500), (0, -500)] {
        let mut bench = Bench::with(off(0));
        bench.send(DeckCue::Open);
        bench.load(Airing(1), "clip", 300);
        let wall = bench.start_in(Airing(1), 6_000);
        bench.run(2_000);
        bench.step_wall(step);
        // At most as fast as the kernel slews a clock, to the very end.
        while bench.wall() < wall {
            bench.run(100);
            bench.step_wall(slew * 100);
        }
        bench.next_end();
        let error = (bench.hardware(|h| h.onsets[0]) - bench.mono_of(wall)) as f64 / 1e6;
        assert!(error.abs() < 1.0, "{error} ms after a step of {step} ns, slewed by {slew}");
    }
}

#[test]
fn a_waiting_start_that_is_stepped_over_begins_at_once_or_not_at_all() {
    // Its last instant, the step, and when it comes before the start's instant: also when its blocks are about to be asked for.
    for (late, step, before) in [(30, 40, 3_000), (5, 8, 2_000), (0, 3, 1_000), (2, 120, 150), (1, 4, 110)] {
        for late in [late, 3_600] {
            let mut bench = Bench::new();
            bench.send(DeckCue::Open);
            bench.load(Airing(1), "clip", 300);
            let at = bench.wall() + SignedDuration::from_secs(4);
            bench.send(DeckCue::Start { airing: Airing(1), at, by: at + SignedDuration::from_secs(late) });
            bench.run(4_000 - before);
            bench.step_wall(step * 1_000 * MS);
            let stepped = bench.mono();
            let ended = bench.next_end();
            if late == 3_600 {
                assert_eq!(ended, (Airing(1), 14_400, End::Whole));
                assert!(bench.hardware(|h| h.onsets[0]) - stepped < 200 * MS);
                continue;
            }
            assert_eq!(ended, (Airing(1), 0, End::Cut), "{late} {step} {before}");
            assert!(bench.mono() - stepped < 200 * MS, "told {} ms after the step", (bench.mono() - stepped) / MS);
            bench.is_silent();
            assert_eq!(bench.hardware(|h| h.onsets.len()), 0, "it would sound {} s late", step - before / 1_000);
        }
    }
}

/// Airs elements one after the other on a device of 8 kHz (a second of it is decoded in no time), each told to follow as soon as the one before
/// it sounds. When each should sound by its own instant, on the boot clock. `meanwhile` is called when one has begun.
fn air(bench: &mut Bench, elements: &[Element], mut meanwhile: impl FnMut(&mut Bench, usize)) -> Vec<i64> {
    bench.send(DeckCue::Open);
    bench.send(DeckCue::Load(Airing(0), elements[0].clone()));
    bench.run(2_000);
    let wall = bench.start_in(Airing(0), 3_000);
    let mut due = bench.mono_of(wall);
    let mut planned = Vec::new();
    for (n, element) in elements.iter().enumerate() {
        let (airing, next) = (Airing(n as u64), Airing(n as u64 + 1));
        planned.push(due);
        due += i64::try_from((element.length + element.pause).as_nanos()).unwrap();
        let (began, told) = bench.next_beginning();
        assert_eq!(began, airing);
        let heard = bench.hardware(|h| h.onsets[n]);
        assert!((bench.mono_of(told) - heard).abs() < MS, "the log is {} ns off", bench.mono_of(told) - heard);
        if let Some(following) = elements.get(n + 1) {
            bench.send(DeckCue::Load(next, following.clone()));
            bench.send(DeckCue::Follow { after: airing, next });
        }
        meanwhile(bench, n);
        let whole = Frames::within(element.length, 8_000).count;
        assert_eq!(bench.next_end(), (airing, whole, End::Whole));
    }
    planned
}

fn small(ppm: i64) -> impl FnOnce(&mut Hardware) {
    move |h| (h.ppm, h.noise, h.shape, h.block) = (ppm, noisy, Shape { rate: 8_000, channels: 1 }, 180)
}

fn programme(bench: &Bench, seconds: &[(i64, i64)]) -> Vec<Element> {
    let of = |(n, (sound, pause)): (usize, &(i64, i64))| Element {
        pause: SignedDuration::from_secs(*pause),
        ..bench.clip(&n.to_string(), sound * 1_000)
    };
    seconds.iter().enumerate().map(of).collect()
}

#[test]
fn behind_a_pause_an_element_begins_on_its_own_instant_and_without_one_it_follows_on_a_fast_and_on_a_slow_device() {
    for ppm in [-200, 200] {
        let mut bench = Bench::with(small(ppm));
        let elements = programme(&bench, &[(100, 0), (75, 2), (150, 1), (60, 0), (90, 0), (120, 3), (30, 0)]);
        let planned = air(&mut bench, &elements, |bench, n| match n {
            // In its middle, and in the pause behind it: neither is the device's.
            0 => bench.step_wall(3_000 * MS),
            1 => {
                bench.run(76_000);
                bench.step_wall(-700 * MS);
            }
            _ => {}
        });
        let off = errors(&bench, &planned);
        // What the crystal has run off since the last pause: a device that is fast is early.
        let run_off = [0.0, 20.0, 0.0, 0.0, 12.0, 30.0, 0.0].map(|ms| ms * ppm as f64 / -200.0);
        let apart: Vec<f64> = off.iter().zip(run_off).map(|(off, run_off)| off - run_off).collect();
        assert!(worst(&apart) < 1.0, "{ppm} ppm: off by {off:?}, and the crystal has run off {run_off:?}");
    }
}

#[test]
fn a_pause_makes_up_for_a_short_hole_in_the_sound_and_stays_whole_behind_a_long_one() {
    for (holes, late) in [(1, -1.0..1.0), (3, 1_100.0..1_200.0)] {
        let mut bench = Bench::with(small(0));
        let elements = programme(&bench, &[(60, 2), (10, 0)]);
        let planned = air(&mut bench, &elements, |bench, n| {
            for _ in 0..if n == 0 { holes } else { 0 } {
                bench.run(5_000);
                bench.hardware(|h| h.mode = Mode::Still);
                bench.run(400);
                bench.hardware(|h| h.mode = Mode::Runs);
            }
        });
        let off = errors(&bench, &planned)[1];
        assert!(late.contains(&off), "{off} ms late after {holes} holes");
    }
}
