//! The station's clock, which nobody has to believe: what it shows, who vouches for it, and what becomes of it.

use jiff::SignedDuration;

use super::{NOTICED_IN, Planner, Upcoming, World};
use crate::playout::clock::judge::{ASTRAY, NETWORK_WITHIN};
use crate::playout::simulate::mishap::{Vouched, Voucher, Wakes};
use crate::playout::simulate::record::{ClockWas, TroubleKind};
use crate::terms::*;

/// A clock without a source goes astray in steps so far apart.
const DRIFTS_EVERY: SignedDuration = SignedDuration::from_secs(20);
/// A clock that wakes in 2080.
const YEAR_2080: Wall = Wall(3_471_292_800_000_000_000);

/// Who vouched for the clock in this boot: when, and how far it was ahead then.
pub(super) struct Vouches {
    all: Vec<(Wall, SignedDuration)>,
    /// The station goes by one of those from here on: by the last, unless it may not know of that one any more.
    known: usize,
}

impl Vouches {
    pub(super) fn by_whoever_installed(at: Wall) -> Vouches {
        Vouches { all: vec![(at, SignedDuration::ZERO)], known: 0 }
    }

    fn add(&mut self, at: Wall, ahead: SignedDuration) {
        self.known = self.all.len();
        self.all.push((at, ahead));
    }

    fn standing(&self) -> &[(Wall, SignedDuration)] {
        self.all.get(self.known..).unwrap_or_default()
    }

    /// The station starts, and may not know of some.
    fn recalled(&mut self, may_be_unknown: impl Fn(Wall) -> bool) {
        self.known = self.all.iter().rposition(|(at, _)| !may_be_unknown(*at)).unwrap_or(0);
    }
}

impl<P: Planner> World<P> {
    /// The clock is another from now on. Whoever vouched for it did so for what it showed then, give or take an hour.
    pub(super) fn note_clock(&mut self) {
        let astray = |at: SignedDuration| self.ahead.saturating_sub(at) > ASTRAY;
        let vouched = self.synchronised || self.vouches.standing().iter().any(|(_, at)| !astray(*at));
        self.record.clocks.push(ClockWas { at: self.at, ahead: self.ahead, vouched });
        self.hold_until();
    }

    /// The machine is on again, or the daemon alone.
    pub(super) fn wake(&mut self) {
        if self.life.is_some() {
            return;
        }
        if let Some((wakes, vouched)) = self.wakes.take() {
            let off_for = self.record.offs.last().map_or(SignedDuration::ZERO, |cut| self.at - cut.at);
            self.boot += 1;
            self.booted = self.at - SignedDuration::from_secs(8);
            self.synchronised = false;
            self.confirmed = None;
            // What hung has had no power either.
            self.decks.values_mut().for_each(|deck| deck.card.hangs = None);
            let (ahead, rtc) = match wakes {
                Wakes::Kept(off_by) => (self.ahead + off_by, true),
                Wakes::Carried => (self.ahead - off_for, false),
                Wakes::In1970 { rtc } => (Wall(0) - self.at, rtc),
                Wakes::In2080 { rtc } => (YEAR_2080 - self.at, rtc),
            };
            (self.ahead, self.rtc) = (ahead, rtc);
            self.vouches.all.clear();
            self.note_clock();
            if matches!(wakes, Wakes::Kept(_)) {
                let alone = self.booted + NETWORK_WITHIN;
                self.come(alone, Upcoming::RtcAlone(self.boot));
                // Behind what a wrong time wrote last, it waits for somebody to vouch.
                let to = if self.record.is_uncorrected(self.at) { self.terms.calm_from } else { alone };
                self.record.trouble(TroubleKind::Clock, None, self.at, to);
            }
            let noticed = Vouched { after: NOTICED_IN, by: Voucher::Person };
            let vouched = vouched.or((wakes != Wakes::Kept(SignedDuration::ZERO)).then_some(noticed));
            if wakes != Wakes::Kept(SignedDuration::ZERO) {
                let to = vouched.map_or(self.terms.calm_from, |vouched| self.at + vouched.after);
                self.record.trouble(TroubleKind::Clock, None, self.at, to);
            }
            if let Some(vouched) = vouched {
                self.come(self.at + vouched.after, Upcoming::Vouch(vouched.by));
            }
        }
        self.start();
    }

    /// A start goes by whoever the log knows of. Where it may know of nobody, the RTC vouches for what it finds.
    pub(super) fn recalls_who_vouched(&mut self) {
        let record = &self.record;
        self.vouches.recalled(|at| record.may_be_unknown(at));
        let stood = self.vouches.standing();
        let unknown = stood.iter().all(|(at, _)| record.may_be_unknown(*at));
        if unknown && self.rtc && stood.iter().any(|(_, ahead)| *ahead != self.ahead) {
            self.vouches.all.push((self.at, self.ahead));
        }
        if self.vouches.standing().len() > 1 {
            self.note_clock();
        }
    }

    /// Whoever vouches sets the clock right first.
    pub(super) fn vouch(&mut self, by: Voucher) {
        if by == Voucher::Person && self.life.is_none() {
            // There is no daemon to tell: whoever wants to comes again.
            let later = SignedDuration::from_secs(10);
            self.trouble(TroubleKind::Clock, later);
            return self.come(self.at + later, Upcoming::Vouch(by));
        }
        let was = self.ahead;
        self.copies_may_fail();
        self.ahead = SignedDuration::ZERO;
        if !was.is_zero() {
            self.decks_follow_the_clock();
            self.clock_trouble(was);
        }
        self.vouches.add(self.at, self.ahead);
        self.note_clock();
        match by {
            Voucher::TimeServer => {
                self.synchronised = true;
                self.look_now();
            }
            Voucher::Person => {
                self.confirmed = Some(self.at);
                self.look_now();
                self.ask(Order::ConfirmClock, None, false);
            }
        }
    }

    /// A person sets the clock wrong, and vouches for it.
    pub(super) fn set_wrong(&mut self, off_by: SignedDuration, corrected: Vouched) {
        if self.life.is_none() || self.stalled {
            return;
        }
        let was = self.ahead;
        self.ahead = off_by;
        self.synchronised = false;
        self.vouches.add(self.at, off_by);
        self.note_clock();
        self.decks_follow_the_clock();
        self.clock_trouble(was.abs().max(off_by.abs()));
        self.record.trouble(TroubleKind::Clock, None, self.at, self.at + corrected.after);
        self.look_now();
        self.confirmed = Some(self.at);
        self.ask(Order::ConfirmClock, None, false);
        self.come(self.at + corrected.after, Upcoming::Vouch(corrected.by));
    }

    /// The station's clock and true time disagreed until now: slots of the time between are the clock's.
    fn clock_trouble(&mut self, by: SignedDuration) {
        // A clock that is years off is doubtful, and its slots are none of the plan's.
        let by = by.abs().min(SignedDuration::from_hours(24));
        self.record.trouble(TroubleKind::Clock, None, self.at - by, self.at + by);
    }

    pub(super) fn steps(&mut self, by: SignedDuration, synchronised: bool) {
        // A clock that is years off is not stepped by minutes.
        if self.ahead.abs() > SignedDuration::from_hours(24) {
            return;
        }
        self.copies_may_fail();
        self.ahead = self.ahead.saturating_add(by);
        self.synchronised = synchronised;
        if synchronised {
            self.vouches.add(self.at, self.ahead);
        }
        self.note_clock();
        self.clock_trouble(self.ahead.abs() + by.abs());
        self.record.trouble(TroubleKind::Clock, None, self.at, self.terms.calm_from);
        self.decks_follow_the_clock();
        self.unseen = self.life.is_some();
        self.come(self.at + super::life::LOOK_EVERY, Upcoming::Look);
        if !synchronised {
            self.come(self.at + NOTICED_IN, Upcoming::Vouch(Voucher::Person));
        }
    }

    pub(super) fn decks_follow_the_clock(&mut self) {
        self.hear_outputs();
    }

    pub(super) fn drifts(&mut self, by: SignedDuration, left: u32) {
        // Unless somebody has set it right meanwhile.
        if !self.synchronised {
            self.steps(by, false);
            if left > 0 {
                self.come(self.at + DRIFTS_EVERY, Upcoming::Drift(by, left - 1));
            }
        }
    }

    pub(super) fn goes_adrift(&mut self, by: SignedDuration, steps: u32) {
        // Whoever stands still does not see that the network told the time.
        if self.life.is_some() && !self.stalled {
            self.vouch(Voucher::TimeServer);
            self.synchronised = false;
            self.come(self.at + DRIFTS_EVERY, Upcoming::Drift(by, steps - 1));
        }
    }

    /// The network has not told the time in a boot's first minute.
    pub(super) fn rtc_is_alone(&mut self, boot: u32) {
        if boot == self.boot && self.vouches.all.is_empty() {
            self.vouches.add(self.at, self.ahead);
            self.note_clock();
        }
        self.look_now();
    }
}
