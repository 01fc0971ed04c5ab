//! One output, one timeline: which slot holds it, which voices are on their way, what sounds next.
//!
//! [`Timeline::drive`] brings it to rest after every event: it looks at the state and does what is due, in one fixed order, until
//! nothing more is. It holds no clock; `shared.now` is all it knows of time.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::asrun::facts::Element;
use crate::asrun::unsettled::Sounding;
use crate::defect::defect;
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::cue::{Airing, DeckCue, Settle, Write};
use crate::terms::*;

/// A device is open when the next slot comes within this time: one that does not open, or is lost again at once, is replaced before it is
/// needed.
pub const AHEAD: SignedDuration = SignedDuration::from_secs(30);
/// A slot is armed this long before its instant: opening a device can take 1.5 s.
pub const LEAD: SignedDuration = SignedDuration::from_secs(5);
/// With the disk still busy so shortly before the instant, it starts all the same.
pub const PATIENCE: SignedDuration = SignedDuration::from_millis(300);
/// The next element is tied to the one that sounds this long before its end: until then a higher priority may still come between.
pub const TIE: SignedDuration = SignedDuration::from_secs(2);
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
    /// It was told to fade out: its `Ended` is on its way.
    pub cut: bool,
    /// Why it is taken back, where that is not for a higher priority.
    pub why: Option<Reason>,
    /// On the boot clock: a step of the other must not keep a mark back.
    pub marked_at: Mono,
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
    /// Whose voice ended last, and when.
    pub freed: Option<(Slot, Wall)>,
    pub device: Device,
    /// The last device's name: rows written after it is gone still say through what they sounded.
    pub name: Option<String>,
    /// A device of it that does not answer, and since when.
    pub hangs: Option<(String, Wall)>,
}

impl Timeline {
    pub fn new(id: OutputId) -> Timeline {
        Timeline {
            id,
            runs: BTreeMap::new(),
            voices: BTreeMap::new(),
            holder: None,
            freed: None,
            device: Device::Closed,
            name: None,
            hangs: None,
        }
    }

    /// Does all that is due. `next_at` is when the rundown's next slot on this output comes.
    pub fn drive(&mut self, shared: &mut Shared, next_at: Option<Wall>) {
        if shared.hold.is_some() && !defect!(IgnoresHold) {
            // On a doubtful clock nobody knows what is due, but for what has begun.
            let trusted = shared.trusted;
            self.end_due(shared, Reason::Hold, |run| !run.is_emergency() && (trusted || run.begun));
        }
        self.end_emergencies(shared);
        if shared.trusted {
            self.close_hours(shared);
            // Whoever leaves closes devices: what has waited for one that is lost is left to the next start.
            if !shared.leaving {
                self.expire(shared);
            }
        }
        self.disarm(shared);
        self.take_back(shared);
        // Each turn can end a slot and so free the output for the next; a slot ends once, so the turns are bounded.
        for _ in 0..=self.runs.len() {
            self.finish(shared);
            self.seize(shared);
            self.choose(shared);
            self.prepare(shared);
            self.start(shared);
            self.follow(shared);
            if !self.runs.values().any(|run| self.is_finished(run)) {
                break;
            }
        }
        self.note(shared);
        self.rest(shared, next_at);
    }

    /// Writes down what is due and waits, and what a person has ordered: after a power cut no rundown would tell of it.
    fn note(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let due = |run: &Run| run.due_at() <= now || run.ordered.is_some();
        for run in self.runs.values_mut().filter(|run| !run.armed && !run.noted && due(run)) {
            run.noted = true;
            shared.ledger(Write::Mark(Box::new(run.unsettled(None))));
        }
    }

    /// The instant at which [`Timeline::drive`] has something to do again, if nothing happens before.
    pub fn deadline(&self, shared: &Shared) -> Option<Wall> {
        let now = shared.now.wall;
        let just_after = |at: Wall| Wall(at.0.saturating_add(1));
        let mut instants = Vec::new();
        for run in self.runs.values().filter(|run| run.is_emergency() && run.closing.is_none()) {
            instants.push(run.end_by());
            let wants_from = run.next().map(|next| run.wants_from(next));
            instants.extend(wants_from.into_iter().flat_map(|at| [at - LEAD, at - PATIENCE, at]));
        }
        for run in self.runs.values().filter(|run| !run.is_emergency()) {
            let owed = self.owes(run.slot());
            if shared.hold.is_some() {
                instants.push(run.planned.slot.planned_at);
            }
            if !shared.trusted || run.closing.is_some() {
                continue;
            }
            instants.push(run.planned.slot.planned_at);
            instants.push(run.planned.slot.planned_at - LEAD);
            instants.push(run.planned.slot.planned_at - PATIENCE);
            match run.next() {
                Some(next) if !owed => instants.push(just_after(run.element_start_by(next))),
                Some(_) | None => {}
            }
            if owed {
                instants.push(run.end_by());
            }
        }
        for voice in self.voices.values() {
            if let Stage::Sounding { began, .. } = voice.stage {
                instants.push(began + self.length_of(voice) - TIE);
            }
        }
        instants.into_iter().filter(|at| *at > now).min()
    }

    pub fn owes(&self, slot: &Slot) -> bool {
        self.voices.values().any(|voice| voice.slot == *slot && voice.stage.is_owed())
    }

    pub(super) fn sounds(&self, slot: &Slot) -> bool {
        self.voices.values().any(|voice| voice.slot == *slot && matches!(voice.stage, Stage::Sounding { .. }))
    }

    pub(super) fn voice_of(&self, slot: &Slot, element: usize) -> Option<Airing> {
        self.voices.iter().find(|(_, v)| v.slot == *slot && v.element == element).map(|(airing, _)| *airing)
    }

    /// The slot's next element, if its voice is ready.
    pub(super) fn ready(&self, slot: &Slot) -> Option<(Airing, usize)> {
        let next = self.runs.get(slot)?.next()?;
        let airing = self.voice_of(slot, next)?;
        (self.voices[&airing].stage == Stage::Ready).then_some((airing, next))
    }

    /// When what sounds now will have ended.
    pub(super) fn free_at(&self) -> Option<Wall> {
        self.voices.values().filter(|voice| !voice.cut).filter_map(|voice| self.ends_at(voice)).max()
    }

    /// When a sounding voice will have ended.
    pub fn ends_at(&self, voice: &Voice) -> Option<Wall> {
        match voice.stage {
            Stage::Sounding { began, .. } => Some(began + self.length_of(voice)),
            Stage::Loading | Stage::Ready | Stage::Started => None,
        }
    }

    /// Airtime on this output that is under way and not yet counted.
    pub(super) fn pending(&self) -> SignedDuration {
        self.voices
            .values()
            .filter(|voice| voice.stage.is_owed())
            .fold(SignedDuration::ZERO, |sum, voice| sum.saturating_add(self.length_of(voice)))
    }

    pub fn length_of(&self, voice: &Voice) -> SignedDuration {
        self.element_of(voice).map_or(SignedDuration::ZERO, |e| e.length)
    }

    pub(super) fn element_of(&self, voice: &Voice) -> Option<&Element> {
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

    /// Silence: what sounds fades, what is armed or loaded is dropped.
    pub fn cut(&mut self, shared: &mut Shared) {
        if self.voices.is_empty() {
            return;
        }
        shared.deck(&self.id, DeckCue::Cut(FADE));
        self.voices.retain(|_, voice| voice.stage.is_owed());
        self.voices.values_mut().for_each(|voice| voice.cut = true);
    }

    pub(super) fn mark_started(&mut self, slot: &Slot, airing: Airing) {
        let Some(run) = self.runs.get_mut(slot) else { return };
        let Some(voice) = self.voices.get_mut(&airing) else { return };
        run.takes[voice.element] += 1;
        voice.take = run.takes[voice.element];
        voice.stage = Stage::Started;
        voice.log_late = !run.durable && !run.is_emergency();
    }

    /// Forgets voices that were loaded for elements which will not sound. The deck drops them with the next cut or close.
    pub(super) fn forget(&mut self, slot: &Slot, elements: &[usize]) {
        self.voices.retain(|_, v| v.slot != *slot || !elements.contains(&v.element) || v.stage.is_owed());
    }

    /// Writes the rows of elements that were settled without a frame, once the slot has begun (before, its `end` says it all).
    pub(super) fn write_unsounded(&mut self, shared: &mut Shared, slot: &Slot, elements: &[usize]) {
        let Some(run) = self.runs.get(slot).filter(|run| run.next().is_some() || run.begun) else { return };
        let rows: Vec<_> = elements
            .iter()
            .filter(|index| !run.sounded[**index])
            .filter_map(|index| Some(shared.heading.air(run, &unsounded(run, *index, run.done[*index]?))))
            .collect();
        if !rows.is_empty() {
            shared.ledger(Write::Append(rows, self.settle(slot)));
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
