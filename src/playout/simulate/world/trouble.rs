//! What befalls the station, and what comes by itself: mishaps are carried out here, each in one place.

use jiff::SignedDuration;

use super::{Coming, Planner, World};
use crate::control::request::Order;
use crate::playout::conductor::HORIZON;
use crate::playout::cue::{Event, LedgerCue, Settle};
use crate::playout::simulate::mishap::{Loss, Off, Reload, Shelf, Vouched, Voucher, Wakes, What, Wish};
use crate::playout::simulate::output::Output;
use crate::playout::simulate::record::TroubleKind;
use crate::rundown::Span;
use crate::terms::*;

/// The conductor's lease on the outputs.
const LEASE: SignedDuration = SignedDuration::from_secs(2);
/// Somebody notices at last that recordings are missing or that nobody vouches for the clock, and puts it right.
const NOTICED_IN: SignedDuration = SignedDuration::from_hours(3 * 24);
/// What changes in the folder of recordings is felt for so long: picks are settled ten minutes ahead.
const SETTLED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// A clock that wakes in 2080.
const YEAR_2080: Wall = Wall(3_471_292_800_000_000_000);

impl<P: Planner> World<P> {
    pub(super) fn befalls(&mut self, what: What) {
        self.tell(|| format!("! {what:?}"));
        match what {
            What::Off { how: Off::Stopped, .. } => self.die(&what),
            What::Off { .. } | What::LogLost { .. } => {
                if let Some(What::Off { after, .. }) = what.off()
                    && self.life.is_some()
                    && self.fuse.is_none()
                {
                    self.fuse = Some((*after, what));
                }
            }
            What::SlowDisk { sync, lasting } => {
                self.disk.sync = sync;
                self.trouble(TroubleKind::Disk, lasting + sync);
                self.come(self.at + lasting, Coming::DiskFast);
            }
            What::FullDisk { lasting } => {
                self.disk.full = true;
                self.trouble(TroubleKind::Disk, lasting + SignedDuration::from_secs(9));
                self.come(self.at + lasting, Coming::DiskWell);
            }
            What::Step { by, synchronised } => self.steps(by, synchronised),
            What::Vouch(by) => self.vouch(by),
            What::Device { output, how, lasting } => self.device_fails(output, how, lasting),
            What::Recordings { how, lasting } => {
                self.decks.values_mut().for_each(|deck| deck.spoilt = Some(how));
                self.trouble(TroubleKind::Recordings, lasting + SignedDuration::from_secs(60));
                self.come(self.at + lasting, Coming::RecordingsWell);
            }
            What::Library(shelf) => self.shelve(shelf),
            What::Plan(reload) => self.reload(reload),
            What::SlowPlanner { by, lasting } => {
                self.planner_late = by;
                self.trouble(TroubleKind::Planner, lasting + by);
                self.come(self.at + lasting, Coming::PlannerFast);
            }
            What::Stall { lasting } => {
                if self.life.is_some() && !self.stalled {
                    self.stalled = true;
                    self.trouble(TroubleKind::Stall, lasting);
                    self.come(self.at + LEASE, Coming::Lapse);
                    self.come(self.at + lasting, Coming::StallOver);
                }
            }
            What::Order { order, again } => self.wishes(order, again),
        }
    }

    pub(super) fn happens(&mut self, coming: Coming) {
        match coming {
            Coming::Wake => self.wake(),
            Coming::Vouch(by) => self.vouch(by),
            Coming::DiskFast => self.disk.sync = SignedDuration::ZERO,
            Coming::DiskWell => self.disk.full = false,
            Coming::DevicePresent(id) => {
                if let Some(deck) = self.decks.get_mut(&id) {
                    deck.absent = false;
                }
            }
            Coming::Reopen(id, tries) => self.reopen(&id, tries),
            Coming::ShelfAsItWas(trouble) if self.shelved == Some(trouble) => self.shelve(Shelf::AsItWas),
            Coming::ShelfAsItWas(_) => {}
            Coming::RecordingsWell => self.decks.values_mut().for_each(|deck| deck.spoilt = None),
            Coming::Planned(wanted) => {
                let history = self.disk.history.clone();
                let now = self.now();
                if self.life.is_some() {
                    let rundown = self.planner.rundown(history, &wanted, now);
                    self.hand(Event::Rundown(rundown));
                }
            }
            Coming::PlannerFast => self.planner_late = SignedDuration::ZERO,
            Coming::StallOver => {
                self.stalled = false;
                self.look_now();
                for event in std::mem::take(&mut self.held) {
                    self.hand(event);
                }
                self.hand(Event::Tick);
            }
            Coming::Lapse => {
                if self.stalled {
                    let now = self.now();
                    let mut said = Vec::new();
                    for (id, deck) in &mut self.decks {
                        said.extend(deck.lapse(now).into_iter().map(|event| (id.clone(), event)));
                    }
                    said.into_iter().for_each(|(id, event)| self.deck_says(&id, event));
                }
            }
            Coming::Look => self.look_now(),
            Coming::Copy => {
                if self.life.is_some() {
                    self.disk.copy(self.at);
                }
                self.come(self.at + super::COPIED_EVERY, Coming::Copy);
            }
            Coming::Calm => self.calm(),
        }
    }

    /// Recordings change in their folder; unless they change again, somebody puts them right in the end.
    fn shelve(&mut self, shelf: Shelf) {
        self.planner.shelve(shelf);
        self.end_shelved();
        if shelf != Shelf::AsItWas {
            let trouble = self.record.troubles.len();
            self.record.trouble(TroubleKind::Library, None, self.at, Wall::MAX);
            self.shelved = Some(trouble);
            self.come(self.at + NOTICED_IN, Coming::ShelfAsItWas(trouble));
        }
        self.plan_changed();
    }

    /// What has been settled meanwhile stays as it is.
    fn end_shelved(&mut self) {
        if let Some(trouble) = self.shelved.take().and_then(|place| self.record.troubles.get_mut(place)) {
            trouble.to = self.at + SETTLED_FOR;
        }
    }

    /// The machine is on again, or the daemon alone.
    fn wake(&mut self) {
        if self.life.is_some() {
            return;
        }
        if let Some((wakes, vouched)) = self.wakes.take() {
            let off_for = self.record.offs.last().map_or(SignedDuration::ZERO, |cut| self.at - cut.at);
            self.boot += 1;
            self.booted = self.at - SignedDuration::from_secs(8);
            self.synchronised = false;
            self.confirmed = None;
            let (ahead, rtc) = match wakes {
                Wakes::Kept(off_by) => (self.ahead + off_by, true),
                Wakes::Carried => (self.ahead - off_for, false),
                Wakes::In1970 { rtc } => (Wall(0) - self.at, rtc),
                Wakes::In2080 { rtc } => (YEAR_2080 - self.at, rtc),
            };
            (self.ahead, self.rtc) = (ahead, rtc);
            self.note_clock(matches!(wakes, Wakes::Kept(_)));
            let noticed = Vouched { after: NOTICED_IN, by: Voucher::Person };
            let vouched = vouched.or((wakes != Wakes::Kept(SignedDuration::ZERO)).then_some(noticed));
            if wakes != Wakes::Kept(SignedDuration::ZERO) {
                let to = vouched.map_or(self.terms.calm_from, |vouched| self.at + vouched.after);
                self.record.trouble(TroubleKind::Clock, None, self.at, to);
            }
            if let Some(vouched) = vouched {
                self.come(self.at + vouched.after, Coming::Vouch(vouched.by));
            }
        }
        self.start();
    }

    /// Whoever vouches sets the clock right first.
    fn vouch(&mut self, by: Voucher) {
        if by == Voucher::Person && self.life.is_none() {
            // There is no daemon to tell: whoever wants to comes again.
            let later = SignedDuration::from_secs(10);
            self.trouble(TroubleKind::Clock, later);
            return self.come(self.at + later, Coming::Vouch(by));
        }
        let was = self.ahead;
        self.ahead = SignedDuration::ZERO;
        if !was.is_zero() {
            self.decks_follow_the_clock();
            self.clock_trouble(was);
        }
        self.note_clock(true);
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

    /// The station's clock and true time disagreed until now: slots of the time between are the clock's.
    fn clock_trouble(&mut self, by: SignedDuration) {
        // A clock that is years off is doubtful, and its slots are none of the plan's.
        let by = by.abs().min(SignedDuration::from_hours(24));
        self.record.trouble(TroubleKind::Clock, None, self.at - by, self.at + by);
    }

    fn steps(&mut self, by: SignedDuration, synchronised: bool) {
        // A clock that is years off is not stepped by minutes.
        if self.ahead.abs() > SignedDuration::from_hours(24) {
            return;
        }
        self.ahead = self.ahead.saturating_add(by);
        let vouched = synchronised || self.record.clock(self.at).vouched;
        self.synchronised = synchronised;
        self.note_clock(vouched);
        self.clock_trouble(self.ahead.abs() + by.abs());
        self.record.trouble(TroubleKind::Clock, None, self.at, self.terms.calm_from);
        self.decks_follow_the_clock();
        self.unseen = self.life.is_some();
        self.come(self.at + super::life::LOOK_EVERY, Coming::Look);
        if !synchronised {
            self.come(self.at + NOTICED_IN, Coming::Vouch(Voucher::Person));
        }
    }

    fn decks_follow_the_clock(&mut self) {
        let now = self.now();
        self.decks.values_mut().for_each(|deck| deck.rearm(now));
    }

    fn device_fails(&mut self, output: u32, how: Loss, lasting: SignedDuration) {
        let now = self.now();
        let places = self.decks.len().max(1);
        let Some((id, deck)) = self.decks.iter_mut().nth(output as usize % places) else { return };
        let id = id.clone();
        let said = deck.fail(how, now);
        deck.absent = true;
        self.record.trouble(TroubleKind::Device, Some(id.clone()), self.at, self.at + lasting + SignedDuration::from_secs(10));
        self.come(self.at + lasting, Coming::DevicePresent(id.clone()));
        said.into_iter().for_each(|event| self.deck_says(&id, event));
    }

    fn reopen(&mut self, id: &OutputId, tries: u32) {
        let now = self.now();
        let Some(deck) = self.decks.get_mut(id).filter(|deck| deck.is_lost()) else { return };
        if deck.come_back(now) {
            self.hand(Event::Deck(id.clone(), crate::playout::cue::DeckEvent::Back("virtual".into())));
        } else {
            self.come(self.at + super::backoff(tries + 1), Coming::Reopen(id.clone(), tries + 1));
        }
    }

    fn reload(&mut self, reload: Reload) {
        let now = self.life.is_some().then(|| self.now());
        let accepted = self.planner.reload(reload, now);
        if self.life.is_none() {
            // The next start finds it.
            return;
        }
        let row = self.plan_row(accepted);
        if accepted || reload == Reload::Bad {
            self.disk.write(LedgerCue::Append(vec![row], Settle::Nothing), self.at);
        }
        if accepted {
            self.note_plan();
            self.trouble(TroubleKind::Plan, SignedDuration::from_mins(1));
            self.plan_changed();
        }
    }

    fn plan_changed(&mut self) {
        if self.life.is_none() {
            return;
        }
        let wall = self.wall();
        let unsettled = self.disk.unsettled.values().cloned().collect();
        let wanted = super::Wanted { span: Span { from: wall, to: wall + HORIZON }, unsettled };
        self.come(self.at + self.planner_late, Coming::Planned(Box::new(wanted)));
    }

    fn wishes(&mut self, wish: Wish, again: bool) {
        if self.life.is_none() {
            return;
        }
        let outputs: Vec<OutputId> = self.decks.keys().cloned().collect();
        let named = |n: u32| outputs.get(n as usize % outputs.len().max(1)).cloned();
        let upcoming = |next: u32| {
            let wall = self.wall();
            let mut slots: Vec<_> = self.coming_slots(wall);
            slots.dedup();
            slots.into_iter().nth(next as usize)
        };
        let order = match wish {
            Wish::Play { item, priority, output } => {
                let output = output.and_then(named);
                match self.planner.play(item, priority, output.as_ref(), &self.disk.history, self.wall()) {
                    Ok((order, play)) => return self.ask(order, Some(play), again),
                    Err(_) => return,
                }
            }
            Wish::Stop { output } => Order::Stop { output: output.and_then(named) },
            Wish::Hold { lasting } => Order::Hold { until: lasting.map(|lasting| self.wall() + lasting) },
            Wish::Release => Order::Release,
            Wish::Skip { next } => match upcoming(next) {
                Some((broadcast, at)) => Order::Skip { broadcast, planned_at: vec![at] },
                None => return,
            },
            Wish::Unskip { next } => match upcoming(next) {
                Some((broadcast, at)) => Order::Unskip { broadcast, planned_at: vec![at] },
                None => return,
            },
        };
        self.ask(order, None, again);
    }

    /// The slots that come after an instant, by what the conductor shows.
    fn coming_slots(&self, wall: Wall) -> Vec<(BroadcastId, Wall)> {
        let Some(life) = &self.life else { return Vec::new() };
        let next = life.conductor.status().next;
        next.into_iter().filter(|coming| coming.planned_at > wall).map(|coming| (coming.broadcast, coming.planned_at)).collect()
    }

    /// Nothing is wrong any more.
    fn calm(&mut self) {
        self.mishaps.clear();
        if let Some((_, what)) = self.fuse.take() {
            self.die(&what);
        }
        self.disk.full = false;
        self.disk.sync = SignedDuration::ZERO;
        self.planner_late = SignedDuration::ZERO;
        for deck in self.decks.values_mut() {
            let deck: &mut Output = deck;
            deck.absent = false;
            deck.spoilt = None;
        }
        self.planner.shelve(Shelf::AsItWas);
        self.end_shelved();
        if self.stalled {
            self.happens(Coming::StallOver);
        }
        self.coming.retain(|_, coming| matches!(coming, Coming::Planned(_) | Coming::Reopen(..)));
        self.wake();
        self.vouch(Voucher::TimeServer);
        if self.hold.is_some() {
            self.ask(Order::Release, None, false);
            self.end_hold();
        }
        self.plan_changed();
    }
}
