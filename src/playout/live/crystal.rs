//! How fast a device's crystal goes against the boot clock.
//!
//! Pure. A straight line through what the device said of itself in the last 20 s, its first seconds left out, drawn towards what was known
//! before: the fewer and the more scattered the points are, the less they count. The kernel slews both clocks together, so a wall clock
//! that is being slewed shows here as a crystal that goes otherwise, and one that is stepped does not show at all.

use std::collections::VecDeque;

use crate::audio::output::nanos_of;

/// Blocks whose median is one point: about a third of a second.
const BLOCKS: usize = 16;
/// Points that are remembered, about 20 s: fewer say nothing.
const MEMORY: usize = 56;
/// Crystals are off by about as much, in parts.
const USUAL: f64 = 1e-4;
/// No crystal is off by more.
pub const MOST: f64 = 1e-3;
/// What a device says of itself wavers by as much at least, in seconds, however little it scatters.
const WAVERS: f64 = 3e-4;
/// A hole in the sound, in seconds: the points before it lie on another line.
const HOLE: f64 = 5e-3;
/// For so many seconds after it was opened, or after a hole, what a sound server says of itself still swings in by milliseconds: behind a
/// busy one an exact device seemed to be off by 160 millionths.
const SWINGS: f64 = 10.0;

#[derive(Debug)]
pub struct Crystal {
    rate: u32,
    block: [i64; BLOCKS],
    filled: usize,
    /// When the first block's frame 0 left: what all the others are told against.
    first: Option<i64>,
    /// A place on the device's frames and when frame 0 left by it, both in seconds.
    points: VecDeque<(f64, f64)>,
    /// The place from which on points are to be believed.
    settled: f64,
    before: f64,
    drift: f64,
    known: bool,
}

impl Crystal {
    pub fn new(rate: u32, drift: f64) -> Crystal {
        let points = VecDeque::with_capacity(MEMORY);
        Crystal {
            rate,
            block: [0; BLOCKS],
            filled: 0,
            first: None,
            points,
            settled: SWINGS,
            before: drift,
            drift,
            known: drift != 0.0,
        }
    }

    /// By how much the device's second is longer than a second: negative when it is fast.
    pub fn drift(&self) -> f64 {
        self.drift
    }

    /// It was watched for long enough, now or when the device was open before.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// A block that begins with this frame says when frame 0 left.
    pub fn note(&mut self, frame: u64, zero: i64) {
        let first = *self.first.get_or_insert(zero);
        self.block[self.filled] = zero.saturating_sub(first);
        self.filled += 1;
        if self.filled < BLOCKS {
            return;
        }
        self.filled = 0;
        let (_, median, _) = self.block.select_nth_unstable(BLOCKS / 2);
        let point = (nanos_of(frame, self.rate) as f64 / 1e9, *median as f64 / 1e9);
        if self.points.back().is_some_and(|last| (point.1 - last.1).abs() > HOLE) {
            self.settled = point.0 + SWINGS;
            self.before = self.drift;
        }
        if point.0 < self.settled {
            // Only the last one is kept, to see a hole by.
            self.points.clear();
        } else if self.points.len() == MEMORY {
            self.points.pop_front();
        }
        self.points.push_back(point);
        if self.points.len() == MEMORY {
            self.known = true;
            self.drift = self.line().clamp(-MOST, MOST);
        }
    }

    fn line(&self) -> f64 {
        let count = self.points.len() as f64;
        let middle = |of: fn(&(f64, f64)) -> f64| self.points.iter().map(of).sum::<f64>() / count;
        let (x, y) = (middle(|point| point.0), middle(|point| point.1));
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for point in &self.points {
            let (dx, dy) = (point.0 - x, point.1 - y);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
        let scatter = ((yy - xy * xy / xx) / (count - 2.0)).max(WAVERS * WAVERS);
        let doubt = scatter / (USUAL * USUAL);
        (xy + doubt * self.before) / (xx + doubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    const BLOCK: u64 = 1080;

    fn run(crystal: &mut Crystal, from: u64, seconds: u64, drift: f64, moved: i64) {
        for n in from..from + seconds * u64::from(RATE) / BLOCK {
            let wavers = (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 44) as i64 * 2 - 1_000_000;
            let zero = (nanos_of(n * BLOCK, RATE) as f64 * drift) as i64 + wavers + moved;
            crystal.note(n * BLOCK, zero);
        }
    }

    #[test]
    fn a_crystal_is_known_within_twenty_millionths_after_thirty_seconds() {
        for drift in [-500e-6, -20e-6, 0.0, 200e-6] {
            let mut crystal = Crystal::new(RATE, 0.0);
            run(&mut crystal, 0, 28, drift, 0);
            assert_eq!(crystal.drift(), 0.0, "too soon");
            run(&mut crystal, 1_244, 3, drift, 0);
            assert!((crystal.drift() - drift).abs() < 20e-6, "{} for {drift}", crystal.drift());
        }
    }

    #[test]
    fn a_hole_in_the_sound_is_not_taken_for_a_crystal() {
        let mut crystal = Crystal::new(RATE, 0.0);
        run(&mut crystal, 0, 40, 100e-6, 0);
        run(&mut crystal, 1_777, 10, 100e-6, 22_500_000);
        assert!((crystal.drift() - 100e-6).abs() < 30e-6, "{}", crystal.drift());
    }

    /// What PulseAudio said of a null sink that was opened on a busy machine.
    #[test]
    fn an_exact_device_that_swings_in_is_exact() {
        let mut crystal = Crystal::new(RATE, 0.0);
        for n in 0..4_000 {
            let seconds = (n * BLOCK) as f64 / f64::from(RATE);
            let swing = (-seconds / 4.0).exp() * (2.4e-3 + 1e-3 * (seconds / 1.44).fract());
            crystal.note(n * BLOCK, (swing * 1e9) as i64);
            assert!(crystal.drift().abs() < 60e-6, "{} after {seconds} s", crystal.drift());
        }
    }

    #[test]
    fn one_that_is_exact_is_known_to_be_exact() {
        let mut crystal = Crystal::new(RATE, 0.0);
        (0..2_000).for_each(|n| crystal.note(n * BLOCK, 5_000_000_000));
        assert_eq!(crystal.drift(), 0.0);
    }
}
