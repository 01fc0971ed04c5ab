//! Starts stay on their instants although no crystal is right, no callback punctual, and the wall clock moves.

use super::bench::{Bench, Hardware, MS};
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
    for ppm in [-200, 0, 200] {
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
        assert!(worst(&errors) < 0.5, "{ppm} ppm: {errors:?}");
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
fn a_waiting_start_that_is_stepped_over_by_more_than_a_minute_waits_for_the_conductor() {
    let mut bench = Bench::new();
    bench.send(DeckCue::Open);
    bench.load(Airing(1), "clip", 300);
    bench.start_in(Airing(1), 4_000);
    bench.run(1_000);
    bench.step_wall(3_600_000 * MS);
    bench.run(10_000);
    assert_eq!(bench.hardware(|h| h.onsets.len()), 0, "it would sound an hour late");
    bench.send(DeckCue::Cut(Frames::none(48_000)));
    assert_eq!(bench.next_end(), (Airing(1), 0, End::Cut));
}
