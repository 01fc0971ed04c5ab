//! The device of an output: opened from the list it was given, judged by its frames, lost, tried again, closed.

use jiff::SignedDuration;

use crate::defect::defect;
use crate::playout::cue::{DeckEvent, End, Fault, FaultKind};
use crate::playout::outlet::{Action, FrameClock, Outlet, Symptom, Watch};
use crate::terms::{Mono, Now};

/// A sound server may stall for a second and a half while a device is opened, and a slow machine longer.
pub const OPENS_WITHIN: SignedDuration = SignedDuration::from_secs(8);
/// Closing takes a block's time.
pub const CLOSES_WITHIN: SignedDuration = SignedDuration::from_secs(1);
/// A lost device is tried again so soon at least: a slot is on air or about to be, and sound is to be back within two seconds of the device.
const RETRY: SignedDuration = SignedDuration::from_millis(500);
/// One that takes sound faster than time, when the plan names no other.
const RETRY_SWALLOWER: SignedDuration = SignedDuration::from_secs(5);
/// But trying takes no more than one part of so many of the time: some drivers search the whole machine before they fail.
const TRYING: i32 = 20;
/// However long it takes, this is the longest pause.
pub const LONGEST_RETRY: SignedDuration = SignedDuration::from_secs(8);
/// What is said of a device whose driver or sound server does not return.
const HANGS: &str = "the device does not answer";

#[derive(Debug)]
pub(super) enum DeviceStage {
    Closed,
    Opening(Opening),
    Open {
        place: usize,
        name: String,
        clock: FrameClock,
        watch: Watch,
    },
    /// To be opened again, with the device at this place of the list first.
    Lost {
        at: Mono,
        place: usize,
    },
}

/// The list is gone through once.
#[derive(Debug)]
pub(super) struct Opening {
    first: usize,
    /// How many have been tried, and which is.
    tried: usize,
    place: usize,
    /// What each of them answered.
    said: Vec<String>,
    since: Mono,
    /// The conductor knows that there is none.
    again: bool,
}

impl DeviceStage {
    /// Its frames have gone on.
    pub fn tick(&mut self, newer: FrameClock) {
        if let DeviceStage::Open { clock, .. } = self {
            *clock = newer;
        }
    }
}

impl Outlet {
    pub fn is_open(&self) -> bool {
        matches!(self.stage, DeviceStage::Open { .. })
    }

    /// Whether a device has not come back.
    pub fn has_hanging(&self) -> bool {
        !self.hanging.is_empty()
    }

    /// When a lost device is tried again.
    pub fn again_at(&self) -> Option<Mono> {
        if let DeviceStage::Lost { at, .. } = self.stage { Some(at) } else { None }
    }

    pub(super) fn clock(&self) -> Option<FrameClock> {
        if let DeviceStage::Open { clock, .. } = self.stage { Some(clock) } else { None }
    }

    pub(super) fn open(&mut self, now: Mono) {
        match &self.stage {
            DeviceStage::Open { name, .. } => self.debts.tell(DeckEvent::Opened(name.clone())),
            DeviceStage::Opening(_) => {}
            DeviceStage::Closed => self.open_one_of(0, false, now),
            DeviceStage::Lost { place, .. } => self.open_one_of(*place, true, now),
        }
    }

    /// Tries each device of the list once, from `first` on.
    fn open_one_of(&mut self, first: usize, again: bool, now: Mono) {
        self.stage = DeviceStage::Opening(Opening { first, tried: 0, place: first, said: Vec::new(), since: now, again });
        self.try_next(now);
    }

    fn try_next(&mut self, now: Mono) {
        let DeviceStage::Opening(opening) = &mut self.stage else { return };
        while opening.tried < self.devices.len() {
            opening.place = (opening.first + opening.tried) % self.devices.len();
            opening.tried += 1;
            if !self.hanging.contains(&opening.place) {
                return self.actions.push(Action::Open(opening.place));
            }
            opening.said.push(format!("{}: {HANGS}", self.devices[opening.place]));
        }
        let (place, detail) = (opening.first, opening.said.join("; "));
        // What hangs is not tried again before it comes back: that is to be seen soon.
        let took = if opening.again && self.hanging.is_empty() { now - opening.since } else { SignedDuration::ZERO };
        let pause = took.saturating_mul(TRYING).clamp(RETRY, LONGEST_RETRY);
        if !opening.again {
            self.debts.tell(DeckEvent::Lost(Fault { kind: FaultKind::NoDevice, detail }));
        }
        self.lost(place, now + pause);
    }

    fn lost(&mut self, place: usize, again_at: Mono) {
        let never = SignedDuration::from_hours(24 * 365);
        let at = if defect!(NeverRetries) { again_at + never } else { again_at };
        self.stage = DeviceStage::Lost { at, place };
    }

    pub(super) fn opened(&mut self, name: String, rate: u32, now: Mono) {
        let DeviceStage::Opening(Opening { place, again, .. }) = self.stage else { return self.actions.push(Action::Close) };
        self.rate = rate;
        self.debts.tell(if again { DeckEvent::Back(name.clone()) } else { DeckEvent::Opened(name.clone()) });
        self.stage = DeviceStage::Open { place, name, clock: FrameClock::unknown(rate), watch: Watch::new(rate, now) };
    }

    pub(super) fn refused(&mut self, why: String, now: Mono) {
        if let DeviceStage::Opening(opening) = &mut self.stage {
            opening.said.push(why);
            self.try_next(now);
        }
    }

    /// A device that does not come back is told, and left alone until it does.
    pub(super) fn hangs(&mut self, place: usize, now: Mono) {
        self.hanging.push(place);
        self.debts.tell(DeckEvent::Hangs(Some(self.devices[place].clone())));
        self.refused(format!("{}: {HANGS}", self.devices[place]), now);
    }

    /// A device that has come back may be opened again.
    pub(super) fn answers(&mut self, place: usize) {
        if self.hanging.extract_if(.., |hanging| *hanging == place).count() > 0 {
            let still = self.hanging.iter().min().map(|place| self.devices[*place].clone());
            self.debts.tell(DeckEvent::Hangs(still));
        }
    }

    pub(super) fn look_at_device(&mut self, gone: bool, said: Option<String>, now: Now) {
        match &mut self.stage {
            DeviceStage::Open { clock, watch, .. } => {
                let symptom = watch.look(now.mono, clock.handed).filter(|_| !defect!(WatchesNothing));
                let detail = match (gone, symptom, said) {
                    (true, _, said) => said.unwrap_or_else(|| "the device is gone".to_owned()),
                    (false, Some(symptom), Some(said)) => format!("{}; it said: {said}", symptom.as_str()),
                    (false, Some(symptom), None) => symptom.as_str().to_owned(),
                    (false, None, _) => return,
                };
                self.lose(symptom.filter(|_| !gone), detail, now);
            }
            DeviceStage::Lost { at, place } if *at <= now.mono => {
                let place = *place;
                self.open_one_of(place, true, now.mono);
            }
            DeviceStage::Lost { .. } | DeviceStage::Opening(_) | DeviceStage::Closed => {}
        }
    }

    /// A lost device: everything the deck had is over, then it is tried again.
    fn lose(&mut self, symptom: Option<Symptom>, detail: String, now: Now) {
        self.tell_what_left(now);
        let (Some(clock), DeviceStage::Open { place, .. }) = (self.clock(), &self.stage) else { return };
        let (place, devices) = (*place, self.devices.len().max(1));
        // One that swallows sound is found again each time, and would be lost again at once: a row in the log for both.
        let pause = if symptom == Some(Symptom::Runaway) && devices == 1 { RETRY_SWALLOWER } else { RETRY / 2 };
        self.lost((place + 1) % devices, now.mono + pause);
        self.debts.tell(DeckEvent::Lost(Fault { kind: FaultKind::DeviceLost, detail }));
        self.end_all(clock.left, &End::Lost);
        self.actions.push(Action::Close);
    }

    /// Whatever was open or being opened is lost by a fault of ours.
    pub(super) fn lose_all(&mut self, fault: Fault, now: Mono) {
        let (place, known) = match &self.stage {
            DeviceStage::Open { place, .. } => (*place, false),
            DeviceStage::Opening(Opening { first, again, .. }) => (*first, *again),
            DeviceStage::Closed | DeviceStage::Lost { .. } => return,
        };
        self.lost(place, now + RETRY);
        if !known {
            self.debts.tell(DeckEvent::Lost(fault));
        }
        self.actions.push(Action::Close);
    }

    pub(super) fn close(&mut self, now: Now) {
        self.tell_what_left(now);
        let left = self.clock().map(|clock| clock.left);
        if !(defect!(RetriesForEver) && self.again_at().is_some()) {
            self.stage = DeviceStage::Closed;
        }
        self.end_all(left.unwrap_or(0), &End::Cut);
        self.drop_loaded();
        if left.is_some() {
            self.actions.push(Action::Close);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playout::cue::DeckCue;
    use crate::playout::outlet::Incident;
    use crate::terms::Wall;

    /// An outlet with devices `a` and `b`, and its time.
    struct Bench {
        outlet: Outlet,
        now: Now,
    }

    impl Bench {
        fn new() -> Bench {
            let now = Now { wall: Wall(0), mono: Mono(0) };
            Bench { outlet: Outlet::new(vec!["a".to_owned(), "b".to_owned()], 48_000), now }
        }

        fn after(&mut self, ms: i64) -> &mut Bench {
            let by = SignedDuration::from_millis(ms);
            self.now = Now { wall: self.now.wall + by, mono: self.now.mono + by };
            self
        }

        /// What is to be done, in short.
        fn hand(&mut self, incident: Incident) -> Vec<String> {
            let brief = |action| match action {
                Action::Tell(DeckEvent::Lost(fault)) => format!("lost: {}", fault.detail),
                Action::Tell(event) => format!("{event:?}"),
                Action::Open(place) => format!("open {place}"),
                other => format!("{other:?}"),
            };
            self.outlet.handle(self.now, incident).into_iter().map(brief).collect()
        }

        fn refused(&mut self) -> Vec<String> {
            self.hand(Incident::Refused("no".to_owned()))
        }

        fn look(&mut self) -> Vec<String> {
            self.hand(Incident::Look { gone: false, said: None })
        }
    }

    const OPEN: Incident = Incident::Cue(DeckCue::Open);

    #[test]
    fn each_device_of_the_list_is_tried_once_and_all_again_half_a_second_later() {
        let mut bench = Bench::new();
        assert_eq!(bench.hand(OPEN), ["open 0"]);
        assert_eq!(bench.refused(), ["open 1"]);
        assert_eq!(bench.refused(), ["lost: no; no"]);
        assert_eq!(bench.after(499).look(), [""; 0]);
        assert_eq!(bench.after(1).look(), ["open 0"]);
        assert_eq!(bench.refused(), ["open 1"]);
        assert_eq!(bench.hand(Incident::Opened("B".to_owned(), 48_000)), [r#"Back("B")"#]);
    }

    #[test]
    fn a_device_that_is_gone_is_followed_by_the_next_and_one_that_hangs_is_passed_over() {
        let mut bench = Bench::new();
        bench.hand(OPEN);
        bench.hand(Incident::Opened("A".to_owned(), 48_000));
        assert_eq!(bench.hand(Incident::Look { gone: true, said: Some("unplugged".to_owned()) }), ["lost: unplugged", "Close"]);
        assert_eq!(bench.hand(Incident::Hangs(0)), [r#"Hangs(Some("a"))"#]);
        assert_eq!(bench.after(250).look(), ["open 1"]);
        assert_eq!(bench.refused(), [""; 0], "the first is not tried while it hangs");
        assert_eq!(bench.hand(Incident::Answers(0)), ["Hangs(None)"]);
        assert_eq!(bench.after(500).look(), ["open 1"]);
        assert_eq!(bench.refused(), ["open 0"]);
    }

    #[test]
    fn however_long_trying_takes_the_next_try_comes_within_eight_seconds() {
        let mut bench = Bench::new();
        bench.hand(OPEN);
        bench.refused();
        bench.refused();
        assert_eq!(bench.after(500).look(), ["open 0"]);
        bench.after(100).refused();
        bench.after(100).refused();
        assert_eq!(bench.after(3_999).look(), [""; 0], "trying takes a twentieth of the time");
        assert_eq!(bench.after(1).look(), ["open 0"]);
        bench.after(3_000).refused();
        bench.after(3_000).refused();
        assert_eq!(bench.after(8_000).look(), ["open 0"]);
    }

    #[test]
    fn what_is_closed_is_not_tried_again() {
        let mut bench = Bench::new();
        bench.hand(OPEN);
        bench.refused();
        bench.refused();
        assert_eq!(bench.hand(Incident::Cue(DeckCue::Close)), [""; 0]);
        assert_eq!(bench.outlet.again_at(), None);
        assert_eq!(bench.after(60_000).look(), [""; 0]);
    }
}
