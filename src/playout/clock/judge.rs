//! Whether the wall clock is believed: a pure judgement over what was seen of it.
//!
//! Evidence holds for the whole boot. `carried` is always doubtful: a machine without a battery wakes with the time of its last save.
//! All but `ntp` and `operator` are doubtful too when the time is before the build or the newest trusted row, or 30 days past that row;
//! so is an unsynchronised forward step of over an hour, until somebody vouches for the clock again.

use jiff::SignedDuration;

use crate::control::status::ClockStatus;
use crate::playout::cue::Clock;
use crate::terms::{Evidence, Now, Wall};

/// A wall clock that moves this much against the boot clock between two looks has stepped; less is slewing.
pub const STEP: SignedDuration = SignedDuration::from_millis(500);
/// An unsynchronised step forward by more than this is not believed.
const FORWARD: SignedDuration = SignedDuration::from_hours(1);
/// No log is silent for longer than this on a machine in use.
const AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How far behind the newest trusted row a clock may be: rows are written a little ahead of a clock that is set back by seconds.
const BEHIND: SignedDuration = SignedDuration::from_secs(60);
/// A new data folder has no row to compare with: then only a clock this far past the build is refused.
const PAST_BUILD: SignedDuration = SignedDuration::from_hours(20 * 366 * 24);

/// What can be seen of the clock at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    pub now: Now,
    /// The kernel says that it is synchronised.
    pub synchronised: bool,
    /// A real-time clock set it at the start.
    pub rtc: bool,
}

/// What is known before the first look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The build's instant: a right clock is past it.
    pub built_at: Wall,
    /// This data folder has never been started before.
    pub first_start: bool,
    /// The newest instant that was written on a trusted clock.
    pub newest_trusted: Option<Wall>,
    /// Evidence that an earlier run within this boot already had.
    pub this_boot: Option<Evidence>,
}

#[derive(Clone, Debug)]
pub struct Judge {
    known: Known,
    evidence: Evidence,
    /// Wall minus boot clock, at the last look.
    offset: i64,
    /// It leapt forward and nobody has vouched for it since.
    leapt: bool,
    said: ClockStatus,
}

impl Judge {
    /// Judges the clock for the first time.
    pub fn new(known: Known, seen: Observation) -> Judge {
        let evidence = best(known.this_boot, seen, known.first_start);
        let mut judge = Judge {
            known,
            evidence,
            offset: offset(seen.now),
            leapt: false,
            said: ClockStatus { evidence, doubtful: true, why: None },
        };
        judge.said = judge.status(seen.now.wall);
        judge
    }

    pub fn clock(&self) -> Clock {
        Clock { status: self.said.clone(), step: None }
    }

    /// Looks again. `Some` when the judgement changed or the clock stepped.
    pub fn look(&mut self, seen: Observation) -> Option<Clock> {
        let moved = SignedDuration::from_nanos(offset(seen.now).saturating_sub(self.offset));
        let step = (moved.abs() >= STEP).then_some(moved);
        self.offset = offset(seen.now);
        self.evidence = best(Some(self.evidence), seen, false);
        if seen.synchronised {
            self.leapt = false;
        } else if step.is_some_and(|step| step > FORWARD) {
            self.leapt = true;
        }
        self.say(seen.now.wall, step)
    }

    /// A person vouches for the clock.
    pub fn confirm(&mut self, now: Now) -> Option<Clock> {
        if self.evidence != Evidence::Ntp {
            self.evidence = Evidence::Operator;
        }
        self.leapt = false;
        self.say(now.wall, None)
    }

    fn say(&mut self, wall: Wall, step: Option<SignedDuration>) -> Option<Clock> {
        let status = self.status(wall);
        if !status.doubtful {
            self.known.newest_trusted = self.known.newest_trusted.max(Some(wall));
        }
        let changed = status != self.said;
        self.said = status;
        (changed || step.is_some()).then(|| Clock { status: self.said.clone(), step })
    }

    fn status(&self, wall: Wall) -> ClockStatus {
        let why = self.doubt(wall);
        ClockStatus { evidence: self.evidence, doubtful: why.is_some(), why: why.map(str::to_owned) }
    }

    fn doubt(&self, wall: Wall) -> Option<&'static str> {
        match self.evidence {
            Evidence::Carried => return Some("carried"),
            Evidence::Ntp => return None,
            Evidence::Operator => return self.leapt.then_some("forward_step"),
            Evidence::Rtc | Evidence::First => {}
        }
        if wall < self.known.built_at {
            return Some("before_build");
        }
        match self.known.newest_trusted {
            Some(newest) if wall < newest - BEHIND => Some("behind_log"),
            Some(newest) if wall > newest + AHEAD => Some("far_ahead"),
            None if wall > self.known.built_at + PAST_BUILD => Some("far_ahead"),
            Some(_) | None => self.leapt.then_some("forward_step"),
        }
    }
}

fn offset(now: Now) -> i64 {
    now.wall.0.saturating_sub(now.mono.0)
}

/// The best evidence there is: what this boot already had, or what is seen now. The list of [`Evidence`] is ordered best first.
fn best(had: Option<Evidence>, seen: Observation, first_start: bool) -> Evidence {
    let seen_now = [
        seen.synchronised.then_some(Evidence::Ntp),
        had,
        seen.rtc.then_some(Evidence::Rtc),
        first_start.then_some(Evidence::First),
    ];
    seen_now.into_iter().flatten().min().unwrap_or(Evidence::Carried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Mono;

    const HOUR: i64 = 3_600_000_000_000;
    const BUILT: i64 = 400_000 * HOUR;

    fn seen(wall: i64, mono: i64, synchronised: bool, rtc: bool) -> Observation {
        Observation { now: Now { wall: Wall(wall), mono: Mono(mono) }, synchronised, rtc }
    }

    fn known(newest: Option<i64>) -> Known {
        Known { built_at: Wall(BUILT), first_start: newest.is_none(), newest_trusted: newest.map(Wall), this_boot: None }
    }

    fn doubt(judge: &Judge) -> Option<String> {
        judge.clock().status.why
    }

    #[test]
    fn a_carried_clock_is_doubtful_and_a_first_start_is_not() {
        let now = BUILT + 5 * HOUR;
        assert_eq!(doubt(&Judge::new(known(Some(now - HOUR)), seen(now, 0, false, false))), Some("carried".into()));
        assert_eq!(doubt(&Judge::new(known(None), seen(now, 0, false, false))), None);
        assert_eq!(doubt(&Judge::new(known(Some(now - HOUR)), seen(now, 0, false, true))), None);
    }

    #[test]
    fn clocks_of_1970_and_2080_are_doubtful_unless_ntp_or_a_person_says_so() {
        for (wall, why) in [(0, "before_build"), (BUILT + 24 * 365 * 54 * HOUR, "far_ahead")] {
            assert_eq!(doubt(&Judge::new(known(None), seen(wall, 0, false, false))), Some(why.into()));
            let newest = Some(BUILT + HOUR);
            assert!(doubt(&Judge::new(known(newest), seen(wall, 0, false, true))).is_some());
            assert_eq!(doubt(&Judge::new(known(newest), seen(wall, 0, true, false))), None);
            let mut judge = Judge::new(known(newest), seen(wall, 0, false, false));
            judge.confirm(seen(wall, 1, false, false).now);
            assert_eq!(doubt(&judge), None);
        }
    }

    #[test]
    fn an_unsynchronised_leap_forward_is_doubted_until_somebody_vouches() {
        let now = BUILT + 5 * HOUR;
        let mut judge = Judge::new(known(Some(now - HOUR)), seen(now, 0, false, true));
        let leap = judge.look(seen(now + 3 * HOUR, 1, false, true)).unwrap();
        assert_eq!(leap.status.why, Some("forward_step".into()));
        assert_eq!(leap.step, Some(SignedDuration::from_nanos(3 * HOUR - 1)));
        assert_eq!(judge.look(seen(now + 3 * HOUR + 1, 2, false, true)), None);
        let synced = judge.look(seen(now + 3 * HOUR + 2, 3, true, true)).unwrap();
        assert!(!synced.status.doubtful);
    }

    #[test]
    fn a_step_back_before_the_newest_trusted_instant_is_doubted() {
        let now = BUILT + 50 * HOUR;
        let mut judge = Judge::new(known(Some(now - HOUR)), seen(now, 0, false, true));
        judge.look(seen(now + HOUR, HOUR, false, true));
        let back = judge.look(seen(now - HOUR, HOUR + 1, false, true)).unwrap();
        assert_eq!(back.status.why, Some("behind_log".into()));
    }

    #[test]
    fn evidence_of_this_boot_holds_after_a_restart() {
        let now = BUILT + 50 * HOUR;
        let known = Known { this_boot: Some(Evidence::Operator), first_start: false, ..known(Some(now)) };
        let judge = Judge::new(known, seen(now, 0, false, false));
        assert_eq!(judge.clock().status, ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None });
    }
}
