//! What befalls the station, and what comes by itself: mishaps are carried out here, each in one place.

use jiff::SignedDuration;

use super::{NOTICED_IN, Planner, Tending, Upcoming, World};
use crate::defect::defect;
use crate::playout::conductor::HORIZON;
use crate::playout::cue::{DeckEvent, Event, SlotChange, Wanted, Write};
use crate::playout::outlet::OPENS_WITHIN;
use crate::playout::simulate::mishap::{Edit, Mishap, Off, Reload, Shelf, Voucher, What, Wish};
use crate::playout::simulate::output::SimulatedOutput;
use crate::playout::simulate::record::TroubleKind;
use crate::rundown::Span;
use crate::terms::*;

/// The conductor's lease on the outputs.
const LEASE: SignedDuration = SignedDuration::from_secs(2);
/// What changes in the folder of recordings is felt for so long: picks are settled ten minutes ahead.
const SETTLED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// As often as a rundown may be asked for in one instant.
const MOST_RUNDOWNS: u32 = 50;

impl<P: Planner> World<P> {
    pub(super) fn befalls(&mut self, what: What) {
        self.tell(|| format!("! {what:?}"));
        match what {
            What::Off { how: Off::Stopped, .. } => self.die(&what),
            What::Off { .. } | What::LogLost { .. } => {
                if matches!(what, What::LogLost { held: true, .. }) {
                    self.wishes(Wish::Hold { lasting: None }, false);
                }
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
                self.come(self.at + lasting, Upcoming::DiskFast);
            }
            What::FullDisk { lasting } => {
                self.disk.full = true;
                self.trouble(TroubleKind::Disk, lasting + SignedDuration::from_secs(9));
                self.come(self.at + lasting, Upcoming::DiskWell);
            }
            What::Step { by, synchronised } => self.steps(by, synchronised),
            What::Vouch(by) => self.vouch(by),
            What::Device { output, how, lasting } => {
                let fails = |deck: &mut SimulatedOutput, now| {
                    let said = deck.fail(how, now);
                    deck.card.absent = true;
                    said
                };
                self.device(output, lasting, SignedDuration::ZERO, fails, Upcoming::DevicePresent);
            }
            What::Recordings { how, lasting } => {
                self.decks.values_mut().for_each(|deck| deck.spoilt = Some(how));
                self.trouble(TroubleKind::Recordings, lasting + SignedDuration::from_secs(60));
                self.come(self.at + lasting, Upcoming::RecordingsWell);
            }
            What::Library(shelf) => self.shelve(shelf),
            What::Plan(reload) => self.reload(reload),
            What::Edit { to, again } => {
                self.save(to);
                if let Some((after, version)) = again {
                    self.come(self.at + after, Upcoming::Saved(version));
                }
            }
            What::Copy { item, shows } => self.damage(item, shows),
            What::SlowPlanner { by, lasting } => {
                self.planner_late = by;
                self.trouble(TroubleKind::Planner, lasting + by);
                self.come(self.at + lasting, Upcoming::PlannerFast);
            }
            What::Stall { lasting } => {
                if self.stands_still(lasting) {
                    self.trouble(TroubleKind::Stall, lasting);
                }
            }
            What::Hang { output, lasting } => {
                let hangs = |deck: &mut SimulatedOutput, now| deck.hang(now, lasting);
                self.device(output, lasting, OPENS_WITHIN, hangs, Upcoming::DeviceAnswers);
            }
            What::StalledTrace { lasting } => {
                // Nothing that decides waits for whoever reads the trace.
                if defect!(WaitsForTrace) {
                    self.stands_still(lasting);
                }
            }
            What::Order { order, again } => self.wishes(order, again),
            What::WrongTime { off_by, corrected, order, then } => {
                self.set_wrong(off_by, corrected);
                order.into_iter().for_each(|order| self.wishes(order, false));
                if let Some(Mishap { at: after, what }) = then.map(|then| *then) {
                    let at = self.at + (after - Wall(0));
                    let place = self.mishaps.partition_point(|mishap| mishap.at <= at);
                    self.mishaps.insert(place, Mishap { at, what });
                }
            }
            What::Adrift { steps, by } => self.goes_adrift(by, steps),
            What::Edited { edit, unseen, off } => {
                if unseen && self.life.is_some() {
                    self.edit = Some(edit);
                } else {
                    self.reload(Reload::Edit(edit));
                }
                self.befalls(*off);
            }
        }
    }

    pub(super) fn happens(&mut self, coming: Upcoming) {
        match coming {
            Upcoming::Wake => self.wake(),
            Upcoming::Vouch(by) => self.vouch(by),
            Upcoming::DiskFast => self.disk.sync = SignedDuration::ZERO,
            Upcoming::DiskWell => self.disk.is_well(self.at),
            Upcoming::DevicePresent(id) => {
                if let Some(deck) = self.decks.get_mut(&id) {
                    deck.card.absent = false;
                }
            }
            Upcoming::DeviceAnswers(id) => {
                let now = self.now();
                let said = self.decks.get_mut(&id).map(|deck| deck.answers(now));
                said.into_iter().flatten().for_each(|event| self.deck_says(&id, event));
            }
            Upcoming::ShelfAsItWas(trouble) if self.shelved == Some(trouble) => self.shelve(Shelf::AsItWas),
            Upcoming::ShelfAsItWas(_) => {}
            Upcoming::RecordingsWell => self.decks.values_mut().for_each(|deck| deck.spoilt = None),
            Upcoming::Planned(wanted) => self.is_planned(&wanted),
            Upcoming::Saved(version) => self.save(version),
            Upcoming::LookAtFiles => self.look_at_files(),
            Upcoming::FilesRead => self.files_are_read(),
            Upcoming::LookAtCopies => self.tend(Tending::Seen),
            Upcoming::CopyRound => self.go_round(),
            Upcoming::Tended(task) => self.is_tended(&task),
            Upcoming::PlannerFast => self.planner_late = SignedDuration::ZERO,
            Upcoming::StallOver => self.goes_on(),
            Upcoming::Lapse if self.stalled => self.lapses(),
            Upcoming::Lapse => {}
            Upcoming::RtcAlone(boot) => self.rtc_is_alone(boot),
            Upcoming::Drift(by, left) => self.drifts(by, left),
            Upcoming::Look => self.look_now(),
            Upcoming::Copy => {
                if self.life.is_some() {
                    self.disk.copy(self.at);
                }
                self.come(self.at + super::COPIED_EVERY, Upcoming::Copy);
            }
            Upcoming::Calm => self.calm(),
        }
    }

    /// Recordings change in their folder; unless they change again, somebody puts them right in the end.
    fn shelve(&mut self, shelf: Shelf) {
        self.planner.shelve(shelf);
        self.copies_may_fail();
        self.end_shelved();
        if shelf != Shelf::AsItWas {
            let trouble = self.record.troubles.len();
            self.record.trouble(TroubleKind::Library, None, self.at, Wall::MAX);
            self.shelved = Some(trouble);
            self.come(self.at + NOTICED_IN, Upcoming::ShelfAsItWas(trouble));
        }
        self.plan_changed();
    }

    /// What has been settled meanwhile stays as it is.
    fn end_shelved(&mut self) {
        if let Some(trouble) = self.shelved.take().and_then(|place| self.record.troubles.get_mut(place)) {
            trouble.to = self.at + SETTLED_FOR;
        }
    }

    /// What befalls the device of an output is over after a time, and felt for so much longer, and a little more.
    fn device(
        &mut self,
        output: u32,
        lasting: SignedDuration,
        longer: SignedDuration,
        befalls: impl FnOnce(&mut SimulatedOutput, Now) -> Vec<DeckEvent>,
        over: fn(OutputId) -> Upcoming,
    ) {
        let now = self.now();
        let places = self.decks.len().max(1);
        let Some((id, deck)) = self.decks.iter_mut().nth(output as usize % places) else { return };
        let id = id.clone();
        let said = befalls(deck, now);
        let felt = lasting + longer + SignedDuration::from_secs(10);
        self.record.trouble(TroubleKind::Device, Some(id.clone()), self.at, self.at + felt);
        self.come(self.at + lasting, over(id.clone()));
        said.into_iter().for_each(|event| self.deck_says(&id, event));
    }

    /// The conductor stands still for a time, unless it does already.
    pub(super) fn stands_still(&mut self, lasting: SignedDuration) -> bool {
        let begins = self.life.is_some() && !self.stalled;
        if begins {
            self.stalled = true;
            self.come(self.at + LEASE, Upcoming::Lapse);
            self.come(self.at + lasting, Upcoming::StallOver);
        }
        begins
    }

    /// Its lease on the outputs is over.
    fn lapses(&mut self) {
        let now = self.now();
        let mut said = Vec::new();
        for (id, deck) in &mut self.decks {
            said.extend(deck.lapse(now).into_iter().map(|event| (id.clone(), event)));
        }
        said.into_iter().for_each(|(id, event)| self.deck_says(&id, event));
    }

    fn goes_on(&mut self) {
        self.stalled = false;
        self.copies_may_fail();
        self.look_now();
        for event in std::mem::take(&mut self.held) {
            self.hand(event);
        }
        self.hand(Event::Tick);
    }

    pub(super) fn reload(&mut self, reload: Reload) {
        let now = self.life.is_some().then(|| self.now());
        let accepted = self.planner.reload(reload, now);
        self.edited = match reload {
            Reload::Bad => self.edited,
            Reload::Good(_) => false,
            Reload::Edit(edit) => edit != Edit::Undo,
        };
        if reload != Reload::Bad {
            self.record.edits.push((self.at, self.planner.plan()));
        }
        if self.life.is_none() {
            // The next start finds it.
            return;
        }
        let row = self.plan_row(accepted);
        if accepted || reload == Reload::Bad {
            self.disk.write(Write::Append(vec![row], SlotChange::Nothing), self.at);
        }
        if accepted {
            self.note_plan();
            self.trouble(TroubleKind::Plan, SignedDuration::from_mins(1));
            self.plan_changed();
        }
    }

    pub(super) fn plan_changed(&mut self) {
        let wall = self.wall();
        self.want(Span { from: wall, to: wall + HORIZON });
    }

    /// Asks the planner for a rundown, as the engine does.
    pub(super) fn want(&mut self, span: Span) {
        let Some(life) = &self.life else { return };
        let wanted = life.conductor.wants(span);
        self.come(self.at + self.planner_late, Upcoming::Planned(Box::new(wanted)));
    }

    fn is_planned(&mut self, wanted: &Wanted) {
        if self.life.is_none() {
            return;
        }
        let (at, before) = self.rundowns;
        self.rundowns = (self.at, if at == self.at { before + 1 } else { 1 });
        if self.rundowns.1 > MOST_RUNDOWNS {
            // Without this the run would never end.
            self.record.seen.push((self.at, "the rundown was asked for over and over".into()));
            self.come(self.at + SignedDuration::from_millis(50), Upcoming::Planned(Box::new(wanted.clone())));
            return;
        }
        let (history, now) = (self.disk.history.clone(), self.now());
        let rundown = self.planner.rundown(history, wanted, now);
        if !self.planner_late.is_zero() {
            self.copies_may_fail();
        }
        self.needs(&rundown);
        self.hand(Event::Rundown(rundown));
        self.note_faults();
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
            Wish::Mourn { ahead, lasting, only } => {
                let from = self.wall() + ahead;
                let only = only.and_then(|number| self.planner.programme(number)).into_iter().collect();
                Order::Mourning(Mourning { from, until: from + lasting, only, reason: "mourning".into() })
            }
            Wish::EndMourning => Order::WithdrawMourning { from: None },
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
        self.disk.is_well(self.at);
        self.disk.sync = SignedDuration::ZERO;
        self.planner_late = SignedDuration::ZERO;
        for deck in self.decks.values_mut() {
            let deck: &mut SimulatedOutput = deck;
            deck.card.absent = false;
            deck.spoilt = None;
            deck.card.hangs = None;
        }
        for id in self.decks.keys().cloned().collect::<Vec<_>>() {
            self.happens(Upcoming::DeviceAnswers(id));
        }
        self.planner.shelve(Shelf::AsItWas);
        self.end_shelved();
        if self.stalled {
            self.happens(Upcoming::StallOver);
        }
        self.coming.retain(|_, coming| coming.is_care() || matches!(coming, Upcoming::Planned(_)));
        self.wake();
        if self.edited {
            self.reload(Reload::Edit(Edit::Undo));
        }
        self.vouch(Voucher::TimeServer);
        if self.hold.is_some() {
            self.ask(Order::Release, None, false);
            self.end_hold();
        }
        self.plan_changed();
    }
}
