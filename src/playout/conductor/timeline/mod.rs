//! The timeline of one output: which slot has it, which voices are on their way, what sounds next.
//!
//! After every event [`Timeline::drive`] looks at the state and does what is due, in one fixed order, until nothing more is due. It reads no
//! clock: `shared.now` is all it knows of time. The slots and voices are private to it: the conductor hands a slot over
//! ([`Timeline::admit`]) and cannot reach into it afterwards.
//!
//! [`holder`] chooses who has the output next and loads it, [`starts`] decides what the deck is told to sound, [`late`] what comes too late,
//! [`ends`] how slots end, [`emergency`] what only emergencies do. [`sounds`] takes in what the deck reports, [`orders`] what people ask,
//! [`withdraw`] what a changed plan takes back. [`view`] is what others may see.

mod emergency;
mod ends;
mod holder;
pub mod late;
mod orders;
mod sounds;
mod starts;
mod view;
mod withdraw;

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::asrun::element::Element;
use crate::asrun::open::{OpenSlot, Sounding};
use crate::defect::defect;
use crate::playout::conductor::margins::{FADE, LEAD, PATIENCE, TIE};
use crate::playout::conductor::rows::Take;
use crate::playout::conductor::run::Run;
use crate::playout::conductor::shared::Shared;
use crate::playout::conductor::states::{Device, Entry, Stage, Voice};
use crate::playout::cue::{Airing, DeckCue, SlotChange, Ticket, Write};
use crate::terms::*;

#[derive(Debug)]
pub struct Timeline {
    id: OutputId,
    runs: BTreeMap<Slot, Run>,
    /// What the deck has loaded or was told to sound, each for one of these slots.
    voices: BTreeMap<Airing, Voice>,
    /// The slot that has the output: it sounds, or is the next to.
    holder: Option<Slot>,
    /// Whose voice ended last, and when.
    freed: Option<(Slot, Wall)>,
    device: Device,
    /// The last device's name: rows written after it is gone still say through what they sounded.
    name: Option<String>,
    /// A device of it that does not answer, and since when.
    hangs: Option<(String, Wall)>,
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

    /// Takes a slot over from the conductor.
    pub fn admit(&mut self, run: Run) {
        self.runs.insert(run.slot().clone(), run);
    }

    pub fn knows(&self, slot: &Slot) -> bool {
        self.runs.contains_key(slot)
    }

    /// Does all that is due. `next_at` is when the rundown's next slot on this output comes.
    pub fn drive(&mut self, shared: &mut Shared, next_at: Option<Wall>) {
        if shared.hold.is_some() && !defect!(IgnoresHold) {
            // On a doubtful clock nobody knows what is due, but for what has begun.
            let trusted = shared.trusted;
            self.end_due(shared, Reason::Hold, |run| !run.is_emergency() && (trusted || run.has_begun()));
        }
        self.end_emergencies(shared);
        if shared.trusted {
            self.end_mourned(shared);
            self.close_hours(shared);
            // A daemon that ends closes its devices: what has waited for a lost one is left to the next start.
            if !shared.leaving {
                self.late(shared.now.wall).into_iter().for_each(|late| self.act(shared, Err(late)));
            }
        }
        self.disarm(shared);
        self.cut_withdrawn(shared);
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

    /// Writes down slots that are due and wait, and those that a person has ordered: after a power cut no rundown would bring them again.
    fn note(&mut self, shared: &mut Shared) {
        let now = shared.now.wall;
        let due = |run: &Run| run.due_at() <= now || run.ordered.is_some();
        for run in self.runs.values_mut().filter(|run| due(run)) {
            if run.entry.note() {
                shared.ledger(Write::Mark(Box::new(run.open_slot(None))));
            }
        }
    }

    /// The instant at which [`Timeline::drive`] has something to do again, if nothing happens before.
    pub fn deadline(&self, shared: &Shared) -> Option<Wall> {
        let now = shared.now.wall;
        let just_after = |at: Wall| Wall(at.0.saturating_add(1));
        let mut instants = Vec::new();
        for run in self.runs.values().filter(|run| run.is_emergency() && !run.is_ending()) {
            instants.push(run.end_by());
            let wants_from = run.next().map(|next| run.wants_from(next));
            instants.extend(wants_from.into_iter().flat_map(|at| [at - LEAD, at - PATIENCE, at]));
        }
        for run in self.runs.values().filter(|run| !run.is_emergency()) {
            let planned_at = run.slot().planned_at;
            if shared.hold.is_some() {
                instants.push(planned_at);
            }
            if !shared.trusted || run.is_ending() {
                continue;
            }
            instants.extend([planned_at, planned_at - LEAD, planned_at - PATIENCE]);
            if self.owes(run.slot()) {
                instants.push(run.end_by());
            } else {
                instants.extend(run.next().map(|next| just_after(run.start_by(next))));
            }
        }
        let ends = self.voices.values().filter_map(|voice| self.ends_at(voice));
        instants.extend(ends.map(|at| at - TIE));
        instants.into_iter().filter(|at| *at > now).min()
    }

    /// What is armed, waits or sounds, as a start would recover it.
    pub fn open_slots(&self) -> impl Iterator<Item = OpenSlot> {
        self.runs.keys().filter_map(|slot| self.entry(slot))
    }

    /// The disk has what was armed under this ticket.
    pub fn note_durable(&mut self, ticket: Ticket) {
        self.runs.values_mut().for_each(|run| run.entry.note_durable(ticket));
    }

    /// The clock has kept its slots silent: those that come too late for no other reason say so.
    pub fn explain(&mut self, why: Option<Reason>) {
        self.runs.values_mut().for_each(|run| run.waits = run.waits.or(why));
    }

    fn owes(&self, slot: &Slot) -> bool {
        self.voices.values().any(|voice| voice.slot == *slot && voice.is_owed())
    }

    fn sounds(&self, slot: &Slot) -> bool {
        self.voices.values().any(|voice| voice.slot == *slot && voice.sounds())
    }

    /// The last element of a slot that the deck has been told of and that has not ended.
    fn last_owed(&self, slot: &Slot) -> Option<usize> {
        self.voices.values().filter(|voice| voice.slot == *slot && voice.is_owed()).map(|voice| voice.element).max()
    }

    fn voice_of(&self, slot: &Slot, element: usize) -> Option<(Airing, &Voice)> {
        let found = self.voices.iter().find(|(_, voice)| voice.slot == *slot && voice.element == element);
        found.map(|(airing, voice)| (*airing, voice))
    }

    /// When a sounding voice will have ended.
    fn ends_at(&self, voice: &Voice) -> Option<Wall> {
        voice.began().map(|began| began + self.length_of(voice))
    }

    /// When what sounds now will have ended.
    fn free_at(&self) -> Option<Wall> {
        self.voices.values().filter(|voice| voice.is_on()).filter_map(|voice| self.ends_at(voice)).max()
    }

    /// Airtime on this output that has begun or is tied, and that the quota does not know yet.
    fn under_way(&self) -> SignedDuration {
        let owed = self.voices.values().filter(|voice| voice.is_owed());
        owed.fold(SignedDuration::ZERO, |sum, voice| sum.saturating_add(self.length_of(voice)))
    }

    fn length_of(&self, voice: &Voice) -> SignedDuration {
        self.element_of(voice).map_or(SignedDuration::ZERO, |element| element.length)
    }

    fn element_of(&self, voice: &Voice) -> Option<&Element> {
        self.runs.get(&voice.slot)?.element(voice.element)
    }

    /// Silence: what sounds fades, what is armed or loaded is dropped.
    fn cut(&mut self, shared: &mut Shared) {
        if self.voices.is_empty() {
            return;
        }
        shared.deck(&self.id, DeckCue::Cut(FADE));
        self.voices.retain(|_, voice| voice.is_owed());
        self.voices.values_mut().for_each(Voice::cut);
    }

    /// Forgets voices that were loaded for elements which will not sound. The deck drops them with the next cut or close.
    fn forget(&mut self, slot: &Slot, elements: &[usize]) {
        self.voices.retain(|_, voice| voice.slot != *slot || !elements.contains(&voice.element) || voice.is_owed());
    }

    /// Writes the rows of elements that ended without a frame, once the slot has begun (before, its `end` says it all).
    fn write_unsounded(&mut self, shared: &mut Shared, slot: &Slot, elements: &[usize]) {
        let Some(run) = self.runs.get(slot).filter(|run| run.next().is_some() || run.has_begun()) else { return };
        let silent = elements.iter().filter(|index| !run.parts[**index].sounded);
        let takes = silent.filter_map(|index| Take::unsounded(run, *index));
        let rows: Vec<_> = takes.map(|take| shared.heading.air(run, &take)).collect();
        if !rows.is_empty() {
            shared.ledger(Write::Append(rows, self.change_of(slot)));
        }
    }

    /// What an append writes beside the rows: the slot as it stands now.
    fn change_of(&self, slot: &Slot) -> SlotChange {
        self.entry(slot).map_or(SlotChange::Nothing, |open_slot| SlotChange::Update(Box::new(open_slot)))
    }

    /// A slot of which the log knows, as it stands now.
    fn entry(&self, slot: &Slot) -> Option<OpenSlot> {
        let run = self.runs.get(slot).filter(|run| run.entry != Entry::Unwritten)?;
        let sounding = self.voices.values().filter(|voice| voice.slot == *slot).find_map(|voice| self.sounding_of(voice));
        Some(run.open_slot(sounding))
    }

    fn sounding_of(&self, voice: &Voice) -> Option<Sounding> {
        let Stage::Sounding { told, began, frames, .. } = &voice.stage else { return None };
        Some(Sounding {
            element: u32::try_from(voice.element).unwrap_or(u32::MAX),
            take: told.take,
            started_at: *began,
            frames: *frames,
            device: self.name.clone().unwrap_or_default(),
        })
    }
}
