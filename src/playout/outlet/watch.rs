//! Whether a device is lost: judged by its frames, never by its errors.
//!
//! Pure. Opening through a sound server may stall a second and more with thousands of spurious errors, so there is a time of grace. A device
//! that takes frames faster than time (ALSA's `null` plugin: 2,300 times) sounds nothing and is lost as well.

use crate::audio::output::nanos_of;
use crate::terms::Mono;

const MS: i64 = 1_000_000;
/// From opening: nothing that stands still is judged before.
const GRACE: i64 = 3_000 * MS;
/// So long without a frame is lost.
const STILL: i64 = 500 * MS;
/// One look counts for at most so much: a process that was itself asleep does not blame the device.
const LOOK: i64 = 120 * MS;
/// The pace is measured over so much time.
const WINDOW: i64 = 2_000 * MS;
/// So much sound more than time is never a buffer that fills.
const BURST: i64 = 3_000 * MS;

#[derive(Debug)]
pub struct Watch {
    rate: u32,
    opened: Mono,
    looked: Mono,
    still: i64,
    frames: u64,
    /// Where the window begins.
    since: Mono,
    from: u64,
}

/// What makes a device a lost one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symptom {
    Still,
    Runaway,
}

impl Symptom {
    pub fn as_str(self) -> &'static str {
        match self {
            Symptom::Still => "the device takes no more sound",
            Symptom::Runaway => "the device takes sound faster than time, so it sounds nothing",
        }
    }
}

impl Watch {
    pub fn new(rate: u32, now: Mono) -> Watch {
        Watch { rate, opened: now, looked: now, still: 0, frames: 0, since: now, from: 0 }
    }

    /// Looks at the frames the device has taken so far.
    pub fn look(&mut self, now: Mono, frames: u64) -> Option<Symptom> {
        let since_look = now.0.saturating_sub(self.looked.0);
        self.looked = now;
        self.still = if frames == self.frames { self.still + since_look.min(LOOK) } else { 0 };
        self.frames = frames;
        let in_grace = now.0.saturating_sub(self.opened.0) < GRACE;
        if self.still >= STILL && !in_grace {
            return Some(Symptom::Still);
        }
        self.runs_away(now, in_grace).then_some(Symptom::Runaway)
    }

    fn runs_away(&mut self, now: Mono, in_grace: bool) -> bool {
        let sound = nanos_of(self.frames.saturating_sub(self.from), self.rate);
        let time = now.0.saturating_sub(self.since.0);
        if sound > time.saturating_add(BURST) {
            return true;
        }
        if time < WINDOW {
            return false;
        }
        (self.since, self.from) = (now, self.frames);
        !in_grace && sound > time / 5 * 6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;

    /// Looks every 20 ms for `ms`, at frames that go on at `speed` percent of time.
    fn watch(watch: &mut Watch, from: i64, ms: i64, frames: &mut u64, speed: u64) -> Option<(i64, Symptom)> {
        for t in (from..from + ms).step_by(20) {
            *frames += 960 * speed / 100;
            if let Some(loss) = watch.look(Mono(t * MS), *frames) {
                return Some((t, loss));
            }
        }
        None
    }

    #[test]
    fn a_device_that_stalls_while_it_opens_is_given_grace() {
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 1_600, &mut frames, 0), None);
        assert_eq!(watch(&mut w, 1_600, 20_000, &mut frames, 100), None);
    }

    #[test]
    fn one_that_never_begins_is_lost_when_the_grace_is_over() {
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 10_000, &mut frames, 0), Some((3_000, Symptom::Still)));
    }

    #[test]
    fn one_that_stands_still_is_lost_after_half_a_second() {
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 8_000, &mut frames, 100), None);
        assert_eq!(watch(&mut w, 8_000, 8_000, &mut frames, 0), Some((8_480, Symptom::Still)));
    }

    #[test]
    fn our_own_sleep_is_not_the_devices_fault() {
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        watch(&mut w, 0, 8_000, &mut frames, 100);
        assert_eq!(w.look(Mono(30_000 * MS), frames), None);
        assert_eq!(watch(&mut w, 30_020, 5_000, &mut frames, 100), None);
    }

    #[test]
    fn a_device_that_swallows_sound_is_lost_at_once_and_a_fast_one_soon() {
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 10_000, &mut frames, 230_000), Some((0, Symptom::Runaway)));
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 10_000, &mut frames, 130), Some((4_000, Symptom::Runaway)));
        let (mut w, mut frames) = (Watch::new(RATE, Mono(0)), 0);
        assert_eq!(watch(&mut w, 0, 60_000, &mut frames, 101), None);
    }
}
