//! One output, one timeline: which slot holds it, which voices are on their way, what sounds next.
//!
//! [`Timeline::drive`] brings it to rest after every event: it looks at the state and does what is due, in one fixed order, until
//! nothing more is. It holds no clock; `desk.now` is all it knows of time.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::asrun::unsettled::Sounding;
use crate::playout::conductor::desk::Desk;
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::Run;
use crate::playout::cue::{Airing, DeckCue, LedgerCue, Settle};
use crate::terms::*;

/// A slot is armed this long before its instant: opening a device can take 1.5 s.
pub const LEAD: SignedDuration = SignedDuration::from_secs(5);
/// With the disk still busy so shortly before the instant, it starts all the same.
pub const PATIENCE: SignedDuration = SignedDuration::from_millis(300);
/// The next element is tied to the one that sounds this long before its end: until then a higher priority may still come between.
pub const TIE: SignedDuration = SignedDuration::from_secs(2);
/// A device stays open when the next slot comes within this time.
const KEEP_OPEN: SignedDuration = SignedDuration::from_secs(30);
/// How long a fade is where something is cut: 10 ms.
pub const FADE: Frames = Frames { count: 480, rate: 48_000 };

#[derive(Clone, Debug)]
pub struct Voice {
    pub slot: Slot,
    pub element: usize,
    pub take: u32,
    pub stage: Stage,
    /// Started although the ledger had not answered.
    pub log_late: bool,
    pub marked_at: Wall,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    Loading,
    Ready,
    /// Told to start, or to follow: an `Ended` is owed.
    Started,
    Sounding {
        began: Wall,
        frames: Frames,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Device {
    Closed,
    Opening,
    Open(String),
    Lost { since: Wall, ever: bool },
}

#[derive(Debug)]
pub struct Timeline {
    pub id: OutputId,
    pub runs: BTreeMap<Slot, Run>,
    pub voices: BTreeMap<Airing, Voice>,
    pub holder: Option<Slot>,
    pub device: Device,
    /// The last device's name: rows written after it is gone still say through what they sounded.
    pub name: Option<String>,
}

impl Timeline {
    pub fn new(id: OutputId) -> Timeline {
        Timeline { id, runs: BTreeMap::new(), voices: BTreeMap::new(), holder: None, device: Device::Closed, name: None }
    }

    /// Does all that is due. `next_at` is when the rundown's next slot on this output comes.
    pub fn drive(&mut self, desk: &mut Desk, next_at: Option<Wall>) {
        if desk.hold.is_some() {
            self.end_due(desk, Reason::Hold);
        }
        if desk.trusted {
            self.close_hours(desk);
            self.expire(desk);
        }
        if !desk.may_start() {
            self.disarm(desk);
        }
        // Each turn can end a slot and so free the output for the next; a slot ends once, so the turns are bounded.
        for _ in 0..=self.runs.len() {
            self.finish(desk);
            self.choose(desk);
            self.prepare(desk);
            self.start(desk);
            self.follow(desk);
            if !self.runs.values().any(|run| self.is_finished(run)) {
                break;
            }
        }
        self.note(desk);
        self.rest(desk, next_at);
    }

    /// Writes down what is due and waits: its instant has passed, so after a power cut no rundown would tell of it.
    fn note(&mut self, desk: &mut Desk) {
        let now = desk.now.wall;
        for run in self.runs.values_mut().filter(|run| !run.armed && !run.noted && run.planned.slot.planned_at <= now) {
            run.noted = true;
            desk.ledger(LedgerCue::Mark(Box::new(run.unsettled(None))));
        }
    }

    /// The instant at which [`Timeline::drive`] has something to do again, if nothing happens before.
    pub fn deadline(&self, desk: &Desk) -> Option<Wall> {
        let now = desk.now.wall;
        let just_after = |at: Wall| Wall(at.0.saturating_add(1));
        let mut instants = Vec::new();
        for run in self.runs.values() {
            let owed = self.owes(run.slot());
            if desk.hold.is_some() {
                instants.push(run.planned.slot.planned_at);
            }
            if !desk.trusted || run.closing.is_some() {
                continue;
            }
            instants.push(run.planned.slot.planned_at);
            instants.push(run.planned.slot.planned_at - LEAD);
            instants.push(run.planned.slot.planned_at - PATIENCE);
            match run.next() {
                Some(next) if !owed => instants.push(just_after(run.element_start_by(next))),
                Some(_) | None => {}
            }
            if owed && !desk.knows_no_hours(run) {
                instants.push(run.planned.end_by);
            }
        }
        for voice in self.voices.values() {
            if let Stage::Sounding { began, .. } = voice.stage {
                instants.push(began + self.length_of(voice) - TIE);
            }
        }
        instants.into_iter().filter(|at| *at > now).min()
    }

    // Ends --------------------------------------------------------------------------------------------------------------------------

    /// Ends whatever is due: what sounds, waits or could resume. Later slots air.
    pub fn end_due(&mut self, desk: &mut Desk, reason: Reason) {
        let now = desk.now.wall;
        let mut any = false;
        for run in self.runs.values_mut().filter(|run| run.planned.slot.planned_at <= now && run.closing.is_none()) {
            run.closing = Some(reason);
            any = true;
        }
        if any {
            self.cut(desk);
        }
    }

    /// At the close of hours whatever still sounds fades out.
    fn close_hours(&mut self, desk: &mut Desk) {
        let now = desk.now.wall;
        let over: Vec<Slot> = self
            .runs
            .values()
            .filter(|run| run.closing.is_none() && now >= run.planned.end_by && !desk.knows_no_hours(run))
            .filter(|run| self.owes(run.slot()))
            .map(|run| run.slot().clone())
            .collect();
        for slot in &over {
            if let Some(run) = self.runs.get_mut(slot) {
                run.closing = Some(Reason::OutsideHours);
            }
        }
        if !over.is_empty() {
            self.cut(desk);
        }
    }

    /// Settles elements that may not start any more.
    fn expire(&mut self, desk: &mut Desk) {
        let now = desk.now.wall;
        let lost = match self.device {
            Device::Lost { ever: true, .. } => Some(Reason::DeviceFault),
            Device::Lost { ever: false, .. } => Some(Reason::NoDevice),
            Device::Closed | Device::Opening | Device::Open(_) => None,
        };
        let slots: Vec<Slot> = self.runs.keys().cloned().collect();
        for slot in slots {
            if self.owes(&slot) {
                continue;
            }
            let busy = self.holder.as_ref().is_some_and(|holder| *holder != slot);
            let Some(run) = self.runs.get_mut(&slot) else { continue };
            if run.closing.is_some() {
                continue;
            }
            let reason = if busy { Reason::OutputBusy } else { lost.unwrap_or(run.waits) };
            let mut gone = Vec::new();
            while let Some(next) = run.next() {
                if now <= run.element_start_by(next) {
                    break;
                }
                // Before the slot has begun, what is too late for its first element is too late for all of it.
                let last = if run.begun { next } else { run.done.len() - 1 };
                for index in next..=last {
                    if run.done[index].is_none() && (!run.begun || run.planned.elements[index].unplayable.is_none()) {
                        run.done[index] = Some(super::run::settle(reason, run.sounded[index], run.sounded[index]));
                        gone.push(index);
                    }
                }
            }
            self.forget(&slot, &gone);
            self.write_unsounded(desk, &slot, &gone);
        }
    }

    /// On a doubtful clock or under a hold nothing may start: what is armed is taken back, what sounds runs on or has been cut.
    fn disarm(&mut self, desk: &mut Desk) {
        let sounding = self.voices.values().any(|v| matches!(v.stage, Stage::Sounding { .. }));
        let armed = self.voices.values().any(|v| v.stage == Stage::Started);
        if armed && !sounding {
            self.cut(desk);
        }
    }

    /// After a step of the clock: a start that is armed and has become too late is taken back.
    pub fn overtake(&mut self, desk: &mut Desk) {
        let sounding = self.voices.values().any(|v| matches!(v.stage, Stage::Sounding { .. }));
        let late = self
            .voices
            .values()
            .filter(|v| v.stage == Stage::Started)
            .any(|voice| self.runs.get(&voice.slot).is_some_and(|run| desk.now.wall > run.element_start_by(voice.element)));
        if late && !sounding {
            self.cut(desk);
        }
    }

    fn is_finished(&self, run: &Run) -> bool {
        (run.closing.is_some() || run.is_over()) && !self.owes(run.slot())
    }

    /// Ends every slot that is over: exactly once, since it is gone from here afterwards.
    fn finish(&mut self, desk: &mut Desk) {
        let over: Vec<Slot> = self.runs.values().filter(|run| self.is_finished(run)).map(|run| run.slot().clone()).collect();
        for slot in over {
            let Some(mut run) = self.runs.remove(&slot) else { continue };
            let reason = run.closing.unwrap_or(Reason::Internal);
            let mut rows = Vec::new();
            for index in 0..run.done.len() {
                if run.done[index].is_some() {
                    continue;
                }
                let unplayable = run.planned.elements[index].unplayable.filter(|_| run.begun || run.closing.is_none());
                let reason = unplayable.unwrap_or(reason);
                let outcome = super::run::settle(reason, run.sounded[index], run.sounded[index]);
                run.done[index] = Some(outcome);
                if !run.sounded[index] && (run.begun || unplayable.is_some()) {
                    rows.push(desk.heading.air(&run, &unsounded(&run, index, outcome)));
                }
            }
            rows.push(desk.heading.end(&run, run.outcome()));
            desk.ledger(LedgerCue::Append(rows, Settle::Clear(slot.clone())));
            desk.closed.insert(slot.clone());
            self.voices.retain(|_, voice| voice.slot != slot || voice.stage.is_owed());
            if self.holder.as_ref() == Some(&slot) {
                self.holder = None;
            }
        }
    }

    // Beginnings --------------------------------------------------------------------------------------------------------------------

    /// Gives the output to whoever ranks first when it is free.
    fn choose(&mut self, desk: &mut Desk) {
        if let Some(voice) = self.voices.values().find(|v| matches!(v.stage, Stage::Sounding { .. }))
            && self.holder.as_ref() != Some(&voice.slot)
        {
            // What was told to follow across slots sounds now: whoever had the output is displaced.
            let next = voice.slot.clone();
            if let Some(run) = self.holder.take().and_then(|slot| self.runs.get_mut(&slot)) {
                run.displaced = true;
                run.waits = Reason::Preempted;
            }
            self.holder = Some(next);
        }
        if self.holder.as_ref().is_some_and(|slot| !self.runs.contains_key(slot)) {
            self.holder = None;
        }
        let started = self.voices.values().find(|v| v.stage == Stage::Started).map(|v| v.slot.clone());
        if self.holder.is_none() {
            self.holder = started.or_else(|| self.best(desk, None));
        }
        self.yield_unbegun(desk);
    }

    /// A slot that is armed but has not begun makes room for one that outranks it.
    fn yield_unbegun(&mut self, desk: &mut Desk) {
        let Some(holder) = self.holder.clone() else { return };
        if self.voices.values().any(|v| v.stage.is_owed()) {
            return;
        }
        let Some(best) = self.best(desk, Some(&holder)) else { return };
        let outranks = match (self.runs.get(&best), self.runs.get(&holder)) {
            (Some(best), Some(holder)) => {
                let waits =
                    holder.planned.slot.planned_at > desk.now.wall + PATIENCE && best.planned.slot.planned_at <= desk.now.wall;
                best.priority() > holder.priority() || (waits && best.begun)
            }
            (Some(_), None) => true,
            (None, _) => false,
        };
        if outranks && self.ready(&best).is_some() {
            self.holder = Some(best);
        }
    }

    /// The first in rank among those that may sound now: priority, then resumed before waiting, then instant, then place in the plan.
    fn best(&self, desk: &Desk, but: Option<&Slot>) -> Option<Slot> {
        self.runs
            .values()
            .filter(|run| Some(run.slot()) != but && self.may_sound(desk, run))
            .min_by_key(|run| {
                let slot = &run.planned.slot;
                (std::cmp::Reverse(run.priority()), !run.begun, slot.planned_at, run.planned.rank, slot.broadcast.clone())
            })
            .map(|run| run.slot().clone())
    }

    fn may_sound(&self, desk: &Desk, run: &Run) -> bool {
        desk.may_start() && run.closing.is_none() && run.planned.slot.planned_at - LEAD <= desk.now.wall && run.next().is_some()
    }

    /// Who may take over from the holder: one that outranks it, or anyone once its last element sounds.
    fn heir(&self, desk: &Desk) -> Option<Slot> {
        let holder = self.holder.as_ref().and_then(|slot| self.runs.get(slot))?;
        let heir = self.best(desk, Some(holder.slot()))?;
        let outranks = self.runs.get(&heir)?.priority() > holder.priority();
        (outranks || self.is_at_last(holder)).then_some(heir)
    }

    /// The last of its elements sounds, or is about to, and nothing of it comes after.
    fn is_at_last(&self, run: &Run) -> bool {
        let last = self.voices.values().filter(|v| v.slot == *run.slot() && v.stage.is_owed()).map(|v| v.element).max();
        last.is_some_and(|element| run.next_from(element + 1).is_none())
    }

    /// Opens the device and loads what comes next, for the holder and for its heir.
    fn prepare(&mut self, desk: &mut Desk) {
        for slot in [self.holder.clone(), self.heir(desk)].into_iter().flatten() {
            let Some(run) = self.runs.get(&slot).filter(|run| self.may_sound(desk, run)) else { continue };
            let from = self.voices.values().filter(|v| v.slot == slot && v.stage.is_owed()).map(|v| v.element + 1).max();
            let Some(next) = run.next_from(from.unwrap_or(0)) else { continue };
            if self.device == Device::Closed {
                desk.deck(&self.id, DeckCue::Open);
                self.device = Device::Opening;
            }
            if !run.armed {
                self.arm(desk, &slot);
            }
            if matches!(self.device, Device::Lost { .. }) || self.voice_of(&slot, next).is_some() {
                continue;
            }
            let Some(element) = self.runs.get(&slot).and_then(|run| run.element(next)).cloned() else { continue };
            let airing = desk.next_airing();
            desk.deck(&self.id, DeckCue::Load(airing, element));
            let voice = Voice { slot, element: next, take: 0, stage: Stage::Loading, log_late: false, marked_at: desk.now.wall };
            self.voices.insert(airing, voice);
        }
    }

    fn arm(&mut self, desk: &mut Desk, slot: &Slot) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        run.armed = true;
        run.arms += 1;
        let ticket = desk.next_ticket(slot);
        desk.ledger(LedgerCue::Arm(ticket, Box::new(run.unsettled(None))));
    }

    /// Starts the holder, or its heir behind the last element: the deck lets an armed voice wait until nothing else sounds.
    fn start(&mut self, desk: &mut Desk) {
        let Some(holder) = self.holder.clone() else { return };
        let slot = if self.owes(&holder) {
            // One that is only armed has no end yet that another could start behind.
            let armed = self.voices.values().any(|v| v.stage == Stage::Started);
            let at_last = self.runs.get(&holder).is_some_and(|run| self.is_at_last(run));
            match self.heir(desk).filter(|_| at_last && !armed) {
                Some(heir) => heir,
                None => return,
            }
        } else {
            holder
        };
        if self.voices.values().any(|v| v.stage.is_owed() && v.slot == slot) {
            return;
        }
        let Some((airing, next)) = self.ready(&slot) else { return };
        let now = desk.now.wall;
        let free_at = self.free_at();
        let Some(run) = self.runs.get(&slot).filter(|run| self.may_sound(desk, run)) else { return };
        let wanted = run.planned.slot.planned_at.max(now);
        let starts = wanted.max(free_at.unwrap_or(wanted));
        if starts > run.element_start_by(next) || !(run.durable || now >= wanted - PATIENCE) {
            return;
        }
        if self.fit(desk, &slot, 0, starts) != Some(next) {
            return;
        }
        self.mark_started(&slot, airing);
        desk.deck(&self.id, DeckCue::Start(airing, wanted));
    }

    /// Ties the next element to the one that sounds, or a higher priority's first one in its place.
    fn follow(&mut self, desk: &mut Desk) {
        let sounding = self.voices.iter().find_map(|(airing, voice)| Some((*airing, voice.clone(), self.ends_at(voice)?)));
        let Some((after, voice, ends_at)) = sounding else { return };
        if ends_at - TIE > desk.now.wall || self.voices.values().any(|v| v.stage == Stage::Started) || !desk.may_start() {
            return;
        }
        let Some(run) = self.runs.get(&voice.slot).filter(|run| run.closing.is_none()) else { return };
        let pause = run.element(voice.element).map_or(SignedDuration::ZERO, |e| e.pause);
        let priority = run.priority();
        let heir = self.heir(desk).filter(|heir| {
            let heir = self.runs.get(heir);
            heir.is_some_and(|heir| heir.priority() > priority && heir.planned.slot.planned_at <= ends_at)
        });
        let (slot, from, at) = match heir.filter(|heir| self.ready(heir).is_some()) {
            Some(heir) => (heir, 0, ends_at),
            None => (voice.slot, voice.element + 1, ends_at + pause),
        };
        let Some(next) = self.runs.get(&slot).and_then(|run| run.next_from(from)) else { return };
        let Some(airing) = self.voice_of(&slot, next).filter(|a| self.voices[a].stage == Stage::Ready) else { return };
        if self.fit(desk, &slot, from, at) != Some(next) {
            return;
        }
        self.mark_started(&slot, airing);
        desk.deck(&self.id, DeckCue::Follow { after, next: airing });
    }

    /// Drops what does not fit when the slot goes on with element `from` at `at`; returns the element that comes then.
    fn fit(&mut self, desk: &mut Desk, slot: &Slot, from: usize, at: Wall) -> Option<usize> {
        let id = self.id.clone();
        let pending = self.pending();
        let run = self.runs.get_mut(slot)?;
        let mut dropped = Vec::new();
        if !desk.knows_no_hours(run) {
            dropped = run.fit(run.planned.end_by - at, from, Reason::OutsideHours);
            if let Some(left) = desk.quota_left(&id, run.planned.session.as_ref()) {
                dropped.extend(run.fit(left.saturating_sub(pending), from, Reason::OverQuota));
            }
        }
        let next = run.next_from(from);
        let begun = run.begun;
        self.forget(slot, &dropped);
        if next.is_some() || begun {
            self.write_unsounded(desk, slot, &dropped);
        }
        next
    }

    /// The device is closed when nothing is due.
    fn rest(&mut self, desk: &mut Desk, next_at: Option<Wall>) {
        let soon = desk.may_start()
            && (next_at.is_some_and(|at| at <= desk.now.wall + KEEP_OPEN)
                || self.runs.values().any(|run| run.planned.slot.planned_at - LEAD <= desk.now.wall));
        let owed = self.voices.values().any(|v| v.stage.is_owed());
        if self.device != Device::Closed && !owed && !soon {
            desk.deck(&self.id, DeckCue::Close);
            self.device = Device::Closed;
            self.voices.clear();
        }
    }

    // What is asked of the state ----------------------------------------------------------------------------------------------------

    pub fn owes(&self, slot: &Slot) -> bool {
        self.voices.values().any(|voice| voice.slot == *slot && voice.stage.is_owed())
    }

    fn voice_of(&self, slot: &Slot, element: usize) -> Option<Airing> {
        self.voices.iter().find(|(_, v)| v.slot == *slot && v.element == element).map(|(airing, _)| *airing)
    }

    /// The slot's next element, if its voice is ready.
    fn ready(&self, slot: &Slot) -> Option<(Airing, usize)> {
        let next = self.runs.get(slot)?.next()?;
        let airing = self.voice_of(slot, next)?;
        (self.voices[&airing].stage == Stage::Ready).then_some((airing, next))
    }

    /// When what sounds now will have ended.
    fn free_at(&self) -> Option<Wall> {
        self.voices.values().filter_map(|voice| self.ends_at(voice)).max()
    }

    /// When a sounding voice will have ended.
    pub fn ends_at(&self, voice: &Voice) -> Option<Wall> {
        match voice.stage {
            Stage::Sounding { began, .. } => Some(began + self.length_of(voice)),
            Stage::Loading | Stage::Ready | Stage::Started => None,
        }
    }

    /// Airtime on this output that is under way and not yet counted.
    fn pending(&self) -> SignedDuration {
        self.voices
            .values()
            .filter(|voice| voice.stage.is_owed())
            .fold(SignedDuration::ZERO, |sum, voice| sum.saturating_add(self.length_of(voice)))
    }

    pub fn length_of(&self, voice: &Voice) -> SignedDuration {
        self.element_of(voice).map_or(SignedDuration::ZERO, |e| e.length)
    }

    fn element_of(&self, voice: &Voice) -> Option<&Element> {
        self.runs.get(&voice.slot)?.element(voice.element)
    }

    pub fn sounding_of(&self, voice: &Voice) -> Option<Sounding> {
        match voice.stage {
            Stage::Sounding { began, frames } => Some(Sounding {
                element: u32::try_from(voice.element).unwrap_or(u32::MAX),
                take: voice.take,
                started_at: began,
                frames,
                device: self.name.clone().unwrap_or_default(),
            }),
            Stage::Loading | Stage::Ready | Stage::Started => None,
        }
    }

    // What changes it ---------------------------------------------------------------------------------------------------------------

    /// Silence: what sounds fades, what is armed or loaded is dropped.
    pub fn cut(&mut self, desk: &mut Desk) {
        if self.voices.is_empty() {
            return;
        }
        desk.deck(&self.id, DeckCue::Cut(FADE));
        self.voices.retain(|_, voice| voice.stage.is_owed());
    }

    fn mark_started(&mut self, slot: &Slot, airing: Airing) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        let Some(voice) = self.voices.get_mut(&airing) else { return };
        run.takes[voice.element] += 1;
        voice.take = run.takes[voice.element];
        voice.stage = Stage::Started;
        voice.log_late = !run.durable;
    }

    /// Forgets voices that were loaded for elements which will not sound. The deck drops them with the next cut or close.
    fn forget(&mut self, slot: &Slot, elements: &[usize]) {
        self.voices.retain(|_, v| v.slot != *slot || !elements.contains(&v.element) || v.stage.is_owed());
    }

    /// Writes the rows of elements that were settled without a frame, once the slot has begun (before, its `end` says it all).
    fn write_unsounded(&mut self, desk: &mut Desk, slot: &Slot, elements: &[usize]) {
        let Some(run) = self.runs.get(slot).filter(|run| run.next().is_some() || run.begun) else { return };
        let rows: Vec<_> = elements
            .iter()
            .filter(|index| !run.sounded[**index])
            .filter_map(|index| Some(desk.heading.air(run, &unsounded(run, *index, run.done[*index]?))))
            .collect();
        if !rows.is_empty() {
            desk.ledger(LedgerCue::Append(rows, self.settle(slot)));
        }
    }

    /// What an append writes beside the rows: the slot as it stands now.
    pub fn settle(&self, slot: &Slot) -> Settle {
        let Some(run) = self.runs.get(slot).filter(|run| run.armed || run.noted) else { return Settle::Nothing };
        let sounding = self.voices.values().filter(|v| v.slot == *slot).find_map(|v| self.sounding_of(v));
        Settle::Update(Box::new(run.unsettled(sounding)))
    }
}

impl Stage {
    /// An `Ended` is owed.
    pub fn is_owed(self) -> bool {
        match self {
            Stage::Started | Stage::Sounding { .. } => true,
            Stage::Loading | Stage::Ready => false,
        }
    }
}

/// The take of an element that never sounded.
pub fn unsounded(run: &Run, element: usize, outcome: Outcome) -> Take {
    Take {
        element,
        take: run.takes[element].max(1),
        began: None,
        frames: Frames::none(0),
        outcome,
        device: None,
        detail: None,
        log_late: false,
    }
}
