//! Whether the wall clock is believed.
//!
//! Pure: it judges what was seen of the clock, and sees nothing itself.
//!
//! Somebody vouches for a clock at one setting of it: the network's time, a person, the RTC that set it, whoever installs the station. The
//! setting is the wall clock minus the boot clock, which only a step changes. Evidence holds for the whole boot, but for that setting
//! only: a clock that has since gone forward by more than an hour, in one step or in many, is doubtful whoever vouched for it, until
//! somebody vouches again or it is back.
//!
//! `carried` is always doubtful: a machine without a battery wakes with the time of its last save. All but `ntp` and `operator` are
//! doubtful too when the time is before the build or the newest trusted row, or 30 days past that row. An RTC is often minutes or, kept in
//! local time, hours off: alone it waits for the network in the boot's first minute.

use jiff::SignedDuration;

use crate::control::request::Refusal;
use crate::control::status::ClockStatus;
use crate::defect::defect;
use crate::playout::cue::Clock;
use crate::terms::{Doubt, Evidence, Mono, Now, Vouch, Wall};

/// A wall clock that moves this much against the boot clock between two looks has stepped; less is slewing.
pub const STEP: SignedDuration = SignedDuration::from_millis(500);
/// Unsynchronised, a clock that is further than this from where it was vouched for is not believed.
pub const ASTRAY: SignedDuration = SignedDuration::from_hours(1);
/// So long after the boot an RTC alone waits for the network's time.
pub const NETWORK_WITHIN: SignedDuration = SignedDuration::from_secs(60);
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
    /// What an earlier run within this boot already had.
    pub this_boot: Option<Vouch>,
    /// Until then the network may still tell the time: an RTC alone waits for it.
    pub network_by: Mono,
}

#[derive(Clone, Debug)]
pub struct Judge {
    known: Known,
    vouch: Vouch,
    /// Both clocks at the last look.
    now: Now,
    said: ClockStatus,
    /// The setting that was vouched for when the last judgement was told.
    told: Vouch,
    /// The newest trusted instant of before a person last vouched: what came after it is of his time.
    before_person: Option<Wall>,
    /// The lowest setting that was believed although it is far behind the one that was vouched for: steps add up from there.
    back: Option<i64>,
}

impl Judge {
    /// Judges the clock for the first time.
    pub fn new(known: Known, seen: Observation) -> Judge {
        let vouch = best(known.this_boot, seen, known.first_start);
        let said = ClockStatus { evidence: vouch.evidence, doubtful: true, why: None };
        let before_person = known.newest_trusted;
        let mut judge = Judge { known, vouch, now: seen.now, said, told: vouch, before_person, back: None };
        judge.said = judge.status();
        judge.note_back();
        judge
    }

    pub fn clock(&self) -> Clock {
        Clock { status: self.said.clone(), step: None, vouch: self.vouch }
    }

    /// Looks again. `Some` when the judgement changed, another setting is vouched for, or the clock stepped.
    pub fn look(&mut self, seen: Observation) -> Option<Clock> {
        let moved = (seen.now.wall - self.now.wall).saturating_sub(seen.now.mono - self.now.mono);
        let step = (moved.abs() >= STEP).then_some(moved);
        self.now = seen.now;
        self.vouch = best(Some(self.vouch), seen, false);
        if step.is_some_and(|step| step <= ASTRAY) && defect!(JudgesStepsAlone) {
            self.vouch = Vouch::of(self.vouch.evidence, self.now);
        }
        self.say(step)
    }

    /// Whether a person may vouch for the clock: not for a time before the build, nor before the newest trusted row, unless that row is of a
    /// time that he himself vouched for, or says that it was wrong (`back`).
    pub fn may_confirm(&self, now: Now, back: bool) -> Result<(), Refusal> {
        let by_person = self.vouch.evidence == Evidence::Operator;
        let newest = if by_person { self.before_person } else { self.known.newest_trusted };
        match newest {
            _ if now.wall < self.known.built_at => Err(Refusal::BeforeBuild(now.wall)),
            Some(newest) if !back && now.wall < newest - BEHIND => Err(Refusal::BehindLog(newest)),
            Some(_) | None => Ok(()),
        }
    }

    /// A person vouches for the clock.
    pub fn confirm(&mut self, now: Now) -> Option<Clock> {
        self.now = now;
        if self.vouch.evidence != Evidence::Operator {
            self.before_person = self.known.newest_trusted;
        }
        let still = self.vouch.evidence == Evidence::Ntp && self.strayed().abs() < STEP;
        self.vouch = Vouch::of(if still { Evidence::Ntp } else { Evidence::Operator }, now);
        self.say(None)
    }

    fn say(&mut self, step: Option<SignedDuration>) -> Option<Clock> {
        let status = self.status();
        if !status.doubtful {
            self.known.newest_trusted = self.known.newest_trusted.max(Some(self.now.wall));
        }
        // Who vouches for a clock that he has set right vouches for the old setting no more: the log has to know, for the next start.
        let moved = SignedDuration::from_nanos(self.vouch.setting.saturating_sub(self.told.setting)).abs() >= STEP;
        let changed = status != self.said || moved;
        self.said = status;
        self.note_back();
        let told = (changed || step.is_some()).then(|| Clock { step, ..self.clock() });
        self.told = told.as_ref().map_or(self.told, |clock| clock.vouch);
        told
    }

    fn status(&self) -> ClockStatus {
        let why = self.doubt();
        ClockStatus { evidence: self.vouch.evidence, doubtful: why.is_some(), why }
    }

    /// How far the clock has gone forward since somebody vouched for it.
    fn strayed(&self) -> SignedDuration {
        self.ahead_of(self.vouch.setting)
    }

    fn ahead_of(&self, setting: i64) -> SignedDuration {
        SignedDuration::from_nanos(self.setting().saturating_sub(setting))
    }

    fn setting(&self) -> i64 {
        Vouch::of(self.vouch.evidence, self.now).setting
    }

    /// Far behind what was vouched for, it may be believed all the same: where a person sets right what he has mistyped, or the log agrees.
    fn note_back(&mut self) {
        let setting = self.setting();
        if self.strayed() >= -ASTRAY {
            self.back = None;
        } else if !self.said.doubtful {
            self.back = Some(self.back.map_or(setting, |back| back.min(setting)));
        }
    }

    fn doubt(&self) -> Option<Doubt> {
        let now = self.now;
        let evidence = self.vouch.evidence;
        if evidence == Evidence::Carried {
            return Some(Doubt::Carried);
        }
        if self.strayed() > ASTRAY && !(evidence == Evidence::Ntp && defect!(NtpForEver)) {
            return Some(Doubt::ForwardStep);
        }
        if self.strayed() < -ASTRAY && self.back.is_some_and(|back| self.ahead_of(back) > ASTRAY) {
            return Some(Doubt::ForwardStep);
        }
        match evidence {
            // Without the network again, a clock has no reason to go back by itself.
            Evidence::Ntp if self.strayed() < -ASTRAY && !defect!(NtpForEver) => return Some(Doubt::BackwardStep),
            // A person who has mistyped the time sets it right.
            Evidence::Ntp | Evidence::Operator => return None,
            Evidence::Rtc if now.mono < self.known.network_by && !defect!(RtcAirsAtOnce) => return Some(Doubt::AwaitingNetwork),
            Evidence::Rtc | Evidence::First | Evidence::Carried => {}
        }
        if now.wall < self.known.built_at {
            return Some(Doubt::BeforeBuild);
        }
        match self.known.newest_trusted {
            Some(newest) if now.wall < newest - BEHIND => Some(Doubt::BehindLog),
            Some(newest) if now.wall > newest + AHEAD => Some(Doubt::FarAhead),
            None if now.wall > self.known.built_at + PAST_BUILD => Some(Doubt::FarAhead),
            Some(_) | None => None,
        }
    }
}

/// The best there is: what this boot already had, at its setting, or what is seen now. The list of [`Evidence`] is ordered best first.
fn best(had: Option<Vouch>, seen: Observation, first_start: bool) -> Vouch {
    let new =
        [seen.synchronised.then_some(Evidence::Ntp), seen.rtc.then_some(Evidence::Rtc), first_start.then_some(Evidence::First)];
    let evidence = new.into_iter().flatten().min().unwrap_or(Evidence::Carried);
    match had {
        // The network vouches anew at each look.
        Some(had) if !seen.synchronised && had.evidence <= evidence => had,
        Some(_) | None => Vouch::of(evidence, seen.now),
    }
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
        let newest_trusted = newest.map(Wall);
        Known { built_at: Wall(BUILT), first_start: newest.is_none(), newest_trusted, this_boot: None, network_by: Mono(0) }
    }

    fn doubt(judge: &Judge) -> Option<Doubt> {
        judge.clock().status.why
    }

    #[test]
    fn a_carried_clock_is_doubtful_and_a_first_start_is_not() {
        let now = BUILT + 5 * HOUR;
        assert_eq!(doubt(&Judge::new(known(Some(now - HOUR)), seen(now, 0, false, false))), Some(Doubt::Carried));
        assert_eq!(doubt(&Judge::new(known(None), seen(now, 0, false, false))), None);
        assert_eq!(doubt(&Judge::new(known(Some(now - HOUR)), seen(now, 0, false, true))), None);
    }

    #[test]
    fn clocks_of_1970_and_2080_are_doubtful_unless_ntp_or_a_person_says_so() {
        for (wall, why) in [(0, Doubt::BeforeBuild), (BUILT + 24 * 365 * 54 * HOUR, Doubt::FarAhead)] {
            assert_eq!(doubt(&Judge::new(known(None), seen(wall, 0, false, false))), Some(why));
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
        assert_eq!(leap.status.why, Some(Doubt::ForwardStep));
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
        assert_eq!(back.status.why, Some(Doubt::BehindLog));
    }

    #[test]
    fn evidence_of_this_boot_holds_after_a_restart_for_the_setting_it_was_given_for() {
        let now = BUILT + 50 * HOUR;
        for evidence in [Evidence::Ntp, Evidence::Operator, Evidence::Rtc] {
            let vouch = Vouch { evidence, setting: now - 10 };
            let known = Known { this_boot: Some(vouch), first_start: false, ..known(Some(now)) };
            let judge = Judge::new(known.clone(), seen(now, 10, false, false));
            assert_eq!(judge.clock().status, ClockStatus { evidence, doubtful: false, why: None });
            assert_eq!(doubt(&Judge::new(known, seen(now + 5 * HOUR, 20, false, false))), Some(Doubt::ForwardStep));
        }
    }

    #[test]
    fn who_vouched_once_does_not_vouch_for_later_steps() {
        let now = BUILT + 50 * HOUR;
        for synchronised in [true, false] {
            let mut judge = Judge::new(known(Some(now)), seen(now, 0, synchronised, true));
            if !synchronised {
                judge.confirm(seen(now, 0, false, true).now);
            }
            assert_eq!(doubt(&judge), None);
            judge.look(seen(now, 1, false, true));
            assert_eq!(doubt(&judge), None, "nothing has moved");
            let leap = judge.look(seen(now + 5 * HOUR, 2, false, true)).unwrap();
            assert_eq!(leap.status.why, Some(Doubt::ForwardStep));
            judge.confirm(seen(now + 5 * HOUR, 3, false, true).now);
            assert_eq!(judge.clock().status, ClockStatus { evidence: Evidence::Operator, doubtful: false, why: None });
        }
        let mut judge = Judge::new(known(Some(now)), seen(now, 0, true, true));
        judge.look(seen(now - 5 * HOUR, 1, false, true));
        assert_eq!(doubt(&judge), Some(Doubt::BackwardStep));
        judge.look(seen(now + 2, 2, false, true));
        assert_eq!(doubt(&judge), None, "it is back");
    }

    #[test]
    fn unsynchronised_steps_add_up() {
        let minute = HOUR / 60;
        let now = BUILT + 50 * HOUR;
        let mut judge = Judge::new(known(Some(now)), seen(now, 0, true, true));
        judge.look(seen(now + 59 * minute, 1, false, true));
        assert_eq!(doubt(&judge), None);
        judge.look(seen(now + 2 * 59 * minute, 2, false, true));
        assert_eq!(doubt(&judge), Some(Doubt::ForwardStep));
        judge.look(seen(now + 59 * minute, 3, false, true));
        assert_eq!(doubt(&judge), None, "within an hour of where it was vouched for");
    }

    #[test]
    fn steps_add_up_from_where_a_clock_was_set_right_too() {
        let minute = HOUR / 60;
        let now = BUILT + 50 * HOUR;
        let mut judge = Judge::new(known(Some(now)), seen(now + 7 * HOUR, 0, false, false));
        judge.confirm(seen(now + 7 * HOUR, 1, false, false).now);
        judge.look(seen(now, 2, false, false));
        assert_eq!(doubt(&judge), None, "set right, and nobody said so");
        judge.look(seen(now + 59 * minute, 3, false, false));
        assert_eq!(doubt(&judge), None);
        judge.look(seen(now + 2 * 59 * minute, 4, false, false));
        judge.look(seen(now + 2 * 59 * minute, 4, false, false));
        assert_eq!(doubt(&judge), Some(Doubt::ForwardStep));
        judge.look(seen(now + 30 * minute, 5, false, false));
        assert_eq!(doubt(&judge), None, "it is back");
        judge.look(seen(now + 7 * HOUR, 6, false, false));
        assert_eq!(doubt(&judge), None, "this setting was vouched for");
    }

    #[test]
    fn an_rtc_alone_waits_for_the_network_in_the_first_minute() {
        let now = BUILT + 50 * HOUR;
        let minute = HOUR / 60;
        let waits = |first: bool| Known { network_by: Mono(minute), first_start: first, ..known(Some(now - HOUR)) };
        let mut judge = Judge::new(waits(false), seen(now, 0, false, true));
        assert_eq!(doubt(&judge), Some(Doubt::AwaitingNetwork));
        assert!(!judge.look(seen(now + minute, minute, false, true)).unwrap().status.doubtful);
        let mut judge = Judge::new(waits(false), seen(now, 0, false, true));
        assert!(!judge.look(seen(now - 7 * HOUR, 1, true, true)).unwrap().status.doubtful, "the network's word is enough");
        let mut judge = Judge::new(waits(false), seen(now, 0, false, true));
        assert!(!judge.confirm(seen(now, 1, false, true).now).unwrap().status.doubtful, "a person's too");
    }

    #[test]
    fn a_time_that_a_person_mistyped_is_set_right_by_a_person() {
        let now = BUILT + 50 * HOUR;
        let mut judge = Judge::new(known(Some(now)), seen(now + 30 * 24 * HOUR, 0, false, false));
        judge.confirm(seen(now + 30 * 24 * HOUR, 1, false, false).now);
        assert_eq!(doubt(&judge), None);
        let back = judge.look(seen(now, 2, false, false)).unwrap();
        assert!(!back.status.doubtful && back.step.is_some());
        let right = Vouch { evidence: Evidence::Operator, setting: now - 3 };
        assert_eq!(judge.confirm(seen(now, 3, false, false).now).map(|clock| clock.vouch), Some(right), "a restart goes by it");
        assert_eq!(judge.confirm(seen(now + 1, 4, false, false).now), None, "nothing has moved");
    }

    #[test]
    fn nobody_vouches_for_a_time_before_the_build_or_the_log_unless_the_log_was_wrong() {
        let now = BUILT + 50 * HOUR;
        let at = |wall: i64| Now { wall: Wall(wall), mono: Mono(9) };
        let mut judge = Judge::new(known(Some(now)), seen(now, 0, false, false));
        assert_eq!(judge.may_confirm(at(BUILT - 1), false), Err(Refusal::BeforeBuild(Wall(BUILT - 1))));
        assert_eq!(
            judge.may_confirm(at(BUILT - 1), true),
            Err(Refusal::BeforeBuild(Wall(BUILT - 1))),
            "that is wrong whatever was"
        );
        assert_eq!(judge.may_confirm(at(now - HOUR), false), Err(Refusal::BehindLog(Wall(now))));
        assert_eq!((judge.may_confirm(at(now - HOUR), true), judge.may_confirm(at(now + HOUR), false)), (Ok(()), Ok(())));
        // A month that was mistyped is set right by the same person.
        judge.look(seen(now + 720 * HOUR, 1, false, false));
        judge.confirm(at(now + 720 * HOUR));
        assert_eq!(judge.may_confirm(at(now + HOUR), false), Ok(()));
        assert_eq!(judge.may_confirm(at(now - HOUR), false), Err(Refusal::BehindLog(Wall(now))));
        // After a restart nobody knows which rows were his.
        let vouch = Vouch { evidence: Evidence::Ntp, setting: 0 };
        let later = Judge::new(Known { this_boot: Some(vouch), ..known(Some(now + 720 * HOUR)) }, seen(now, 2, false, false));
        assert_eq!(later.may_confirm(at(now), false), Err(Refusal::BehindLog(Wall(now + 720 * HOUR))));
    }
}
