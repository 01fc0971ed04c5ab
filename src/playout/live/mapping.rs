//! Which frame of a device leaves when: the device's frames tied to the boot clock.
//!
//! Pure. Each block says when its first frame leaves; one such estimate is off by up to milliseconds, the median of the last 64 by less
//! than half of one. How fast the device's crystal goes is not asked: a start is placed by what the last second says, and in a second no
//! crystal runs off by a millisecond. The wall clock is not here: it may be stepped while a slot waits, so it is tied to the boot clock anew
//! at each use.

use crate::audio::output::{Stamp, nanos_of};
use crate::playout::outlet::{FrameClock, frames_in};
use crate::terms::Mono;

/// How many blocks are remembered: about 1.4 s.
const MEMORY: usize = 64;
/// Fewer blocks than this say too little.
const ENOUGH: usize = 8;
/// A pause between blocks that is longer than this moves the frames against time: what was known before it is void.
const STALL: i64 = 250_000_000;
/// Frames that may leave faster than time for once: an estimate that gets better moves by less.
const SLACK: i64 = 50_000_000;
/// A crystal is off by no more than one in so many.
const CRYSTAL: i64 = 1_000;

#[derive(Debug)]
pub struct Mapping {
    clock: FrameClock,
    /// When frame 0 left, by each of the last blocks.
    zeros: [i64; MEMORY],
    known: usize,
    next: usize,
    last: Option<Stamp>,
    /// So many more may have left by the time that has passed.
    may_leave: u64,
}

impl Mapping {
    pub fn new(rate: u32) -> Mapping {
        Mapping { clock: FrameClock::unknown(rate), zeros: [0; MEMORY], known: 0, next: 0, last: None, may_leave: 0 }
    }

    pub fn clock(&self) -> FrameClock {
        self.clock
    }

    /// Takes in a block of `frames`.
    pub fn note(&mut self, stamp: Stamp, frames: u64) {
        let since = self.last.map_or(0, |last| stamp.at.0.saturating_sub(last.at.0));
        if since > STALL {
            (self.known, self.next) = (0, 0);
        }
        let rate = self.clock.rate;
        let own = stamp.leaves_at.0.saturating_sub(nanos_of(stamp.frame, rate));
        self.zeros[self.next] = own;
        self.next = (self.next + 1) % MEMORY;
        self.known = (self.known + 1).min(MEMORY);
        let mut sorted = self.zeros;
        let (_, zero, _) = sorted[..self.known].select_nth_unstable(self.known / 2);
        // Frames leave no faster than time goes, whatever a device says.
        let allowed = frames_in(since.saturating_add(since / CRYSTAL), rate);
        self.may_leave = self.may_leave.min(frames_in(SLACK, rate)).saturating_add(allowed);
        // A device that ran dry for a moment says so at once, and the median only later: whoever claims less is believed.
        let left = frames_in(stamp.at.0.saturating_sub(own.max(*zero)), rate).min(stamp.frame);
        let more = left.saturating_sub(self.clock.left).min(self.may_leave);
        self.may_leave -= more;
        self.last = Some(stamp);
        self.clock = FrameClock {
            rate,
            zero: Some(Mono(*zero)),
            left: self.clock.left + more,
            handed: stamp.frame + frames,
            is_steady: self.known >= ENOUGH,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    const MS: i64 = 1_000_000;
    const BLOCK: u64 = 1024;

    /// A device that began at 5 s and holds 40 ms, with `jitter` on each of its estimates.
    fn run(mapping: &mut Mapping, from: u64, blocks: u64, moved: i64, jitter: impl Fn(u64) -> i64) {
        for n in from..from + blocks {
            let at = 5_000 * MS + moved + nanos_of(n * BLOCK, RATE) + jitter(n);
            let stamp = Stamp { frame: n * BLOCK, at: Mono(at), leaves_at: Mono(at + 40 * MS) };
            mapping.note(stamp, BLOCK);
        }
    }

    #[test]
    fn the_median_stands_against_late_callbacks() {
        let mut mapping = Mapping::new(RATE);
        run(&mut mapping, 0, 200, 0, |n| if n % 3 == 0 { 7 * MS } else { 0 });
        assert_eq!(mapping.clock().leaves_at(0), Some(Mono(5_040 * MS)));
        assert_eq!(mapping.clock().frame_at(Mono(6_040 * MS)), Some(48_000));
        assert_eq!(mapping.clock().frame_at(Mono(0)), Some(0));
    }

    #[test]
    fn what_is_still_in_the_device_has_not_left() {
        let mut mapping = Mapping::new(RATE);
        run(&mut mapping, 0, 100, 0, |_| 0);
        // The last block was asked for when 40 ms of sound were still to go before it.
        assert_eq!(mapping.clock().left, 99 * BLOCK - 1920);
        assert_eq!(mapping.clock().handed, 100 * BLOCK);
    }

    #[test]
    fn a_stall_voids_what_was_known_and_left_never_goes_back() {
        let mut mapping = Mapping::new(RATE);
        run(&mut mapping, 0, 100, 0, |_| 0);
        let left = mapping.clock().left;
        run(&mut mapping, 100, 1, 800 * MS, |_| 0);
        assert!(!mapping.clock().is_steady);
        assert_eq!(mapping.clock().leaves_at(0), Some(Mono(5_840 * MS)));
        assert!(mapping.clock().left >= left);
    }

    #[test]
    fn a_device_that_ran_dry_for_a_moment_has_not_given_out_what_it_holds() {
        let mut mapping = Mapping::new(RATE);
        run(&mut mapping, 0, 100, 0, |_| 0);
        for n in 100..140 {
            run(&mut mapping, n, 1, 60 * MS, |_| 0);
            let given_out = n * BLOCK - 1920;
            assert!((given_out - 1..=given_out).contains(&mapping.clock().left), "{} of {given_out}", mapping.clock().left);
        }
    }

    #[test]
    fn a_device_that_runs_away_claims_no_more_than_time_allows() {
        let mut mapping = Mapping::new(RATE);
        run(&mut mapping, 0, 100, 0, |_| 0);
        let left = mapping.clock().left;
        for n in 100..1_100 {
            // Twenty blocks at a time where time allows less than one.
            let at = Mono(5_000 * MS + nanos_of(100 * BLOCK, RATE) + (n as i64 - 100) / 20 * MS);
            mapping.note(Stamp { frame: n * BLOCK, at, leaves_at: at }, BLOCK);
        }
        assert!(mapping.clock().left - left <= u64::from(RATE) / 8, "{} frames", mapping.clock().left - left);
    }
}
