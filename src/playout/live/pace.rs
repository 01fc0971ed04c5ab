//! Keeping a voice in step with time: how fast it is to be given out, and how far into the recording what was given out reaches.
//!
//! Pure. Two counts of frames meet here. The deck, the callback and the rings count the *device's* frames, which last as long as its crystal
//! makes them. Airtime, marks and ends count the *recording's* frames at the device's nominal rate: they last as long as they say, and a
//! recording has as many on every device.

use std::collections::VecDeque;

use crate::playout::live::crystal::MOST;

/// What a voice is off by is mended over so many seconds.
const MENDED_IN: f64 = 5.0;
/// Less than this, in seconds, is left alone while a voice passes bit for bit: a sound server says where it is no better than that.
const FINE: f64 = 5e-3;
/// A crystal that seems to be off by less, in parts, is not followed before it shows: so far off an exact device can seem to be behind a
/// sound server on a busy machine.
const SLIGHT: f64 = 1e-4;
/// The speed changes by no more from piece to piece: nobody hears a tone that goes up by a tenth of a thousandth.
const BEND: f64 = 1e-4;
/// A voice that is off by more, in seconds, was not made so by a crystal: there was a hole in the sound, and the rest comes as much later.
pub const HOLE: f64 = 0.020;

/// The recording's frames for one of the device's. `drift` is the device's, `late` by how many seconds what is given out next would be
/// heard too late; `plain` says that the voice has passed bit for bit until now, at the speed `before`.
pub fn speed(drift: f64, late: f64, plain: bool, before: f64) -> f64 {
    let mended = if plain && late.abs() < FINE { 0.0 } else { late / MENDED_IN };
    let wanted = drift + mended;
    if plain && wanted.abs() < SLIGHT {
        return 1.0;
    }
    1.0 + wanted.clamp(before - 1.0 - BEND, before - 1.0 + BEND).clamp(-MOST, MOST)
}

/// Which of the recording's frames went out with which of the device's, as far as it still matters.
#[derive(Debug, Default)]
pub struct Trail(VecDeque<(u64, f64)>);

impl Trail {
    /// With the device's frame `given` the recording has come to `place`; in between the speed did not change.
    pub fn note(&mut self, given: u64, place: f64) {
        if self.0.back().is_none_or(|last| last.0 < given) {
            self.0.push_back((given, place));
        } else if let Some(last) = self.0.back_mut() {
            *last = (given, place);
        }
    }

    /// The recording's whole frames in the first `frames` of the device's: never too many. Asked for ever later ones.
    pub fn place(&self, frames: u64) -> u64 {
        let after = self.0.partition_point(|point| point.0 < frames);
        let before = after.checked_sub(1).map_or((0, 0.0), |before| self.0[before]);
        let Some(next) = self.0.get(after) else { return before.1 as u64 };
        if next.0 == frames {
            return next.1 as u64;
        }
        let part = (frames - before.0) as f64 / (next.0 - before.0) as f64;
        (before.1 + part * (next.1 - before.1)) as u64
    }

    /// Nothing before the device's frame `frames` will be asked for any more.
    pub fn forget(&mut self, frames: u64) {
        while self.0.get(1).is_some_and(|second| second.0 <= frames) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_an_exact_device_nothing_is_bent() {
        for late in [0.0, 2e-5, -7e-4] {
            assert_eq!(speed(0.0, late, true, 1.0), 1.0);
            assert_eq!(speed(1e-5, late, true, 1.0), 1.0);
        }
    }

    #[test]
    fn the_speed_follows_the_crystal_and_mends_what_is_off_and_never_leaps() {
        assert_eq!(speed(-1e-4, 0.0, true, 1.0), 1.0 - 1e-4);
        assert_eq!(speed(0.0, 1e-3, true, 1.0), 1.0, "within what a sound server knows");
        assert_eq!(speed(0.0, 6e-3, true, 1.0), 1.0 + BEND);
        assert_eq!(speed(0.0, 0.019, true, 1.0), 1.0 + BEND);
        assert_eq!(speed(-1e-3, -0.019, false, 1.0 - 1e-3), 1.0 - MOST);
    }

    #[test]
    fn a_trail_never_claims_more_than_went_out_and_at_the_end_all_of_it() {
        let mut trail = Trail::default();
        assert_eq!(trail.place(0), 0);
        trail.note(1_000, 1_000.0);
        trail.note(2_000, 1_999.8);
        trail.note(3_001, 3_000.0);
        trail.forget(500);
        assert_eq!(trail.place(500), 500);
        assert_eq!(trail.place(2_000), 1_999);
        assert_eq!(trail.place(3_001), 3_000);
        trail.forget(2_100);
        assert!((2_099..=2_100).contains(&trail.place(2_100)));
        assert_eq!(trail.place(3_001), 3_000);
    }
}
